/** Instant vectors row by row: what is consumed at once, as aggregations do, never exists as a whole. */

import type { Labels } from '@atalaya/model';
import type { Evaluation } from './context.ts';
import { VectorBuilder, type VectorValue } from './value.ts';

/** An instant vector whose rows are computed when they are asked for, one series after the other. */
export interface VectorRows {
  /** By row; the array is the same one from query to query where the same series were read. */
  readonly labels: readonly Labels[];
  /** Computes a row into the arrays from `at` on, where `present` holds zeros, as in a {@link VectorValue}. */
  readonly compute: (row: number, values: Float64Array, present: Uint8Array, at: number) => void;
  /** To be called after all rows, where any of them has a value. */
  readonly done?: () => void;
}

/** Computes all rows. Those without any value are left out. */
export function allRows({ labels, compute }: VectorRows, { query, steps }: Evaluation): VectorValue {
  query.budget.reserve(labels.length, steps);
  const out = new VectorBuilder(steps, labels.length);
  for (let row = 0; row < labels.length; row++) {
    query.budget.check();
    const at = out.addRow(labels[row] as Labels);
    compute(row, out.values, out.present, at);
    out.dropRowIfEmpty();
  }
  return out.finish();
}
