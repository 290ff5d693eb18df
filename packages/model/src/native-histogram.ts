/** Native histograms: one sample that holds a whole distribution, as Prometheus' native histogram specification defines it. */

import { isStaleAt, writeStaleMarker } from './sample.ts';

/** What is known of a counter's reset between this histogram and the one before it in its series. */
export type CounterResetHint = 'unknown' | 'reset' | 'no-reset' | 'gauge';

/** A run of `length` consecutive buckets that begins `offset` buckets after the end of the run before it (the first: at bucket `offset`). */
export interface BucketSpan {
  readonly offset: number;
  readonly length: number;
}

/** The schema of histograms whose bounds are given one by one ("NHCB"). */
export const CUSTOM_BUCKETS_SCHEMA = -53;

/**
 * A native histogram. Integer histograms are kept as float ones: queries see only those.
 *
 * With `schema` -4 to 8 bucket `i` of the positive side covers `(base^(i-1), base^i]` with `base = 2^(2^-schema)`, the negative
 * side mirrors it, and the zero bucket covers `[-zeroThreshold, zeroThreshold]`. With {@link CUSTOM_BUCKETS_SCHEMA} bucket `i` covers
 * `(customBounds[i-1], customBounds[i]]`, the last one is open upwards, and there are neither negative nor zero buckets.
 */
export interface NativeHistogram {
  readonly schema: number;
  readonly counterReset: CounterResetHint;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** Observations, NaN ones included. */
  readonly count: number;
  readonly sum: number;
  readonly positiveSpans: readonly BucketSpan[];
  /** Populations of the buckets that the spans name, in order; absolute, neither cumulative nor differences. */
  readonly positiveBuckets: Float64Array;
  readonly negativeSpans: readonly BucketSpan[];
  readonly negativeBuckets: Float64Array;
  /** Upper bounds, ascending, without +Inf; empty but for {@link CUSTOM_BUCKETS_SCHEMA}. */
  readonly customBounds: Float64Array;
}

/** The stale marker among histograms: only its sum counts. As with floats, the sum's bits are better not trusted to ordinary variables. */
export const STALE_HISTOGRAM: NativeHistogram = (() => {
  const sums = new Float64Array(1);
  writeStaleMarker(sums, 0);
  const none = new Float64Array(0);
  return {
    schema: 0,
    counterReset: 'unknown',
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    sum: sums[0] as number,
    positiveSpans: [],
    positiveBuckets: none,
    negativeSpans: [],
    negativeBuckets: none,
    customBounds: none,
  };
})();

const oneSum = new Float64Array(1);
const oneSumWords = new Uint32Array(oneSum.buffer);

/** Whether a histogram says that its series has ended. What readers give as one is always {@link STALE_HISTOGRAM} itself. */
export function isStaleHistogram(histogram: NativeHistogram): boolean {
  if (histogram === STALE_HISTOGRAM) return true;
  if (!Number.isNaN(histogram.sum)) return false;
  oneSum[0] = histogram.sum;
  return isStaleAt(oneSumWords, 0);
}
