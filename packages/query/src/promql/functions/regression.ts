/** Trends: deriv, predict_linear, double_exponential_smoothing. */

import { failed } from '../context.ts';
import { perWindow, type RangeKernel } from '../windows.ts';

const line = { slope: 0, intercept: 0 };
/** What has to be added to a running sum so that it loses nothing to rounding: the sum before, the summand, the sum after. */
function lost(sum: number, value: number, next: number): number {
  return Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
}

function isInfinite(value: number): boolean {
  return value === Infinity || value === -Infinity;
}

/** Fits a line by least squares into `line`: its slope per second and its value at `origin` (milliseconds). */
function fit(timestamps: Float64Array, values: Float64Array, low: number, high: number, origin: number): void {
  const first = values[low]!;
  let constant = true;
  let sumX = 0;
  let sumY = 0;
  let sumXY = 0;
  let sumX2 = 0;
  let lostX = 0;
  let lostY = 0;
  let lostXY = 0;
  let lostX2 = 0;
  for (let i = low; i < high; i++) {
    const y = values[i]!;
    if (y !== first && i > low) constant = false;
    const x = (timestamps[i]! - origin) / 1000;
    let next = sumX + x;
    lostX += lost(sumX, x, next);
    sumX = next;
    next = sumY + y;
    lostY = isInfinite(next) ? 0 : lostY + lost(sumY, y, next);
    sumY = next;
    const xy = x * y;
    next = sumXY + xy;
    lostXY = isInfinite(next) ? 0 : lostXY + lost(sumXY, xy, next);
    sumXY = next;
    const x2 = x * x;
    next = sumX2 + x2;
    lostX2 += lost(sumX2, x2, next);
    sumX2 = next;
  }
  if (constant) {
    const infinite = isInfinite(first);
    line.slope = infinite ? NaN : 0;
    line.intercept = infinite ? NaN : first;
    return;
  }
  const count = high - low;
  const x = sumX + lostX;
  const y = sumY + lostY;
  const covariance = sumXY + lostXY - (x * y) / count;
  const varianceX = sumX2 + lostX2 - (x * x) / count;
  line.slope = covariance / varianceX;
  line.intercept = y / count - (line.slope * x) / count;
}

/** `deriv`: the slope, with times counted from the first sample, where they are most exact. */
export const derivKernel: RangeKernel = perWindow(2, ({ timestamps, values }, low, high) => {
  fit(timestamps, values, low, high, timestamps[low]!);
  return line.slope;
});

/** `predict_linear` with the seconds to look ahead for each step, from the step's own time. */
export function predictKernel(seconds: Float64Array): RangeKernel {
  return perWindow(2, ({ timestamps, values, firstTime, timeStep }, low, high, step) => {
    fit(timestamps, values, low, high, firstTime + step * timeStep);
    return line.slope * seconds[step]! + line.intercept;
  });
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
