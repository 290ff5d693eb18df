/** The quantile of a set of numbers. */

/**
 * Interpolates between the two nearest of the first `length` numbers, which it sorts (NaN first).
 * NaN for an empty set or a NaN quantile, -Inf below 0, +Inf above 1.
 */
export function quantileOf(q: number, numbers: Float64Array, length: number): number {
  const used = numbers.subarray(0, length);
  // Typed arrays sort NaN to the end; Prometheus counts it as the smallest.
  used.sort();
  let missing = 0;
  while (missing < length && Number.isNaN(used[length - 1 - missing])) missing++;
  return quantileOfSorted(q, used, length - missing, missing);
}

/** As {@link quantileOf}, of the first `count` numbers, which ascend, and as many NaN as are `missing`. */
export function quantileOfSorted(q: number, sorted: Float64Array, count: number, missing: number): number {
  const length = count + missing;
  if (length === 0 || Number.isNaN(q)) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const rank = q * (length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  const below = lower < missing ? NaN : sorted[lower - missing]!;
  const above = upper < missing ? NaN : sorted[upper - missing]!;
  return below * (1 - weight) + above * weight;
}

/** What is outside the bounds: NaN where there is any, the largest above and the smallest below. */
export function outermost(numbers: Float64Array, least: number, most: number): number[] {
  let above = most;
  let below = least;
  let missing = false;
  for (const number of numbers) {
    if (Number.isNaN(number)) missing = true;
    else if (number > above) above = number;
    else if (number < below) below = number;
  }
  return [...(missing ? [NaN] : []), ...(above > most ? [above] : []), ...(below < least ? [below] : [])];
}
