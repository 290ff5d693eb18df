/** The short legend under a chart: names with their newest value; a click isolates. */

import { useComputedColorScheme } from '@mantine/core';

import { lastValue } from '../data/host.ts';
import type { Frame } from '../data/series.ts';
import type { Unit } from '../format/number.ts';
import { useFormat } from '../format/use-format.ts';
import classes from './chart.module.css';
import { lineStyle } from './palette.ts';

interface LegendProps {
  readonly frame: Frame;
  readonly unit: Unit;
  readonly shown: readonly boolean[];
  /** Instead of the palette's. */
  readonly colours?: readonly string[] | undefined;
  onClick(id: string, add: boolean): void;
}

/** The legend; a lone series needs none. */
export function Legend({ frame, unit, shown, colours, onClick }: LegendProps) {
  const formats = useFormat();
  return (
    <div className={classes['legend']}>
      {frame.series.map((series, index) => (
        <button
          key={series.id}
          type="button"
          className={classes['legendItem']}
          aria-pressed={shown[index] !== false}
          data-off={shown[index] === false || undefined}
          onClick={(event) => onClick(series.id, event.ctrlKey || event.metaKey || event.shiftKey)}
        >
          <SeriesMark index={index} own={colours?.[index]} />
          {series.name}
          <b>{formats.value(lastValue(series.values), unit)}</b>
        </button>
      ))}
    </div>
  );
}

/** The little line that shows a series' colour and dash. */
export function SeriesMark({ index, own }: { index: number; own?: string | undefined }) {
  const scheme = useComputedColorScheme('light');
  const { colour, dash } = lineStyle(index, scheme);
  return <span className={classes['mark']} style={{ background: own ?? colour }} data-dashed={dash.length > 0 || undefined} aria-hidden />;
}
