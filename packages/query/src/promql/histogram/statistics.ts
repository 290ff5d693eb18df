/** Estimates out of a native histogram: quantiles, fractions, variance. Between the bounds of a bucket they are interpolated. */

import type { NativeHistogram } from '@atalaya/model';
import { CompensatedSum } from '../summation.ts';
import { type Bucket, usesCustomBuckets } from './bounds.ts';
import { allBuckets, narrowZeroBucket } from './buckets.ts';

/** What observations that are not numbers did to an estimate: made it NaN, or pushed it up (they count as if above all others). */
export type NaNEffect = 'none' | 'result is NaN' | 'result is skewed higher';

/** A quantile, with 0 ≤ q ≤ 1 or what stands for other ones. */
export function quantileOfHistogram(q: number, histogram: NativeHistogram): { value: number; effect: NaNEffect } {
  if (q < 0) return { value: -Infinity, effect: 'none' };
  if (q > 1) return { value: Infinity, effect: 'none' };
  const total = histogram.count;
  if (total === 0 || Number.isNaN(q)) return { value: NaN, effect: 'none' };
  const hasNaN = Number.isNaN(histogram.sum);
  // The shorter way to the wanted rank; but NaN observations are in no bucket, and so missing at the upper end.
  const upwards = hasNaN || q < 0.5;
  const buckets = allBuckets(histogram);
  if (!upwards) buckets.reverse();
  let rank = (upwards ? q : 1 - q) * total;
  let bucket: Bucket = { lower: 0, upper: 0, lowerInclusive: false, upperInclusive: false, count: 0 };
  let count = 0;
  let next = 0;
  while (next < buckets.length) {
    bucket = buckets[next++]!;
    if (bucket.count === 0) continue;
    count += bucket.count;
    if (count >= rank) break;
  }
  bucket = { ...bucket };
  if (usesCustomBuckets(histogram)) {
    if (bucket.lower === -Infinity) {
      if (bucket.upper <= 0) return { value: bucket.upper, effect: 'none' };
      bucket.lower = 0;
    } else if (bucket.upper === Infinity) return { value: bucket.lower, effect: 'none' };
  } else if (bucket.lower < 0 && bucket.upper > 0) narrowZeroBucket(bucket, histogram);
  if (count > total) count = total;
  if (count < rank) return hasNaN ? { value: NaN, effect: 'result is NaN' } : { value: bucket.upper, effect: 'none' };
  rank = upwards ? rank - (count - bucket.count) : count - rank;
  let effect: NaNEffect = 'none';
  if (hasNaN) {
    for (; next < buckets.length; next++) count += buckets[next]!.count;
    // A sum of both infinities is NaN as well: then no observation is missing.
    if (count < total) effect = 'result is skewed higher';
  }
  return { value: insideOf(bucket, rank / bucket.count, usesCustomBuckets(histogram)), effect };
}

/** The value that lies at a share of a bucket: on a logarithmic scale, but for custom buckets and the zero bucket. */
function insideOf({ lower, upper }: Bucket, share: number, custom: boolean): number {
  if (custom || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * share;
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  if (lower > 0) return 2 ** (logLower + (logUpper - logLower) * share);
  return -(2 ** (logUpper + (logLower - logUpper) * (1 - share)));
}

/** The share of observations between two values, and whether NaN observations (which are in no share) were counted in the whole. */
export function fractionOfHistogram(lower: number, upper: number, histogram: NativeHistogram): { value: number; hasNaN: boolean } {
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return { value: NaN, hasNaN: false };
  if (lower >= upper) return { value: 0, hasNaN: false };
  const buckets = allBuckets(histogram);
  let count = histogram.count;
  let hasNaN = false;
  if (Number.isNaN(histogram.sum)) {
    count = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
    hasNaN = count < histogram.count;
  }
  const below = Math.min(rankOf(lower, buckets, histogram) ?? count, count);
  const upTo = Math.min(rankOf(upper, buckets, histogram) ?? count, count);
  return { value: (upTo - below) / histogram.count, hasNaN };
}

/** How many observations lie below a value; `undefined` when no bucket reaches it. */
function rankOf(value: number, buckets: readonly Bucket[], histogram: NativeHistogram): number | undefined {
  const custom = usesCustomBuckets(histogram);
  let rank = 0;
  for (const original of buckets) {
    const bucket = { ...original };
    const zero = bucket.lower <= 0 && bucket.upper >= 0;
    if (zero) narrowZeroBucket(bucket, histogram);
    if (bucket.lower >= value) return rank;
    if (bucket.upper > value) return custom || zero ? linearRank(value, rank, bucket) : exponentialRank(value, rank, bucket);
    rank += bucket.count;
  }
  return undefined;
}

/** What lies in a bucket that is open downwards cannot be divided: it counts as a whole. */
function linearRank(value: number, rank: number, { lower, upper, count }: Bucket): number {
  return lower === -Infinity ? count : rank + (count * (value - lower)) / (upper - lower);
}

function exponentialRank(value: number, rank: number, { lower, upper, count }: Bucket): number {
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logValue = Math.log2(Math.abs(value));
  const share = value > 0 ? (logValue - logLower) / (logUpper - logLower) : 1 - (logValue - logUpper) / (logLower - logUpper);
  return rank + count * share;
}

/** The variance, every observation taken to lie in the middle of its bucket (the geometric one of exponential buckets). */
export function varianceOfHistogram(histogram: NativeHistogram): number {
  const mean = histogram.sum / histogram.count;
  const squares = new CompensatedSum();
  for (const { lower, upper, count } of allBuckets(histogram)) {
    if (count === 0) continue;
    let middle: number;
    if (usesCustomBuckets(histogram)) middle = (upper + lower) / 2;
    else if (lower <= 0 && upper >= 0) middle = 0;
    else middle = Math.sqrt(upper * lower) * (upper < 0 ? -1 : 1);
    const distance = middle - mean;
    squares.add(count * distance * distance);
  }
  return (squares.sum + squares.compensation) / histogram.count;
}
