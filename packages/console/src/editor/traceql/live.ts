/** Live data for TraceQL's completion, through the console's cache. Failures give nothing: typing goes on without help. */

import type { QueryClient } from '@tanstack/react-query';

import { attributeName } from '../../data/traces/search.ts';
import { tagNamesQuery, type TagValue, tagValuesQuery } from '../../data/traces/tempo.ts';
import type { TimeRangeText } from '../../data/time-range.ts';

/** What the completion asks. */
export interface TraceqlLive {
  /** Attributes as TraceQL writes them, with their scope. */
  fields(): Promise<readonly string[]>;
  values(field: string): Promise<readonly TagValue[]>;
}

/** Live data of a range. */
export function traceqlLive(cache: QueryClient, range: () => TimeRangeText, clock: () => number): TraceqlLive {
  return {
    async fields() {
      try {
        const names = await cache.fetchQuery(tagNamesQuery(range(), clock));
        return (['span', 'resource', 'event', 'link', 'instrumentation'] as const).flatMap((scope) =>
          names[scope].map((name) => `${scope}.${attributeName(name)}`),
        );
      } catch {
        return [];
      }
    },
    async values(field) {
      try {
        return await cache.fetchQuery(tagValuesQuery(field, '{}', range(), clock));
      } catch {
        return [];
      }
    },
  };
}
