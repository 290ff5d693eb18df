/** Selectors: samples as they were stored, laid onto the steps of a query. */

import type { FunctionCall, MatrixSelector, Subquery, VectorSelector } from '@atalaya/lang';
import { isStaleAt, type Labels } from '@atalaya/model';
import { SERIES_FLAG } from '../reader.ts';
import type { Evaluation } from './context.ts';
import { tooManySteps } from './cost.ts';
import { findCrossings } from './crossings.ts';
import { interpolate } from './functions/borders.ts';
import { durationOf, type ReadingNode, type Shift, shiftOf, subquerySteps } from './plan.ts';
import { smoothRow } from './histogram/borders.ts';
import { HistogramRemarks } from './histogram/messages.ts';
import { histogramSamplesOf } from './histogram/columns.ts';
import { layHistograms, type Lookup } from './histogram/newest.ts';
import { allRows, type VectorRows } from './rows.ts';
import {
  type HistogramPlaces,
  type RangeValue,
  type SampleColumns,
  type Steps,
  VectorBuilder,
  type VectorValue,
  vectorOf,
} from './value.ts';

/** The newest sample of each series at each step, not older than the lookback and not ended by a stale marker. */
export function selectInstant(selector: VectorSelector, evaluation: Evaluation): VectorValue {
  if (selector.border === 'smoothed') return smoothedSamples(selector, evaluation);
  return newestSamples(selector, shiftOf(selector, evaluation.query.window), evaluation, false);
}

/** As {@link selectInstant}, but the samples' times in seconds instead of their values. */
export function selectTimestamps(selector: VectorSelector, evaluation: Evaluation): VectorValue {
  return newestSamples(selector, shiftOf(selector, evaluation.query.window), evaluation, true);
}

/** The times, in seconds, of the current samples of the info metrics that a call of info() reads. */
export function selectInfos(node: FunctionCall, evaluation: Evaluation): VectorValue {
  return newestSamples(node, { at: undefined, offset: 0 }, evaluation, true);
}

/** As {@link selectInstant}, row by row; `undefined` for what is computed as a whole only: histograms, values between samples. */
export function instantRows(selector: VectorSelector, evaluation: Evaluation): VectorRows | undefined {
  if (selector.border !== undefined || evaluation.query.reads.get(selector)?.histograms !== undefined) return undefined;
  return newestRows(selector, shiftOf(selector, evaluation.query.window), evaluation, false);
}

function newestSamples(node: ReadingNode, shift: Shift, evaluation: Evaluation, timestamps: boolean): VectorValue {
  const columns = evaluation.query.reads.get(node) as SampleColumns;
  if (columns.histograms !== undefined) return newestOfBothKinds(columns, shift, evaluation, timestamps);
  return allRows(newestRows(node, shift, evaluation, timestamps), evaluation);
}

/** The times that a selector looks at, step by step. */
function timesOf({ at, offset }: Shift, { start, step, count }: Steps): Steps {
  return { start: (at ?? start) - offset, step: at === undefined ? step : 0, count };
}

function newestRows(node: ReadingNode, shift: Shift, { query, steps }: Evaluation, timestamps: boolean): VectorRows {
  const columns = query.reads.get(node) as SampleColumns;
  const times = timesOf(shift, steps);
  const { lookbackMs } = query;
  return {
    labels: columns.labels,
    compute: (row, values, present, to) => newestOfSeries(columns, row, times, lookbackMs, timestamps, values, present, to),
  };
}

/** The newest samples of series of which some have histograms. */
function newestOfBothKinds(columns: SampleColumns, shift: Shift, { query, steps }: Evaluation, timestamps: boolean): VectorValue {
  const { count } = steps;
  const { lookbackMs } = query;
  query.budget.reserve(columns.labels.length, steps);
  const values = new Float64Array(columns.labels.length * count);
  const present = new Uint8Array(columns.labels.length * count);
  const histograms: HistogramPlaces = [];
  const labels: Labels[] = [];
  const times = timesOf(shift, steps);
  const lookup: Lookup = { first: times.start, step: times.step, count, lookbackMs, timestamps };
  const crossings = new Int32Array(count);
  let row = 0;
  for (const [series, set] of columns.labels.entries()) {
    query.budget.check();
    newestOfSeries(columns, series, times, lookbackMs, timestamps, values, present, row);
    findCrossings(columns.timestamps, columns.starts[series]!, columns.ends[series]!, crossings, count, times.start, times.step);
    if (!layHistograms(columns, series, lookup, crossings, { values, present, histograms }, row)) continue;
    labels.push(set);
    row += count;
  }
  return vectorOf(labels, values, present, histograms.length === 0 ? undefined : histograms);
}

/** The newest sample of a series at each of the times. As {@link findCrossings} it tries the last advance first. */
function newestOfSeries(
  { starts, ends, timestamps, values: samples, flags }: SampleColumns,
  series: number,
  { start: first, step, count }: Steps,
  lookbackMs: number,
  wantsTimes: boolean,
  values: Float64Array,
  present: Uint8Array,
  to: number,
): void {
  const start = starts[series]!;
  const end = ends[series]!;
  const words = (flags[series]! & SERIES_FLAG.mayHoldStale) === 0 ? undefined : wordsOf(samples);
  let next = start;
  let advance = 0;
  for (let i = 0; i < count; i++) {
    const time = first + i * step;
    const before = next;
    const guess = next + advance;
    if (guess > start && guess < end && timestamps[guess - 1]! <= time) next = guess;
    while (next < end && timestamps[next]! <= time) next++;
    advance = next - before;
    const newest = next - 1;
    if (newest < start) continue;
    const newestTime = timestamps[newest]!;
    if (newestTime <= time - lookbackMs) continue;
    const value = samples[newest]!;
    if (words !== undefined && value !== value && isStaleAt(words, newest)) continue;
    values[to + i] = wantsTimes ? newestTime / 1000 : value;
    present[to + i] = 1;
  }
}

function wordsOf(samples: Float64Array): Uint32Array {
  return new Uint32Array(samples.buffer, samples.byteOffset, samples.length * 2);
}

/**
 * `selector smoothed`: at each step the value on the line between the samples around it, both within the lookback; of
 * nothing after it the last value before.
 */
function smoothedSamples(selector: VectorSelector, { query, steps }: Evaluation): VectorValue {
  const columns = query.reads.get(selector) as SampleColumns;
  const { at, offset } = shiftOf(selector, query.window);
  const { timestamps, values } = columns;
  const { count } = steps;
  query.budget.reserve(columns.labels.length, steps);
  const out = new VectorBuilder(steps, columns.labels.length);
  const crossings = new Int32Array(count);
  const first = (at ?? steps.start) - offset;
  const step = at === undefined ? steps.step : 0;
  const lookup: Lookup = { first, step, count, lookbackMs: query.lookbackMs, timestamps: false };
  const remarks = new HistogramRemarks(query.annotations, selector);
  for (const [series, labels] of columns.labels.entries()) {
    query.budget.check();
    const start = columns.starts[series]!;
    const end = columns.ends[series]!;
    findCrossings(timestamps, start, end, crossings, count, first, step);
    const row = out.addRow(labels);
    for (let i = 0; i < count; i++) {
      const time = first + i * step;
      const next = crossings[i]!;
      const before = next - 1;
      if (before < start || timestamps[before]! <= time - query.lookbackMs) continue;
      const between = timestamps[before]! < time && next < end && timestamps[next]! <= time + query.lookbackMs;
      out.values[row + i] = between ? interpolate(columns, before, time, false) : values[before]!;
      out.present[row + i] = 1;
    }
    if (columns.histograms !== undefined) smoothRow(columns, series, lookup, out, row, remarks);
    out.dropRowIfEmpty();
  }
  return out.finish();
}

/** The samples and windows of `selector[range]`. */
export function selectRange(matrix: MatrixSelector, { query, steps }: Evaluation): RangeValue {
  const { at, offset } = shiftOf(matrix.selector, query.window);
  return {
    kind: 'range',
    samples: query.reads.get(matrix.selector) as SampleColumns,
    rangeMs: durationOf(matrix.range, query.window),
    firstEnd: (at ?? steps.start) - offset,
    endStep: at === undefined ? steps.step : 0,
  };
}

/** The windows of a subquery over what `evaluate` gives at the subquery's own steps. */
export function selectSubquery(subquery: Subquery, { query, steps }: Evaluation, evaluate: (steps: Steps) => VectorValue): RangeValue {
  const { at, offset } = shiftOf(subquery, query.window);
  const rangeMs = durationOf(subquery.range, query.window);
  const firstEnd = (at ?? steps.start) - offset;
  const endStep = at === undefined ? steps.step : 0;
  const inner = subquerySteps(subquery, firstEnd, firstEnd + endStep * (steps.count - 1), rangeMs, query.window, query.defaultStepMs);
  if (inner.count > query.budget.limits.samples) throw tooManySteps(inner.count, query.budget.limits);
  const vector = inner.count === 0 ? undefined : evaluate(inner);
  query.budget.hold((vector?.labels.length ?? 0) * inner.count * SAMPLE_BYTES);
  const samples = samplesOf(vector, inner);
  return { kind: 'range', samples, rangeMs, firstEnd, endStep };
}

/** What a sample's time and value take. */
const SAMPLE_BYTES = 16;

/** A vector's points as samples at the times of the steps. */
function samplesOf(vector: VectorValue | undefined, steps: Steps): SampleColumns {
  const floats = floatSamplesOf(vector, steps);
  return vector?.histograms === undefined ? floats : { ...floats, histograms: histogramSamplesOf(vector, steps) };
}

function floatSamplesOf(vector: VectorValue | undefined, steps: Steps): SampleColumns {
  const labels = vector?.labels ?? [];
  const { count } = steps;
  const starts = new Uint32Array(labels.length);
  const ends = new Uint32Array(labels.length);
  const timestamps = new Float64Array(labels.length * count);
  const values = new Float64Array(labels.length * count);
  let at = 0;
  for (let series = 0; series < labels.length; series++) {
    starts[series] = at;
    for (let i = 0; i < count; i++) {
      if (vector!.present[series * count + i] !== 1) continue;
      timestamps[at] = steps.start + i * steps.step;
      values[at] = vector!.values[series * count + i]!;
      at++;
    }
    ends[series] = at;
  }
  const marks = vector?.dropsName === undefined ? {} : { dropsName: vector.dropsName };
  return { labels, starts, ends, timestamps, values, flags: new Uint8Array(labels.length).fill(SERIES_FLAG.mayDecrease), ...marks };
}
