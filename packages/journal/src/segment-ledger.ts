/** Which segments the journal holds, how large they are and how much of them the store has not released yet. */

import type { JournalPosition } from './journal.ts';

export class SegmentLedger {
  /** Sizes in bytes by number, ascending. */
  readonly #sizes: Map<number, number>;
  #total = 0;
  #released: JournalPosition = { segment: 0, offset: 0 };

  constructor(sizes: ReadonlyMap<number, number>) {
    this.#sizes = new Map(sizes);
    for (const size of sizes.values()) this.#total += size;
  }

  /** Segments that are not released as a whole. */
  get segments(): number {
    return this.#sizes.size;
  }

  /** Bytes behind the released position. */
  get bytes(): number {
    return this.#total - Math.min(this.#released.offset, this.#sizes.get(this.#released.segment) ?? 0);
  }

  set(segment: number, size: number): void {
    this.#total += size - (this.#sizes.get(segment) ?? 0);
    this.#sizes.set(segment, size);
  }

  /** Forgets the segments that lie before `position` as a whole and gives their numbers, ascending. */
  release(position: JournalPosition): number[] {
    const whole = [...this.#sizes.keys()].filter((segment) => segment < position.segment);
    for (const segment of whole) {
      this.set(segment, 0);
      this.#sizes.delete(segment);
    }
    this.#released = position;
    return whole;
  }
}
