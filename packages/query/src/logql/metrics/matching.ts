/** Binary operators between two vectors: which series find each other, and what labels their results have. */

import type { LogqlBinary } from '@atalaya/lang';
import { type Labels, labelValue } from '@atalaya/model';
import { dropLabels, keepLabels, labelsKey, valuesKey, withLabel } from '../../promql/series.ts';
import { isComparison, numberOperation, type NumberOperator } from './arithmetic.ts';
import { failed, type MetricContext } from './context.ts';
import type { VectorValue } from './vector.ts';
import { VectorBuilder } from './vector-builder.ts';

type Matching = NonNullable<LogqlBinary['matching']>;

const ALL_LABELS: Matching = { cardinality: 'one-to-one', on: false, labels: [], include: [] };

/** The function that gives the text which series have in common that belong together. */
export function signatureOf(matching: Matching | undefined): (labels: Labels) => string {
  const { on, labels } = matching ?? ALL_LABELS;
  if (on) {
    const ordered = [...labels].sort();
    return (set) => valuesKey(set, ordered);
  }
  const ignored = new Set(labels);
  return (set) => labelsKey(dropLabels(set, ignored));
}

/** Computes an arithmetic operator or a comparison. Whether partners are unique is asked at each step, of the series that are there. */
export function matchVectors(
  left: VectorValue,
  right: VectorValue,
  { operator, returnBool, matching = ALL_LABELS }: Pick<LogqlBinary, 'returnBool' | 'matching'> & { readonly operator: NumberOperator },
  { budget, steps: { count } }: MetricContext,
): VectorValue {
  const swapped = matching.cardinality === 'one-to-many';
  // `one` is the side on which a signature must be unique.
  const many = swapped ? right : left;
  const one = swapped ? left : right;
  const signature = signatureOf(matching);
  const partners = rowsBySignature(one, signature);
  const operation = numberOperation(operator);
  const filters = isComparison(operator) && !returnBool;
  const resultLabels = resultLabelsOf(matching);

  for (const candidates of partners.values()) {
    budget.tick();
    if (candidates.length > 1) checkUnique(candidates, one, count, swapped ? 'left' : 'right');
  }
  const out = new VectorBuilder(count, budget);
  const labels: Labels[] = [];
  const rows = new Map<string, number>();
  const rowOf = (set: Labels): number => {
    const key = labelsKey(set);
    let row = rows.get(key);
    if (row === undefined) {
      row = labels.push(set) - 1;
      rows.set(key, row);
      out.reserve(labels.length);
    }
    return row;
  };
  for (const [key, seekers] of rowsBySignature(many, signature)) {
    const candidates = partners.get(key);
    if (candidates === undefined) continue;
    /** Where a partner was found: a second seeker there is an error, even when the comparison let neither through. */
    const taken = matching.cardinality === 'one-to-one' ? new Uint8Array(count) : undefined;
    const claimed = new Map<number, Uint8Array>();
    for (const candidate of candidates) {
      for (const seeker of seekers) {
        let at = -1;
        let claims: Uint8Array | undefined;
        for (let i = 0; i < count; i++) {
          budget.tick();
          if (many.present[seeker * count + i] === 0 || one.present[candidate * count + i] === 0) continue;
          if (at < 0) {
            at = rowOf(resultLabels(many.labels[seeker]!, one.labels[candidate]!));
            claims = claimed.get(at);
            if (claims === undefined) claimed.set(at, (claims = new Uint8Array(count)));
          }
          if (taken !== undefined && taken[i]!++ > 0) throw failed(ONE_TO_ONE);
          if (taken === undefined && claims![i]!++ > 0) throw failed(NOT_UNIQUE);
          const manyValue = many.values[seeker * count + i]!;
          const oneValue = one.values[candidate * count + i]!;
          const leftValue = swapped ? oneValue : manyValue;
          const result = operation(leftValue, swapped ? manyValue : oneValue);
          // A filter passes the value on the left.
          if (!filters) out.put(at, i, result);
          else if (result === 1) out.put(at, i, leftValue);
        }
      }
    }
  }
  return out.finish(labels);
}

const ONE_TO_ONE = 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)';
const NOT_UNIQUE = 'multiple matches for labels: grouping labels must ensure unique matches';

function rowsBySignature({ labels }: VectorValue, signature: (labels: Labels) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [row, set] of labels.entries()) {
    const key = signature(set);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function checkUnique(rows: readonly number[], { present }: VectorValue, count: number, side: 'left' | 'right'): void {
  for (let i = 0; i < count; i++) {
    let found = 0;
    for (const row of rows) found += present[row * count + i]!;
    if (found < 2) continue;
    throw failed(
      `found duplicate series on the ${side} hand-side;many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }
}

/** How the labels of a result follow from those of its two sides. */
function resultLabelsOf({ cardinality, on, labels, include }: Matching): (many: Labels, one: Labels) => Labels {
  const names = new Set(labels);
  if (cardinality === 'one-to-one') return on ? (many) => keepLabels(many, names) : (many) => dropLabels(many, names);
  return (many, one) => {
    let result = many;
    for (const name of include) result = withLabel(result, name, labelValue(one, name));
    return result;
  };
}
