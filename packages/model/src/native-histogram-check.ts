/** Whether what arrived as a native histogram is one; the reasons are worded as Prometheus words them. */

import { type BucketSpan, CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from './native-histogram.ts';

/** Schemas of exponential buckets that are stored. Finer ones up to the reserved maximum can be reduced to the finest of these. */
export const EXPONENTIAL_SCHEMAS = { min: -4, max: 8, minReserved: -9, maxReserved: 52 } as const;

/**
 * Why a histogram is not valid; `undefined` when it is. `exact` says that its counts were whole numbers: then those of the
 * buckets must add up to the count of all observations (not of floats, where rounding gets in the way). A stale marker is not looked at.
 */
export function nativeHistogramFault(histogram: NativeHistogram, exact: boolean): string | undefined {
  const { schema, count } = histogram;
  const fault = schema === CUSTOM_BUCKETS_SCHEMA ? customFault(histogram) : exponentialFault(histogram);
  if (fault !== undefined) return fault;
  if (count < 0) return "histogram's observation count is negative";
  return exact ? sumFault(histogram) : undefined;
}

function exponentialFault(histogram: NativeHistogram): string | undefined {
  const { schema, zeroCount, positiveSpans, positiveBuckets, negativeSpans, negativeBuckets, customBounds } = histogram;
  const { min, max, minReserved, maxReserved } = EXPONENTIAL_SCHEMAS;
  const whole = Number.isInteger(schema);
  if (!whole || schema < minReserved || schema > maxReserved) {
    return `histogram has an unknown schema, which must be between ${minReserved} and ${maxReserved} for exponential buckets, or ${CUSTOM_BUCKETS_SCHEMA} for custom buckets, got schema ${schema}`;
  }
  if (schema < min || schema > max) {
    return `histogram has an invalid schema, which must be between ${min} and ${max} for exponential buckets, or ${CUSTOM_BUCKETS_SCHEMA} for custom buckets, got schema ${schema}`;
  }
  const fault =
    side('negative', spansFault(negativeSpans, negativeBuckets.length)) ??
    side('positive', spansFault(positiveSpans, positiveBuckets.length)) ??
    side('negative', bucketsFault(negativeBuckets)) ??
    side('positive', bucketsFault(positiveBuckets));
  if (fault !== undefined) return fault;
  if (customBounds.length > 0) return 'histogram with exponential schema must not have custom bounds';
  return zeroCount < 0
    ? `zero bucket has observation count of ${zeroCount}: histogram has a bucket whose observation count is negative`
    : undefined;
}

function customFault(histogram: NativeHistogram): string | undefined {
  const { zeroCount, zeroThreshold, positiveSpans, positiveBuckets, negativeSpans, negativeBuckets, customBounds } = histogram;
  const fault = boundsFault(customBounds) ?? coverFault(positiveSpans, positiveBuckets.length, customBounds.length);
  if (fault !== undefined) return `custom buckets: ${fault}`;
  if (zeroCount !== 0) return 'custom buckets: must have zero count of 0';
  if (zeroThreshold !== 0) return 'custom buckets: must have zero threshold of 0';
  if (negativeSpans.length > 0) return 'custom buckets: must not have negative spans';
  if (negativeBuckets.length > 0) return 'custom buckets: must not have negative buckets';
  return side('positive', bucketsFault(positiveBuckets));
}

const side = (name: 'positive' | 'negative', fault: string | undefined): string | undefined =>
  fault === undefined ? undefined : `${name} side: ${fault}`;

function spansFault(spans: readonly BucketSpan[], buckets: number, firstMayBeNegative = true): string | undefined {
  let needed = 0;
  for (const [i, { offset, length }] of spans.entries()) {
    if (offset < 0 && !(i === 0 && firstMayBeNegative)) {
      return `span number ${i + 1} with offset ${offset}: histogram has a span whose offset is negative`;
    }
    needed += length;
  }
  if (needed === buckets) return undefined;
  return `spans need ${needed} buckets, have ${buckets} buckets: histogram spans specify different number of buckets than provided`;
}

function bucketsFault(buckets: Float64Array): string | undefined {
  const bad = buckets.findIndex((count) => count < 0);
  if (bad < 0) return undefined;
  return `bucket number ${bad + 1} has observation count of ${buckets[bad]}: histogram has a bucket whose observation count is negative`;
}

function boundsFault(bounds: Float64Array): string | undefined {
  for (const [i, bound] of bounds.entries()) {
    if (Number.isNaN(bound)) return 'histogram custom bounds must not be NaN';
    const before = bounds[i - 1];
    if (before !== undefined && bound <= before) {
      return `previous bound is ${before} and current is ${bound}: histogram custom bounds must be in strictly increasing order`;
    }
  }
  if (bounds.at(-1) === Infinity) return 'last +Inf bound must not be explicitly defined: histogram custom bounds must be finite';
  return undefined;
}

function coverFault(spans: readonly BucketSpan[], buckets: number, bounds: number): string | undefined {
  const fault = spansFault(spans, buckets, false);
  if (fault !== undefined) return fault;
  const covered = spans.reduce((sum, { offset, length }) => sum + offset + length, 0);
  if (covered <= bounds + 1) return undefined;
  return `only ${bounds} custom bounds defined which is insufficient to cover total span length of ${covered}: histogram custom bounds are too few`;
}

function sumFault({ count, sum, zeroCount, positiveBuckets, negativeBuckets }: NativeHistogram): string | undefined {
  let found = zeroCount;
  for (const buckets of [positiveBuckets, negativeBuckets]) for (const one of buckets) found += one;
  const text = `${found} observations found in buckets, but the Count field is ${count}`;
  // Observations of NaN are in no bucket, but make the sum NaN.
  if (Number.isNaN(sum)) {
    return found > count
      ? `${text}: histogram's observation count should be at least the number of observations found in the buckets`
      : undefined;
  }
  return found === count
    ? undefined
    : `${text}: histogram's observation count should equal the number of observations found in the buckets (in absence of NaN)`;
}
