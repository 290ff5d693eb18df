/** The graph of all asked queries with its legend table. */

import { keepPreviousData, type UseQueryResult, useQueries as useMany } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { HeatMap } from '../../chart/heat-map.tsx';
import { LegendTable } from '../../chart/legend-table.tsx';
import TimeChart from '../../chart/time-chart.tsx';
import { ExemplarToggle } from '../../chart/exemplar-toggle.tsx';
import { useExemplars } from '../../chart/use-exemplars.ts';
import { useShown } from '../../chart/use-shown.ts';
import { type Answered, histogramLetters, mergeAnswers, SERIES_LIMIT } from '../../data/explorer.ts';
import { heatOf } from '../../data/heat.ts';
import { type RangeAnswer, rangeQuery } from '../../data/prometheus.ts';
import { chooseStep } from '../../data/time-range.ts';
import { useFormat } from '../../format/use-format.ts';
import { refetchAfter } from '../../live/queries.ts';
import { useRange } from '../../live/range.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loading, Stale } from '../../parts/states.tsx';
import { GRAPH_POINTS } from './graph-points.ts';
import classes from './metrics.module.css';
import { HistogramNotice } from './histogram-notice.tsx';
import { Incomplete, QueryProblems, queryStates } from './query-problems.tsx';
import type { Queries } from './use-queries.ts';
import { useUnit, ViewTools } from './view-tools.tsx';

const route = getRouteApi('/explore');
const HEIGHT = 360;
const HEAT_HEIGHT = 280;

/** The panel. */
export function GraphPanel({ queries }: { queries: Queries }) {
  const { asked } = queries;
  const { t } = useTranslation();
  const formats = useFormat();
  const { stacked = false } = route.useSearch();
  const { range, span, refreshMs } = useRange();
  const unit = useUnit(asked);
  const step = chooseStep(span, GRAPH_POINTS);
  const combine = useCallback(
    (results: UseQueryResult<RangeAnswer>[]) => {
      const answered = asked.flatMap(({ letter, expression }, index): Answered[] => {
        const answer = results[index]?.data;
        return answer === undefined ? [] : [{ letter, expression, answer }];
      });
      return {
        ...mergeAnswers(answered),
        histograms: histogramLetters(answered).join(''),
        heats: answered.flatMap(({ letter, expression, answer }) => {
          const heat = heatOf(answer.data, answer.window);
          return heat === undefined ? [] : [{ letter, expression, heat }];
        }),
        states: queryStates(asked, results),
        pending: results.some((result) => result.isPending),
      };
    },
    [asked],
  );
  const { frame, total, histograms, heats, states, pending } = useMany({
    queries: asked.map(({ expression }) => ({
      ...rangeQuery(expression, range, step, Date.now),
      placeholderData: keepPreviousData,
      refetchInterval: refetchAfter(refreshMs),
    })),
    combine,
  });
  const { shown, click } = useShown(frame);
  const exemplars = useExemplars(useMemo(() => asked.map(({ expression }) => expression), [asked]));

  const failed = states.some(({ error }) => error !== null);
  const empty = frame.series.length === 0;
  const title = asked.map(({ expression }) => expression).join(' · ');
  return (
    <>
      <QueryProblems states={states} queries={queries} />
      <Panel
        title={t('metrics.graph')}
        note={
          states.some(({ stale }) => stale) ? (
            <Stale />
          ) : empty ? undefined : (
            t('metrics.seriesAndStep', { count: total, series: formats.integer(total), step: formats.span(step) })
          )
        }
        actions={
          <>
            <ExemplarToggle shown={exemplars} />
            <ViewTools asked={asked} />
          </>
        }
        flush
      >
        <Incomplete states={states} />
        {histograms === '' ? null : <HistogramNotice letters={histograms} queries={queries} />}
        <div className={classes['chart']}>
          {heats.map(({ letter, expression, heat }) => (
            <HeatMap key={letter} heat={heat} unit={unit} title={expression} height={HEAT_HEIGHT} exemplars={exemplars.exemplars} />
          ))}
          {empty && pending ? <Loading height={HEIGHT - 8} /> : null}
          {empty && !pending && histograms === '' ? (
            <Empty title={failed ? t('metrics.noAnswer') : t('chart.noData')} height={HEIGHT}>
              <p>{failed ? t('metrics.seeAbove') : t('metrics.emptyAdvice')}</p>
            </Empty>
          ) : null}
          {empty ? null : (
            <TimeChart
              title={title}
              frame={frame}
              unit={unit}
              height={HEIGHT}
              stacked={stacked}
              shown={shown}
              exemplars={exemplars.exemplars}
              exemplarsOnAxis={exemplars.onAxis}
            />
          )}
        </div>
        {total > SERIES_LIMIT ? (
          <p className={classes['limit']}>
            {t('metrics.limited', { shown: formats.integer(SERIES_LIMIT), total: formats.integer(total) })}
          </p>
        ) : null}
        {empty ? null : <LegendTable frame={frame} unit={unit} shown={shown} onClick={click} />}
      </Panel>
    </>
  );
}
