/** Vector aggregations: one series of many, by groups. */

import type { Grouping, VectorAggregation } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import { groupSeries, membersOf } from '../../promql/grouping.ts';
import { type Accumulator, groupAccumulator } from './accumulators.ts';
import { failed, type MetricContext } from './context.ts';
import { emptyVector, groupLabels, pickRows, type VectorValue } from './vector.ts';

/** Aggregates a vector whose rows are ordered by labels. */
export function aggregate(node: VectorAggregation, vector: VectorValue, context: MetricContext): VectorValue {
  const { operation, grouping, parameter = 0 } = node;
  const accumulator = groupAccumulator(operation);
  if (accumulator !== undefined) return accumulate(accumulator, grouping, vector, context);
  if (operation === 'sort' || operation === 'sort_desc') return sortByValue(vector, operation === 'sort', context);
  // Loki estimates it, by a sketch that serves one instant only; here it is counted.
  if (operation === 'approx_topk' && !context.instant) throw failed('count min sketches are only supported on instant queries');
  return choose(vector, grouping, parameter, operation !== 'bottomk', context);
}

function groupsOf(labels: readonly Labels[], grouping: Grouping | undefined): { labels: readonly Labels[]; members: number[][] } {
  const { without = false, labels: names = [] } = grouping ?? {};
  const groups = groupSeries(labels, { without, grouping: [...names] });
  return { labels: without ? groups.labels : groups.labels.map(groupLabels), members: membersOf(groups) };
}

function accumulate(
  accumulator: Accumulator,
  grouping: Grouping | undefined,
  vector: VectorValue,
  { steps: { count }, budget }: MetricContext,
): VectorValue {
  const groups = groupsOf(vector.labels, grouping);
  const out = emptyVector(groups.labels, count);
  const state = new Float64Array(accumulator.width);
  for (const [group, members] of groups.members.entries()) {
    for (let i = 0; i < count; i++) {
      budget.tick();
      let any = false;
      state.fill(0);
      accumulator.start?.(state, 0);
      for (const row of members) {
        const at = row * count + i;
        if (vector.present[at] === 0) continue;
        any = true;
        accumulator.add(state, 0, vector.values[at]!, 0);
      }
      if (!any) continue;
      out.present[group * count + i] = 1;
      out.values[group * count + i] = accumulator.result(state, 0, 0);
    }
  }
  return out;
}

/** The `most` largest (or smallest) series of each group at each step, with all their labels; of equal ones the first by labels. */
function choose(
  vector: VectorValue,
  grouping: Grouping | undefined,
  most: number,
  largest: boolean,
  { steps: { count }, budget }: MetricContext,
): VectorValue {
  const { labels, values, present } = vector;
  const chosen: VectorValue = { kind: 'vector', labels, values, present: new Uint8Array(present.length) };
  for (const members of groupsOf(labels, grouping).members) {
    for (let i = 0; i < count; i++) {
      budget.tick();
      const places = members.map((row) => row * count + i).filter((at) => present[at] === 1);
      for (const at of places.sort(byValue(values, !largest)).slice(0, most)) chosen.present[at] = 1;
    }
  }
  return chosen;
}

/** Orders places by what stands there, NaN last either way. */
function byValue(values: Float64Array, ascending: boolean): (a: number, b: number) => number {
  return (a, b) => {
    const left = values[a]!;
    const right = values[b]!;
    if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return a - b;
    if (Number.isNaN(left)) return 1;
    if (Number.isNaN(right)) return -1;
    return left < right === ascending ? -1 : 1;
  };
}

/** Orders series by their value at an instant. A range has no order to show. */
function sortByValue(vector: VectorValue, ascending: boolean, { steps: { count }, instant }: MetricContext): VectorValue {
  if (!instant) return vector;
  return pickRows(vector, [...vector.labels.keys()].sort(byValue(vector.values, ascending)), count);
}
