/** Which labels have to be parsed when only some of them are asked for. */

const SUFFIX = '_extracted';

/** The labels that parsers may be asked for; without it, all that there are. */
export class NeededLabels {
  readonly #names: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    const all = new Set<string>();
    for (const name of names) {
      all.add(name);
      // What asks for the renamed label does not know yet whether it will be renamed.
      if (name.endsWith(SUFFIX)) all.add(name.slice(0, -SUFFIX.length));
    }
    this.#names = all;
  }

  /** Whether no label is asked for. */
  get isEmpty(): boolean {
    return this.#names.size === 0;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whether some label that is asked for may lie inside of a field. */
  hasBelow(prefix: string): boolean {
    for (const name of this.#names) if (name.startsWith(prefix)) return true;
    return false;
  }

  /** The names, for telling when all of them are there. */
  [Symbol.iterator](): Iterator<string> {
    return this.#names[Symbol.iterator]();
  }
}
