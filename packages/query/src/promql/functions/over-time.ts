/** The `_over_time` functions: one number out of all samples of a window. */

import { quantileOf, quantileOfSorted } from '../quantile.ts';
import { CompensatedMean, CompensatedSum, CompensatedVariance, roundedOff, ZERO } from '../summation.ts';
import { perWindow, type RangeKernel, type WindowedSeries } from '../windows.ts';
import { SlidingOrder } from './sliding-order.ts';

/** The compensated sum of a window, in local variables: this loop runs for every sample of every window. */
function sumOf(values: Float64Array, low: number, high: number): number {
  let sum = ZERO[0]!;
  let compensation = ZERO[0]!;
  for (let i = low; i < high; i++) {
    const value = values[i]!;
    const next = sum + value;
    compensation += roundedOff(sum, value, next);
    sum = next;
  }
  // Past the range of floats nothing is compensated any more.
  if (!Number.isFinite(sum + compensation)) return hugeSumOf(values, low, high);
  lastSum.sum = sum;
  lastSum.compensation = compensation;
  return sum + compensation;
}

function hugeSumOf(values: Float64Array, low: number, high: number): number {
  huge.reset();
  for (let i = low; i < high; i++) huge.add(values[i]!);
  lastSum.sum = huge.sum;
  lastSum.compensation = huge.compensation;
  return huge.total;
}

const huge = new CompensatedSum();

/** Both parts of the sum that was computed last. */
const lastSum = { sum: 0, compensation: 0 };

const mean = new CompensatedMean();
const variance = new CompensatedVariance();

/** The mean: the sum divided at the end, unless the sum overflows. */
function meanOf(values: Float64Array, low: number, high: number): number {
  sumOf(values, low, high);
  const count = high - low;
  const { sum, compensation } = lastSum;
  if (Number.isFinite(sum)) return sum / count + compensation / count;
  mean.reset();
  for (let i = low; i < high; i++) mean.add(values[i]!);
  return mean.mean;
}

let prefix = new Float64Array(256);

/**
 * Running sums of a series: entry `i` is the sum of its first `i` samples. `undefined` unless every sample is a whole number
 * and all sums are exact, as most counters and many gauges have it. A window's sum is then a difference, and equals the
 * compensated sum to the last bit.
 */
function exactPrefix({ values, start, end }: WindowedSeries): Float64Array | undefined {
  if (prefix.length <= end - start) prefix = new Float64Array((end - start) * 2 + 1);
  let sum = 0;
  let size = 0;
  for (let i = start; i < end; i++) {
    const value = values[i]!;
    if (!Number.isInteger(value)) return undefined;
    sum += value;
    size += Math.abs(value);
    prefix[i - start + 1] = sum;
  }
  return size <= Number.MAX_SAFE_INTEGER ? prefix : undefined;
}

/** A kernel that needs the windows' sums: exact ones by difference, others by `compute`. */
function overSums(
  compute: (values: Float64Array, low: number, high: number) => number,
  finish: (sum: number, count: number) => number,
): RangeKernel {
  return (series, out, present, at) => {
    const { values, start, lows, highs, count } = series;
    const sums = exactPrefix(series);
    for (let i = 0; i < count; i++) {
      const low = lows[i]!;
      const high = highs[i]!;
      if (high === low) continue;
      out[at + i] = sums === undefined ? compute(values, low, high) : finish(sums[high - start]! - sums[low - start]!, high - low);
      present[at + i] = 1;
    }
  };
}

/**
 * The extremes of all windows in one pass: a queue holds the samples that may still become the extreme of a later window,
 * best first. NaN counts only where there is nothing else.
 */
function extremes(sign: 1 | -1): RangeKernel {
  return ({ values, start, end, lows, highs, count }, out, present, at) => {
    if (queue.length < end - start) queue = new Int32Array(end - start);
    let head = 0;
    let tail = 0;
    let next = lows[0] ?? 0;
    for (let i = 0; i < count; i++) {
      const low = lows[i]!;
      const high = highs[i]!;
      if (high === low) continue;
      if (next < low) next = low;
      for (; next < high; next++) {
        const value = values[next]! * sign;
        if (value !== value) continue;
        while (tail > head && values[queue[tail - 1]!]! * sign <= value) tail--;
        queue[tail++] = next;
      }
      while (head < tail && queue[head]! < low) head++;
      out[at + i] = head < tail ? values[queue[head]!]! : NaN;
      present[at + i] = 1;
    }
  };
}

let queue = new Int32Array(256);

/** When the extreme of a window was, in milliseconds: of equal ones the last. */
function lastExtremeTime(timestamps: Float64Array, values: Float64Array, low: number, high: number, sign: 1 | -1): number {
  let best = low;
  let bestValue = values[low]! * sign;
  for (let i = low; i < high; i++) {
    const value = values[i]! * sign;
    if (value >= bestValue || bestValue !== bestValue) {
      bestValue = value;
      best = i;
    }
  }
  return timestamps[best]!;
}

function varianceOf(values: Float64Array, low: number, high: number): number {
  variance.reset();
  for (let i = low; i < high; i++) variance.add(values[i]!);
  return variance.variance;
}

let scratch = new Float64Array(64);

/** A copy of the window to sort in. */
function copyOf(values: Float64Array, low: number, high: number): Float64Array {
  if (scratch.length < high - low) scratch = new Float64Array((high - low) * 2);
  scratch.set(values.subarray(low, high));
  return scratch;
}

const order = new SlidingOrder();

/** `quantile_over_time` with a quantile for each step. */
export function quantileKernel(quantiles: Float64Array): RangeKernel {
  return ({ values, lows, highs, count }, out, present, at) => {
    order.reset(values);
    for (let i = 0; i < count; i++) {
      const low = lows[i]!;
      const high = highs[i]!;
      if (high === low) continue;
      order.moveTo(low, high);
      out[at + i] = quantileOfSorted(quantiles[i]!, order.sorted, order.count, order.missing);
      present[at + i] = 1;
    }
  };
}

/** Kernels by function name. */
export const OVER_TIME_FUNCTIONS: Readonly<Record<string, RangeKernel>> = {
  sum_over_time: overSums(sumOf, (sum) => sum),
  avg_over_time: overSums(meanOf, (sum, count) => sum / count),
  min_over_time: extremes(-1),
  max_over_time: extremes(1),
  count_over_time: perWindow(1, (_series, low, high) => high - low),
  present_over_time: perWindow(1, () => 1),
  first_over_time: perWindow(1, ({ values }, low) => values[low]!),
  last_over_time: perWindow(1, ({ values }, _low, high) => values[high - 1]!),
  stdvar_over_time: perWindow(1, ({ values }, low, high) => varianceOf(values, low, high)),
  stddev_over_time: perWindow(1, ({ values }, low, high) => Math.sqrt(varianceOf(values, low, high))),
  mad_over_time: perWindow(1, ({ values }, low, high) => {
    const length = high - low;
    const numbers = copyOf(values, low, high);
    const median = quantileOf(0.5, numbers, length);
    for (let i = 0; i < length; i++) {
      // NaN would be the smallest deviation; it is none that may be left out.
      if (Number.isNaN(values[low + i])) return NaN;
      numbers[i] = Math.abs(values[low + i]! - median);
    }
    return quantileOf(0.5, numbers, length);
  }),
  ts_of_first_over_time: perWindow(1, ({ timestamps }, low) => timestamps[low]! / 1000),
  ts_of_last_over_time: perWindow(1, ({ timestamps }, _low, high) => timestamps[high - 1]! / 1000),
  ts_of_min_over_time: perWindow(1, ({ timestamps, values }, low, high) => lastExtremeTime(timestamps, values, low, high, -1) / 1000),
  ts_of_max_over_time: perWindow(1, ({ timestamps, values }, low, high) => lastExtremeTime(timestamps, values, low, high, 1) / 1000),
};

/** Functions whose result is still a sample of the series, so that it keeps its name. */
export const KEEPS_NAME: ReadonlySet<string> = new Set(['last_over_time', 'first_over_time']);
