/**
 * What a target keeps of the lines it has sent: a table from the 64-bit hash of a line's text to a series ref and flags, in
 * typed arrays. About 30 bytes per line; no string is kept.
 */

/** Where a table starts, and how small it may shrink. */
const FIRST_CAPACITY = 16;
const GROWTH = 1.25;

/** Hash table with dense entries: `refs[i]` and `flags[i]` for `i < count`, in the order of their first appearance. */
export class SeriesTable {
  count = 0;
  refs = new Int32Array(FIRST_CAPACITY);
  flags = new Uint8Array(FIRST_CAPACITY);
  #low = new Int32Array(FIRST_CAPACITY);
  #high = new Int32Array(FIRST_CAPACITY);
  /** Entry + 1 by hash, 0 where free; a power of two long, at most ¾ full. */
  #slots = new Int32Array(FIRST_CAPACITY * 2);
  /** The entry that is likely to be asked for next: targets send their lines in the same order each time. */
  #next = 0;

  /** The entry with this hash (two signed 32-bit words), or -1. */
  find(low: number, high: number): number {
    const guess = this.#next;
    if (guess < this.count && this.#low[guess] === low && this.#high[guess] === high) {
      this.#next = guess + 1;
      return guess;
    }
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const entry = (slots[slot] as number) - 1;
      if (entry < 0) return -1;
      if (this.#low[entry] !== low || this.#high[entry] !== high) continue;
      this.#next = entry + 1;
      return entry;
    }
  }

  /** Adds an entry for a hash that {@link find} does not know. */
  add(low: number, high: number, ref: number, flags: number): number {
    const entry = this.count;
    if (entry === this.refs.length) this.#resize(Math.ceil(entry * GROWTH) + FIRST_CAPACITY);
    this.#low[entry] = low;
    this.#high[entry] = high;
    this.refs[entry] = ref;
    this.flags[entry] = flags;
    this.count++;
    if (this.count * 4 > this.#slots.length * 3) this.#index();
    else this.#place(entry);
    this.#next = entry + 1;
    return entry;
  }

  /** Keeps only the entries for whose flags `keep` says so, in their order. */
  retain(keep: (flags: number) => boolean): void {
    let kept = 0;
    for (let entry = 0; entry < this.count; entry++) {
      if (!keep(this.flags[entry] as number)) continue;
      this.#low[kept] = this.#low[entry] as number;
      this.#high[kept] = this.#high[entry] as number;
      this.refs[kept] = this.refs[entry] as number;
      this.flags[kept] = this.flags[entry] as number;
      kept++;
    }
    if (kept === this.count) return;
    this.count = kept;
    if (this.refs.length > FIRST_CAPACITY && kept * 3 < this.refs.length) this.#resize(Math.ceil(kept * GROWTH) + FIRST_CAPACITY);
    this.#index();
  }

  /** Lets the next look-ups begin at the top, where the next body begins. */
  rewind(): void {
    this.#next = 0;
  }

  /** Memory of the arrays. */
  get bytes(): number {
    return this.refs.byteLength + this.flags.byteLength + this.#low.byteLength + this.#high.byteLength + this.#slots.byteLength;
  }

  #resize(capacity: number): void {
    const grown = (column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const next = new Int32Array(capacity);
      next.set(column.subarray(0, this.count));
      return next;
    };
    this.refs = grown(this.refs);
    this.#low = grown(this.#low);
    this.#high = grown(this.#high);
    const flags = new Uint8Array(capacity);
    flags.set(this.flags.subarray(0, this.count));
    this.flags = flags;
  }

  #index(): void {
    let length = FIRST_CAPACITY * 2;
    while (this.count * 4 > length * 3) length *= 2;
    this.#slots = new Int32Array(length);
    for (let entry = 0; entry < this.count; entry++) this.#place(entry);
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#low[entry] as number) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }
}
