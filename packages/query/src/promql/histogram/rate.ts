/** rate, increase, delta, irate and idelta of native histograms. */

import type { Labels, NativeHistogram } from '@atalaya/model';
import { addTo } from './add.ts';
import { usesCustomBuckets } from './bounds.ts';
import type { HistogramRemarks } from './messages.ts';
import { detectReset } from './reset.ts';
import { closeCompact, divide, multiply, open, reduceTo, type Working } from './working.ts';

/** What is computed: a counter's change or a gauge's, per second or in all. */
export interface ChangeKind {
  readonly isCounter: boolean;
  readonly isRate: boolean;
}

/** A window's borders in milliseconds. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** Histograms of a window with their times. */
export interface Points {
  readonly timestamps: Float64Array;
  readonly values: readonly NativeHistogram[];
}

const EMPTY: NativeHistogram = {
  schema: 0,
  counterReset: 'unknown',
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  positiveSpans: [],
  positiveBuckets: new Float64Array(0),
  negativeSpans: [],
  negativeBuckets: new Float64Array(0),
  customBounds: new Float64Array(0),
};

/** The change between the first and the last histogram, resets made good; `undefined` when they do not fit together. */
function changeOf(values: readonly NativeHistogram[], isCounter: boolean, labels: Labels, remarks: HistogramRemarks): Working | undefined {
  const last = values.at(-1)!;
  const second = values[1]!;
  let first = values[0]!;
  if (isCounter && values.some(({ counterReset }) => counterReset === 'gauge')) remarks.notCounter(labels);
  // Right after the first histogram the counter began anew: then its buckets do not matter, whatever they are.
  if (isCounter && detectReset(second, first)) first = { ...EMPTY, schema: second.schema, customBounds: second.customBounds };
  const custom = usesCustomBuckets(first);
  const between = isCounter ? values.slice(1, -1) : [];
  if ([last, ...between].some((histogram) => usesCustomBuckets(histogram) !== custom)) {
    remarks.mixedSchemas(labels);
    return undefined;
  }
  const change = open(last);
  reduceTo(
    change,
    [first, last, ...between].reduce((lowest, { schema }) => Math.min(lowest, schema), Infinity),
  );
  if (addTo(change, first, -1)!.boundsReconciled) remarks.boundsReconciled('subtraction');
  if (isCounter) {
    let previous = first;
    for (const current of values.slice(1)) {
      if (detectReset(current, previous) && addTo(change, previous)!.boundsReconciled) remarks.boundsReconciled('addition');
      previous = current;
    }
  } else if (values[0]!.counterReset !== 'gauge' || last.counterReset !== 'gauge') remarks.notGauge(labels);
  change.counterReset = 'gauge';
  return change;
}

/**
 * The change within a window, extrapolated to its borders as that of floats is; a counter's not beyond the point where its
 * count of observations was zero. The points are those at `[low, high)`; there have to be two.
 */
export function extrapolatedHistogram(
  { timestamps, values }: Points,
  low: number,
  high: number,
  window: Window,
  { isCounter, isRate }: ChangeKind,
  labels: Labels,
  remarks: HistogramRemarks,
): NativeHistogram | undefined {
  const change = changeOf(values.slice(low, high), isCounter, labels, remarks);
  if (change === undefined) return undefined;
  const firstTime = timestamps[low]!;
  const lastTime = timestamps[high - 1]!;
  const sampled = (lastTime - firstTime) / 1000;
  const average = sampled / (high - 1 - low);
  const threshold = average * 1.1;
  let toStart = (firstTime - window.start) / 1000;
  let toEnd = (window.end - lastTime) / 1000;
  if (toStart >= threshold) toStart = average / 2;
  const count = values[low]!.count;
  if (isCounter && change.count > 0 && count >= 0) toStart = Math.min(toStart, sampled * (count / change.count));
  if (toEnd >= threshold) toEnd = average / 2;
  let factor = (sampled + toStart + toEnd) / sampled;
  if (isRate) factor /= (window.end - window.start) / 1000;
  multiply(change, factor);
  return closeCompact(change);
}

/** The change from one histogram to the next, per second for counters. */
export function instantChange(
  previous: NativeHistogram,
  current: NativeHistogram,
  milliseconds: number,
  { isCounter, isRate }: ChangeKind,
  labels: Labels,
  remarks: HistogramRemarks,
): NativeHistogram | undefined {
  const areGauges = previous.counterReset === 'gauge' && current.counterReset === 'gauge';
  if (isCounter && (previous.counterReset === 'gauge' || current.counterReset === 'gauge')) remarks.notCounter(labels);
  if (!isCounter && !areGauges) remarks.notGauge(labels);
  const change = open(current);
  if (!isCounter || !detectReset(current, previous)) {
    const outcome = addTo(change, previous, -1);
    if (outcome === undefined) {
      remarks.mixedSchemas(labels);
      return undefined;
    }
    if (outcome.boundsReconciled) remarks.boundsReconciled('subtraction');
  }
  change.counterReset = 'gauge';
  if (isRate) divide(change, milliseconds / 1000);
  return closeCompact(change);
}
