/** Aggregations that give one series for each group: sum, avg, min, max, count, group, stddev, stdvar, quantile, count_values. */

import { type Aggregation, formatFixed, formatGeneral } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import { type Evaluation, failed } from './context.ts';
import { derivedOf } from './derived-labels.ts';
import { groupSeries, membersOf } from './grouping.ts';
import { marksOfGroups, withMarksOf } from './names.ts';
import { outermost, quantileOf } from './quantile.ts';
import { addHistogramSums, aggregatedFloats } from './histogram/aggregate.ts';
import { elementAt } from './histogram/operators.ts';
import { formatHistogram } from './histogram/text.ts';
import type { VectorRows } from './rows.ts';
import { labelsKey, withLabel } from './series.ts';
import { VectorBuilder, type VectorValue } from './value.ts';

/** Adds a series' row of values to its group's row. `counts` says how many values each group has had at each step. */
type Accumulate = (state: State, from: number, to: number, values: Float64Array, present: Uint8Array, steps: number) => void;

/** Columns that accumulate: by group and step. */
interface State {
  readonly counts: Float64Array;
  readonly main: Float64Array;
  readonly aside: Float64Array;
  readonly extra: Float64Array;
}

const accumulateSum: Accumulate = ({ counts, main, aside }, from, to, values, present, steps) => {
  for (let i = 0; i < steps; i++) {
    if (present[from + i] !== 1) continue;
    const value = values[from + i]!;
    const sum = main[to + i]!;
    const next = sum + value;
    if (next === Infinity || next === -Infinity) aside[to + i] = 0;
    else if (Math.abs(sum) >= Math.abs(value)) aside[to + i]! += sum - next + value;
    else aside[to + i]! += value - next + sum;
    main[to + i] = next;
    counts[to + i]!++;
  }
};

/** As the sum, until it would overflow: from then on `extra` is 1 and `main` holds the mean itself. */
const accumulateMean: Accumulate = ({ counts, main, aside, extra }, from, to, values, present, steps) => {
  for (let i = 0; i < steps; i++) {
    if (present[from + i] !== 1) continue;
    const at = to + i;
    let value = values[from + i]!;
    const count = ++counts[at]!;
    if (count === 1) {
      main[at] = value;
      continue;
    }
    if (extra[at] === 0) {
      const next = main[at]! + value;
      if (next === Infinity || next === -Infinity) {
        extra[at] = 1;
        main[at]! /= count - 1;
        aside[at]! /= count - 1;
      }
    }
    if (extra[at] === 1) {
      const kept = (count - 1) / count;
      main[at]! *= kept;
      aside[at]! *= kept;
      value /= count;
    }
    const sum = main[at]!;
    const next = sum + value;
    if (next === Infinity || next === -Infinity) aside[at] = 0;
    else if (Math.abs(sum) >= Math.abs(value)) aside[at]! += sum - next + value;
    else aside[at]! += value - next + sum;
    main[at] = next;
  }
};

const accumulateVariance: Accumulate = ({ counts, main, aside }, from, to, values, present, steps) => {
  for (let i = 0; i < steps; i++) {
    if (present[from + i] !== 1) continue;
    const at = to + i;
    const value = values[from + i]!;
    const count = ++counts[at]!;
    const delta = value - aside[at]!;
    aside[at]! += delta / count;
    main[at]! += delta * (value - aside[at]!);
  }
};

function accumulateExtreme(sign: 1 | -1): Accumulate {
  return ({ counts, main }, from, to, values, present, steps) => {
    for (let i = 0; i < steps; i++) {
      if (present[from + i] !== 1) continue;
      const value = values[from + i]!;
      const best = main[to + i]!;
      if (counts[to + i]!++ === 0 || value * sign > best * sign || best !== best) main[to + i] = value;
    }
  };
}

const accumulateCount: Accumulate = ({ counts }, from, to, _values, present, steps) => {
  for (let i = 0; i < steps; i++) counts[to + i]! += present[from + i]!;
};

/** How an aggregation accumulates, and what becomes of the columns in the end. */
const SIMPLE: Readonly<Record<string, { accumulate: Accumulate; finish: (state: State, at: number) => number }>> = {
  sum: { accumulate: accumulateSum, finish: ({ main, aside }, at) => main[at]! + aside[at]! },
  avg: {
    accumulate: accumulateMean,
    finish: ({ counts, main, aside, extra }, at) =>
      extra[at] === 1 ? main[at]! + aside[at]! : main[at]! / counts[at]! + aside[at]! / counts[at]!,
  },
  min: { accumulate: accumulateExtreme(-1), finish: ({ main }, at) => main[at]! },
  max: { accumulate: accumulateExtreme(1), finish: ({ main }, at) => main[at]! },
  count: { accumulate: accumulateCount, finish: ({ counts }, at) => counts[at]! },
  group: { accumulate: accumulateCount, finish: () => 1 },
  stdvar: { accumulate: accumulateVariance, finish: ({ counts, main }, at) => main[at]! / counts[at]! },
  stddev: { accumulate: accumulateVariance, finish: ({ counts, main }, at) => Math.sqrt(main[at]! / counts[at]!) },
};

/** Aggregates without a parameter. */
export function aggregateSimply(vector: VectorValue, node: Aggregation, evaluation: Evaluation): VectorValue {
  if (vector.histograms === undefined) return aggregateFloats(vector, node, evaluation);
  const floats = aggregateFloats(aggregatedFloats(vector, node, evaluation), node, evaluation);
  const grouping = groupSeries(vector.labels, node);
  const result = addHistogramSums(floats, vector, membersOf(grouping), node, evaluation);
  const dropsName = marksOfGroups(vector, grouping.of, grouping.labels.length, evaluation.steps);
  return dropsName === undefined ? result : { ...result, dropsName };
}

function aggregateFloats(vector: VectorValue, node: Aggregation, { steps, query }: Evaluation): VectorValue {
  const { accumulate } = operationOf(node);
  const { labels, of } = groupSeries(vector.labels, node);
  query.budget.reserve(labels.length, steps);
  const state = emptyState(node, labels.length * steps.count);
  for (let series = 0; series < of.length; series++) {
    query.budget.check();
    accumulate(state, series * steps.count, of[series]! * steps.count, vector.values, vector.present, steps.count);
  }
  const dropsName = marksOfGroups(vector, of, labels.length, steps);
  return { ...finishState(state, node, labels), ...(dropsName === undefined ? {} : { dropsName }) };
}

/** As {@link aggregateSimply}, to the last bit, without ever holding more than one series: memory is bounded by the groups. */
export function aggregateRows(rows: VectorRows, node: Aggregation, { steps, query }: Evaluation): VectorValue {
  const { count } = steps;
  const { accumulate } = operationOf(node);
  const { labels, of } = derivedOf(rows.labels).grouping(node);
  query.budget.reserve(labels.length, steps);
  const state = emptyState(node, labels.length * count);
  // Groups come in the order of their first series with a value.
  const places = new Int32Array(labels.length).fill(-1);
  const found: Labels[] = [];
  const values = new Float64Array(count);
  const present = new Uint8Array(count);
  for (let row = 0; row < of.length; row++) {
    query.budget.check();
    rows.compute(row, values, present, 0);
    if (!present.includes(1)) continue;
    const group = of[row]!;
    if (places[group] === -1) places[group] = found.push(labels[group] as Labels) - 1;
    accumulate(state, 0, places[group]! * count, values, present, count);
    present.fill(0);
  }
  if (found.length > 0) rows.done?.();
  return finishState(state, node, found);
}

function operationOf(node: Aggregation): (typeof SIMPLE)[string] {
  return SIMPLE[node.operator] as (typeof SIMPLE)[string];
}

function emptyState(node: Aggregation, size: number): State {
  return {
    counts: new Float64Array(size),
    main: new Float64Array(size),
    aside: new Float64Array(size),
    extra: new Float64Array(node.operator === 'avg' ? size : 0),
  };
}

function finishState(state: State, node: Aggregation, labels: readonly Labels[]): VectorValue {
  const { finish } = operationOf(node);
  const { counts, aside: values } = state;
  const present = new Uint8Array(counts.length);
  for (let at = 0; at < counts.length; at++) {
    if (counts[at] === 0) continue;
    values[at] = finish(state, at);
    present[at] = 1;
  }
  return { kind: 'vector', labels, values, present };
}

/** `quantile`, with the quantile for each step. */
export function aggregateQuantile(given: VectorValue, quantiles: Float64Array, node: Aggregation, evaluation: Evaluation): VectorValue {
  const { steps, query } = evaluation;
  const vector = aggregatedFloats(given, node, evaluation);
  for (const q of outermost(quantiles, 0, 1)) {
    query.annotations.warn(`quantile value should be between 0 and 1, got ${formatGeneral(q)}`, node.parameter ?? node);
  }
  const grouping = groupSeries(vector.labels, node);
  const out = new VectorBuilder(steps, grouping.labels.length);
  for (const [group, members] of membersOf(grouping).entries()) {
    query.budget.check();
    const numbers = new Float64Array(members.length);
    const at = out.addRow(grouping.labels[group] as Labels);
    for (let i = 0; i < steps.count; i++) {
      query.budget.check();
      let length = 0;
      for (const series of members) {
        const from = series * steps.count + i;
        if (vector.present[from] === 1) numbers[length++] = vector.values[from]!;
      }
      if (length === 0) continue;
      out.values[at + i] = quantileOf(quantiles[i]!, numbers, length);
      out.present[at + i] = 1;
    }
    out.dropRowIfEmpty();
  }
  const dropsName = marksOfGroups(vector, grouping.of, grouping.labels.length, steps);
  return withMarksOf(out.finish(), { labels: grouping.labels, ...(dropsName === undefined ? {} : { dropsName }) });
}

/** `count_values`: how many series of a group have which value; the value becomes a label. */
export function countValues(vector: VectorValue, label: string, node: Aggregation, { steps, query }: Evaluation): VectorValue {
  // Bytes that are no UTF-8 have been read as U+FFFD.
  if (label === '' || label.includes('\ufffd')) throw failed(`invalid label name ${JSON.stringify(label)}`);
  // The new label stands in for one of the same name that the grouping would keep.
  const grouping = groupSeries(vector.labels, node);
  const out = new VectorBuilder(steps, grouping.labels.length);
  const rows = new Map<string, number>();
  for (let series = 0; series < vector.labels.length; series++) {
    query.budget.check();
    const group = grouping.labels[grouping.of[series]!] as Labels;
    for (let i = 0; i < steps.count; i++) {
      const from = series * steps.count + i;
      if (vector.present[from] === 0) continue;
      const element = elementAt(vector, from);
      const labels = withLabel(group, label, typeof element === 'number' ? formatFixed(element) : formatHistogram(element));
      const key = labelsKey(labels);
      let at = rows.get(key);
      if (at === undefined) {
        query.budget.reserve(rows.size + 1, steps, rows.size);
        at = out.addRow(labels);
        rows.set(key, at);
      }
      out.values[at + i]! += 1;
      out.present[at + i] = 1;
    }
  }
  return out.finish();
}
