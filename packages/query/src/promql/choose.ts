/** Aggregations that choose among the series of a group and leave them as they are: topk, bottomk, limitk, limit_ratio. */

import { type Aggregation, formatGeneral } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import { type Evaluation, failed } from './context.ts';
import { reorder } from './functions/sorting.ts';
import { groupSeries, membersOf } from './grouping.ts';
import { outermost } from './quantile.ts';
import { prometheusHash } from './xxhash.ts';
import { HistogramRemarks } from './histogram/messages.ts';
import { floatsOnly } from './histogram/places.ts';
import type { Steps, VectorValue } from './value.ts';

/** Chooses with a parameter for each step. For instant queries topk and bottomk also order their choice. */
export function choose(full: VectorValue, given: Float64Array, node: Aggregation, evaluation: Evaluation): VectorValue {
  const { steps, query } = evaluation;
  const extremes = node.operator === 'topk' || node.operator === 'bottomk';
  const vector = extremes ? floatsOnly(full) : full;
  if (vector !== full) new HistogramRemarks(query.annotations, node).ignoredInAggregation(node.operator);
  // Checked even when there is nothing to choose from.
  const parameter = node.operator === 'limit_ratio' ? ratios(given, node, evaluation) : given.map(countOf);
  const members = membersOf(groupSeries(vector.labels, node));
  const kept = new Uint8Array(vector.labels.length * steps.count);
  const order: number[] = [];
  for (const group of members) {
    query.budget.check();
    if (extremes)
      chooseExtremes(vector, group, parameter, node.operator === 'topk' ? 1 : -1, steps, kept, order, () => query.budget.check());
    else if (node.operator === 'limitk') chooseFirst(vector, group, parameter, steps, kept);
    else chooseByHash(vector, group, parameter, steps, kept);
  }
  const chosen: VectorValue = { ...vector, present: kept };
  return reorder(chosen, extremes && steps.count === 1 ? order : rowsWithPoints(chosen, steps), steps);
}

function rowsWithPoints({ labels, present }: VectorValue, { count }: Steps): number[] {
  const rows: number[] = [];
  for (let series = 0; series < labels.length; series++) {
    if (present.subarray(series * count, (series + 1) * count).some((kind) => kind !== 0)) rows.push(series);
  }
  return rows;
}

/** A parameter as a number of series. @throws AtalayaError QUERY_FAILED as Prometheus words it. */
function countOf(parameter: number): number {
  if (Number.isNaN(parameter)) throw failed('Parameter value is NaN');
  if (parameter >= 2 ** 63) throw failed(`Scalar value ${formatGeneral(parameter)} overflows int64`);
  if (parameter <= -(2 ** 63)) throw failed(`Scalar value ${formatGeneral(parameter)} underflows int64`);
  return Math.max(0, Math.trunc(parameter));
}

function chooseExtremes(
  { values, present }: VectorValue,
  group: readonly number[],
  parameter: Float64Array,
  sign: 1 | -1,
  { count }: Steps,
  kept: Uint8Array,
  order: number[],
  check: () => void,
): void {
  // Best first; NaN after everything else; of equal ones the earlier series first.
  const best: number[] = [];
  for (let i = 0; i < count; i++) {
    check();
    const wanted = parameter[i]!;
    best.length = 0;
    const better = (a: number, b: number): boolean => {
      const left = values[a * count + i]!;
      const right = values[b * count + i]!;
      return left * sign > right * sign || (right !== right && left === left);
    };
    if (wanted >= group.length) {
      for (const series of group) if (present[series * count + i] === 1) best.push(series);
      best.sort((a, b) => (better(a, b) ? -1 : better(b, a) ? 1 : a - b));
    } else if (wanted > 0) {
      for (const series of group) {
        if (present[series * count + i] !== 1) continue;
        if (best.length === wanted && !better(series, best[wanted - 1]!)) continue;
        if (best.length === wanted) best.pop();
        let place = best.length;
        while (place > 0 && better(series, best[place - 1]!)) place--;
        best.splice(place, 0, series);
      }
    }
    for (const series of best) kept[series * count + i] = 1;
    if (count === 1) order.push(...best);
  }
}

function chooseFirst(
  { present }: VectorValue,
  group: readonly number[],
  parameter: Float64Array,
  { count }: Steps,
  kept: Uint8Array,
): void {
  for (let i = 0; i < count; i++) {
    let left = parameter[i]!;
    for (const series of group) {
      if (left === 0) break;
      if (present[series * count + i] === 0) continue;
      kept[series * count + i] = present[series * count + i]!;
      left--;
    }
  }
}

/** Ratios held between -1 and 1, with a warning where they were not. @throws AtalayaError QUERY_FAILED for NaN. */
function ratios(parameter: Float64Array, node: Aggregation, { query }: Evaluation): Float64Array {
  for (const ratio of outermost(parameter, -1, 1)) {
    if (Number.isNaN(ratio)) throw failed('Ratio value is NaN');
    const reason = `ratio value should be between -1 and 1, got ${formatGeneral(ratio)}, capping to ${Math.sign(ratio)}`;
    query.annotations.warn(reason, node.parameter ?? node);
  }
  return parameter.map((ratio) => Math.min(1, Math.max(-1, ratio)));
}

/** A ratio keeps the series whose hash, as Prometheus computes it, lies below it; a negative one keeps those that its complement leaves out. */
function chooseByHash(
  { labels, present }: VectorValue,
  group: readonly number[],
  parameter: Float64Array,
  { count }: Steps,
  kept: Uint8Array,
): void {
  for (const series of group) {
    const place = Number(prometheusHash(labels[series] as Labels)) / 2 ** 64;
    for (let i = 0; i < count; i++) {
      if (present[series * count + i] === 0) continue;
      const ratio = parameter[i]!;
      if (ratio >= 0 ? place < ratio : place >= 1 + ratio) kept[series * count + i] = present[series * count + i]!;
    }
  }
}
