/** Where the steps of a query fall among the samples of a series. */

/**
 * For each of the `count` times from `first` on, `step` apart: the first sample of `[start, end)` after it, written to
 * `crossings`. Samples usually come at even distances, so the last advance is tried first.
 */
export function findCrossings(
  timestamps: Float64Array,
  start: number,
  end: number,
  crossings: Int32Array,
  count: number,
  first: number,
  step: number,
): void {
  let next = start;
  let advance = 0;
  for (let i = 0; i < count; i++) {
    const time = first + i * step;
    const before = next;
    const guess = next + advance;
    if (guess > start && guess < end && timestamps[guess - 1]! <= time) next = guess;
    while (next < end && timestamps[next]! <= time) next++;
    advance = next - before;
    crossings[i] = next;
  }
}
