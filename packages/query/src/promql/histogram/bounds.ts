/** Where the buckets of native histograms begin and end. */

import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '@atalaya/model';

/** One bucket, with what it holds. */
export interface Bucket {
  lower: number;
  upper: number;
  lowerInclusive: boolean;
  upperInclusive: boolean;
  count: number;
}

/** Whether the histogram's bounds are given one by one. */
export function usesCustomBuckets({ schema }: Pick<NativeHistogram, 'schema'>): boolean {
  return schema === CUSTOM_BUCKETS_SCHEMA;
}

/**
 * By how much the bounds of the finest schema in [0.5, 1) lie below the powers of two that they stand for: one more than the
 * number of units of 2^-53. Prometheus knows its bounds from a table with such deviations, and answers show them to the last digit.
 */
const DEVIATIONS = [
  '1111112111211111112311222222222211211121122211221122102211221122',
  '1111112222332132112111211112111111121011213311221222112121332222',
  '2121223322322122222222323233323311221121223321332233212232332232',
  '2243223233433343333333444455435422322333324422333243223333543344',
].join('');

const FINEST = 8;

const FRACTIONS = Float64Array.from(DEVIATIONS, (digit, i) => 2 ** (i / 2 ** FINEST) / 2 - (Number(digit) - 1) * 2 ** -53);

/** The upper bound (of absolute values) of bucket `index` at an exponential schema. What lies beyond the largest number ends there. */
export function exponentialBound(index: number, schema: number): number {
  if (schema <= 0) {
    const power = index * 2 ** -schema;
    return power === 1024 ? Number.MAX_VALUE : 2 ** power;
  }
  const size = 2 ** schema;
  const power = Math.floor(index / size) + 1;
  // The bounds of every coarser schema are among those of the finest.
  const fraction = FRACTIONS[(index - (power - 1) * size) * 2 ** (FINEST - schema)]!;
  if (fraction === 0.5 && power === 1025) return Number.MAX_VALUE;
  // In two factors, because 2 ** 1024 alone would be infinite, and 2 ** -1074 loses digits only where the result does.
  const half = Math.trunc(power / 2);
  return fraction * 2 ** half * 2 ** (power - half);
}

/** The upper bound of bucket `index` of a histogram with custom bounds. */
export function customBound(index: number, bounds: Float64Array): number {
  if (index < 0) return -Infinity;
  return index >= bounds.length ? Infinity : bounds[index]!;
}

/** Whether two sets of custom bounds are the same. */
export function sameBounds(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((bound, i) => bound === b[i]));
}

/** The bounds that both sets have. */
export function commonBounds(a: Float64Array, b: Float64Array): Float64Array {
  const common: number[] = [];
  let j = 0;
  for (const bound of a) {
    while (j < b.length && b[j]! < bound) j++;
    if (b[j] === bound) common.push(bound);
  }
  return Float64Array.from(common);
}
