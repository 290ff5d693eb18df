/** A vector that grows row by row while its points are found. */

import type { Labels } from '@atalaya/model';
import type { LogqlBudget } from '../limits.ts';
import { POINT_BYTES, SERIES_BYTES, type VectorValue } from './vector.ts';

/** Collects points by row and step. */
export class VectorBuilder {
  readonly #count: number;
  readonly #budget: LogqlBudget;
  #values = new Float64Array(0);
  #present = new Uint8Array(0);

  /** @param count steps */
  constructor(count: number, budget: LogqlBudget) {
    this.#count = count;
    this.#budget = budget;
  }

  /** Makes room for that many rows. @throws AtalayaError QUERY_LIMIT. */
  reserve(rows: number): void {
    const needed = rows * this.#count;
    const { length } = this.#values;
    if (needed <= length) return;
    const size = Math.max(needed, length * 2);
    this.#budget.hold((size - length) * POINT_BYTES + SERIES_BYTES);
    const values = new Float64Array(size);
    values.set(this.#values);
    this.#values = values;
    const present = new Uint8Array(size);
    present.set(this.#present);
    this.#present = present;
  }

  /** Puts a point into a row for which there is room. */
  put(row: number, step: number, value: number): void {
    this.#values[row * this.#count + step] = value;
    this.#present[row * this.#count + step] = 1;
  }

  /** The vector of all rows; they are as many as there are label sets. */
  finish(labels: readonly Labels[]): VectorValue {
    this.reserve(labels.length);
    const size = labels.length * this.#count;
    return { kind: 'vector', labels, values: this.#values.subarray(0, size), present: this.#present.subarray(0, size) };
  }
}
