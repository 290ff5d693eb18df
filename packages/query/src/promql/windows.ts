/** Range functions: for each series the windows of all steps are found in one pass, then a kernel computes all steps. */

import { SERIES_FLAG } from '../reader.ts';
import type { Evaluation } from './context.ts';
import { findCrossings } from './crossings.ts';
import { allRows, type VectorRows } from './rows.ts';
import type { RangeValue, VectorValue } from './value.ts';

/** One series and its windows. The object is reused from series to series. */
export interface WindowedSeries {
  timestamps: Float64Array;
  values: Float64Array;
  /** All samples of the series are at `[start, end)`. */
  start: number;
  end: number;
  /** Whether a value may be smaller than the one before it, or NaN. */
  mayDecrease: boolean;
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
  /** To be called every {@link CHECKED_EVERY} samples or so: throws when the query is to end. */
  readonly check: () => void;
}

/** Samples that a kernel looks at before it asks whether the query is to end: some milliseconds' work. */
const CHECKED_EVERY = 1 << 20;

/** Computes a function for all steps of a series into `values` and `present` from position `at` on. */
export type RangeKernel = (series: WindowedSeries, values: Float64Array, present: Uint8Array, at: number) => void;

/** A kernel out of a function of one window: it is called for windows with at least `least` samples. */
export function perWindow(
  least: number,
  compute: (series: WindowedSeries, low: number, high: number, step: number) => number,
): RangeKernel {
  return (series, values, present, at) => {
    const { lows, highs, count } = series;
    let unchecked = 0;
    for (let i = 0; i < count; i++) {
      const low = lows[i]!;
      const high = highs[i]!;
      if (high - low < least) continue;
      unchecked += high - low;
      if (unchecked > CHECKED_EVERY) {
        series.check();
        unchecked = 0;
      }
      values[at + i] = compute(series, low, high, i);
      present[at + i] = 1;
    }
  };
}

/** Runs a kernel over every series of a range vector. Series without any result are left out; labels are kept. */
export function overRanges(range: RangeValue, evaluation: Evaluation, kernel: RangeKernel): VectorValue {
  return allRows(rangeRows(range, evaluation, kernel), evaluation);
}

/** As {@link overRanges}, row by row. */
export function rangeRows(
  { samples, rangeMs, firstEnd, endStep }: RangeValue,
  { steps, query }: Evaluation,
  kernel: RangeKernel,
): VectorRows {
  const { labels, starts, ends, timestamps, values, flags } = samples;
  const series: WindowedSeries = {
    timestamps,
    values,
    start: 0,
    end: 0,
    mayDecrease: true,
    lows: new Int32Array(steps.count),
    highs: new Int32Array(steps.count),
    count: steps.count,
    rangeMs,
    firstEnd,
    endStep,
    firstTime: steps.start,
    timeStep: steps.step,
    check: () => query.budget.check(),
  };
  return {
    labels,
    compute(row, out, present, at) {
      series.start = starts[row]!;
      series.end = ends[row]!;
      series.mayDecrease = (flags[row]! & SERIES_FLAG.mayDecrease) !== 0;
      findWindows(series);
      kernel(series, out, present, at);
    },
  };
}

function findWindows({ timestamps, start, end, lows, highs, count, rangeMs, firstEnd, endStep }: WindowedSeries): void {
  findCrossings(timestamps, start, end, highs, count, firstEnd, endStep);
  // A window that begins where an earlier one ended needs no search.
  const lag = endStep > 0 && rangeMs % endStep === 0 ? Math.min(count, rangeMs / endStep) : count;
  findCrossings(timestamps, start, end, lows, lag, firstEnd - rangeMs, endStep);
  for (let i = lag; i < count; i++) lows[i] = highs[i - lag]!;
}
