/** A histogram while it is computed with: opened from a stored one, changed in place, closed into a new one. */

import type { CounterResetHint, NativeHistogram } from '@atalaya/model';
import { usesCustomBuckets } from './bounds.ts';
import { compactSide, remapSide, type Side, sideOf, spansOf } from './sides.ts';

/** As {@link NativeHistogram}, but changeable. The errors hold what rounding took; they are kept where sides have errors. */
export interface Working {
  schema: number;
  counterReset: CounterResetHint;
  zeroThreshold: number;
  zeroCount: number;
  count: number;
  sum: number;
  positive: Side;
  negative: Side;
  customBounds: Float64Array;
  zeroError: number;
  countError: number;
  sumError: number;
}

/** A changeable copy. */
export function open(histogram: NativeHistogram): Working {
  const { schema, counterReset, zeroThreshold, zeroCount, count, sum, customBounds } = histogram;
  return {
    schema,
    counterReset,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    positive: sideOf(histogram.positiveSpans, histogram.positiveBuckets),
    negative: sideOf(histogram.negativeSpans, histogram.negativeBuckets),
    customBounds,
    zeroError: 0,
    countError: 0,
    sumError: 0,
  };
}

/** A histogram out of it; errors are left out. */
export function close(working: Working): NativeHistogram {
  const { schema, counterReset, zeroThreshold, zeroCount, count, sum, customBounds } = working;
  const positive = spansOf(working.positive);
  const negative = spansOf(working.negative);
  return {
    schema,
    counterReset,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
    customBounds,
  };
}

/** Closes without empty buckets. */
export function closeCompact(working: Working): NativeHistogram {
  compactSide(working.positive);
  compactSide(working.negative);
  return close(working);
}

/** Merges buckets down to a coarser exponential schema. */
export function reduceTo(working: Working, schema: number): void {
  if (usesCustomBuckets(working) || schema >= working.schema) return;
  const merged = 2 ** (working.schema - schema);
  const target = (index: number): number => Math.floor((index - 1) / merged) + 1;
  remapSide(working.positive, target);
  remapSide(working.negative, target);
  working.schema = schema;
}

function scaleSide({ counts, errors }: Side, by: (count: number) => number): void {
  for (let i = 0; i < counts.length; i++) counts[i] = by(counts[i]!);
  if (errors !== undefined) for (let i = 0; i < errors.length; i++) errors[i] = by(errors[i]!);
}

function scale(working: Working, by: (count: number) => number): void {
  working.zeroCount = by(working.zeroCount);
  working.count = by(working.count);
  working.sum = by(working.sum);
  working.zeroError = by(working.zeroError);
  working.countError = by(working.countError);
  working.sumError = by(working.sumError);
  scaleSide(working.positive, by);
  scaleSide(working.negative, by);
}

/** Multiplies everything. What is less than nothing is no counter. */
export function multiply(working: Working, factor: number): void {
  scale(working, (count) => count * factor);
  if (factor < 0) working.counterReset = 'gauge';
}

/** Divides everything. By zero no bucket remains. */
export function divide(working: Working, divisor: number): void {
  if (divisor === 0) {
    working.positive = { indexes: [], counts: [], errors: undefined };
    working.negative = { indexes: [], counts: [], errors: undefined };
  }
  scale(working, (count) => count / divisor);
  if (divisor < 0) working.counterReset = 'gauge';
}
