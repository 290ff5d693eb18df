/** How counters and gauges move: rate, increase, delta, irate, idelta, resets, changes. */

import { perWindow, type RangeKernel } from '../windows.ts';

/** How a window's samples lie in it, and by how much their change is extended therefore. Alike windows follow each other. */
const lie = { intervals: 0, beforeMs: NaN, sampledMs: NaN, afterMs: NaN, sampled: 0, toStart: 0, toEnd: 0, factor: 0 };

/** Fills `lie` for samples that begin and end so many milliseconds away from the window's borders. */
function computeLie(intervals: number, beforeMs: number, sampledMs: number, afterMs: number): void {
  const sampled = sampledMs / 1000;
  const average = sampled / intervals;
  const threshold = average * 1.1;
  const toStart = beforeMs / 1000;
  const toEnd = afterMs / 1000;
  lie.intervals = intervals;
  lie.beforeMs = beforeMs;
  lie.sampledMs = sampledMs;
  lie.afterMs = afterMs;
  lie.sampled = sampled;
  lie.toStart = toStart >= threshold ? average / 2 : toStart;
  lie.toEnd = toEnd >= threshold ? average / 2 : toEnd;
  lie.factor = (sampled + lie.toStart + lie.toEnd) / sampled;
}

/**
 * The change within the window, extrapolated to its borders: up to the border when the nearest sample is closer to it than
 * 1.1 average distances, else by half an average distance; for counters never beyond the point where they were zero.
 */
function extrapolated(isCounter: boolean, isRate: boolean): RangeKernel {
  return (series, out, present, at) => {
    const { timestamps, values, lows, highs, count, rangeMs, firstEnd, endStep } = series;
    const resets = isCounter && series.mayDecrease ? findResets(values, series.start, series.end) : NO_RESETS;
    const seconds = rangeMs / 1000;
    let firstReset = 0;
    for (let i = 0; i < count; i++) {
      const low = lows[i]!;
      const last = highs[i]! - 1;
      if (last <= low) continue;
      const first = values[low]!;
      let change = values[last]! - first;
      if (resets.length > 0) {
        // Reset positions name the sample after the drop; windows only move forward.
        while (firstReset < resets.length && resets[firstReset]! <= low) firstReset++;
        for (let r = firstReset; r < resets.length && resets[r]! <= last; r++) change += values[resets[r]! - 1]!;
      }
      const firstTime = timestamps[low]!;
      const lastTime = timestamps[last]!;
      const end = firstEnd + i * endStep;
      const beforeMs = firstTime - (end - rangeMs);
      const sampledMs = lastTime - firstTime;
      const afterMs = end - lastTime;
      if (beforeMs !== lie.beforeMs || sampledMs !== lie.sampledMs || afterMs !== lie.afterMs || last - low !== lie.intervals) {
        computeLie(last - low, beforeMs, sampledMs, afterMs);
      }
      let { factor } = lie;
      // A counter that began at twice the change or more was zero long before the border: `toStart` is at most 1.1 × `sampled`.
      if (isCounter && change > 0 && first >= 0 && first < 2 * change) {
        const toZero = lie.sampled * (first / change);
        if (toZero < lie.toStart) factor = (lie.sampled + toZero + lie.toEnd) / lie.sampled;
      }
      if (isRate) factor /= seconds;
      out[at + i] = change * factor;
      present[at + i] = 1;
    }
  };
}

const NO_RESETS: readonly number[] = [];

/** The samples that are smaller than the one before. */
function findResets(values: Float64Array, start: number, end: number): readonly number[] {
  let resets: number[] | undefined;
  let previous = values[start]!;
  for (let i = start + 1; i < end; i++) {
    const value = values[i]!;
    if (value < previous) (resets ??= []).push(i);
    previous = value;
  }
  return resets ?? NO_RESETS;
}

function lastTwo(isCounter: boolean): RangeKernel {
  return perWindow(2, ({ timestamps, values }, _low, high) => {
    const last = values[high - 1]!;
    const before = values[high - 2]!;
    // After a reset a counter counted from zero.
    const change = isCounter && last < before ? last : last - before;
    return isCounter ? change / ((timestamps[high - 1]! - timestamps[high - 2]!) / 1000) : change;
  });
}

function counting(counts: (previous: number, current: number) => boolean): RangeKernel {
  return perWindow(1, ({ values }, low, high) => {
    let found = 0;
    for (let i = low + 1; i < high; i++) if (counts(values[i - 1]!, values[i]!)) found++;
    return found;
  });
}

/** Kernels by function name. */
export const RATE_FUNCTIONS: Readonly<Record<string, RangeKernel>> = {
  rate: extrapolated(true, true),
  increase: extrapolated(true, false),
  delta: extrapolated(false, false),
  irate: lastTwo(true),
  idelta: lastTwo(false),
  resets: counting((previous, current) => current < previous),
  changes: counting((previous, current) => current !== previous && !(Number.isNaN(current) && Number.isNaN(previous))),
};
