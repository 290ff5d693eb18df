/** The legend as a table: last, smallest, largest and mean value of each series; sorts by a click on the head, isolates by a click on a name. */

import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type Frame, formatLabelRecord, summarise, type Summary } from '../data/series.ts';
import type { Unit } from '../format/number.ts';
import { useFormat } from '../format/use-format.ts';
import classes from './chart.module.css';
import { SeriesMark } from './legend.tsx';

type Column = 'name' | keyof Summary;
const COLUMNS: readonly Column[] = ['name', 'last', 'min', 'max', 'avg'];

interface LegendTableProps {
  readonly frame: Frame;
  readonly unit: Unit;
  readonly shown: readonly boolean[];
  onClick(id: string, add: boolean): void;
}

/** The table. Without a chosen order the series stand in the chart's order. */
export function LegendTable({ frame, unit, shown, onClick }: LegendTableProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const [order, setOrder] = useState<{ column: Column; down: boolean } | undefined>(undefined);
  const rows = useMemo(() => {
    const all = frame.series.map((series, index) => ({ series, index, summary: summarise(series.values) }));
    if (order === undefined) return all;
    const { column } = order;
    const sorted =
      column === 'name'
        ? all.sort((a, b) => a.series.name.localeCompare(b.series.name, undefined, { numeric: true }))
        : all.sort((a, b) => (a.summary[column] ?? -Infinity) - (b.summary[column] ?? -Infinity));
    return order.down ? sorted.toReversed() : sorted;
  }, [frame, order]);
  const sort = (column: Column) => setOrder((before) => ({ column, down: before?.column === column ? !before.down : column !== 'name' }));
  return (
    // The box scrolls, hence focusable.
    <div className={classes['tableWrap']} tabIndex={0} role="group" aria-label={t('chart.legend')}>
      <table className={classes['table']}>
        <thead>
          <tr>
            {COLUMNS.map((column) => {
              const sorted = order?.column === column;
              const Arrow = order?.down === false ? IconChevronUp : IconChevronDown;
              return (
                <th key={column} scope="col" aria-sort={sorted ? (order.down ? 'descending' : 'ascending') : 'none'}>
                  <button type="button" onClick={() => sort(column)}>
                    {t(`chart.column.${column}`)}
                    {sorted ? <Arrow size={12} aria-hidden /> : null}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ series, index, summary }) => (
            <tr key={series.id} data-off={shown[index] === false || undefined}>
              <td>
                <button
                  type="button"
                  className={classes['seriesName']}
                  title={formatLabelRecord(series.labels)}
                  aria-pressed={shown[index] !== false}
                  onClick={(event) => onClick(series.id, event.ctrlKey || event.metaKey || event.shiftKey)}
                >
                  <SeriesMark index={index} />
                  <span>{series.name}</span>
                </button>
              </td>
              <td>{formats.value(summary.last, unit)}</td>
              <td>{formats.value(summary.min, unit)}</td>
              <td>{formats.value(summary.max, unit)}</td>
              <td>{formats.value(summary.avg, unit)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
