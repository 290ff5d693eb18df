/** The border modifiers `anchored` and `smoothed` where samples are histograms. */

import type { BorderModifier } from '@atalaya/lang';
import type { Labels, NativeHistogram } from '@atalaya/model';
import { addTo } from './add.ts';
import { usesCustomBuckets } from './bounds.ts';
import type { HistogramRemarks } from './messages.ts';
import { COUNTING_FUNCTIONS, type MixedFunction, type MixedWindow } from './over-ranges.ts';
import { detectReset } from './reset.ts';
import type { SampleColumns, VectorBuilder } from '../value.ts';
import type { Lookup } from './newest.ts';
import { close, closeCompact, divide, multiply, open, type Working } from './working.ts';

/** The function of a range with a border modifier: its windows reach as far beyond their borders as the lookback does. */
export function borderFunction(name: string, border: BorderModifier): MixedFunction {
  if (name === 'resets' || name === 'changes') return (window) => countFromAnchor(window, COUNTING_FUNCTIONS[name]);
  return (window, remarks) => changeBetween(window, name, border === 'smoothed', remarks);
}

/** Counts from the last sample at or before the window's begin on. */
function countFromAnchor(window: MixedWindow, count: (window: MixedWindow) => number): number | undefined {
  const { times, low, high, floatTimes, floatLow, floatHigh, start } = window;
  const histogram = lastAtOrBefore(times, low, high, start);
  const float = lastAtOrBefore(floatTimes, floatLow, floatHigh, start);
  if (histogram + 1 >= high && float + 1 >= floatHigh) return undefined;
  // Only the newer one of both is the anchor.
  const floatIsAnchor = float >= floatLow && (histogram < low || floatTimes[float]! >= times[histogram]!);
  return count({
    ...window,
    low: histogram >= low && !floatIsAnchor ? histogram : histogram + 1,
    floatLow: floatIsAnchor ? float : float + 1,
  });
}

/** The index of the last time that is not after the given one; one less than `low` when all are. */
function lastAtOrBefore(times: Float64Array, low: number, high: number, time: number): number {
  let index = low;
  while (index < high && times[index]! <= time) index++;
  return index - 1;
}

/** rate, increase and delta: the difference between the histograms at both borders, a counter's resets between them made good. */
function changeBetween(window: MixedWindow, name: string, smoothed: boolean, remarks: HistogramRemarks): NativeHistogram | undefined {
  const { labels, times, histograms, low, high, floatLow, floatHigh, start, end } = window;
  if (floatHigh > floatLow) return remarks.mixedWithFloats(labels);
  const isCounter = name !== 'delta';
  let last = high - 1;
  const first = Math.max(low, Math.min(lastAtOrBefore(times, low, high, start), last - 1));
  if (smoothed) {
    last = low;
    while (last < high - 1 && times[last]! < end) last++;
  }
  if (times[last]! <= start || (smoothed && times[first]! > end)) return undefined;
  const used = histograms.slice(first, last + 1);
  if (used.some((histogram) => usesCustomBuckets(histogram) !== usesCustomBuckets(used[0]!))) return remarks.mixedSchemas(labels);
  if (isCounter && used.some(({ counterReset }) => counterReset === 'gauge')) remarks.notCounter(labels);

  const between = (before: number, time: number): NativeHistogram =>
    interpolate(histograms[before]!, times[before]!, histograms[before + 1]!, times[before + 1]!, time, isCounter, remarks)!;
  const left = smoothed && times[first]! < start ? between(first, start) : histograms[first]!;
  const right = smoothed && last > low && times[last]! > end ? between(last - 1, end) : histograms[last]!;
  if (!isCounter && (left.counterReset !== 'gauge' || right.counterReset !== 'gauge')) remarks.notGauge(labels);
  const change = open(right);
  if (addTo(change, left, -1)!.boundsReconciled) remarks.boundsReconciled('subtraction');
  if (isCounter) {
    for (const before of lostInResets(window, first, last, left, right, smoothed)) {
      if (addTo(change, before)!.boundsReconciled) remarks.boundsReconciled('addition');
    }
  }
  if (name === 'rate') divide(change, (end - start) / 1000);
  change.counterReset = 'gauge';
  return closeCompact(change);
}

/** The histograms right before each reset between the borders. */
function lostInResets(
  { times, histograms, start }: MixedWindow,
  first: number,
  last: number,
  left: NativeHistogram,
  right: NativeHistogram,
  smoothed: boolean,
): NativeHistogram[] {
  const lost: NativeHistogram[] = [];
  let previous = left;
  let next = first + 1;
  if (smoothed && times[first]! < start && next <= last && detectReset(histograms[next]!, histograms[first]!)) {
    // What was interpolated at the left border already began at zero.
    previous = histograms[next]!;
    next++;
  }
  if (next > last) return lost;
  for (; next < last; next++) {
    if (detectReset(histograms[next]!, previous)) lost.push(previous);
    previous = histograms[next]!;
  }
  if (detectReset(right, previous)) lost.push(previous);
  return lost;
}

/**
 * The histogram on the line between two; across a reset a counter began at zero. `undefined` when one has exponential buckets
 * and the other custom ones.
 */
export function interpolate(
  from: NativeHistogram,
  fromTime: number,
  to: NativeHistogram,
  toTime: number,
  time: number,
  isCounter: boolean,
  remarks: HistogramRemarks,
): NativeHistogram | undefined {
  if (time === fromTime) return from;
  if (time === toTime) return to;
  const share = (time - fromTime) / (toTime - fromTime);
  const working: Working = open(to);
  if (isCounter && detectReset(to, from)) {
    multiply(working, share);
    return close(working);
  }
  const difference = addTo(working, from, -1);
  if (difference === undefined) return undefined;
  if (difference.boundsReconciled) remarks.boundsReconciled('subtraction');
  multiply(working, share);
  if (addTo(working, from)!.boundsReconciled) remarks.boundsReconciled('addition');
  return close(working);
}

/**
 * Goes over a row of `selector smoothed` that holds the floats of a series, and puts what lies on the line between histograms
 * where there are some. Floats and histograms around the same step do not go together: nothing remains.
 */
export function smoothRow(
  { labels, starts, ends, timestamps, histograms }: SampleColumns,
  series: number,
  { first, step, count, lookbackMs }: Lookup,
  out: VectorBuilder,
  row: number,
  remarks: HistogramRemarks,
): void {
  const { starts: lows, ends: highs, timestamps: times, values } = histograms!;
  const stop = highs[series]!;
  for (let i = 0; i < count; i++) {
    const time = first + i * step;
    const before = lastAtOrBefore(times, lows[series]!, stop, time);
    const hasBefore = before >= lows[series]! && times[before]! > time - lookbackMs;
    const after = before + 1 < stop && times[before + 1]! <= time + lookbackMs ? before + 1 : undefined;
    if (!hasBefore && after === undefined) continue;
    const float = lastAtOrBefore(timestamps, starts[series]!, ends[series]!, time + lookbackMs);
    const hasFloat = float >= starts[series]! && timestamps[float]! > time - lookbackMs;
    out.present[row + i] = 0;
    if (hasFloat) remarks.mixedWithFloats(labels[series] as Labels);
    if (hasFloat || !hasBefore) continue;
    let histogram: NativeHistogram | undefined = values[before];
    if (histogram !== undefined && after !== undefined) {
      const next = values[after]!;
      const isCounter = histogram.counterReset !== 'gauge' || next.counterReset !== 'gauge';
      histogram = interpolate(histogram, times[before]!, next, times[after]!, time, isCounter, remarks);
      if (histogram === undefined) remarks.mixedSchemas(labels[series] as Labels);
    }
    if (histogram !== undefined) out.putHistogram(row + i, histogram);
  }
}
