/** Live data: questions that are asked again, keep their last good answer, and go on trying while the server is away. */

import { keepPreviousData, type QueryFunctionContext, type QueryKey, useQuery } from '@tanstack/react-query';

import { ApiError } from '../data/http.ts';
import { type InstantAnswer, instantQuery, type RangeAnswer, rangeQuery } from '../data/prometheus.ts';
import { chooseStep, type TimeRangeText } from '../data/time-range.ts';
import { useRange } from './range.tsx';

/** How soon to ask again after a failure that may pass. */
const RETRY_MS = 5000;
/** How often the state of the program is asked for when the page itself is paused. */
const PAUSED_STATUS_MS = 30_000;

/** A refetch interval that is shorter while a failure that may pass lasts. */
export function refetchAfter(milliseconds: number) {
  return (query: { state: { status: string; error: unknown } }): number | false => {
    const { status, error } = query.state;
    if (status === 'error' && error instanceof ApiError && error.retry) return RETRY_MS;
    return milliseconds > 0 ? milliseconds : false;
  };
}

/** Asks now and again at the page's interval (state of the program: also when paused, but less often). */
export function usePolled<Data, Key extends QueryKey>(
  question: { queryKey: Key; queryFn: (context: QueryFunctionContext<Key>) => Promise<Data>; staleTime?: number },
  options: { enabled?: boolean; every?: number } = {},
) {
  const { refreshMs } = useRange();
  const every = options.every ?? (refreshMs === 0 ? PAUSED_STATUS_MS : Math.max(refreshMs, 5000));
  return useQuery<Data, Error, Data, Key>({ ...question, enabled: options.enabled ?? true, refetchInterval: refetchAfter(every) });
}

/** A range query over the page's range with about `points` points. */
export function useRangeQuery(query: string, options: { points: number; enabled?: boolean }) {
  const { range, refreshMs, span } = useRange();
  const step = chooseStep(span, options.points);
  return useQuery<RangeAnswer, Error, RangeAnswer, ReturnType<typeof rangeQuery>['queryKey']>({
    ...rangeQuery(query, range, step, Date.now),
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
    refetchInterval: refetchAfter(refreshMs),
  });
}

/** A range query over a range of its own (the past of a disk), asked again seldom. */
export function usePastQuery(query: string, options: { range: TimeRangeText; step: number; every: number; enabled?: boolean }) {
  return useQuery<RangeAnswer, Error, RangeAnswer, ReturnType<typeof rangeQuery>['queryKey']>({
    ...rangeQuery(query, options.range, options.step, Date.now),
    enabled: options.enabled ?? true,
    refetchInterval: refetchAfter(options.every),
    staleTime: options.every / 2,
  });
}

/** An instant query at the end of the page's range. */
export function useInstantQuery(query: string, options: { enabled?: boolean } = {}) {
  const { range, refreshMs } = useRange();
  return useQuery<InstantAnswer, Error, InstantAnswer, ReturnType<typeof instantQuery>['queryKey']>({
    ...instantQuery(query, range, Date.now),
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
    refetchInterval: refetchAfter(refreshMs),
  });
}
