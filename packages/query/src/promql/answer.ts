/** The answer to a query: plain columns, so that it crosses threads without copying. */

import { compareLabels, type Labels, type NativeHistogram } from '@atalaya/model';
import { mixedRangeResult, mixedSamplesResult } from './histogram/results.ts';
import type { SampleCounts } from './query-stats.ts';
import { HISTOGRAM, type HistogramPlaces, type SampleColumns, type Steps, type VectorValue } from './value.ts';

/** What a query gave. Times are milliseconds since the epoch. */
export type QueryResult =
  | { readonly resultType: 'scalar'; readonly timestamp: number; readonly value: number }
  | { readonly resultType: 'string'; readonly timestamp: number; readonly text: string }
  | {
      readonly resultType: 'vector';
      readonly timestamp: number;
      readonly labels: readonly Labels[];
      readonly values: Float64Array;
      /** In the place of the value, where a series has a histogram; missing where none has. */
      readonly histograms?: HistogramPlaces;
    }
  | {
      readonly resultType: 'matrix';
      readonly labels: readonly Labels[];
      /** Points of series `s` are at `[offsets[s], offsets[s + 1])` of the columns. */
      readonly offsets: Uint32Array;
      readonly timestamps: Float64Array;
      readonly values: Float64Array;
      /** The steps on which all timestamps lie, where they do. */
      readonly grid: Steps | undefined;
      /** The points that are histograms, likewise; missing where there are none. */
      readonly histograms?: HistogramPoints;
    };

/** Points that are histograms: those of series `s` are at `[offsets[s], offsets[s + 1])`. */
export interface HistogramPoints {
  readonly offsets: Uint32Array;
  readonly timestamps: Float64Array;
  readonly values: readonly NativeHistogram[];
}

/** What answering took. */
export interface QueryStats {
  readonly seriesRead: number;
  readonly samplesRead: number;
  /** Steps that had been computed before; none unless given. */
  readonly cachedSteps?: number;
  /** Milliseconds by phase. */
  readonly timings: { readonly parse: number; readonly read: number; readonly evaluate: number };
  /** Only where they were asked for. */
  readonly samples?: SampleCounts;
}

/** A query's result with what is to be known about it. Warnings and infos read as Prometheus'. */
export interface QueryAnswer {
  readonly result: QueryResult;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly stats: QueryStats;
}

/** The only step of a vector, in the vector's order. */
export function instantResult(vector: VectorValue, timestamp: number): QueryResult {
  const labels: Labels[] = [];
  const values = new Float64Array(vector.labels.length);
  const histograms: HistogramPlaces = [];
  for (const [series, set] of vector.labels.entries()) {
    const kind = vector.present[series];
    if (kind === 0) continue;
    if (kind === HISTOGRAM) histograms[labels.length] = vector.histograms![series];
    else values[labels.length] = vector.values[series]!;
    labels.push(set);
  }
  const result = { resultType: 'vector', timestamp, labels, values: values.slice(0, labels.length) } as const;
  return histograms.length === 0 ? result : { ...result, histograms };
}

/** All steps of a vector, series ordered by labels, those without points left out. */
export function rangeResult(vector: VectorValue, steps: Steps): QueryResult {
  const { labels, values, present } = vector;
  if (vector.histograms !== undefined) return mixedRangeResult(vector, steps);
  const { start, step, count } = steps;
  const order = [...labels.keys()].sort((a, b) => compareLabels(labels[a] as Labels, labels[b] as Labels));
  let total = 0;
  for (let at = 0; at < labels.length * count; at++) total += present[at]!;
  const offsets = new Uint32Array(labels.length + 1);
  const timestamps = new Float64Array(total);
  const points = new Float64Array(total);
  const kept: Labels[] = [];
  let to = 0;
  for (const series of order) {
    const before = to;
    for (let i = 0; i < count; i++) {
      const at = series * count + i;
      if (present[at] !== 1) continue;
      timestamps[to] = start + i * step;
      points[to++] = values[at]!;
    }
    if (to === before) continue;
    kept.push(labels[series] as Labels);
    offsets[kept.length] = to;
  }
  return {
    resultType: 'matrix',
    labels: kept,
    offsets: offsets.slice(0, kept.length + 1),
    timestamps,
    values: points,
    grid: { start, step, count },
  };
}

/** The stored samples of a range selector: those of its only window, `(end - rangeMs, end]`. */
export function samplesResult(columns: SampleColumns, rangeMs: number, end: number): QueryResult {
  if (columns.histograms !== undefined) return mixedSamplesResult(columns, columns.histograms, rangeMs, end);
  const { labels, starts, ends, timestamps, values } = columns;
  const kept: Labels[] = [];
  const offsets = [0];
  const times: number[] = [];
  const points: number[] = [];
  for (const [series, set] of labels.entries()) {
    for (let i = starts[series]!; i < ends[series]!; i++) {
      if (timestamps[i]! <= end - rangeMs || timestamps[i]! > end) continue;
      times.push(timestamps[i]!);
      points.push(values[i]!);
    }
    if (times.length === offsets.at(-1)) continue;
    kept.push(set);
    offsets.push(times.length);
  }
  return {
    resultType: 'matrix',
    labels: kept,
    offsets: Uint32Array.from(offsets),
    timestamps: Float64Array.from(times),
    values: Float64Array.from(points),
    grid: undefined,
  };
}

/** The first `limit` series of a result, and whether there were more. */
export function limited(result: QueryResult, limit: number): { result: QueryResult; truncated: boolean } {
  if (limit <= 0 || (result.resultType !== 'vector' && result.resultType !== 'matrix')) return { result, truncated: false };
  if (result.labels.length <= limit) return { result, truncated: false };
  const labels = result.labels.slice(0, limit);
  if (result.resultType === 'vector') {
    const shorter = { ...result, labels, values: result.values.slice(0, limit) };
    const { histograms } = result;
    return { result: histograms === undefined ? shorter : { ...shorter, histograms: histograms.slice(0, limit) }, truncated: true };
  }
  const end = result.offsets[limit]!;
  const { histograms } = result;
  const { offsets, timestamps, values, grid } = result;
  const shorter = { offsets: offsets.slice(0, limit + 1), timestamps: timestamps.slice(0, end), values: values.slice(0, end) };
  const matrix = { resultType: 'matrix', labels, ...shorter, grid } as const;
  return { result: histograms === undefined ? matrix : { ...matrix, histograms }, truncated: true };
}
