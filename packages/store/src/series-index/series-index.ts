/** The label index: every series of the store in memory, in typed arrays, numbered by slots in the order in which they came. */

import { decodeLabels, LABEL_SEPARATOR, type Labels, METRIC_NAME } from '@atalaya/model';
import { ByteList, Uint32List } from './growable.ts';
import { HashTable } from './hash-table.ts';
import { Pairs } from './pairs.ts';
import { idHigh } from './series-id.ts';
import { Symbols } from './symbols.ts';

/** What came of {@link SeriesIndex.commit}. */
export type Registration = 'new' | 'known' | 'revived' | 'collision';

const NEVER_FIRST = 0x7fff_ffff;
const NEVER_LAST = -0x8000_0000;
const METRIC_NAME_BYTES = new TextEncoder().encode(METRIC_NAME);

export class SeriesIndex {
  readonly symbols = new Symbols();
  readonly pairs = new Pairs();
  readonly #fpLow = new Uint32List(1024);
  readonly #fpHigh = new Uint32List(1024);
  readonly #idHigh = new Uint32List(1024);
  /** UTC days, signed; NEVER_* while a series has no samples. */
  readonly #firstDay = new Uint32List(1024);
  readonly #lastDay = new Uint32List(1024);
  /** The pairs of all series one after the other; `ends[slot]` is where those of a slot end. */
  readonly #pairs = new Uint32List(8192);
  readonly #ends = new Uint32List(1024);
  /** By the lower word of the fingerprint, which is also that of the id: one look finds both kinds of collision. */
  readonly #table = new HashTable();
  readonly #removed = new Set<number>();
  /** Names and values of the series being registered, alternating. */
  #staged = new Uint32Array(64);
  #stagedLength = 0;
  #lastSlot = -1;

  /** Slots in use, removed series included. */
  get size(): number {
    return this.#ends.length;
  }

  /** Series that the store holds. */
  get count(): number {
    return this.#ends.length - this.#removed.size;
  }

  /** About how many bytes the index takes. */
  get memoryBytes(): number {
    const lists = [this.#fpLow, this.#fpHigh, this.#idHigh, this.#firstDay, this.#lastDay, this.#pairs, this.#ends];
    const own = lists.reduce((sum, list) => sum + list.memoryBytes, 0);
    return own + this.#table.memoryBytes + this.symbols.memoryBytes + this.pairs.memoryBytes + this.#removed.size * 40;
  }

  /** Begins the registration of a series. */
  begin(): void {
    this.#stagedLength = 0;
  }

  /** Adds a label to the series being registered; they come in the order of its canonical form. */
  label(names: Uint8Array, nameStart: number, nameEnd: number, values: Uint8Array, valueStart: number, valueEnd: number): void {
    if (this.#stagedLength + 2 > this.#staged.length) {
      const staged = new Uint32Array(this.#staged.length * 2);
      staged.set(this.#staged);
      this.#staged = staged;
    }
    // Series that come one after another share most labels, at the same places: what stood there last is tried first.
    const at = this.#stagedLength;
    const { symbols } = this;
    const name = this.#staged[at] as number;
    const value = this.#staged[at + 1] as number;
    if (!symbols.is(name, names, nameStart, nameEnd)) this.#staged[at] = symbols.intern(names, nameStart, nameEnd);
    if (!symbols.is(value, values, valueStart, valueEnd)) this.#staged[at + 1] = symbols.intern(values, valueStart, valueEnd);
    this.#stagedLength = at + 2;
  }

  /** Adds all labels of a canonical form, `bytes[start, end)`. */
  labelsOf(bytes: Uint8Array, start: number, end: number): void {
    let name = start;
    while (name < end) {
      const nameEnd = bytes.indexOf(LABEL_SEPARATOR, name);
      const valueEnd = bytes.indexOf(LABEL_SEPARATOR, nameEnd + 1);
      if (nameEnd < 0 || valueEnd < 0 || valueEnd >= end) throw new RangeError('not a canonical label set');
      this.label(bytes, name, nameEnd, bytes, nameEnd + 1, valueEnd);
      name = valueEnd + 1;
    }
  }

  /**
   * Ends the registration under a fingerprint. `collision`: another series has it, or its id; nothing was registered.
   * `revived`: the series was removed before and counts again. {@link lastSlot} is then the series' slot.
   */
  commit(fpLow: number, fpHigh: number): Registration {
    const metric = this.#metricHash();
    const high = idHigh(metric, fpHigh);
    for (let place = this.#table.probe(fpLow, -1); place >= 0; place = this.#table.probe(fpLow, place)) {
      const slot = this.#table.entryAt(place);
      if (this.#fpHigh.at(slot) === fpHigh) {
        if (!this.#isStaged(slot)) return 'collision';
        this.#lastSlot = slot;
        return this.#removed.delete(slot) ? 'revived' : 'known';
      }
      if (this.#idHigh.at(slot) === high) return 'collision';
    }
    const slot = this.#ends.length;
    for (let i = 0; i < this.#stagedLength; i += 2) {
      this.#pairs.push(this.pairs.add(this.#staged[i] as number, this.#staged[i + 1] as number, slot));
    }
    this.#ends.push(this.#pairs.length);
    this.#fpLow.push(fpLow);
    this.#fpHigh.push(fpHigh);
    this.#idHigh.push(high);
    this.#firstDay.push(NEVER_FIRST);
    this.#lastDay.push(NEVER_LAST >>> 0);
    this.#table.add(fpLow, slot);
    this.#lastSlot = slot;
    return 'new';
  }

  /** The slot that the last {@link commit} was about. */
  get lastSlot(): number {
    return this.#lastSlot;
  }

  /** The slot of a fingerprint, removed series included, or -1. */
  slotOf(fpLow: number, fpHigh: number): number {
    for (let place = this.#table.probe(fpLow, -1); place >= 0; place = this.#table.probe(fpLow, place)) {
      const slot = this.#table.entryAt(place);
      if (this.#fpHigh.at(slot) === fpHigh) return slot;
    }
    return -1;
  }

  /** The slot of an id, or -1. */
  slotOfId(low: number, high: number): number {
    for (let place = this.#table.probe(low, -1); place >= 0; place = this.#table.probe(low, place)) {
      const slot = this.#table.entryAt(place);
      if (this.#idHigh.at(slot) === high) return slot;
    }
    return -1;
  }

  idLow(slot: number): number {
    return this.#fpLow.at(slot);
  }

  idHigh(slot: number): number {
    return this.#idHigh.at(slot);
  }

  fpHigh(slot: number): number {
    return this.#fpHigh.at(slot);
  }

  firstDay(slot: number): number {
    return this.#firstDay.at(slot) | 0;
  }

  lastDay(slot: number): number {
    return this.#lastDay.at(slot) | 0;
  }

  /** Notes that a series has samples on a day; tells whether that widens its range of days. */
  touch(slot: number, day: number): boolean {
    let wider = false;
    if (day < this.firstDay(slot)) {
      this.#firstDay.set(slot, day >>> 0);
      wider = true;
    }
    if (day > this.lastDay(slot)) {
      this.#lastDay.set(slot, day >>> 0);
      wider = true;
    }
    return wider;
  }

  /** Whether a series has, to the day, samples between two days (both inclusive). Removed series never have. */
  isActive(slot: number, fromDay: number, toDay: number): boolean {
    return this.firstDay(slot) <= toDay && this.lastDay(slot) >= fromDay;
  }

  /** Those of the slots that {@link isActive}, moved to the front of the same array. */
  keepActive<Buffer extends ArrayBufferLike>(slots: Uint32Array<Buffer>, fromDay: number, toDay: number): Uint32Array<Buffer> {
    const first = this.#firstDay.view();
    const last = this.#lastDay.view();
    let kept = 0;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      if (((first[slot] as number) | 0) <= toDay && ((last[slot] as number) | 0) >= fromDay) slots[kept++] = slot;
    }
    return slots.subarray(0, kept);
  }

  /** Takes a series out of every answer. Its slot stays, so that it can come back without its labels being told again. */
  remove(slot: number): void {
    this.#removed.add(slot);
    this.#firstDay.set(slot, NEVER_FIRST);
    this.#lastDay.set(slot, NEVER_LAST >>> 0);
  }

  isRemoved(slot: number): boolean {
    return this.#removed.size > 0 && this.#removed.has(slot);
  }

  /** Lets a removed series count again; tells whether it had been removed. */
  revive(slot: number): boolean {
    return this.#removed.delete(slot);
  }

  /** The pairs of a series; a view that must not be kept over a registration. */
  pairsOf(slot: number): Uint32Array {
    return this.#pairs.view().subarray(slot === 0 ? 0 : this.#ends.at(slot - 1), this.#ends.at(slot));
  }

  /** The canonical forms of series' labels one after the other: those of `slots[i]` end at `ends[i]`. */
  canonicalForms(slots: Uint32Array): { ends: Uint32Array<ArrayBuffer>; bytes: Uint8Array<ArrayBuffer> } {
    const target = new ByteList();
    const ends = new Uint32Array(slots.length);
    for (let i = 0; i < slots.length; i++) {
      for (const pair of this.pairsOf(slots[i] as number)) {
        this.symbols.append(this.pairs.nameOf(pair), target);
        target.append(SEPARATOR, 0, 1);
        this.symbols.append(this.pairs.valueOf(pair), target);
        target.append(SEPARATOR, 0, 1);
      }
      ends[i] = target.length;
    }
    return { ends, bytes: target.view().slice(0, target.length) };
  }

  labels(slot: number): Labels {
    return decodeLabels(this.canonicalForms(Uint32Array.of(slot)).bytes);
  }

  #isStaged(slot: number): boolean {
    const pairs = this.pairsOf(slot);
    if (pairs.length * 2 !== this.#stagedLength) return false;
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i] as number;
      if (this.pairs.nameOf(pair) !== this.#staged[i * 2] || this.pairs.valueOf(pair) !== this.#staged[i * 2 + 1]) return false;
    }
    return true;
  }

  #metricHash(): number {
    for (let i = 0; i < this.#stagedLength; i += 2) {
      if (this.symbols.is(this.#staged[i] as number, METRIC_NAME_BYTES, 0, METRIC_NAME_BYTES.length)) {
        return this.symbols.hashOf(this.#staged[i + 1] as number);
      }
    }
    return 0;
  }
}

const SEPARATOR = Uint8Array.of(LABEL_SEPARATOR);
