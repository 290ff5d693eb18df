/** Numbers made of spans: what a TraceQL metrics query gives. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { NUMBER_POINTS, NumbersPanel } from '../../chart/numbers-panel.tsx';
import type { RangeAnswer } from '../../data/prometheus.ts';
import { chooseStep } from '../../data/time-range.ts';
import { traceNumbersQuery } from '../../data/traces/tempo.ts';
import type { Unit } from '../../format/number.ts';
import { refetchAfter } from '../../live/queries.ts';
import { useRange } from '../../live/range.tsx';

/** The panel. */
export function TraceNumbersPanel({ query }: { query: string }) {
  const { t } = useTranslation();
  const { range, span, refreshMs } = useRange();
  const step = chooseStep(span, NUMBER_POINTS);
  const answer = useQuery<RangeAnswer, Error, RangeAnswer, ReturnType<typeof traceNumbersQuery>['queryKey']>({
    ...traceNumbersQuery(query, range, step, Date.now),
    placeholderData: keepPreviousData,
    refetchInterval: refetchAfter(refreshMs),
  });
  return <NumbersPanel title={t('traces.numbers')} query={query} answer={answer} step={step} unit={unitOf(query)} />;
}

function unitOf(query: string): Unit {
  if (/\b(?:quantile|avg|min|max|sum)_over_time\s*\(\s*(?:\w+:)?(?:traceD|d)uration\b/.test(query)) return 'seconds';
  return /\|\s*rate\s*\(/.test(query) ? 'per-second' : 'none';
}
