/** Zero buckets of different widths: before two histograms are added, both get the width of the wider one. */

import { exponentialBound } from './bounds.ts';
import { lostTo, type Side } from './sides.ts';
import type { Working } from './working.ts';

/** A zero bucket as it would be with a larger threshold. */
interface Widened {
  count: number;
  error: number;
  threshold: number;
}

/**
 * What the zero bucket would hold with a larger threshold. A threshold inside a populated bucket moves on to that bucket's end.
 */
export function widenedZero({ schema, zeroCount, zeroError, positive, negative }: Working, threshold: number): Widened {
  const zero: Widened = { count: zeroCount, error: zeroError, threshold };
  const swallow = (side: Side): void => {
    for (let i = 0; i < side.indexes.length; i++) {
      const index = side.indexes[i]!;
      if (exponentialBound(index - 1, schema) >= zero.threshold) return;
      const count = side.counts[i]!;
      for (const part of [count, side.errors?.[i] ?? 0]) {
        const next = zero.count + part;
        zero.error = lostTo(zero.count, part, next, zero.error);
        zero.count = next;
      }
      const end = exponentialBound(index, schema);
      if (end <= zero.threshold) continue;
      if (count !== 0) zero.threshold = end;
      return;
    }
  };
  for (;;) {
    zero.count = zeroCount;
    zero.error = zeroError;
    swallow(positive);
    const reached = zero.threshold;
    swallow(negative);
    // A threshold that the negative side has moved may cut through positive buckets again.
    if (zero.threshold === reached) return zero;
  }
}

/** Takes out the buckets that the zero bucket covers. */
function dropCovered(side: Side, schema: number, threshold: number): void {
  let first = 0;
  while (first < side.indexes.length && exponentialBound(side.indexes[first]! - 1, schema) < threshold) first++;
  if (first === 0) return;
  side.indexes = side.indexes.slice(first);
  side.counts = side.counts.slice(first);
  side.errors = side.errors?.slice(first);
}

/** Widens the zero bucket of `into` as far as needed, and says what the other one's zero bucket holds at that width. */
export function reconcileZeroBuckets(into: Working, other: Working): { count: number; error: number } {
  let zero: Widened = { count: other.zeroCount, error: other.zeroError, threshold: other.zeroThreshold };
  while (zero.threshold !== into.zeroThreshold) {
    if (into.zeroThreshold > zero.threshold) zero = widenedZero(other, into.zeroThreshold);
    if (zero.threshold > into.zeroThreshold) {
      const own = widenedZero(into, zero.threshold);
      into.zeroCount = own.count;
      into.zeroError = own.error;
      into.zeroThreshold = own.threshold;
      dropCovered(into.positive, into.schema, own.threshold);
      dropCovered(into.negative, into.schema, own.threshold);
    }
  }
  return zero;
}
