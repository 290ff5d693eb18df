/** Selectors: samples as they were stored, laid onto the steps of a query. */

import type { FunctionCall, MatrixSelector, Subquery, VectorSelector } from '@atalaya/lang';
import { AtalayaError, isStaleAt, type Labels } from '@atalaya/model';
import { SERIES_FLAG } from '../reader.ts';
import type { Evaluation } from './context.ts';
import { findCrossings } from './crossings.ts';
import { interpolate } from './functions/borders.ts';
import { durationOf, type ReadingNode, type Shift, shiftOf, subquerySteps } from './plan.ts';
import { histogramSamplesOf } from './histogram/columns.ts';
import { layHistograms, type Lookup } from './histogram/newest.ts';
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

function newestSamples(node: ReadingNode, { at, offset }: Shift, { query, steps }: Evaluation, timestamps: boolean): VectorValue {
  const columns = query.reads.get(node) as SampleColumns;
  const { count } = steps;
  const { lookbackMs } = query;
  query.budget.reserve(columns.labels.length, steps);
  const times = columns.timestamps;
  const samples = columns.values;
  const words = new Uint32Array(samples.buffer, samples.byteOffset, samples.length * 2);
  const values = new Float64Array(columns.labels.length * count);
  const present = new Uint8Array(columns.labels.length * count);
  const labels: Labels[] = [];
  const first = (at ?? steps.start) - offset;
  const step = at === undefined ? steps.step : 0;
  const crossings = new Int32Array(count);
  const histograms: HistogramPlaces | undefined = columns.histograms === undefined ? undefined : [];
  const lookup: Lookup = { first, step, count, lookbackMs, timestamps };
  let row = 0;
  for (let series = 0; series < columns.labels.length; series++) {
    query.budget.check();
    const start = columns.starts[series]!;
    findCrossings(times, start, columns.ends[series]!, crossings, count, first, step);
    let any = false;
    for (let i = 0; i < count; i++) {
      const newest = crossings[i]! - 1;
      if (newest < start) continue;
      const value = samples[newest]!;
      if (times[newest]! <= first + i * step - lookbackMs || (value !== value && isStaleAt(words, newest))) continue;
      values[row + i] = timestamps ? times[newest]! / 1000 : value;
      present[row + i] = 1;
      any = true;
    }
    if (histograms !== undefined) any = layHistograms(columns, series, lookup, crossings, { values, present, histograms }, row);
    if (!any) continue;
    labels.push(columns.labels[series] as Labels);
    row += count;
  }
  return vectorOf(labels, values, present, histograms?.length === 0 ? undefined : histograms);
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
  if (inner.count > query.budget.limits.samples) {
    const reason = `a subquery would be evaluated at ${inner.count} steps; shorten its range, enlarge its step, or raise query.samples`;
    throw new AtalayaError('QUERY_LIMIT', { setting: 'query.samples', limit: query.budget.limits.samples, reason });
  }
  const samples = samplesOf(inner.count === 0 ? undefined : evaluate(inner), inner);
  return { kind: 'range', samples, rangeMs, firstEnd, endStep };
}

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
