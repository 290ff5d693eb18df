/** Live data for LogQL's completion, through the console's cache. Failures give nothing: typing goes on without help. */

import type { QueryClient } from '@tanstack/react-query';

import { labelNamesQuery, labelValuesQuery } from '../../data/logs/facets.ts';
import { type DetectedField, detectedFields } from '../../data/logs/loki.ts';
import { toNanoseconds } from '../../data/logs/nanoseconds.ts';
import { resolveRange, type TimeRangeText } from '../../data/time-range.ts';

/** What the completion asks. */
export interface LogqlLive {
  labels(): Promise<readonly string[]>;
  /** Values of a label in the streams of a selector. */
  values(label: string, selector: string | undefined): Promise<readonly string[]>;
  /** Fields of the lines of a query. */
  fields(query: string): Promise<readonly DetectedField[]>;
}

const ALL = '{service_name=~".+"}';

/** Live data of a range. */
export function logqlLive(cache: QueryClient, range: () => TimeRangeText, clock: () => number): LogqlLive {
  const orNothing = <T>(answer: Promise<readonly T[]>): Promise<readonly T[]> => answer.catch(() => []);
  return {
    labels: () => orNothing(cache.fetchQuery(labelNamesQuery(range(), clock))),
    async values(label, selector) {
      const found = await orNothing(cache.fetchQuery(labelValuesQuery(label, selector ?? ALL, range(), clock)));
      return found.map(({ value }) => value);
    },
    fields: (query) =>
      orNothing(
        cache.fetchQuery({
          queryKey: ['logs', 'fields', query, range().from, range().to],
          queryFn: ({ signal }) => {
            const { start, end } = resolveRange(range(), clock());
            return detectedFields(query, { start: toNanoseconds(start), end: toNanoseconds(end) }, signal);
          },
          staleTime: 60_000,
        }),
      ),
  };
}
