/** Attributes of many things, one after the other, as columns. */

import type { AttributeColumns } from '@atalaya/journal';
import type { AttributeSink } from '../columns/attribute-sink.ts';
import { OctetColumn, WordColumn } from '../columns/number-columns.ts';
import { TextColumn } from '../columns/text-column.ts';

/** Push to `names`, `types` and `values` for each attribute, and close the thing that has them. */
export class AttributeColumn implements AttributeSink {
  readonly flattens = false;
  /** Characters of ATTRIBUTE_TYPE. */
  readonly types = new OctetColumn();
  readonly names = new TextColumn();
  readonly values = new TextColumn();
  readonly #counts = new WordColumn();
  /** Attributes that a thing may have, and bytes of them. */
  most = Infinity;
  mostBytes = Infinity;
  /** Whether a thing since {@link mark} has more. */
  exceeded = false;
  /** Lengths when the last thing was closed. */
  #count = 0;
  #bytes = 0;
  /** Lengths when {@link mark} was called. */
  #marked = { things: 0, count: 0, names: 0, values: 0 };

  /** Adds one of texts; `type` is a character of ATTRIBUTE_TYPE. */
  add(name: string, value: string, type: number): void {
    this.names.push(name);
    this.types.push(type);
    this.values.push(value);
  }

  /** What was added since the last thing was closed is the next thing's. */
  close(): void {
    const count = this.types.length - this.#count;
    const bytes = this.names.length + this.values.length - this.#bytes;
    this.#counts.push(count);
    this.#count += count;
    this.#bytes += bytes;
    // Names and values have at least one byte of length each.
    if (count > this.most || bytes - 2 * count > this.mostBytes) this.exceeded = true;
  }

  /** Bytes of names and values since {@link mark}. */
  get bytesSinceMark(): number {
    return this.names.length + this.values.length - this.#marked.names - this.#marked.values;
  }

  /** Notes the place that {@link rollback} goes back to. */
  mark(): void {
    const marked = this.#marked;
    this.exceeded = false;
    marked.things = this.#counts.length;
    marked.count = this.types.length;
    marked.names = this.names.length;
    marked.values = this.values.length;
  }

  rollback(): void {
    const { things, count, names, values } = this.#marked;
    this.#counts.truncate(things);
    this.types.truncate(count);
    this.names.truncate(names);
    this.values.truncate(values);
    this.#count = count;
    this.#bytes = names + values;
  }

  clear(): void {
    for (const column of [this.types, this.names, this.values, this.#counts]) column.clear();
    this.#count = 0;
    this.#bytes = 0;
  }

  view(): AttributeColumns {
    return { counts: this.#counts.view(), types: this.types.view(), names: this.names.view(), values: this.values.view() };
  }
}
