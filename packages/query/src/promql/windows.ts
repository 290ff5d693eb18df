/** Range functions: for each series the windows of all steps are found in one pass, then a kernel computes all steps. */

import type { Labels } from '@atalaya/model';
import type { Evaluation } from './context.ts';
import { findCrossings } from './crossings.ts';
import { type RangeValue, VectorBuilder, type VectorValue } from './value.ts';

/** One series and its windows. The object is reused from series to series. */
export interface WindowedSeries {
  timestamps: Float64Array;
  values: Float64Array;
  /** All samples of the series are at `[start, end)`. */
  start: number;
  end: number;
  /** The samples of step `i` are at `[lows[i], highs[i])`. */
  readonly lows: Int32Array;
  readonly highs: Int32Array;
  /** Number of steps. */
  readonly count: number;
  readonly rangeMs: number;
  /** The window of step `i` ends at `firstEnd + i * endStep`. */
  readonly firstEnd: number;
  readonly endStep: number;
  /** The time of step `i` itself is `firstTime + i * timeStep`. */
  readonly firstTime: number;
  readonly timeStep: number;
}

/** Computes a function for all steps of a series into `values` and `present` from position `at` on. */
export type RangeKernel = (series: WindowedSeries, values: Float64Array, present: Uint8Array, at: number) => void;

/** A kernel out of a function of one window: it is called for windows with at least `least` samples. */
export function perWindow(
  least: number,
  compute: (series: WindowedSeries, low: number, high: number, step: number) => number,
): RangeKernel {
  return (series, values, present, at) => {
    const { lows, highs, count } = series;
    for (let i = 0; i < count; i++) {
      const low = lows[i]!;
      const high = highs[i]!;
      if (high - low < least) continue;
      values[at + i] = compute(series, low, high, i);
      present[at + i] = 1;
    }
  };
}

/** Runs a kernel over every series of a range vector. Series without any result are left out; labels are kept. */
export function overRanges(range: RangeValue, { query, steps }: Evaluation, kernel: RangeKernel): VectorValue {
  const { samples, rangeMs, firstEnd, endStep } = range;
  const { labels, starts, ends, timestamps, values } = samples;
  const { budget } = query;
  budget.reserve(labels.length, steps);
  const out = new VectorBuilder(steps, labels.length);
  const series: WindowedSeries = {
    timestamps,
    values,
    start: 0,
    end: 0,
    lows: new Int32Array(steps.count),
    highs: new Int32Array(steps.count),
    count: steps.count,
    rangeMs,
    firstEnd,
    endStep,
    firstTime: steps.start,
    timeStep: steps.step,
  };
  for (let index = 0; index < labels.length; index++) {
    budget.check();
    series.start = starts[index]!;
    series.end = ends[index]!;
    findWindows(series);
    const at = out.addRow(labels[index] as Labels);
    kernel(series, out.values, out.present, at);
    out.dropRowIfEmpty();
  }
  return out.finish();
}

function findWindows({ timestamps, start, end, lows, highs, count, rangeMs, firstEnd, endStep }: WindowedSeries): void {
  findCrossings(timestamps, start, end, highs, count, firstEnd, endStep);
  // A window that begins where an earlier one ended needs no search.
  const lag = endStep > 0 && rangeMs % endStep === 0 ? Math.min(count, rangeMs / endStep) : count;
  findCrossings(timestamps, start, end, lows, lag, firstEnd - rangeMs, endStep);
  for (let i = lag; i < count; i++) lows[i] = highs[i - lag]!;
}
