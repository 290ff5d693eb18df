/** Numbers made of spans: the chart and the table of a TraceQL metrics query. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { LegendTable } from '../../chart/legend-table.tsx';
import { useShown } from '../../chart/use-shown.ts';
import { mergeAnswers, SERIES_LIMIT } from '../../data/explorer.ts';
import type { RangeAnswer } from '../../data/prometheus.ts';
import { chooseStep } from '../../data/time-range.ts';
import { traceNumbersQuery } from '../../data/traces/tempo.ts';
import { useFormat } from '../../format/use-format.ts';
import { refetchAfter } from '../../live/queries.ts';
import { useRange } from '../../live/range.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Failure, Loading, Stale } from '../../parts/states.tsx';
import classes from './traces.module.css';

const TimeChart = lazy(() => import('../../chart/time-chart.tsx'));
const POINTS = 240;
const HEIGHT = 320;

/** The panel. */
export function NumbersPanel({ query }: { query: string }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range, span, refreshMs } = useRange();
  const step = chooseStep(span, POINTS);
  const { data, error, refetch } = useQuery<RangeAnswer, Error, RangeAnswer, ReturnType<typeof traceNumbersQuery>['queryKey']>({
    ...traceNumbersQuery(query, range, step, Date.now),
    placeholderData: keepPreviousData,
    refetchInterval: refetchAfter(refreshMs),
  });
  const { frame, total } = useMemo(
    () => mergeAnswers(data === undefined ? [] : [{ letter: 'A', expression: query, answer: data }]),
    [data, query],
  );
  const { shown, click } = useShown(frame);
  const empty = frame.series.length === 0;
  const unit = /\b(?:quantile|avg|min|max|sum)_over_time\s*\(\s*(?:\w+:)?(?:traceD|d)uration\b/.test(query)
    ? 'seconds'
    : /\|\s*rate\s*\(/.test(query)
      ? 'per-second'
      : 'none';
  return (
    <Panel
      title={t('traces.numbers')}
      note={
        error !== null && !empty ? (
          <Stale />
        ) : empty ? undefined : (
          t('metrics.seriesAndStep', { count: total, series: formats.integer(total), step: formats.span(step) })
        )
      }
      flush
    >
      <div className={classes['chart']}>
        {data === undefined && error === null ? <Loading height={HEIGHT} /> : null}
        {empty && error !== null ? <Failure error={error} height={HEIGHT} onRetry={() => void refetch()} /> : null}
        {empty && data !== undefined && error === null ? (
          <Empty title={t('chart.noData')} height={HEIGHT}>
            <p>{t('metrics.emptyAdvice')}</p>
          </Empty>
        ) : null}
        {empty ? null : (
          <Suspense fallback={<Loading height={HEIGHT} />}>
            <TimeChart title={query} frame={frame} unit={unit} height={HEIGHT} shown={shown} />
          </Suspense>
        )}
      </div>
      {total > SERIES_LIMIT ? (
        <p className={classes['end']}>{t('metrics.limited', { shown: formats.integer(SERIES_LIMIT), total: formats.integer(total) })}</p>
      ) : null}
      {empty ? null : <LegendTable frame={frame} unit={unit} shown={shown} onClick={click} />}
    </Panel>
  );
}
