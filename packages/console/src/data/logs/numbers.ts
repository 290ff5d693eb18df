/** Numbers made of lines, in the shape that charts take. */

import type { RangeAnswer } from '../prometheus.ts';
import { alignedWindow, resolveRange, type TimeRangeText } from '../time-range.ts';
import { type QueryCost, queryNumbers } from './loki.ts';

/** The answer of a metric query with what it cost. */
export interface LogNumbers extends RangeAnswer {
  readonly cost: QueryCost;
}

/** Query key and function of a metric query over a range. */
export function logNumbersQuery(query: string, range: TimeRangeText, step: number, clock: () => number) {
  return {
    queryKey: ['logs', 'numbers', query, range.from, range.to, step] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<LogNumbers> => {
      const window = alignedWindow(resolveRange(range, clock()), step);
      const { series, cost } = await queryNumbers(query, window, signal);
      return { data: series, warnings: [], infos: [], window, cost };
    },
  };
}
