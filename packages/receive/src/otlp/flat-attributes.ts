/** The attributes of a resource, a scope or a log record, flattened: maps within maps become dotted names. */

import { BoundedAttributes } from './bounded-attributes.ts';

/** A map whose name is longer is kept as JSON: the name would be repeated for each of its entries. */
const LONGEST_PREFIX = 256;

/** Names and values, filled anew for each record. */
export class FlatAttributes extends BoundedAttributes {
  readonly flattens = true;

  /** Without a prototype, so that an attribute called `__proto__` is data like any other. Of equal names the last one wins. */
  toRecord(): Record<string, string> {
    const record = Object.create(null) as Record<string, string>;
    const { pairs } = this;
    for (let i = 0; i < pairs.length; i += 2) record[pairs[i] as string] = pairs[i + 1] as string;
    return record;
  }
}

/** The name of an entry of a map. */
export function joinName(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}

/** Whether the entries of a map with this name become attributes of their own. */
export function isFlattened(name: string): boolean {
  return name.length <= LONGEST_PREFIX;
}
