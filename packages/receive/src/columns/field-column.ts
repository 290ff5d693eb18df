/** A text column of a field that each thing has once: of several texts that are given for one, the last one wins. */

import { TextColumn } from './text-column.ts';

/** Set the field, or do not, and close the thing. */
export class FieldColumn {
  readonly #texts = new TextColumn();
  /** Length when the last thing was closed. */
  #closed = 0;
  #marked = 0;

  set(text: string): void {
    this.#texts.truncate(this.#closed);
    this.#texts.push(text);
  }

  /** The bytes from `from` to `to`. */
  setSlice(source: DataView, from: number, to: number): void {
    this.#texts.truncate(this.#closed);
    this.#texts.pushSlice(source, from, to);
  }

  close(): void {
    if (this.#texts.length === this.#closed) this.#texts.pushEmpty();
    this.#closed = this.#texts.length;
  }

  /** Notes the place that {@link rollback} goes back to. */
  mark(): void {
    this.#marked = this.#closed;
  }

  rollback(): void {
    this.#closed = this.#marked;
    this.#texts.truncate(this.#marked);
  }

  clear(): void {
    this.#texts.clear();
    this.#closed = 0;
  }

  view(): Uint8Array {
    return this.#texts.view();
  }
}
