/** Counts of windows: each line adds to all windows that hold it with two writes, however many there are. */

import type { Labels } from '@atalaya/model';
import type { LogqlBudget } from '../limits.ts';
import { emptyVector, SERIES_BYTES, type VectorValue } from './vector.ts';

/** Counts lines, and what they weigh, by series and window. Whole numbers below 2^53 stay exact. */
export class WindowCounts {
  readonly #count: number;
  readonly #budget: LogqlBudget;
  /** Differences from one window to the next: row `s` is at `s * (count + 1)`. */
  #lines = new Float64Array(0);
  #weights = new Float64Array(0);

  /** @param count windows */
  constructor(count: number, budget: LogqlBudget) {
    this.#count = count;
    this.#budget = budget;
  }

  /** Adds to the windows from `first` to `last`, inclusive, of a row. */
  add(row: number, first: number, last: number, lines: number, weight: number): void {
    const width = this.#count + 1;
    const at = row * width;
    this.#reserve(row + 1);
    this.#lines[at + first]! += lines;
    this.#lines[at + last + 1]! -= lines;
    this.#weights[at + first]! += weight;
    this.#weights[at + last + 1]! -= weight;
  }

  #reserve(rows: number): void {
    const needed = rows * (this.#count + 1);
    if (needed <= this.#lines.length) return;
    const size = Math.max(needed, this.#lines.length * 2, 64);
    this.#budget.hold((size - this.#lines.length) * 16 + SERIES_BYTES);
    const lines = new Float64Array(size);
    lines.set(this.#lines);
    this.#lines = lines;
    const weights = new Float64Array(size);
    weights.set(this.#weights);
    this.#weights = weights;
  }

  /** What each row weighs at each window that has lines, divided by `divisor`. */
  finish(labels: readonly Labels[], divisor: number): VectorValue {
    const count = this.#count;
    this.#reserve(labels.length);
    const vector = emptyVector(labels, count);
    for (let row = 0; row < labels.length; row++) {
      let lines = 0;
      let weight = 0;
      const from = row * (count + 1);
      for (let i = 0; i < count; i++) {
        lines += this.#lines[from + i]!;
        weight += this.#weights[from + i]!;
        if (lines === 0) continue;
        vector.present[row * count + i] = 1;
        vector.values[row * count + i] = weight / divisor;
      }
    }
    return vector;
  }
}
