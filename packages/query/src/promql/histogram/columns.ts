/** Histogram samples as they were read: in the order of the series, stale markers taken out, counter resets marked. */

import { type CounterResetHint, isStaleHistogram, type NativeHistogram } from '@atalaya/model';
import type { HistogramColumns } from '../../reader.ts';
import { HISTOGRAM, type SampleColumns, type Steps, type VectorValue } from '../value.ts';
import { sameBounds } from './bounds.ts';
import { detectReset, hasDecreased } from './reset.ts';

/** The histogram samples of the given series, in their order, in columns of their own. */
export function pickHistograms({ starts, ends, timestamps, values }: HistogramColumns, order: readonly number[]): HistogramColumns {
  const picked = new Columns(order.length);
  for (const series of order) {
    for (let i = starts[series]!; i < ends[series]!; i++) picked.push(timestamps[i]!, values[i]!);
    picked.endSeries();
  }
  return picked.finish();
}

/** Histogram samples that are collected series by series. */
class Columns {
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #timestamps: number[] = [];
  readonly #values: NativeHistogram[] = [];
  #series = 0;

  constructor(series: number) {
    this.#starts = new Uint32Array(series);
    this.#ends = new Uint32Array(series);
  }

  push(timestamp: number, value: NativeHistogram): void {
    this.#timestamps.push(timestamp);
    this.#values.push(value);
  }

  endSeries(): void {
    this.#ends[this.#series++] = this.#values.length;
    if (this.#series < this.#starts.length) this.#starts[this.#series] = this.#values.length;
  }

  finish(): HistogramColumns {
    return { starts: this.#starts, ends: this.#ends, timestamps: Float64Array.from(this.#timestamps), values: this.#values };
  }
}

/** The columns without stale markers. */
export function withoutStaleHistograms(columns: HistogramColumns): HistogramColumns {
  const { starts, ends, timestamps, values } = columns;
  if (!values.some(isStaleHistogram)) return columns;
  const kept = new Columns(starts.length);
  for (let series = 0; series < starts.length; series++) {
    for (let i = starts[series]!; i < ends[series]!; i++) if (!isStaleHistogram(values[i]!)) kept.push(timestamps[i]!, values[i]!);
    kept.endSeries();
  }
  return kept.finish();
}

/**
 * The columns with histograms whose hints are those that Prometheus' storage gives: "no reset" where a counter's histogram
 * continues the one right before it, "unknown" where it does not, as also where a series begins, or a float, a gauge or another
 * bucket layout came before.
 */
export function withHistograms(columns: SampleColumns, histograms: HistogramColumns): SampleColumns {
  if (histograms.values.length === 0) return columns;
  const { starts, ends, timestamps } = columns;
  const hinted = new Columns(histograms.starts.length);
  for (let series = 0; series < histograms.starts.length; series++) {
    const last = ends[series]!;
    let float = starts[series]!;
    let previous: NativeHistogram | undefined;
    for (let i = histograms.starts[series]!; i < histograms.ends[series]!; i++) {
      const time = histograms.timestamps[i]!;
      const histogram = histograms.values[i]!;
      const before = float;
      while (float < last && timestamps[float]! < time) float++;
      if (float > before) previous = undefined;
      const counter = !isStaleHistogram(histogram) && histogram.counterReset !== 'gauge';
      const continued = counter && previous !== undefined && continues(histogram, previous);
      hinted.push(time, counter ? withHint(histogram, continued ? 'no-reset' : 'unknown') : histogram);
      previous = counter ? histogram : undefined;
    }
    hinted.endSeries();
  }
  return { ...columns, histograms: hinted.finish() };
}

function continues(current: NativeHistogram, previous: NativeHistogram): boolean {
  return (
    current.counterReset !== 'reset' &&
    current.schema === previous.schema &&
    current.zeroThreshold === previous.zeroThreshold &&
    sameBounds(current.customBounds, previous.customBounds) &&
    !hasDecreased(current, previous)
  );
}

function withHint(histogram: NativeHistogram, counterReset: CounterResetHint): NativeHistogram {
  return histogram.counterReset === counterReset ? histogram : { ...histogram, counterReset };
}

/**
 * The columns with "unknown" replaced by what a comparison with the histogram before tells. Prometheus does so where only
 * count and sum are wanted (see `stats-only.ts`): it shows in the warning about conflicting counter resets.
 */
export function detectingResets(columns: SampleColumns): SampleColumns {
  if (columns.histograms === undefined) return columns;
  const { starts, ends, timestamps, values } = columns.histograms;
  const detected = new Columns(starts.length);
  for (let series = 0; series < starts.length; series++) {
    let previous: NativeHistogram | undefined;
    for (let i = starts[series]!; i < ends[series]!; i++) {
      const histogram = values[i]!;
      const stale = isStaleHistogram(histogram);
      if (stale || previous === undefined || histogram.counterReset !== 'unknown') detected.push(timestamps[i]!, histogram);
      else detected.push(timestamps[i]!, withHint(histogram, detectReset(histogram, previous) ? 'reset' : 'no-reset'));
      previous = stale ? undefined : histogram;
    }
    detected.endSeries();
  }
  return { ...columns, histograms: detected.finish() };
}

/**
 * The histograms of a vector as samples at the times of the steps, for a subquery. What a hint said of the stored sample before
 * says nothing of the step before: only gauges keep theirs.
 */
export function histogramSamplesOf({ labels, present, histograms }: VectorValue, { start, step, count }: Steps): HistogramColumns {
  const samples = new Columns(labels.length);
  for (let series = 0; series < labels.length; series++) {
    for (let i = 0; i < count; i++) {
      const at = series * count + i;
      if (present[at] !== HISTOGRAM) continue;
      const histogram = histograms![at]!;
      samples.push(start + i * step, histogram.counterReset === 'gauge' ? histogram : withHint(histogram, 'unknown'));
    }
    samples.endSeries();
  }
  return samples.finish();
}
