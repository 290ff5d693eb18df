/** All buckets of a histogram in ascending order, with their bounds. */

import type { NativeHistogram } from '@atalaya/model';
import { type Bucket, customBound, exponentialBound, usesCustomBuckets } from './bounds.ts';
import { sideOf } from './sides.ts';

/** The positive buckets, ascending. */
export function positiveBuckets({ schema, positiveSpans, positiveBuckets: counts, customBounds }: NativeHistogram): Bucket[] {
  const side = sideOf(positiveSpans, counts);
  const custom = usesCustomBuckets({ schema });
  return side.indexes.map((index, i) => {
    const lower = custom ? customBound(index - 1, customBounds) : exponentialBound(index - 1, schema);
    const upper = custom ? customBound(index, customBounds) : exponentialBound(index, schema);
    return { lower, upper, lowerInclusive: custom && index === 0, upperInclusive: true, count: side.counts[i]! };
  });
}

/** The negative buckets, descending: the one next to zero first. */
export function negativeBuckets({ schema, negativeSpans, negativeBuckets: counts }: NativeHistogram): Bucket[] {
  const side = sideOf(negativeSpans, counts);
  return side.indexes.map((index, i) => ({
    lower: -exponentialBound(index, schema),
    upper: -exponentialBound(index - 1, schema),
    lowerInclusive: true,
    upperInclusive: false,
    count: side.counts[i]!,
  }));
}

/** The zero bucket, both ends included. */
export function zeroBucket({ zeroThreshold, zeroCount }: NativeHistogram): Bucket {
  return { lower: -zeroThreshold, upper: zeroThreshold, lowerInclusive: true, upperInclusive: true, count: zeroCount };
}

/** Every bucket, empty ones too, ascending; the zero bucket only when it holds something. Buckets that reach into the zero bucket end there. */
export function allBuckets(histogram: NativeHistogram): Bucket[] {
  const { zeroThreshold, zeroCount } = histogram;
  const negative = negativeBuckets(histogram).toReversed();
  const positive = positiveBuckets(histogram);
  for (const bucket of negative) if (bucket.upper < 0 && bucket.upper > -zeroThreshold) bucket.upper = -zeroThreshold;
  for (const bucket of positive) if (bucket.lower > 0 && bucket.lower < zeroThreshold) bucket.lower = zeroThreshold;
  return zeroCount > 0 ? [...negative, zeroBucket(histogram), ...positive] : [...negative, ...positive];
}

/**
 * Where the zero bucket really begins and ends: with observations on one side only, the other half is taken to be empty.
 * Changes the bucket if it contains zero.
 */
export function narrowZeroBucket(bucket: Bucket, { negativeBuckets: negative, positiveBuckets: positive }: NativeHistogram): void {
  if (negative.length === 0 && positive.length > 0) bucket.lower = 0;
  else if (positive.length === 0 && negative.length > 0) bucket.upper = 0;
}
