/** Client of the label questions: which names, values and series exist. */

import { requestJson } from './http.ts';
import { type LabelRecord, unwrap } from './prometheus.ts';

/** Label names, of one metric or of all. */
export async function fetchLabelNames(match: string | undefined, signal?: AbortSignal): Promise<string[]> {
  return unwrap<string[]>(await requestJson('/api/v1/labels', { parameters: { 'match[]': match }, signal })).data;
}

/** Values of a label, of one selector's series or of all. */
export async function fetchLabelValues(name: string, match: string | undefined, signal?: AbortSignal): Promise<string[]> {
  const path = `/api/v1/label/${encodeURIComponent(name)}/values`;
  return unwrap<string[]>(await requestJson(path, { parameters: { 'match[]': match }, signal })).data;
}

/** Label sets that fulfil a selector, at most `limit`. */
export async function fetchSeries(match: string, limit: number, signal?: AbortSignal): Promise<LabelRecord[]> {
  return unwrap<LabelRecord[]>(await requestJson('/api/v1/series', { parameters: { 'match[]': match, limit }, signal })).data;
}

/** Query key and function of all metric names. */
export const metricNamesQuery = {
  queryKey: ['labels', 'values', '__name__'] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchLabelValues('__name__', undefined, signal),
  staleTime: 60_000,
};

/** Query key and function of a metric's label names. */
export function labelNamesQuery(match: string | undefined) {
  return {
    queryKey: ['labels', 'names', match ?? ''] as const,
    queryFn: ({ signal }: { signal: AbortSignal }) => fetchLabelNames(match, signal),
    staleTime: 60_000,
  };
}

/** Query key and function of a label's values. */
export function labelValuesQuery(name: string, match: string | undefined) {
  return {
    queryKey: ['labels', 'values', name, match ?? ''] as const,
    queryFn: ({ signal }: { signal: AbortSignal }) => fetchLabelValues(name, match, signal),
    staleTime: 60_000,
  };
}

/** Query key and function of the series behind a selector. */
export function seriesQuery(match: string, limit: number) {
  return {
    queryKey: ['labels', 'series', match, limit] as const,
    queryFn: ({ signal }: { signal: AbortSignal }) => fetchSeries(match, limit, signal),
    staleTime: 60_000,
  };
}
