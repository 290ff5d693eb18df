/** The answers to queries whose series have floats and histograms side by side. */

import { compareLabels, type Labels, type NativeHistogram } from '@atalaya/model';
import type { HistogramColumns } from '../../reader.ts';
import type { QueryResult } from '../answer.ts';
import { FLOAT, HISTOGRAM, type SampleColumns, type Steps, type VectorValue } from '../value.ts';

type Matrix = Extract<QueryResult, { resultType: 'matrix' }>;

/** Series of an answer that are collected one after the other. */
class MatrixBuilder {
  readonly #labels: Labels[] = [];
  readonly #offsets = [0];
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  readonly #histogramOffsets = [0];
  readonly #histogramTimes: number[] = [];
  readonly #histograms: NativeHistogram[] = [];

  float(time: number, value: number): void {
    this.#times.push(time);
    this.#values.push(value);
  }

  histogram(time: number, histogram: NativeHistogram): void {
    this.#histogramTimes.push(time);
    this.#histograms.push(histogram);
  }

  /** Ends a series; it is left out when it has no points. */
  endSeries(labels: Labels): void {
    if (this.#times.length === this.#offsets.at(-1) && this.#histograms.length === this.#histogramOffsets.at(-1)) return;
    this.#labels.push(labels);
    this.#offsets.push(this.#times.length);
    this.#histogramOffsets.push(this.#histograms.length);
  }

  finish(grid: Steps | undefined): Matrix {
    return {
      resultType: 'matrix',
      labels: this.#labels,
      offsets: Uint32Array.from(this.#offsets),
      timestamps: Float64Array.from(this.#times),
      values: Float64Array.from(this.#values),
      grid,
      histograms: {
        offsets: Uint32Array.from(this.#histogramOffsets),
        timestamps: Float64Array.from(this.#histogramTimes),
        values: this.#histograms,
      },
    };
  }
}

/** All steps of a vector, series ordered by labels. */
export function mixedRangeResult({ labels, values, present, histograms }: VectorValue, steps: Steps): QueryResult {
  const { start, step, count } = steps;
  const order = [...labels.keys()].sort((a, b) => compareLabels(labels[a] as Labels, labels[b] as Labels));
  const matrix = new MatrixBuilder();
  for (const series of order) {
    for (let i = 0; i < count; i++) {
      const at = series * count + i;
      if (present[at] === FLOAT) matrix.float(start + i * step, values[at]!);
      else if (present[at] === HISTOGRAM) matrix.histogram(start + i * step, histograms![at]!);
    }
    matrix.endSeries(labels[series] as Labels);
  }
  return matrix.finish(steps);
}

/** The stored samples in the window `(end - rangeMs, end]`. */
export function mixedSamplesResult(
  { labels, starts, ends, timestamps, values }: SampleColumns,
  histograms: HistogramColumns,
  rangeMs: number,
  end: number,
): QueryResult {
  const inside = (time: number): boolean => time > end - rangeMs && time <= end;
  const matrix = new MatrixBuilder();
  for (const [series, set] of labels.entries()) {
    for (let i = starts[series]!; i < ends[series]!; i++) if (inside(timestamps[i]!)) matrix.float(timestamps[i]!, values[i]!);
    for (let i = histograms.starts[series]!; i < histograms.ends[series]!; i++) {
      if (inside(histograms.timestamps[i]!)) matrix.histogram(histograms.timestamps[i]!, histograms.values[i]!);
    }
    matrix.endSeries(set);
  }
  return matrix.finish(undefined);
}
