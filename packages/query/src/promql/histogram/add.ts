/** Sums and differences of native histograms whose resolutions, zero buckets or custom bounds may differ. */

import type { CounterResetHint, NativeHistogram } from '@atalaya/model';
import { commonBounds, customBound, exponentialBound, sameBounds, usesCustomBuckets } from './bounds.ts';
import { addSide, compactSide, lostTo, remapSide } from './sides.ts';
import { open, reduceTo, type Working } from './working.ts';
import { reconcileZeroBuckets } from './zero-bucket.ts';

/** What is to be said of a sum or a difference. */
export interface Outcome {
  /** One histogram was known to follow a reset, the other known not to. */
  readonly resetsConflict: boolean;
  /** Custom bounds differed, and only those that both had were kept. */
  readonly boundsReconciled: boolean;
}

/** The hint of what was computed out of two histograms; `undefined` when their hints contradict each other. */
function commonHint(a: CounterResetHint, b: CounterResetHint): CounterResetHint | undefined {
  if (a === b) return a;
  if (a === 'gauge' || b === 'gauge') return 'gauge';
  return a === 'unknown' || b === 'unknown' ? 'unknown' : undefined;
}

/**
 * Adds (or subtracts) a histogram in place. The result has the coarser schema of both, the wider zero bucket, and the custom
 * bounds that both have. `undefined`, and nothing is changed, when one has exponential buckets and the other custom ones.
 */
export function addTo(into: Working, histogram: NativeHistogram | Working, sign: 1 | -1 = 1): Outcome | undefined {
  if (usesCustomBuckets(into) !== usesCustomBuckets(histogram)) return undefined;
  const other = 'positive' in histogram ? histogram : open(histogram);
  const hint = commonHint(into.counterReset, other.counterReset);
  into.counterReset = hint ?? 'unknown';
  const resetsConflict = hint === undefined;
  addTotals(into, other, sign);
  if (usesCustomBuckets(into)) return { resetsConflict, boundsReconciled: addCustom(into, other, sign) };

  const zero = reconcileZeroBuckets(into, other);
  addZero(into, zero.count * sign);
  if (into.positive.errors !== undefined) addZero(into, zero.error * sign);
  reduceTo(into, other.schema);
  reduceTo(other, into.schema);
  const { schema, zeroThreshold } = into;
  const covered = (index: number): boolean => exponentialBound(index, schema) <= zeroThreshold;
  addSide(into.positive, other.positive, sign, covered);
  addSide(into.negative, other.negative, sign, covered);
  return { resetsConflict, boundsReconciled: false };
}

function addTotals(into: Working, other: Working, sign: 1 | -1): void {
  const count = into.count + other.count * sign;
  into.countError = lostTo(into.count, other.count * sign, count, into.countError) + other.countError * sign;
  into.count = count;
  const sum = into.sum + other.sum * sign;
  into.sumError = lostTo(into.sum, other.sum * sign, sum, into.sumError) + other.sumError * sign;
  into.sum = sum;
}

function addZero(into: Working, value: number): void {
  const next = into.zeroCount + value;
  into.zeroError = lostTo(into.zeroCount, value, next, into.zeroError);
  into.zeroCount = next;
}

/** Adds the buckets of a histogram with custom bounds; says whether the bounds differed. */
function addCustom(into: Working, other: Working, sign: 1 | -1): boolean {
  const bounds = into.customBounds;
  const reconciled = !sameBounds(bounds, other.customBounds);
  if (reconciled) {
    const common = commonBounds(bounds, other.customBounds);
    remapSide(into.positive, ontoBounds(bounds, common));
    remapSide(other.positive, ontoBounds(other.customBounds, common));
    into.customBounds = common;
  }
  addSide(into.positive, other.positive, sign, () => false);
  if (reconciled) compactSide(into.positive);
  return reconciled;
}

/** For a bucket of some bounds: the bucket of fewer ones that holds it. Asked for ascending indexes only. */
function ontoBounds(bounds: Float64Array, fewer: Float64Array): (index: number) => number {
  let target = 0;
  return (index) => {
    const end = customBound(index, bounds);
    while (target < fewer.length && fewer[target]! < end) target++;
    return target;
  };
}
