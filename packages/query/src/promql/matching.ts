/** Binary operators between two vectors: series find their partners once, then all steps are computed. */

import type { BinaryExpression, VectorMatching } from '@atalaya/lang';
import { type Labels, labelValue, METRIC_NAME } from '@atalaya/model';
import { isArithmetic, isComparison, operationOf } from './arithmetic.ts';
import { type Evaluation, failed } from './context.ts';
import { reorder } from './functions/sorting.ts';
import { METRIC_LABELS } from './names.ts';
import { dropLabels, keepLabels, labelsKey, showLabels, valuesKey, withLabel } from './series.ts';
import { type Steps, VectorBuilder, type VectorValue } from './value.ts';
import { combineElements, elementAt } from './histogram/operators.ts';

/** Matching on all labels but the name. */
export const DEFAULT_MATCHING: VectorMatching = {
  cardinality: 'one-to-one',
  on: false,
  labels: [],
  include: [],
  fill: { left: undefined, right: undefined },
};

/** The function that gives the text two partners have in common. */
export function signatureOf({ on, labels }: VectorMatching): (set: Labels) => string {
  if (on) {
    const ordered = [...labels].sort();
    return (set) => valuesKey(set, ordered);
  }
  const ignored = new Set([...labels, ...METRIC_LABELS]);
  return (set) => labelsKey(dropLabels(set, ignored));
}

/** Series by signature, in order. */
export function bySignature(labels: readonly Labels[], signature: (set: Labels) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [series, set] of labels.entries()) {
    const key = signature(set);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [series]);
    else group.push(series);
  }
  return groups;
}

/** Computes an arithmetic operator or a comparison between two vectors. */
export function matchVectors(left: VectorValue, right: VectorValue, node: BinaryExpression, evaluation: Evaluation): VectorValue {
  const matching = node.matching ?? DEFAULT_MATCHING;
  const operation = operationOf(node.operator);
  // Operators of histograms, and those that numbers do not have, are computed element by element.
  const byElement = operation === undefined || left.histograms !== undefined || right.histograms !== undefined;
  const { steps, query } = evaluation;
  const { count } = steps;
  const swapped = matching.cardinality === 'one-to-many';
  // From here on the left hand side of the operator may be `one`: `many` is the side whose series may share a partner.
  const many = swapped ? right : left;
  const one = swapped ? left : right;
  const fillMany = swapped ? matching.fill.right : matching.fill.left;
  const fillOne = swapped ? matching.fill.left : matching.fill.right;
  const grouped = matching.cardinality !== 'one-to-one';
  const signature = signatureOf(matching);
  const partners = bySignature(one.labels, signature);
  const seekers = bySignature(many.labels, signature);
  const filter = isComparison(node.operator) && !node.returnBool;
  const resultLabels = resultLabelsOf(node, matching, query.delaysNameRemoval);

  const out = new VectorBuilder(steps, many.labels.length);
  const rows = new Map<string, number>();
  const rowOf = (labels: Labels): number => {
    const key = labelsKey(labels);
    let at = rows.get(key);
    if (at === undefined) {
      query.budget.reserve(rows.size + 1, steps, rows.size);
      at = out.addRow(labels);
      rows.set(key, at);
    }
    return at;
  };
  /** Results by pair, so that labels are made once for each. */
  const pairRows = new Map<number, number>();
  const pairRow = (manySeries: number, oneSeries: number): number => {
    const pair = (manySeries + 1) * (one.labels.length + 1) + oneSeries + 1;
    let at = pairRows.get(pair);
    if (at === undefined) {
      const manyLabels = many.labels[manySeries] ?? projected(one.labels[oneSeries] as Labels, matching);
      const oneLabels = one.labels[oneSeries] ?? projected(many.labels[manySeries] as Labels, matching);
      at = rowOf(resultLabels(manyLabels, oneLabels));
      pairRows.set(pair, at);
    }
    return at;
  };
  /** Filtered results are not present, but a second one with the same labels is an error all the same. */
  const filtered = new Map<number, Uint8Array>();
  function claimed(at: number, step: number): boolean {
    if (!filter) return true;
    let row = filtered.get(at);
    if (row === undefined) filtered.set(at, (row = new Uint8Array(count)));
    return row[step]!++ === 0;
  }

  function putElement(manySeries: number, oneSeries: number, step: number): void {
    const manyElement = manySeries < 0 ? fillMany! : elementAt(many, manySeries * count + step);
    const oneElement = oneSeries < 0 ? fillOne! : elementAt(one, oneSeries * count + step);
    const [leftElement, rightElement] = swapped ? [oneElement, manyElement] : [manyElement, oneElement];
    const outcome = combineElements(node.operator, leftElement, rightElement, query.annotations, node);
    if (outcome === undefined) return;
    const at = pairRow(manySeries, oneSeries);
    if (out.present[at + step] !== 0 || !claimed(at, step)) throw ambiguous();
    if (filter && !outcome.kept) return;
    out.put(at + step, node.returnBool ? Number(outcome.kept) : outcome.result);
  }

  function put(manySeries: number, oneSeries: number, step: number): void {
    if (byElement) return putElement(manySeries, oneSeries, step);
    const manyValue = manySeries < 0 ? fillMany! : many.values[manySeries * count + step]!;
    const oneValue = oneSeries < 0 ? fillOne! : one.values[oneSeries * count + step]!;
    const leftValue = swapped ? oneValue : manyValue;
    const result = operation(leftValue, swapped ? manyValue : oneValue);
    const at = pairRow(manySeries, oneSeries);
    if (out.present[at + step] === 1 || !claimed(at, step)) throw ambiguous();
    if (filter && result === 0) return;
    out.present[at + step] = 1;
    // A filter passes the value on the left; with group_right that is the "one" side's, as in Prometheus.
    out.values[at + step] = filter ? leftValue : result;
  }

  /** The usual case: one series on either side, so that nothing can be ambiguous. */
  function pairUp(manySeries: number, oneSeries: number): void {
    let at = -1;
    for (let i = 0; i < count; i++) {
      const manyAt = manySeries * count + i;
      const oneAt = oneSeries * count + i;
      if (many.present[manyAt] !== 1 || one.present[oneAt] !== 1) continue;
      const leftValue = left.values[swapped ? oneAt : manyAt]!;
      const result = operation!(leftValue, right.values[swapped ? manyAt : oneAt]!);
      if (filter && result === 0) continue;
      if (at < 0) at = pairRow(manySeries, oneSeries);
      if (out.present[at + i] === 1) throw failed('vector cannot contain metrics with the same labelset');
      out.present[at + i] = 1;
      out.values[at + i] = filter ? leftValue : result;
    }
  }

  function ambiguous(): Error {
    return failed(
      grouped
        ? 'multiple matches for labels: grouping labels must ensure unique matches'
        : 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
    );
  }

  /** Whether anything is there to look for partners: where one side is empty and nothing is filled in, Prometheus does not look at the other. */
  function isAsked(step: number): boolean {
    if (fillMany !== undefined || fillOne !== undefined) return true;
    for (let series = 0; series < many.labels.length; series++) if (many.present[series * count + step] !== 0) return true;
    return false;
  }

  function partnerAt(candidates: readonly number[], step: number): number {
    let found = -1;
    for (const series of candidates) {
      if (one.present[series * count + step] === 0) continue;
      if (found >= 0 && isAsked(step))
        throw duplicatePartners(one.labels[found] as Labels, one.labels[series] as Labels, matching, swapped ? 'left' : 'right');
      found = series;
    }
    return found;
  }

  for (const [key, candidates] of partners) {
    query.budget.check();
    const seeking = seekers.get(key) ?? [];
    if (seeking.length === 0 && candidates.length === 1 && fillMany === undefined) continue;
    if (!byElement && seeking.length === 1 && candidates.length === 1 && fillMany === undefined && fillOne === undefined) {
      pairUp(seeking[0]!, candidates[0]!);
      continue;
    }
    // Where a match was found, result or not: one partner more is an error even when a comparison filters.
    const taken = !grouped && seeking.length > 1 ? new Uint8Array(count) : undefined;
    for (let i = 0; i < count; i++) {
      const partner = partnerAt(candidates, i);
      let any = false;
      for (const series of seeking) {
        if (many.present[series * count + i] === 0) continue;
        any = true;
        if (partner < 0 && fillOne === undefined) continue;
        if (taken !== undefined) {
          if (taken[i] === 1) {
            throw failed('multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)');
          }
          taken[i] = 1;
        }
        put(series, partner, i);
      }
      if (!any && partner >= 0 && fillMany !== undefined) put(-1, partner, i);
    }
  }
  if (fillOne !== undefined) {
    for (const [key, seeking] of seekers) {
      if (partners.has(key)) continue;
      for (let i = 0; i < count; i++) {
        const asking = seeking.filter((series) => many.present[series * count + i] !== 0);
        if (!grouped && asking.length > 1) throw ambiguous();
        for (const series of asking) put(series, -1, i);
      }
    }
  }
  const result = withoutEmptyRows(out.finish(), steps);
  return query.delaysNameRemoval && node.returnBool ? { ...result, dropsName: new Uint8Array(result.labels.length).fill(1) } : result;
}

/** Rows are made for pairs whose results may all be filtered away. */
function withoutEmptyRows(vector: VectorValue, steps: Steps): VectorValue {
  const { labels, present } = vector;
  const { count } = steps;
  const kept = [...labels.keys()].filter((row) => present.subarray(row * count, (row + 1) * count).some((kind) => kind !== 0));
  return kept.length === labels.length ? vector : reorder(vector, kept, steps);
}

function projected(labels: Labels, { on, labels: names }: VectorMatching): Labels {
  return on ? keepLabels(labels, new Set(names)) : dropLabels(labels, new Set([...names, METRIC_NAME]));
}

function duplicatePartners(first: Labels, second: Labels, matching: VectorMatching, side: 'left' | 'right'): Error {
  const group = showLabels(projected(first, matching));
  return failed(
    `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: [${showLabels(first)}, ${showLabels(second)}];many-to-many matching not allowed: matching labels must be unique on one side`,
  );
}

/** How the labels of a result follow from those of its two sides. */
function resultLabelsOf(
  node: BinaryExpression,
  matching: VectorMatching,
  delaysNameRemoval: boolean,
): (many: Labels, one: Labels) => Labels {
  // An operator's result is named by no metric; a comparison's mark waits for the query's end where that is wanted.
  const dropped = new Set(isArithmetic(node.operator) || (node.returnBool && !delaysNameRemoval) ? METRIC_LABELS : []);
  const { cardinality, on, labels, include } = matching;
  if (cardinality === 'one-to-one') {
    if (on) {
      const kept = new Set(labels.filter((label) => !dropped.has(label)));
      return (many) => keepLabels(many, kept);
    }
    for (const label of labels) dropped.add(label);
    return (many) => dropLabels(many, dropped);
  }
  return (many, one) => {
    let result = dropLabels(many, dropped);
    for (const name of include) result = withLabel(result, name, labelValue(one, name));
    return result;
  };
}
