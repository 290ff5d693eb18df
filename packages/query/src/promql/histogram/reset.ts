/** Comparing histograms: whether a counter was reset between two, and whether two are the same. */

import { type BucketSpan, type NativeHistogram, reduceResolution } from '@atalaya/model';
import { commonBounds, customBound, exponentialBound, sameBounds, usesCustomBuckets } from './bounds.ts';
import { type Side, sideOf } from './sides.ts';
import { open } from './working.ts';
import { widenedZero } from './zero-bucket.ts';

/**
 * Whether a counter was reset between two histograms of its series: the hint says so, or any count is smaller than it was,
 * or buckets became finer, or the zero bucket narrower.
 */
export function detectReset(current: NativeHistogram, previous: NativeHistogram): boolean {
  if (current.counterReset === 'reset') return true;
  return current.counterReset !== 'no-reset' && hasDecreased(current, previous);
}

/** As {@link detectReset}, without a look at the hint. */
export function hasDecreased(current: NativeHistogram, previous: NativeHistogram): boolean {
  if (current.count < previous.count) return true;
  if (usesCustomBuckets(current)) {
    if (!usesCustomBuckets(previous)) return true;
    if (!sameBounds(current.customBounds, previous.customBounds)) return customDecreased(current, previous);
  }
  if (current.schema > previous.schema || current.zeroThreshold < previous.zeroThreshold) return true;
  // Custom buckets, whose schema is lower than any other, do not follow exponential ones without a reset.
  if (usesCustomBuckets(current) !== usesCustomBuckets(previous)) return true;
  let zeroCount = previous.zeroCount;
  if (current.zeroThreshold !== previous.zeroThreshold) {
    const widened = widenedZero(open(previous), current.zeroThreshold);
    if (widened.threshold !== current.zeroThreshold) return true;
    zeroCount = widened.count;
  }
  if (current.zeroCount < zeroCount) return true;
  const { positiveSpans, positiveBuckets, negativeSpans, negativeBuckets } = reduceResolution(previous, current.schema);
  const covered = usesCustomBuckets(current) ? undefined : current;
  return (
    sideDecreased(current.positiveSpans, current.positiveBuckets, positiveSpans, positiveBuckets, covered) ||
    sideDecreased(current.negativeSpans, current.negativeBuckets, negativeSpans, negativeBuckets, covered)
  );
}

function sameSpans(a: readonly BucketSpan[], b: readonly BucketSpan[]): boolean {
  return a === b || (a.length === b.length && a.every(({ offset, length }, i) => offset === b[i]!.offset && length === b[i]!.length));
}

/** Whether a bucket holds less than before, or is gone though it held something. Buckets inside the zero bucket do not count. */
function sideDecreased(
  spans: readonly BucketSpan[],
  buckets: Float64Array,
  previousSpans: readonly BucketSpan[],
  previousBuckets: Float64Array,
  zero: NativeHistogram | undefined,
): boolean {
  if (sameSpans(spans, previousSpans)) {
    let decreased = false;
    for (let i = 0; i < buckets.length; i++) if (buckets[i]! < previousBuckets[i]!) decreased = true;
    // Only what has become smaller may still turn out to lie in the zero bucket.
    if (!decreased || zero === undefined || zero.zeroThreshold === 0) return decreased;
  }
  const current = sideOf(spans, buckets);
  const previous = sideOf(previousSpans, previousBuckets);
  let at = 0;
  for (let i = 0; i < previous.indexes.length; i++) {
    const index = previous.indexes[i]!;
    if (zero !== undefined && exponentialBound(index, zero.schema) <= zero.zeroThreshold) continue;
    while (at < current.indexes.length && current.indexes[at]! < index) at++;
    const before = previous.counts[i]!;
    if (current.indexes[at] === index ? current.counts[at]! < before : before !== 0) return true;
  }
  return false;
}

/** With different custom bounds: whether fewer observations lie between any two neighbours of the bounds that both have. */
function customDecreased(current: NativeHistogram, previous: NativeHistogram): boolean {
  const common = commonBounds(current.customBounds, previous.customBounds);
  const now = sumsBetween(current, common);
  const before = sumsBetween(previous, common);
  return before.some((count, i) => now[i]! < count);
}

function sumsBetween({ positiveSpans, positiveBuckets, customBounds }: NativeHistogram, common: Float64Array): Float64Array {
  const sums = new Float64Array(common.length + 1);
  const { indexes, counts }: Side = sideOf(positiveSpans, positiveBuckets);
  let target = 0;
  for (const [i, index] of indexes.entries()) {
    while (target < common.length && common[target]! < customBound(index, customBounds)) target++;
    sums[target]! += counts[i]!;
  }
  return sums;
}

const pair = new Float64Array(2);
const words = new Uint32Array(pair.buffer);

/** Whether two numbers are the same to the bit: so NaN equals NaN. */
function sameNumber(a: number, b: number): boolean {
  pair[0] = a;
  pair[1] = b;
  return words[0] === words[2] && words[1] === words[3];
}

function sameSide(aSpans: readonly BucketSpan[], a: Float64Array, bSpans: readonly BucketSpan[], b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!sameNumber(a[i]!, b[i]!)) return false;
  if (sameSpans(aSpans, bSpans)) return true;
  const other = sideOf(bSpans, b).indexes;
  return sideOf(aSpans, a).indexes.every((index, i) => index === other[i]);
}

/** Whether two histograms hold the same: every number to the bit, the same buckets (empty ones too). Reset hints do not count. */
export function equalHistograms(a: NativeHistogram, b: NativeHistogram): boolean {
  return (
    a === b ||
    (a.schema === b.schema &&
      sameNumber(a.count, b.count) &&
      sameNumber(a.sum, b.sum) &&
      a.zeroThreshold === b.zeroThreshold &&
      sameNumber(a.zeroCount, b.zeroCount) &&
      sameBounds(a.customBounds, b.customBounds) &&
      sameSide(a.negativeSpans, a.negativeBuckets, b.negativeSpans, b.negativeBuckets) &&
      sameSide(a.positiveSpans, a.positiveBuckets, b.positiveSpans, b.positiveBuckets))
  );
}
