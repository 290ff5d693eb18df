/** The buckets of all histograms of durations that are derived from spans. */

/** Upper bounds in seconds; the last bucket is without one. */
export const BOUNDS: readonly number[] = [0.002, 0.004, 0.006, 0.008, 0.01, 0.05, 0.1, 0.2, 0.4, 0.8, 1, 1.4, 2, 5, 10, 15];

/** How many buckets there are, the one up to +Inf among them. */
export const BUCKETS = BOUNDS.length + 1;

/** The values of label `le`. */
export const BUCKET_LABELS: readonly string[] = [...BOUNDS.map(String), '+Inf'];

const bounds = Float64Array.from(BOUNDS);

/** The bucket of a duration in seconds: the first whose bound is not below it. */
export function bucketOf(seconds: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (seconds <= (bounds[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
