/** An open-addressing table from hashes to numbers. The owner keeps the keys and checks whether an entry is the one it looks for. */

const EMPTY = 0xffff_ffff;

export class HashTable {
  /** Pairs of (hash, entry). */
  #slots = new Uint32Array(2048);
  #mask = 1023;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get memoryBytes(): number {
    return this.#slots.byteLength;
  }

  constructor() {
    this.#slots.fill(EMPTY);
  }

  /** The entries under `hash`, one after the other: start with `from` -1, go on with the returned place; -1 at the end. Allocates nothing. */
  probe(hash: number, from: number): number {
    let at = from < 0 ? hash & this.#mask : (from + 1) & this.#mask;
    for (; ; at = (at + 1) & this.#mask) {
      if (this.#slots[at * 2 + 1] === EMPTY) return -1;
      if (this.#slots[at * 2] === hash) return at;
    }
  }

  entryAt(place: number): number {
    return this.#slots[place * 2 + 1] as number;
  }

  /** Adds an entry. The caller has made sure that it is not there. */
  add(hash: number, entry: number): void {
    if ((this.#size + 1) * 3 > this.#slots.length) this.#grow(); // fuller than two thirds
    this.#put(hash >>> 0, entry);
    this.#size++;
  }

  #put(hash: number, entry: number): void {
    let at = hash & this.#mask;
    while (this.#slots[at * 2 + 1] !== EMPTY) at = (at + 1) & this.#mask;
    this.#slots[at * 2] = hash;
    this.#slots[at * 2 + 1] = entry;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2).fill(EMPTY);
    this.#mask = this.#slots.length / 2 - 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] !== EMPTY) this.#put(old[i] as number, old[i + 1] as number);
    }
  }
}
