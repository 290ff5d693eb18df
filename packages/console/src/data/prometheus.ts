/** Client of the query API: instant and range queries, with their answers as typed data. */

import { requestJson } from './http.ts';
import { alignedWindow, resolveRange, type TimeRangeText } from './time-range.ts';

/** A label set as the API sends it. */
export type LabelRecord = Readonly<Record<string, string>>;

/** A native histogram as the API sends it. A bucket: which bounds belong to it (0 the upper, 1 the lower, 2 none, 3 both), lower, upper, count. */
export interface ApiHistogram {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [number, string, string, string])[];
}

/** One series of a range answer: `[seconds, value]` pairs in ascending order of time; `values` are its numbers alone. */
export interface MatrixSeries {
  readonly metric: LabelRecord;
  readonly values: readonly (readonly [number, string])[];
  readonly histograms?: readonly (readonly [number, ApiHistogram])[];
}

/** One series of an instant answer; the value of a histogram is not a number. */
export interface VectorSample {
  readonly metric: LabelRecord;
  readonly value: readonly [number, string];
  readonly histogram?: readonly [number, ApiHistogram];
}

/** An answer of the query API. */
export type QueryResult =
  | { readonly resultType: 'matrix'; readonly result: readonly MatrixSeries[] }
  | { readonly resultType: 'vector'; readonly result: readonly VectorSample[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: readonly [number, string] };

/** An answer with what the server had to remark about it. */
export interface Answer<Data> {
  readonly data: Data;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Unwraps the API's envelope. An `error` status with a 2xx code never happens; failures are thrown by {@link requestJson}. */
export function unwrap<Data>(envelope: unknown): Answer<Data> {
  const { data, warnings, infos } = envelope as { data: Data; warnings?: string[]; infos?: string[] };
  return { data, warnings: warnings ?? [], infos: infos ?? [] };
}

/** Evaluates an expression at one instant (epoch milliseconds). */
export async function queryInstant(query: string, time: number, signal?: AbortSignal): Promise<Answer<QueryResult>> {
  const answer = unwrap<QueryResult>(await requestJson('/api/v1/query', { form: true, parameters: { query, time: time / 1000 }, signal }));
  return { ...answer, data: withNumbers(answer.data) };
}

/** A series of histograms comes without the field of numbers; here every series has it. */
function withNumbers(data: QueryResult): QueryResult {
  if (data.resultType === 'vector') {
    const result = (data.result as readonly (Omit<VectorSample, 'value'> & Partial<VectorSample>)[]).map((sample): VectorSample => ({
      ...sample,
      value: sample.value ?? [sample.histogram?.[0] ?? 0, 'NaN'],
    }));
    return { resultType: 'vector', result };
  }
  if (data.resultType !== 'matrix') return data;
  const result = (data.result as readonly (Omit<MatrixSeries, 'values'> & Partial<MatrixSeries>)[]).map((series): MatrixSeries => ({
    ...series,
    values: series.values ?? [],
  }));
  return { resultType: 'matrix', result };
}

/** A range in epoch milliseconds and the step between points, also milliseconds. */
export interface RangeWindow {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Evaluates an expression over a range. */
export async function queryRange(query: string, range: RangeWindow, signal?: AbortSignal): Promise<Answer<readonly MatrixSeries[]>> {
  const parameters = { query, start: range.start / 1000, end: range.end / 1000, step: range.step / 1000 };
  const answer = unwrap<QueryResult>(await requestJson('/api/v1/query_range', { form: true, parameters, signal }));
  const data = withNumbers(answer.data);
  return { ...answer, data: data.resultType === 'matrix' ? data.result : [] };
}

/** A range answer together with the window it is of. */
export interface RangeAnswer extends Answer<readonly MatrixSeries[]> {
  readonly window: RangeWindow;
}

/** An instant answer together with its instant (epoch milliseconds). */
export interface InstantAnswer extends Answer<QueryResult> {
  readonly at: number;
}

/**
 * Query key and function of an instant query at the end of a range. The key holds the range as text, not the instant: asking
 * again later refreshes the same entry, so that the last good answer stays while the server is away.
 */
export function instantQuery(query: string, range: TimeRangeText, clock: () => number) {
  return {
    queryKey: ['query', 'instant', query, range.from, range.to] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<InstantAnswer> => {
      const at = resolveRange(range, clock()).end;
      return { ...(await queryInstant(query, at, signal)), at };
    },
  };
}

/** Query key and function of a range query; the same remark on its key. */
export function rangeQuery(query: string, range: TimeRangeText, step: number, clock: () => number) {
  return {
    queryKey: ['query', 'range', query, range.from, range.to, step] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<RangeAnswer> => {
      const window = alignedWindow(resolveRange(range, clock()), step);
      return { ...(await queryRange(query, window, signal)), window };
    },
  };
}

/** A sample's value as a number: `+Inf`, `-Inf` and `NaN` included. */
export function parseSample(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return Number(text);
}
