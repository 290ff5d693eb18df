/** The newest lines of a query, for a short list beside something else. */

import { resolveRange, type TimeRangeText } from '../time-range.ts';
import type { LogLine } from './line.ts';
import { queryLines } from './loki.ts';
import { toNanoseconds } from './nanoseconds.ts';

/** Query key and function of at most `limit` lines of a range, the newest first. */
export function recentLinesQuery(query: string, range: TimeRangeText, limit: number, clock: () => number) {
  return {
    queryKey: ['logs', 'recent', query, range.from, range.to, limit] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<readonly LogLine[]> => {
      const { start, end } = resolveRange(range, clock());
      const request = { query, start: toNanoseconds(start), end: toNanoseconds(end), limit, direction: 'backward' } as const;
      return (await queryLines(request, signal)).lines;
    },
  };
}
