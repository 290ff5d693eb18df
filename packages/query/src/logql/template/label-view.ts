/** A line's labels as the map that templates see. A label that is not there is an empty text, as in Go's map of texts. */

import type { Line } from '../line.ts';

/** The labels as they were. */
export class LabelSnapshot extends Map<string, string> {
  override get(name: string): string {
    return super.get(name) ?? '';
  }
}

/** The labels as they are when they are asked for, without copying them. */
export class LabelView extends Map<string, string> {
  readonly #line: Line;

  constructor(line: Line) {
    super();
    this.#line = line;
  }

  override get(name: string): string {
    return this.#line.get(name) ?? '';
  }

  override has(name: string): boolean {
    return this.#line.get(name) !== undefined;
  }

  override get size(): number {
    return this.#line.all().length / 2;
  }

  override *entries(): MapIterator<[string, string]> {
    const labels = this.#line.all();
    for (let i = 0; i < labels.length; i += 2) yield [labels[i] as string, labels[i + 1] as string];
  }

  override *keys(): MapIterator<string> {
    for (const [name] of this.entries()) yield name;
  }

  override *values(): MapIterator<string> {
    for (const [, value] of this.entries()) yield value;
  }

  override [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}
