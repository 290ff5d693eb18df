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

/** By schema: the bounds in [0.5, 1) of one power of two, made when first asked for. */
const fractions: Float64Array[] = [];

function fractionsOf(schema: number): Float64Array {
  const known = fractions[schema];
  if (known !== undefined) return known;
  const size = 2 ** schema;
  const made = Float64Array.from({ length: size }, (_, i) => 2 ** (i / size) / 2);
  fractions[schema] = made;
  return made;
}

/** The upper bound (of absolute values) of bucket `index` at an exponential schema. What lies beyond the largest number ends there. */
export function exponentialBound(index: number, schema: number): number {
  if (schema <= 0) {
    const power = index * 2 ** -schema;
    return power === 1024 ? Number.MAX_VALUE : 2 ** power;
  }
  const size = 2 ** schema;
  const power = Math.floor(index / size) + 1;
  const fraction = fractionsOf(schema)[index - (power - 1) * size]!;
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
