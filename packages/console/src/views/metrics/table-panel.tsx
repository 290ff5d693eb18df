/** The newest values of all asked queries as a table with one column per label. */

import { keepPreviousData, type UseQueryResult, useQueries as useMany } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { labelColumns, type TableRow, tableRows } from '../../data/explorer.ts';
import { type InstantAnswer, instantQuery } from '../../data/prometheus.ts';
import { useFormat } from '../../format/use-format.ts';
import { refetchAfter } from '../../live/queries.ts';
import { useRange } from '../../live/range.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { HistogramPicture } from '../../parts/histogram.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading, Stale } from '../../parts/states.tsx';
import classes from './metrics.module.css';
import { Incomplete, QueryProblems, queryStates } from './query-problems.tsx';
import type { Queries } from './use-queries.ts';
import { useUnit, ViewTools } from './view-tools.tsx';

/** The panel. */
export function TablePanel({ queries }: { queries: Queries }) {
  const { asked } = queries;
  const { t } = useTranslation();
  const formats = useFormat();
  const { range, refreshMs } = useRange();
  const unit = useUnit(asked);
  const combine = useCallback(
    (results: UseQueryResult<InstantAnswer>[]) => ({
      rows: tableRows(
        asked.flatMap(({ letter }, index) => {
          const data = results[index]?.data?.data;
          return data === undefined ? [] : [{ letter, data }];
        }),
      ),
      states: queryStates(asked, results),
      pending: results.some((result) => result.isPending),
      at: results.find((result) => result.data !== undefined)?.data?.at,
    }),
    [asked],
  );
  const { rows, states, pending, at } = useMany({
    queries: asked.map(({ expression }) => ({
      ...instantQuery(expression, range, Date.now),
      placeholderData: keepPreviousData,
      refetchInterval: refetchAfter(refreshMs),
    })),
    combine,
  });
  const names = labelColumns(rows).join('\n');
  const histograms = rows.some(({ histogram }) => histogram !== undefined);
  const columns = useMemo((): DataColumn<TableRow>[] => {
    const labels = names === '' ? [] : names.split('\n');
    return [
      ...(asked.length > 1 ? [{ id: 'query', header: t('metrics.query'), value: (row: TableRow) => row.letter, track: '90px' }] : []),
      ...labels.map((name): DataColumn<TableRow> => ({
        id: `label-${name}`,
        header: name === '__name__' ? t('metrics.metric') : name,
        value: (row) => row.labels[name] ?? '',
        ...(name === '__name__' ? { mono: true } : {}),
        track: name === '__name__' ? 'minmax(220px, 2fr)' : 'minmax(90px, 1fr)',
      })),
      {
        id: 'value',
        header: t('metrics.value'),
        value: (row) => row.text ?? row.value,
        render: (row) => {
          if (row.histogram !== undefined) return <HistogramPicture histogram={row.histogram} unit={unit} />;
          return row.text ?? formats.value(row.value, unit);
        },
        numeric: true,
        sticky: true,
        track: histograms ? 'minmax(238px, 2fr)' : 'minmax(120px, 1fr)',
      },
    ];
  }, [names, histograms, asked.length, formats, unit, t]);

  const failed = states.some(({ error }) => error !== null);
  return (
    <>
      <QueryProblems states={states} queries={queries} />
      <Panel
        title={t('metrics.table')}
        note={
          states.some(({ stale }) => stale) ? (
            <Stale />
          ) : at === undefined ? undefined : (
            t('metrics.rowsAt', { count: rows.length, rows: formats.integer(rows.length), time: formats.instant(at) })
          )
        }
        actions={<ViewTools asked={asked} />}
        flush
      >
        <Incomplete states={states} />
        {rows.length > 0 ? (
          <DataTable
            key={names}
            label={t('metrics.table')}
            rows={rows}
            columns={columns}
            rowKey={(row) => row.key}
            remembered="metrics"
            maxHeight={560}
          />
        ) : pending ? (
          <div className={classes['chart']}>
            <Loading lines={8} />
          </div>
        ) : (
          <Empty title={failed ? t('metrics.noAnswer') : t('chart.noData')} height={240}>
            <p>{failed ? t('metrics.seeAbove') : t('metrics.emptyAdvice')}</p>
          </Empty>
        )}
      </Panel>
    </>
  );
}
