/** Client of what each metric costs to store. */

import type { MetricStorage } from '@atalaya/model';

import { requestJson } from './http.ts';

/** Query key and function of the largest metrics. */
export function metricStorageQuery(limit: number) {
  return {
    queryKey: ['storage', 'metrics', limit] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }) =>
      (await requestJson('/api/atalaya/storage/metrics', { parameters: { limit }, signal })) as MetricStorage,
    staleTime: 30_000,
  };
}

export type { MetricStorage } from '@atalaya/model';
