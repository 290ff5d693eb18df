/** Attributes as names and texts in the order in which they came; bounded, whatever was sent. */

import type { AttributeSink } from '../columns/attribute-sink.ts';

/** More than these are not even collected: limits may be switched off, memory is not. */
const MOST_ATTRIBUTES = 65_536;
const MOST_UNITS = 8 << 20;

/** Names and values, filled anew for each thing that has attributes. */
export abstract class BoundedAttributes implements AttributeSink {
  abstract readonly flattens: boolean;
  /** Names as they came (of maps that were flattened joined by dots) and values, alternating. */
  readonly pairs: string[] = [];
  /** Whether there were more than can be collected. */
  tooMany = false;
  #units = 0;

  clear(): void {
    this.pairs.length = 0;
    this.tooMany = false;
    this.#units = 0;
  }

  /** Length of all names and values, in UTF-16 units. */
  get units(): number {
    return this.#units;
  }

  get count(): number {
    return this.pairs.length / 2;
  }

  /** Whether there are more than `most`, or more than `units` of them. */
  exceeds(most: number, units: number): boolean {
    return this.tooMany || this.count > most || this.units > units;
  }

  /** Adds one; `_type` is a character of ATTRIBUTE_TYPE. Gives whether there was room for it. */
  add(name: string, value: string, _type?: number): boolean {
    this.#units += name.length + value.length;
    if (this.#units > MOST_UNITS || this.pairs.length >= MOST_ATTRIBUTES * 2) this.tooMany = true;
    if (!this.tooMany) this.pairs.push(name, value);
    return !this.tooMany;
  }
}
