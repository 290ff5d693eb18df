/** Set operators: and, or, unless. A series takes part at each step by whether a partner is present there. */

import type { BinaryExpression } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import type { Evaluation } from './context.ts';
import { bySignature, DEFAULT_MATCHING, signatureOf } from './matching.ts';
import { joinEqualSeries } from './series.ts';
import { type Steps, VectorBuilder, type VectorValue } from './value.ts';

/** At which steps any of the series is present. */
function presenceOf(vector: VectorValue, series: readonly number[], { count }: Steps): Uint8Array {
  const mask = new Uint8Array(count);
  for (const index of series) for (let i = 0; i < count; i++) if (vector.present[index * count + i] !== 0) mask[i] = 1;
  return mask;
}

/** Computes a set operator. @throws AtalayaError QUERY_FAILED when `or` gives two equal series at one step. */
export function combineSets(left: VectorValue, right: VectorValue, node: BinaryExpression, { steps, query }: Evaluation): VectorValue {
  const { count } = steps;
  const signature = signatureOf(node.matching ?? DEFAULT_MATCHING);
  const out = new VectorBuilder(steps, left.labels.length);

  // Equal label sets of the two sides may be one object, so marks for the removal of names are kept row by row.
  const marks: number[] = [];
  const finish = (): VectorValue => {
    const result = out.finish();
    return left.dropsName === undefined && right.dropsName === undefined ? result : { ...result, dropsName: Uint8Array.from(marks) };
  };

  /** Copies what is present in a row where the mask is `wanted`; everything without a mask. */
  const copy = (from: VectorValue, series: number, mask: Uint8Array | undefined, wanted: number): void => {
    query.budget.check();
    const at = out.addRow(from.labels[series] as Labels);
    for (let i = 0; i < count; i++) if (mask === undefined || mask[i] === wanted) out.copy(at + i, from, series * count + i);
    out.dropRowIfEmpty();
    if (out.labels.length > marks.length) marks.push(from.dropsName?.[series] ?? 0);
  };

  const partnersOf = (other: VectorValue): ((labels: Labels) => Uint8Array | undefined) => {
    const masks = new Map<string, Uint8Array>();
    for (const [key, series] of bySignature(other.labels, signature)) masks.set(key, presenceOf(other, series, steps));
    return (labels) => masks.get(signature(labels));
  };

  if (node.operator === 'or') {
    const partners = partnersOf(left);
    for (const series of left.labels.keys()) copy(left, series, undefined, 0);
    for (const [series, labels] of right.labels.entries()) copy(right, series, partners(labels), 0);
    return joinEqualSeries(finish(), steps);
  }
  const partners = partnersOf(right);
  for (const [series, labels] of left.labels.entries()) {
    const mask = partners(labels);
    if (node.operator === 'unless') copy(left, series, mask, 0);
    else if (mask !== undefined) copy(left, series, mask, 1);
  }
  return finish();
}
