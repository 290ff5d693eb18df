/** Numbers made by a query over other signals: the chart and the table of what a LogQL or TraceQL metric query gives. */

import type { UseQueryResult } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { mergeAnswers, SERIES_LIMIT } from '../data/explorer.ts';
import type { RangeAnswer } from '../data/prometheus.ts';
import type { Unit } from '../format/number.ts';
import { useFormat } from '../format/use-format.ts';
import { Panel } from '../parts/panel.tsx';
import { Empty, Failure, Loading, Stale } from '../parts/states.tsx';
import { LegendTable } from './legend-table.tsx';
import classes from './numbers-panel.module.css';
import { useShown } from './use-shown.ts';

const TimeChart = lazy(() => import('./time-chart.tsx'));
const HEIGHT = 320;

/** As many points a range is asked for. */
export const NUMBER_POINTS = 240;

interface NumbersPanelProps {
  readonly title: string;
  readonly query: string;
  readonly answer: UseQueryResult<RangeAnswer>;
  /** Between two points, in milliseconds. */
  readonly step: number;
  readonly unit: Unit;
}

/** The panel. */
export function NumbersPanel({ title, query, answer, step, unit }: NumbersPanelProps) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { data, error } = answer;
  const { frame, total } = useMemo(
    () => mergeAnswers(data === undefined ? [] : [{ letter: 'A', expression: query, answer: data }]),
    [data, query],
  );
  const { shown, click } = useShown(frame);
  const empty = frame.series.length === 0;
  return (
    <Panel
      title={title}
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
        {empty && error !== null ? <Failure error={error} height={HEIGHT} onRetry={() => void answer.refetch()} /> : null}
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
