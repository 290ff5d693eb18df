/** Trends: deriv, predict_linear, double_exponential_smoothing. */

import { failed } from '../context.ts';
import { CompensatedSum } from '../summation.ts';
import { perWindow, type RangeKernel } from '../windows.ts';

const line = { slope: 0, intercept: 0 };
const sumX = new CompensatedSum();
const sumY = new CompensatedSum();
const sumXY = new CompensatedSum();
const sumX2 = new CompensatedSum();

/** Fits a line by least squares into `line`: its slope per second and its value at `origin` (milliseconds). */
function fit(timestamps: Float64Array, values: Float64Array, low: number, high: number, origin: number): void {
  const first = values[low]!;
  let constant = true;
  sumX.reset();
  sumY.reset();
  sumXY.reset();
  sumX2.reset();
  for (let i = low; i < high; i++) {
    const y = values[i]!;
    if (i > low && y !== first) constant = false;
    const x = (timestamps[i]! - origin) / 1000;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumX2.add(x * x);
  }
  if (constant) {
    const infinite = first === Infinity || first === -Infinity;
    line.slope = infinite ? NaN : 0;
    line.intercept = infinite ? NaN : first;
    return;
  }
  const count = high - low;
  const x = sumX.sum + sumX.compensation;
  const y = sumY.sum + sumY.compensation;
  const covariance = sumXY.sum + sumXY.compensation - (x * y) / count;
  const varianceX = sumX2.sum + sumX2.compensation - (x * x) / count;
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
