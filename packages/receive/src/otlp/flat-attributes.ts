/** The attributes of a resource, a scope or a log record, flattened: maps within maps become dotted names. */

/** More than these are not even collected: limits may be switched off, memory is not. */
const MOST_ATTRIBUTES = 65_536;
const MOST_UNITS = 8 << 20;
/** A map whose name is longer is kept as JSON: the name would be repeated for each of its entries. */
const LONGEST_PREFIX = 256;

/** Names and values, filled anew for each record. */
export class FlatAttributes {
  /** Names as they came (of maps joined by dots) and values, alternating. */
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

  add(name: string, value: string): void {
    this.#units += name.length + value.length;
    if (this.#units > MOST_UNITS || this.pairs.length >= MOST_ATTRIBUTES * 2) this.tooMany = true;
    if (!this.tooMany) this.pairs.push(name, value);
  }

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
