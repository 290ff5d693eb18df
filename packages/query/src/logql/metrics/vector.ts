/** Values of metric expressions while they are evaluated: all steps at once, as columns. */

import { compareLabels, type Labels } from '@atalaya/model';

/** A number that is the same at every step. */
export interface NumberValue {
  readonly kind: 'number';
  readonly value: number;
}

/**
 * A vector for every step. Series `s` has its value of step `i` at `s * count + i` of `values`, which means something only where
 * `present` holds 1 (a present value may be NaN).
 */
export interface VectorValue {
  readonly kind: 'vector';
  readonly labels: readonly Labels[];
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

export type MetricValue = NumberValue | VectorValue;

/** A vector of that many series in which nothing is present yet. */
export function emptyVector(labels: readonly Labels[], count: number): VectorValue {
  const size = labels.length * count;
  return { kind: 'vector', labels, values: new Float64Array(size), present: new Uint8Array(size) };
}

/** A value and its mark. */
export const POINT_BYTES = 9;
/** About what a series' label set and its place in a list take. */
export const SERIES_BYTES = 256;

/** Bytes that a value keeps alive. */
export function bytesOf(value: MetricValue): number {
  return value.kind === 'number' ? 0 : value.values.length * POINT_BYTES + value.labels.length * SERIES_BYTES;
}

/** The same series in another order, or only some of them. */
export function pickRows({ labels, values, present }: VectorValue, rows: readonly number[], count: number): VectorValue {
  const picked = emptyVector(
    rows.map((row) => labels[row]!),
    count,
  );
  for (const [to, from] of rows.entries()) {
    picked.values.set(values.subarray(from * count, (from + 1) * count), to * count);
    picked.present.set(present.subarray(from * count, (from + 1) * count), to * count);
  }
  return picked;
}

/** Rows in the order of their labels: however they were found, what is computed of them is the same to the last bit. */
export function sortedByLabels(vector: VectorValue, count: number): VectorValue {
  const { labels } = vector;
  const rows = [...labels.keys()].sort((a, b) => compareLabels(labels[a]!, labels[b]!));
  return rows.every((row, place) => row === place) ? vector : pickRows(vector, rows, count);
}

/** A group's labels. Lines may have labels without a value; in a group that is as good as none. */
export function groupLabels(labels: Labels): Labels {
  if (!labels.includes('')) return labels;
  const kept: string[] = [];
  for (let i = 0; i < labels.length; i += 2) if (labels[i + 1] !== '') kept.push(labels[i]!, labels[i + 1]!);
  return kept;
}
