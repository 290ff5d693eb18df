/** Numbers made of lines: what a LogQL metric query gives. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { NUMBER_POINTS, NumbersPanel } from '../../chart/numbers-panel.tsx';
import { type LogNumbers, logNumbersQuery } from '../../data/logs/numbers.ts';
import { chooseStep } from '../../data/time-range.ts';
import { refetchAfter } from '../../live/queries.ts';
import { useRange } from '../../live/range.tsx';

/** The panel. */
export function LogNumbersPanel({ query }: { query: string }) {
  const { t } = useTranslation();
  const { range, span, refreshMs } = useRange();
  const step = chooseStep(span, NUMBER_POINTS);
  const answer = useQuery<LogNumbers, Error, LogNumbers, ReturnType<typeof logNumbersQuery>['queryKey']>({
    ...logNumbersQuery(query, range, step, Date.now),
    placeholderData: keepPreviousData,
    refetchInterval: refetchAfter(refreshMs),
  });
  const unit = /\bbytes_(?:rate|over_time)\b/.test(query) ? 'bytes' : 'none';
  return <NumbersPanel title={t('logs.numbers')} query={query} answer={answer} step={step} unit={unit} />;
}
