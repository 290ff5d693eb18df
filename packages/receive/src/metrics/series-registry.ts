/** The series this process knows: their fingerprints and newest samples, in typed arrays of about 70 bytes a series. */

import { KeyIndex } from './key-index.ts';

/** 32-bit words of one slot; four float64 places. */
export const SLOT_WORDS = 8;
export const SLOT_FLOATS = SLOT_WORDS / 2;
/** Where in a slot's words: fingerprint low and high, bits of the newest value (of a native histogram: a hash), the batch that wrote it (0: journaled), seconds of last use. */
export const FINGERPRINT_LOW = 0;
export const FINGERPRINT_HIGH = 1;
export const LAST_VALUE_LOW = 4;
export const LAST_VALUE_HIGH = 5;
export const LAST_BATCH = 6;
export const LAST_USED = 7;
/** Where in a slot's floats: the newest timestamp, -Infinity when none is known. */
export const LAST_TIMESTAMP = 1;

/**
 * What a slot holds: nothing; a series whose labels are not journaled yet; one whose labels are; one whose labels are to be
 * journaled again, but nobody has told them yet.
 */
export const FREE = 0;
export const UNJOURNALED = 1;
export const JOURNALED = 2;
export const FORGOTTEN = 3;

const FIRST_CAPACITY = 1024;
/** Keys per series that may be remembered before all are forgotten: orders of the same labels are many, and a sender's to choose. */
const KEYS_PER_SERIES = 2;
const KEYS_AT_LEAST = 65_536;
const END_OF_LIST = -1;

/** Slots are SeriesRefs. `words`, `floats` and `states` are replaced when the registry grows: read them anew after every `add`. */
export class SeriesRegistry {
  words: Int32Array<ArrayBuffer>;
  floats: Float64Array<ArrayBuffer>;
  states: Uint8Array<ArrayBuffer>;
  /** Canonical label bytes of the series that are not journaled yet. */
  readonly definitions = new Map<number, Uint8Array>();
  readonly #limit: number;
  /** Fingerprint → slot + 1, open addressing; the fingerprints themselves are in the slots. */
  #byFingerprint = new Int32Array(FIRST_CAPACITY * 2);
  readonly #byKey = new KeyIndex();
  readonly #salt = crypto.getRandomValues(new Int32Array(2)) as unknown as readonly [number, number];
  #count = 0;
  /** Slots from here on were never used. */
  #fresh = 0;
  /** Freed slots, linked through their first word. */
  #freed = END_OF_LIST;

  /** @param limit series at most; beyond it {@link add} must not be called. */
  constructor(limit: number) {
    this.#limit = limit;
    const capacity = Math.max(1, Math.min(FIRST_CAPACITY, limit));
    this.floats = new Float64Array(capacity * SLOT_FLOATS);
    this.words = new Int32Array(this.floats.buffer);
    this.states = new Uint8Array(capacity);
  }

  get size(): number {
    return this.#count;
  }

  /** Bytes held, unjournaled labels not counted. */
  get bytes(): number {
    return this.words.byteLength + this.states.byteLength + this.#byFingerprint.byteLength + this.#byKey.bytes;
  }

  /** The slot of a fingerprint (signed words), -1 when it is not known. */
  find(low: number, high: number): number {
    const index = this.#byFingerprint;
    const mask = index.length - 1;
    for (let at = this.#place(low, high) & mask; ; at = (at + 1) & mask) {
      const slot = (index[at] as number) - 1;
      if (slot < 0) return -1;
      const base = slot * SLOT_WORDS;
      if (this.words[base + FINGERPRINT_LOW] === low && this.words[base + FINGERPRINT_HIGH] === high) return slot;
    }
  }

  /** Takes a slot for a fingerprint that {@link find} does not know; `definition` are its canonical label bytes. */
  add(low: number, high: number, definition: Uint8Array, seconds: number): number {
    const slot = this.#takeSlot();
    const base = slot * SLOT_WORDS;
    this.words[base + FINGERPRINT_LOW] = low;
    this.words[base + FINGERPRINT_HIGH] = high;
    this.words[base + LAST_VALUE_LOW] = 0;
    this.words[base + LAST_VALUE_HIGH] = 0;
    this.words[base + LAST_BATCH] = 0;
    this.words[base + LAST_USED] = seconds;
    this.floats[slot * SLOT_FLOATS + LAST_TIMESTAMP] = -Infinity;
    this.states[slot] = UNJOURNALED;
    this.definitions.set(slot, definition);
    this.#count++;
    if (this.#count * 4 > this.#byFingerprint.length * 3) this.#index(this.#byFingerprint.length * 2);
    else this.#link(slot);
    return slot;
  }

  /** Takes the labels of no series for journaled any more, and forgets all keys, so that labels are asked for again. */
  forgetDefinitions(): void {
    for (let slot = 0; slot < this.#fresh; slot++) if (this.states[slot] === JOURNALED) this.states[slot] = FORGOTTEN;
    this.#byKey.clear();
  }

  /** Tells the canonical label bytes of a known series; kept only where they are missing. */
  remind(slot: number, definition: Uint8Array): void {
    if (this.states[slot] !== FORGOTTEN) return;
    this.states[slot] = UNJOURNALED;
    this.definitions.set(slot, definition);
  }

  /** The batch that gave a series its newest sample is journaled. */
  confirmNewest(slot: number, batch: number): void {
    const at = slot * SLOT_WORDS + LAST_BATCH;
    if (this.words[at] === batch) this.words[at] = 0;
  }

  /** The batch that gave a series its newest sample was not journaled: what is newest is not known any more. */
  forgetNewest(slot: number, batch: number): void {
    const at = slot * SLOT_WORDS + LAST_BATCH;
    if (this.words[at] !== batch) return;
    this.words[at] = 0;
    this.floats[slot * SLOT_FLOATS + LAST_TIMESTAMP] = -Infinity;
  }

  findKey(low: number, high: number): number {
    return this.#byKey.find(low, high);
  }

  bindKey(low: number, high: number, slot: number): void {
    if (this.#byKey.size >= KEYS_AT_LEAST && this.#byKey.size >= this.#count * KEYS_PER_SERIES) this.#byKey.clear();
    this.#byKey.set(low, high, slot);
  }

  /** Frees the slots last used before `seconds`; says how many. */
  evict(seconds: number): number {
    const before = this.#count;
    for (let slot = 0; slot < this.#fresh; slot++) {
      const base = slot * SLOT_WORDS;
      if (this.states[slot] === FREE || (this.words[base + LAST_USED] as number) >= seconds) continue;
      this.#unlink(slot);
      this.states[slot] = FREE;
      this.definitions.delete(slot);
      this.words[base] = this.#freed;
      this.#freed = slot;
      this.#count--;
    }
    if (this.#count < before) this.#byKey.retain((slot) => this.states[slot] !== FREE);
    return before - this.#count;
  }

  #takeSlot(): number {
    if (this.#freed !== END_OF_LIST) {
      const slot = this.#freed;
      this.#freed = this.words[slot * SLOT_WORDS] as number;
      return slot;
    }
    if (this.#fresh === this.states.length) this.#grow();
    return this.#fresh++;
  }

  #grow(): void {
    const capacity = Math.max(this.states.length + 1, Math.min(this.states.length * 2, this.#limit));
    const floats = new Float64Array(capacity * SLOT_FLOATS);
    // Word by word: copying as floats could change the bits of a NaN.
    const words = new Int32Array(floats.buffer);
    words.set(this.words);
    const states = new Uint8Array(capacity);
    states.set(this.states);
    this.floats = floats;
    this.words = words;
    this.states = states;
  }

  /**
   * Where to look for a fingerprint first. Fingerprints have no seed, so label sets could be made whose fingerprints end
   * alike; mixed with words that nobody knows they spread all the same.
   */
  #place(low: number, high: number): number {
    const mixed = Math.imul(low ^ this.#salt[0], 0x9e3779b1) + Math.imul(high ^ this.#salt[1], 0x85ebca6b);
    const again = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
    return again ^ (again >>> 13);
  }

  #home(slot: number): number {
    const base = slot * SLOT_WORDS;
    return this.#place(this.words[base + FINGERPRINT_LOW] as number, this.words[base + FINGERPRINT_HIGH] as number);
  }

  #link(slot: number): void {
    const index = this.#byFingerprint;
    const mask = index.length - 1;
    let at = this.#home(slot) & mask;
    while (index[at] !== 0) at = (at + 1) & mask;
    index[at] = slot + 1;
  }

  /** Takes a slot out of the index and moves those who were displaced past it back. */
  #unlink(slot: number): void {
    const index = this.#byFingerprint;
    const mask = index.length - 1;
    let hole = this.#home(slot) & mask;
    while (index[hole] !== slot + 1) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; index[next] !== 0; next = (next + 1) & mask) {
      const home = this.#home((index[next] as number) - 1) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      index[hole] = index[next] as number;
      hole = next;
    }
    index[hole] = 0;
  }

  #index(capacity: number): void {
    this.#byFingerprint = new Int32Array(capacity);
    for (let slot = 0; slot < this.#fresh; slot++) if (this.states[slot] !== FREE) this.#link(slot);
  }
}
