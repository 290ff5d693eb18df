/** Aggregations over vectors that hold histograms: sum and avg of them; others count them or leave them out. */

import type { Aggregation } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import type { Evaluation } from '../context.ts';
import { FLOAT, HISTOGRAM, type HistogramPlaces, type VectorValue } from '../value.ts';
import { HistogramRemarks } from './messages.ts';
import { floatsOnly, presenceOnly } from './places.ts';
import { HistogramSum } from './sum.ts';
import { closeCompact } from './working.ts';

/** Aggregations that take no notice of what they count. */
const COUNTING = new Set(['count', 'group']);
const SUMMING = new Set(['sum', 'avg']);

/** The vector as the loops over numbers want it. It is told when histograms are left out. */
export function aggregatedFloats(vector: VectorValue, node: Aggregation, { query, steps }: Evaluation): VectorValue {
  if (vector.histograms === undefined) return vector;
  if (COUNTING.has(node.operator)) return presenceOnly(vector);
  const { present, labels } = vector;
  const used = present.subarray(0, labels.length * steps.count);
  if (!SUMMING.has(node.operator) && used.includes(HISTOGRAM)) {
    new HistogramRemarks(query.annotations, node.expression).ignoredInAggregation(node.operator);
  }
  return floatsOnly(vector);
}

/** A group of series at one step. */
interface GroupState {
  sum: HistogramSum | undefined;
  hasFloat: boolean;
  hasHistogram: boolean;
  incompatible: boolean;
}

/**
 * Puts the sums (or means) of histograms to those of floats. Where a group has both at a step nothing remains, nor where its
 * histograms do not fit together.
 *
 * @param floats the same aggregation of the floats
 * @param members the series of each group, in order
 */
export function addHistogramSums(
  floats: VectorValue,
  vector: VectorValue,
  members: readonly (readonly number[])[],
  node: Aggregation,
  { query, steps }: Evaluation,
): VectorValue {
  if (vector.histograms === undefined || !SUMMING.has(node.operator)) return floats;
  const { count } = steps;
  const remarks = new HistogramRemarks(query.annotations, node.expression);
  const present = floats.present.slice();
  const histograms: HistogramPlaces = [];
  for (const [group, series] of members.entries()) {
    query.budget.check();
    for (let i = 0; i < count; i++) {
      const state = sumOf(vector, series, i, count, node.operator === 'avg', remarks);
      if (!state.hasHistogram) continue;
      const at = group * count + i;
      present[at] = 0;
      if (state.hasFloat) remarks.mixedInAggregation();
      else if (!state.incompatible && state.sum !== undefined) {
        histograms[at] = closeCompact(state.sum.finish());
        present[at] = HISTOGRAM;
      }
      if (!state.hasFloat && !state.incompatible && state.sum?.seen.resetsConflict === true) remarks.resetsConflict('aggregation');
    }
  }
  return { ...floats, present, histograms };
}

function sumOf(
  { labels, present, histograms }: VectorValue,
  members: readonly number[],
  step: number,
  count: number,
  mean: boolean,
  remarks: HistogramRemarks,
): GroupState {
  const state: GroupState = { sum: undefined, hasFloat: false, hasHistogram: false, incompatible: false };
  for (const series of members) {
    const at = series * count + step;
    if (present[at] === FLOAT) state.hasFloat = true;
    if (present[at] !== HISTOGRAM) continue;
    const histogram = histograms![at]!;
    // After a float nothing is summed any more: the group is lost anyway.
    if (!state.hasHistogram && !state.hasFloat) state.sum = new HistogramSum(histogram, mean);
    else if (state.sum !== undefined && !state.sum.add(histogram)) {
      remarks.mixedSchemas(labels[series] as Labels);
      state.hasHistogram = true;
      state.incompatible = true;
      return state;
    }
    state.hasHistogram = true;
  }
  if (state.sum?.seen.boundsReconciled === true) remarks.boundsReconciled('aggregation');
  return state;
}
