/** Trends: deriv, predict_linear, double_exponential_smoothing. */

import { failed } from '../context.ts';
import { CompensatedSum, roundedOff, ZERO } from '../summation.ts';
import { perWindow, type RangeKernel, type WindowedSeries } from '../windows.ts';

const line = { slope: 0, intercept: 0 };

/** The times of a window as the fit needs them: seconds from the origin, and what they add up to. */
interface WindowTimes {
  seconds: Float64Array;
  sum: number;
  sumOfSquares: number;
}

const times: WindowTimes = { seconds: new Float64Array(256), sum: 0, sumOfSquares: 0 };
/** What `times` was computed for, where samples lie at even distances: the first sample's time after the origin, the distance, the number. */
const computedFor = { first: NaN, distance: NaN, count: 0 };

/** Fills `times`. Windows of series that are scraped evenly are all alike, so that one computation serves very many. */
function computeTimes(timestamps: Float64Array, low: number, high: number, origin: number, distance: number): void {
  const first = timestamps[low]! - origin;
  const count = high - low;
  if (distance === computedFor.distance && first === computedFor.first && count === computedFor.count) return;
  if (times.seconds.length < count) times.seconds = new Float64Array(count * 2);
  const { seconds } = times;
  let sum = ZERO[0]!;
  let lost = ZERO[0]!;
  let squares = ZERO[0]!;
  let lostSquares = ZERO[0]!;
  for (let i = 0; i < count; i++) {
    const x = (timestamps[low + i]! - origin) / 1000;
    seconds[i] = x;
    let next = sum + x;
    lost += roundedOff(sum, x, next);
    sum = next;
    const square = x * x;
    next = squares + square;
    lostSquares += roundedOff(squares, square, next);
    squares = next;
  }
  times.sum = sum + lost;
  times.sumOfSquares = squares + lostSquares;
  computedFor.first = first;
  computedFor.distance = distance;
  computedFor.count = count;
}

/** The sums that involve the values of a window. */
const sums = { y: 0, xy: 0 };

/** Fills `sums`, compensated; `times` hold the window's. */
function computeSums(values: Float64Array, low: number, high: number): void {
  const { seconds } = times;
  let sumY = ZERO[0]!;
  let lostY = ZERO[0]!;
  let sumXY = ZERO[0]!;
  let lostXY = ZERO[0]!;
  for (let i = low; i < high; i++) {
    const y = values[i]!;
    const xy = seconds[i - low]! * y;
    let next = sumY + y;
    lostY += roundedOff(sumY, y, next);
    sumY = next;
    next = sumXY + xy;
    lostXY += roundedOff(sumXY, xy, next);
    sumXY = next;
  }
  sums.y = sumY + lostY;
  sums.xy = sumXY + lostXY;
  // With neither overflow nor NaN at the end there was none on the way.
  if (!Number.isFinite(sums.y) || !Number.isFinite(sums.xy)) computeHugeSums(values, low, high);
}

/** As {@link computeSums}, for sums that leave the range of floats: from there on nothing is compensated. */
function computeHugeSums(values: Float64Array, low: number, high: number): void {
  const y = new CompensatedSum();
  const xy = new CompensatedSum();
  for (let i = low; i < high; i++) {
    y.add(values[i]!);
    xy.add(times.seconds[i - low]! * values[i]!);
  }
  sums.y = y.total;
  sums.xy = xy.total;
}

function isConstant(values: Float64Array, low: number, high: number): boolean {
  const first = values[low]!;
  for (let i = low + 1; i < high; i++) if (values[i] !== first) return false;
  return true;
}

/**
 * Fits a line by least squares into `line`: its slope per second and its value at `origin` (milliseconds).
 * `distance` is that of the series' samples where they are even, else NaN.
 */
function fit(timestamps: Float64Array, values: Float64Array, low: number, high: number, origin: number, distance: number): void {
  if (isConstant(values, low, high)) {
    const first = values[low]!;
    const infinite = first === Infinity || first === -Infinity;
    line.slope = infinite ? NaN : 0;
    line.intercept = infinite ? NaN : first;
    return;
  }
  computeTimes(timestamps, low, high, origin, distance);
  computeSums(values, low, high);
  const count = high - low;
  const x = times.sum;
  const { y } = sums;
  const covariance = sums.xy - (x * y) / count;
  const varianceX = times.sumOfSquares - (x * x) / count;
  line.slope = covariance / varianceX;
  line.intercept = y / count - (line.slope * x) / count;
}

/** A kernel out of the line through each window. Times count from `originOf`, in milliseconds. */
function overLines(originOf: (series: WindowedSeries, low: number, step: number) => number, finish: (step: number) => number): RangeKernel {
  return (series, out, present, at) => {
    const { timestamps, values, start, lows, highs, count } = series;
    // From sample `evenFrom` on the samples seen so far lie `distance` apart.
    let evenFrom = start;
    let distance = NaN;
    let seen = start + 1;
    for (let i = 0; i < count; i++) {
      const low = lows[i]!;
      const high = highs[i]!;
      for (; seen < high; seen++) {
        const next = timestamps[seen]! - timestamps[seen - 1]!;
        if (next === distance) continue;
        distance = next;
        evenFrom = seen - 1;
      }
      if (high - low < 2) continue;
      fit(timestamps, values, low, high, originOf(series, low, i), low >= evenFrom ? distance : NaN);
      out[at + i] = finish(i);
      present[at + i] = 1;
    }
  };
}

/** `deriv`: the slope, with times counted from the first sample, where they are most exact. */
export const derivKernel: RangeKernel = overLines(
  ({ timestamps }, low) => timestamps[low]!,
  () => line.slope,
);

/** `predict_linear` with the seconds to look ahead for each step, from the step's own time. */
export function predictKernel(seconds: Float64Array): RangeKernel {
  return overLines(
    ({ firstTime, timeStep }, _low, step) => firstTime + step * timeStep,
    (step) => line.slope * seconds[step]! + line.intercept,
  );
}

/** `double_exponential_smoothing` with both factors for each step. @throws AtalayaError QUERY_FAILED for a factor outside (0, 1). */
export function smoothingKernel(smoothing: Float64Array, trending: Float64Array): RangeKernel {
  return perWindow(2, ({ values }, low, high, step) => {
    const smooth = smoothing[step]!;
    const trend = trending[step]!;
    if (smooth <= 0 || smooth >= 1) throw failed(`invalid smoothing factor. Expected: 0 < sf < 1, got: ${smooth.toFixed(6)}`);
    if (trend <= 0 || trend >= 1) throw failed(`invalid trend factor. Expected: 0 < tf < 1, got: ${trend.toFixed(6)}`);
    let before = 0;
    let level = values[low]!;
    let slope = values[low + 1]! - values[low]!;
    for (let i = low + 1; i < high; i++) {
      if (i > low + 1) slope = trend * (level - before) + (1 - trend) * slope;
      const next = smooth * values[i]! + (1 - smooth) * (level + slope);
      before = level;
      level = next;
    }
    return level;
  });
}
