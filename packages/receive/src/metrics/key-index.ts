/** An open-addressing table from 64-bit keys to slots: three words an entry, side by side for the cache's sake. */

const ENTRY = 3;
const SMALLEST = 1024;

/** Keys are two signed 32-bit words of a good hash; slots are 0 and up. Entries are removed all together or by a filter. */
export class KeyIndex {
  #entries = new Int32Array(SMALLEST * ENTRY);
  #mask = SMALLEST - 1;
  #count = 0;

  get size(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#entries.byteLength;
  }

  /** The slot of a key, -1 when there is none. */
  find(low: number, high: number): number {
    const entries = this.#entries;
    const mask = this.#mask;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const slotPlusOne = entries[at * ENTRY + 2] as number;
      if (slotPlusOne === 0) return -1;
      if (entries[at * ENTRY] === low && entries[at * ENTRY + 1] === high) return slotPlusOne - 1;
    }
  }

  /** Adds a key, or gives a known one another slot. */
  set(low: number, high: number, slot: number): void {
    if ((this.#count + 1) * 4 > (this.#mask + 1) * 3) this.#grow();
    this.#put(low, high, slot);
  }

  /** Removes the entries whose slot does not pass, in place: the table keeps its size. */
  retain(keep: (slot: number) => boolean): void {
    for (let at = 0; at <= this.#mask; at++) {
      // Removing moves another entry here, which has not been looked at yet.
      for (;;) {
        const slot = (this.#entries[at * ENTRY + 2] as number) - 1;
        if (slot < 0 || keep(slot)) break;
        this.#removeAt(at);
      }
    }
  }

  clear(): void {
    this.#reset(SMALLEST);
  }

  #put(low: number, high: number, slot: number): void {
    const entries = this.#entries;
    const mask = this.#mask;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const base = at * ENTRY;
      const free = entries[base + 2] === 0;
      if (!free && (entries[base] !== low || entries[base + 1] !== high)) continue;
      entries[base] = low;
      entries[base + 1] = high;
      entries[base + 2] = slot + 1;
      if (free) this.#count++;
      return;
    }
  }

  #reset(capacity: number): void {
    this.#entries = new Int32Array(capacity * ENTRY);
    this.#mask = capacity - 1;
    this.#count = 0;
  }

  /** Empties a place and moves those who were displaced past it back, so that no search ends early. */
  #removeAt(at: number): void {
    const entries = this.#entries;
    const mask = this.#mask;
    let hole = at;
    for (let next = (at + 1) & mask; entries[next * ENTRY + 2] !== 0; next = (next + 1) & mask) {
      const home = (entries[next * ENTRY] as number) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      entries.copyWithin(hole * ENTRY, next * ENTRY, next * ENTRY + ENTRY);
      hole = next;
    }
    entries[hole * ENTRY + 2] = 0;
    this.#count--;
  }

  #grow(): void {
    const old = this.#entries;
    this.#reset((this.#mask + 1) * 2);
    for (let base = 0; base < old.length; base += ENTRY) {
      const slot = (old[base + 2] as number) - 1;
      if (slot >= 0) this.#put(old[base] as number, old[base + 1] as number, slot);
    }
  }
}
