/** The `_over_time` functions: one number out of all samples of a window. */

import { quantileOf } from '../quantile.ts';
import { CompensatedMean, CompensatedSum, CompensatedVariance } from '../summation.ts';
import { perWindow, type RangeKernel } from '../windows.ts';

const sum = new CompensatedSum();
const mean = new CompensatedMean();
const variance = new CompensatedVariance();

/** Where the extreme of a window is: of equal ones the first, NaN only where there is nothing else. */
function extreme(values: Float64Array, low: number, high: number, sign: 1 | -1): number {
  let best = low;
  let bestValue = values[low]! * sign;
  for (let i = low + 1; i < high; i++) {
    const value = values[i]! * sign;
    if (value > bestValue || bestValue !== bestValue) {
      bestValue = value;
      best = i;
    }
  }
  return best;
}

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

/** `quantile_over_time` with a quantile for each step. */
export function quantileKernel(quantiles: Float64Array): RangeKernel {
  return perWindow(1, ({ values }, low, high, step) => quantileOf(quantiles[step]!, copyOf(values, low, high), high - low));
}

/** Kernels by function name. */
export const OVER_TIME_FUNCTIONS: Readonly<Record<string, RangeKernel>> = {
  sum_over_time: perWindow(1, ({ values }, low, high) => {
    sum.reset();
    for (let i = low; i < high; i++) sum.add(values[i]!);
    return sum.total;
  }),
  avg_over_time: perWindow(1, ({ values }, low, high) => {
    mean.reset();
    for (let i = low; i < high; i++) mean.add(values[i]!);
    return mean.mean;
  }),
  min_over_time: perWindow(1, ({ values }, low, high) => values[extreme(values, low, high, -1)]!),
  max_over_time: perWindow(1, ({ values }, low, high) => values[extreme(values, low, high, 1)]!),
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
    for (let i = 0; i < length; i++) numbers[i] = Math.abs(values[low + i]! - median);
    return quantileOf(0.5, numbers, length);
  }),
  ts_of_first_over_time: perWindow(1, ({ timestamps }, low) => timestamps[low]! / 1000),
  ts_of_last_over_time: perWindow(1, ({ timestamps }, _low, high) => timestamps[high - 1]! / 1000),
  ts_of_min_over_time: perWindow(1, ({ timestamps, values }, low, high) => lastExtremeTime(timestamps, values, low, high, -1) / 1000),
  ts_of_max_over_time: perWindow(1, ({ timestamps, values }, low, high) => lastExtremeTime(timestamps, values, low, high, 1) / 1000),
};

/** Functions whose result is still a sample of the series, so that it keeps its name. */
export const KEEPS_NAME: ReadonlySet<string> = new Set(['last_over_time', 'first_over_time']);
