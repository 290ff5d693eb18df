/** Range functions over series that hold histograms: each window is looked at by what it holds. */

import type { Expression } from '@atalaya/lang';
import type { Labels, NativeHistogram } from '@atalaya/model';
import type { Evaluation } from '../context.ts';
import { findCrossings } from '../crossings.ts';
import { FLOAT, type RangeValue, VectorBuilder, type VectorValue } from '../value.ts';
import type { RangeKernel, WindowedSeries } from '../windows.ts';
import { HistogramRemarks } from './messages.ts';
import { equalHistograms, detectReset } from './reset.ts';
import { type ChangeKind, extrapolatedHistogram, instantChange } from './rate.ts';
import { HistogramSum } from './sum.ts';
import { closeCompact } from './working.ts';

/** A window that holds at least one histogram, and may hold floats. */
export interface MixedWindow {
  readonly labels: Labels;
  /** Floats of the series; those of the window are at `[floatLow, floatHigh)`. */
  readonly floatTimes: Float64Array;
  readonly floats: Float64Array;
  readonly floatLow: number;
  readonly floatHigh: number;
  /** Histograms likewise. */
  readonly times: Float64Array;
  readonly histograms: readonly NativeHistogram[];
  readonly low: number;
  readonly high: number;
  readonly start: number;
  readonly end: number;
}

/** A number, a histogram, nothing (`undefined`), or `'floats'`: what the function gives for the floats alone stays. */
export type MixedResult = number | NativeHistogram | 'floats' | undefined;

/** What a function makes of a window with histograms. */
export type MixedFunction = (window: MixedWindow, remarks: HistogramRemarks) => MixedResult;

/** How far a function looks beyond its windows, in milliseconds. */
export interface Reach {
  readonly before: number;
  readonly after: number;
}

/**
 * Runs a function over windows: `kernel` over their floats, and `mixed` where they hold histograms. What `mixed` is given
 * reaches beyond the window's borders where `reach` says so; the kernel sees to that itself.
 */
export function overMixedRanges(
  range: RangeValue,
  { query, steps }: Evaluation,
  kernel: RangeKernel,
  mixed: MixedFunction,
  place: Expression,
  reach: Reach = { before: 0, after: 0 },
): VectorValue {
  const { samples, rangeMs, firstEnd, endStep } = range;
  const columns = samples.histograms!;
  const { count } = steps;
  query.budget.reserve(samples.labels.length, steps);
  const remarks = new HistogramRemarks(query.annotations, place);
  const out = new VectorBuilder(steps, samples.labels.length);
  const series: WindowedSeries = {
    timestamps: samples.timestamps,
    values: samples.values,
    start: 0,
    end: 0,
    mayDecrease: true,
    lows: new Int32Array(count),
    highs: new Int32Array(count),
    count,
    rangeMs,
    firstEnd,
    endStep,
    firstTime: steps.start,
    timeStep: steps.step,
    check: () => query.budget.check(),
  };
  const lows = new Int32Array(count);
  const highs = new Int32Array(count);
  const reaches = reach.before > 0 || reach.after > 0;
  const floatLows = reaches ? new Int32Array(count) : series.lows;
  const floatHighs = reaches ? new Int32Array(count) : series.highs;
  const first = firstEnd - rangeMs - reach.before;
  const last = firstEnd + reach.after;
  for (const [index, labels] of samples.labels.entries()) {
    query.budget.check();
    series.start = samples.starts[index]!;
    series.end = samples.ends[index]!;
    findCrossings(samples.timestamps, series.start, series.end, series.highs, count, firstEnd, endStep);
    findCrossings(samples.timestamps, series.start, series.end, series.lows, count, firstEnd - rangeMs, endStep);
    const at = out.addRow(labels);
    if (series.end > series.start) kernel(series, out.values, out.present, at);
    findCrossings(columns.timestamps, columns.starts[index]!, columns.ends[index]!, highs, count, last, endStep);
    findCrossings(columns.timestamps, columns.starts[index]!, columns.ends[index]!, lows, count, first, endStep);
    if (reaches) {
      findCrossings(samples.timestamps, series.start, series.end, floatHighs, count, last, endStep);
      findCrossings(samples.timestamps, series.start, series.end, floatLows, count, first, endStep);
    }
    for (let i = 0; i < count; i++) {
      if (highs[i] === lows[i]) continue;
      const end = firstEnd + i * endStep;
      const window: MixedWindow = {
        labels,
        floatTimes: samples.timestamps,
        floats: samples.values,
        floatLow: floatLows[i]!,
        floatHigh: floatHighs[i]!,
        times: columns.timestamps,
        histograms: columns.values,
        low: lows[i]!,
        high: highs[i]!,
        start: end - rangeMs,
        end,
      };
      const result = mixed(window, remarks);
      if (result === 'floats') continue;
      if (result === undefined) out.present[at + i] = 0;
      else if (typeof result === 'number') {
        out.values[at + i] = result;
        out.present[at + i] = FLOAT;
      } else out.putHistogram(at + i, result);
    }
    out.dropRowIfEmpty();
  }
  return out.finish();
}

const floatCount = ({ floatLow, floatHigh }: MixedWindow): number => floatHigh - floatLow;

/** rate, increase and delta. */
function change(kind: ChangeKind): MixedFunction {
  return (window, remarks) => {
    if (floatCount(window) > 0) return remarks.mixedWithFloats(window.labels);
    const { times, histograms, low, high, labels } = window;
    if (high - low < 2) return undefined;
    return extrapolatedHistogram({ timestamps: times, values: histograms }, low, high, window, kind, labels, remarks);
  };
}

/** irate and idelta: of the last two samples, whichever they are. */
function lastTwo(kind: ChangeKind): MixedFunction {
  return (window, remarks) => {
    const { times, histograms, low, high, floatTimes, floatHigh, labels } = window;
    const floats = floatCount(window);
    if (floats + high - low < 2) return undefined;
    const older = high - low > 1 ? times[high - 2]! : -Infinity;
    const newer = times[high - 1]!;
    const newestFloat = floats > 0 ? floatTimes[floatHigh - 1]! : -Infinity;
    const secondFloat = floats > 1 ? floatTimes[floatHigh - 2]! : -Infinity;
    if (secondFloat > newer) return 'floats';
    if (newestFloat > older) return remarks.mixedWithFloats(labels);
    return instantChange(histograms[high - 2]!, histograms[high - 1]!, newer - older, kind, labels, remarks);
  };
}

/** Whether a sample counts after the one before: between neighbours of one kind as `floats` and `histograms` say; another kind is always one more. */
function counting(
  floats: (previous: number, current: number) => boolean,
  ofHistograms: (previous: NativeHistogram, current: NativeHistogram) => boolean,
): (window: MixedWindow) => number {
  return (window) => {
    let found = 0;
    let previous: number | NativeHistogram | undefined;
    for (const current of samplesInOrder(window)) {
      if (previous !== undefined) {
        if (typeof current === 'number') found += typeof previous !== 'number' || floats(previous, current) ? 1 : 0;
        else found += typeof previous === 'number' || ofHistograms(previous, current) ? 1 : 0;
      }
      previous = current;
    }
    return found;
  };
}

/** resets and changes. */
export const COUNTING_FUNCTIONS = {
  resets: counting(
    (previous, current) => current < previous,
    (previous, current) => detectReset(current, previous),
  ),
  changes: counting(
    (previous, current) => current !== previous && !(Number.isNaN(current) && Number.isNaN(previous)),
    (previous, current) => !equalHistograms(current, previous),
  ),
} as const;

/** All samples of a window by time. */
function* samplesInOrder(window: MixedWindow): Generator<number | NativeHistogram> {
  const { times, histograms, high, floatTimes, floats, floatHigh } = window;
  let { low, floatLow } = window;
  while (low < high || floatLow < floatHigh) {
    if (low >= high || (floatLow < floatHigh && floatTimes[floatLow]! < times[low]!)) yield floats[floatLow++]!;
    else yield histograms[low++]!;
  }
}

/** sum_over_time and avg_over_time. */
function summing(mean: boolean): MixedFunction {
  return (window, remarks) => {
    const { histograms, low, high, labels } = window;
    if (floatCount(window) > 0) return remarks.mixedWithFloats(labels);
    const sum = new HistogramSum(histograms[low]!, mean);
    for (let i = low + 1; i < high; i++) if (!sum.add(histograms[i]!)) return remarks.mixedSchemas(labels);
    if (sum.seen.resetsConflict) remarks.resetsConflict('aggregation');
    if (sum.seen.boundsReconciled) remarks.boundsReconciled('aggregation');
    return closeCompact(sum.finish());
  };
}

/** Functions of floats only: those of the window count, and it is told that histograms were left out. */
const ignoring: MixedFunction = (window, remarks) => {
  if (floatCount(window) > 0) remarks.ignoredInRange(window.labels);
  return 'floats';
};

const first = (window: MixedWindow): boolean => floatCount(window) > 0 && window.floatTimes[window.floatLow]! < window.times[window.low]!;
const last = (window: MixedWindow): boolean =>
  floatCount(window) > 0 && window.floatTimes[window.floatHigh - 1]! > window.times[window.high - 1]!;

const total = (window: MixedWindow): number => floatCount(window) + window.high - window.low;

/** By function name; functions that are not named here are {@link ignoring} histograms. */
const FUNCTIONS: Readonly<Record<string, MixedFunction>> = {
  rate: change({ isCounter: true, isRate: true }),
  increase: change({ isCounter: true, isRate: false }),
  delta: change({ isCounter: false, isRate: false }),
  irate: lastTwo({ isCounter: true, isRate: true }),
  idelta: lastTwo({ isCounter: false, isRate: false }),
  ...COUNTING_FUNCTIONS,
  sum_over_time: summing(false),
  avg_over_time: summing(true),
  count_over_time: total,
  present_over_time: () => 1,
  absent_over_time: () => 1,
  first_over_time: (window) => (first(window) ? 'floats' : window.histograms[window.low]),
  last_over_time: (window) => (last(window) ? 'floats' : window.histograms[window.high - 1]),
  ts_of_first_over_time: (window) => (first(window) ? 'floats' : window.times[window.low]! / 1000),
  ts_of_last_over_time: (window) => (last(window) ? 'floats' : window.times[window.high - 1]! / 1000),
};

/** What a function makes of windows with histograms. */
export function mixedFunction(name: string): MixedFunction {
  return FUNCTIONS[name] ?? ignoring;
}
