/** Remembers the hashes of the last rows, so that a request which a sender repeats is not stored twice. */

/** Rows of one generation; two are kept, so between one and two times as many are remembered. */
const GENERATION = 1 << 20;

/** A set of 64-bit hashes with open addressing. The hash 0 stands for an empty place; a row that has it is never found. */
class Generation {
  /** (low, high) pairs. */
  #places = new Uint32Array(2 << 12);
  #mask = (1 << 12) - 1;
  size = 0;

  has(low: number, high: number): boolean {
    const places = this.#places;
    for (let at = low & this.#mask; ; at = (at + 1) & this.#mask) {
      const [l, h] = [places[at * 2] as number, places[at * 2 + 1] as number];
      if (l === 0 && h === 0) return false;
      if (l === low && h === high) return true;
    }
  }

  add(low: number, high: number): void {
    if ((this.size + 1) * 4 > this.#places.length) this.#grow(); // fuller than half
    this.#put(low, high);
    this.size++;
  }

  #put(low: number, high: number): void {
    const places = this.#places;
    let at = low & this.#mask;
    while (places[at * 2] !== 0 || places[at * 2 + 1] !== 0) at = (at + 1) & this.#mask;
    places[at * 2] = low;
    places[at * 2 + 1] = high;
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Uint32Array(old.length * 2);
    this.#mask = this.#places.length / 2 - 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] !== 0 || old[i + 1] !== 0) this.#put(old[i] as number, old[i + 1] as number);
    }
  }
}

export class RecentHashes {
  readonly #capacity: number;
  #current = new Generation();
  #previous = new Generation();

  /** @param capacity rows of a generation */
  constructor(capacity: number = GENERATION) {
    this.#capacity = capacity;
  }

  /** Remembers a row by its hash, two 32-bit words; tells whether it was new. */
  add(low: number, high: number): boolean {
    if (this.#current.has(low, high) || this.#previous.has(low, high)) return false;
    if (this.#current.size >= this.#capacity) {
      this.#previous = this.#current;
      this.#current = new Generation();
    }
    this.#current.add(low, high);
    return true;
  }
}
