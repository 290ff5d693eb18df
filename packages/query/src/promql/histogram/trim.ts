/** The trim operators: what remains of a histogram without the observations above (`</`) or below (`>/`) a value. */

import type { NativeHistogram } from '@atalaya/model';
import { type Bucket, usesCustomBuckets } from './bounds.ts';
import { negativeBuckets, positiveBuckets, zeroBucket } from './buckets.ts';
import { closeCompact, open } from './working.ts';

/** What is kept of a bucket, and the value that stands for it in the new sum. */
interface Kept {
  readonly count: number;
  readonly middle: number;
}

/** How a bucket is divided: its values lie evenly, or evenly on a logarithmic scale right or left of zero. */
type Scale = 'linear' | 'positive' | 'negative';

/**
 * Keeps the observations below `at` (`upper`), or those above it. The bucket that holds `at` is divided by interpolation. Count
 * and sum are estimated anew, unless nothing was taken away: then the histogram itself is given back.
 */
export function trimHistogram(histogram: NativeHistogram, at: number, side: 'upper' | 'lower'): NativeHistogram {
  const keepBelow = side === 'upper';
  const working = open(histogram);
  let count = 0;
  let sum = 0;
  let changed = false;

  const trimSide = (buckets: readonly Bucket[], counts: number[], scale: Scale): boolean => {
    let any = false;
    for (const [i, bucket] of buckets.entries()) {
      if (bucket.count === 0) continue;
      any = true;
      const whole = keepBelow ? bucket.upper <= at : bucket.lower >= at;
      const divided = keepBelow ? bucket.lower < at : bucket.upper > at;
      let kept: Kept = { count: 0, middle: 0 };
      if (whole) kept = { count: bucket.count, middle: middleOf(bucket.lower, bucket.upper, scale) };
      else if (divided) kept = divide(bucket, at, keepBelow, scale);
      count += kept.count;
      sum += kept.middle * kept.count;
      if (kept.count !== counts[i]) {
        counts[i] = kept.count;
        changed = true;
      }
    }
    return any;
  };
  const custom = usesCustomBuckets(histogram);
  const hasPositive = trimSide(positiveBuckets(histogram), working.positive.counts, custom ? 'linear' : 'positive');
  const hasNegative = trimSide(negativeBuckets(histogram), working.negative.counts, 'negative');
  if (histogram.zeroCount > 0) {
    const zero = zeroBucket(histogram);
    if (hasNegative && !hasPositive) zero.upper = 0;
    if (hasPositive && !hasNegative) zero.lower = 0;
    const kept = divideZero(zero, at, keepBelow);
    if (kept.count !== histogram.zeroCount) {
      working.zeroCount = kept.count;
      changed = true;
    }
    count += kept.count;
    sum += kept.middle * kept.count;
  }
  if (!changed) return histogram;
  working.count = count;
  working.sum = sum;
  return closeCompact(working);
}

/** The value that stands for an interval; an infinite end cannot be averaged. */
function middleOf(lower: number, upper: number, scale: Scale): number {
  if (lower === -Infinity) return upper === Infinity ? 0 : upper > 0 ? upper / 2 : upper;
  if (upper === Infinity) return lower;
  if (scale === 'linear') return (lower + upper) / 2;
  const middle = Math.sqrt(Math.abs(lower * upper));
  return scale === 'positive' ? middle : -middle;
}

function divide(bucket: Bucket, at: number, keepBelow: boolean, scale: Scale): Kept {
  const { lower, upper, count } = bucket;
  if (lower === -Infinity || upper === Infinity) return divideOpen(bucket, at, keepBelow);
  let share: number;
  if (scale === 'linear') share = (at - lower) / (upper - lower);
  else {
    const logLower = Math.log2(Math.abs(lower));
    const logUpper = Math.log2(Math.abs(upper));
    const logAt = Math.log2(Math.abs(at));
    share = scale === 'positive' ? (logAt - logLower) / (logUpper - logLower) : 1 - (logAt - logUpper) / (logLower - logUpper);
  }
  const below = count * share;
  return keepBelow ? { count: below, middle: middleOf(lower, at, scale) } : { count: count - below, middle: middleOf(at, upper, scale) };
}

/** Of a bucket with an infinite end nobody knows how its observations lie: most cuts take it away as a whole. */
function divideOpen({ lower, upper, count }: Bucket, at: number, keepBelow: boolean): Kept {
  if (lower === -Infinity) {
    const finite = Number.isFinite(upper) ? upper : 0;
    if (keepBelow) {
      // With a positive upper end the bucket is taken to begin at zero.
      if (at > 0 && upper > 0 && upper !== Infinity) return { count: (count * at) / upper, middle: at / 2 };
      return upper <= 0 ? { count, middle: at } : { count: 0, middle: finite };
    }
    if (at === -Infinity) return { count, middle: 0 };
    if (at >= 0 && upper > at && upper !== Infinity) return { count: count * (1 - at / upper), middle: (at + upper) / 2 };
    return { count: 0, middle: finite };
  }
  if (keepBelow) return { count: 0, middle: lower };
  return at >= lower ? { count, middle: at } : { count: 0, middle: lower };
}

function divideZero({ lower, upper, count }: Bucket, at: number, keepBelow: boolean): Kept {
  const all: Kept = { count, middle: (lower + upper) / 2 };
  const none: Kept = { count: 0, middle: 0 };
  if (at <= lower) return keepBelow ? none : all;
  if (at >= upper) return keepBelow ? all : none;
  return keepBelow
    ? { count: (count * (at - lower)) / (upper - lower), middle: (lower + at) / 2 }
    : { count: (count * (upper - at)) / (upper - lower), middle: (at + upper) / 2 };
}
