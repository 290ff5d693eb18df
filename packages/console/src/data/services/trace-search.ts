/** Client of the trace search, for the lists of recent traces beside something else. */

import { requestJson } from '../http.ts';
import { resolveRange, type TimeRangeText } from '../time-range.ts';

/** A trace that was found. Milliseconds. */
export interface TraceSummary {
  readonly traceId: string;
  readonly rootService: string;
  readonly rootName: string;
  readonly start: number;
  readonly duration: number;
  /** Spans that fulfil the question. */
  readonly matched: number;
}

interface SearchAnswer {
  readonly traces?: readonly {
    readonly traceID: string;
    readonly rootServiceName?: string;
    readonly rootTraceName?: string;
    readonly startTimeUnixNano?: string;
    readonly durationMs?: number;
    readonly spanSets?: readonly { readonly matched?: number }[];
    readonly spanSet?: { readonly matched?: number };
  }[];
}

/** The traces of an answer. */
export function readTraces(answer: unknown): TraceSummary[] {
  const { traces = [] } = answer as SearchAnswer;
  return traces.map(
    ({ traceID, rootServiceName = '', rootTraceName = '', startTimeUnixNano = '0', durationMs = 0, spanSets, spanSet }) => ({
      traceId: traceID,
      rootService: rootServiceName,
      rootName: rootTraceName,
      start: Number(BigInt(startTimeUnixNano) / 1_000_000n),
      duration: durationMs,
      matched: (spanSets ?? (spanSet === undefined ? [] : [spanSet])).reduce((sum, { matched = 0 }) => sum + matched, 0),
    }),
  );
}

/** Query key and function of the traces that a TraceQL question finds in a range. */
export function traceSearchQuery(query: string, range: TimeRangeText, limit: number, clock: () => number) {
  return {
    queryKey: ['traces', 'summaries', query, range.from, range.to, limit] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<readonly TraceSummary[]> => {
      const { start, end } = resolveRange(range, clock());
      const parameters = { q: query, start: Math.floor(start / 1000), end: Math.ceil(end / 1000), limit, spss: 1 };
      return readTraces(await requestJson('/tempo/api/search', { parameters, signal }));
    },
  };
}

/** Query key and function of the values that a resource's attribute has in the spans of a service. */
export function resourceValuesQuery(attribute: string, service: string, range: TimeRangeText, clock: () => number) {
  return {
    queryKey: ['traces', 'values', attribute, service, range.from, range.to] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<readonly string[]> => {
      const { start, end } = resolveRange(range, clock());
      const q = service === '' ? undefined : `{resource.service.name=${JSON.stringify(service)}}`;
      const path = `/tempo/api/v2/search/tag/resource.${attribute}/values`;
      const parameters = { q, start: Math.floor(start / 1000), end: Math.ceil(end / 1000) };
      const answer = (await requestJson(path, { parameters, signal })) as { tagValues?: readonly { readonly value: string }[] };
      return (answer.tagValues ?? []).map(({ value }) => value).sort();
    },
    staleTime: 60_000,
  };
}
