/** Finds places in columns of ascending timestamps. */

/** The first index in `[start, end)` whose timestamp is not before `timestamp`, or `end`. */
export function lowerBound(timestamps: Float64Array, start: number, end: number, timestamp: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timestamps[middle] as number) < timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** {@link lowerBound}, looking first where samples at regular distances would lie: every look elsewhere is a cache miss. */
export function placeOf(timestamps: Float64Array, start: number, end: number, timestamp: number): number {
  if (start === end || timestamp <= (timestamps[start] as number)) return start;
  const last = timestamps[end - 1] as number;
  if (timestamp > last) return end;
  const first = timestamps[start] as number;
  let guess = start + Math.ceil(((timestamp - first) / (last - first)) * (end - 1 - start));
  guess = Math.min(end - 1, Math.max(start + 1, guess));
  let low = guess;
  let high = guess;
  // The window around the guess doubles until the place lies in it.
  for (let step = 1; (timestamps[low - 1] as number) >= timestamp; step *= 2) {
    high = low;
    low = Math.max(start + 1, low - step);
  }
  for (let step = 1; (timestamps[high] as number) < timestamp; step *= 2) {
    low = high;
    high = Math.min(end - 1, high + step);
  }
  return lowerBound(timestamps, low, Math.max(low, high), timestamp);
}
