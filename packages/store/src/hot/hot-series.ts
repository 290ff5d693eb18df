/** Which series lie decoded in the arena, over which time, and how what comes in keeps them true. */

import { isStaleAt } from '@atalaya/model';
import { type Arena, capacityOf, firstOf } from './arena.ts';
import type { Region } from './regions.ts';
import { lowerBound } from './search.ts';

/** What may be among a series' samples: the bits of `SERIES_FLAG` in room query. A bit that is not set promises the contrary. */
export const MAY_HOLD_STALE = 1;
export const MAY_DECREASE = 2;

/** A series that lies in the arena. */
export interface HotEntry {
  readonly slot: number;
  region: Region;
  /** Index of the first sample, and how many there are. */
  first: number;
  count: number;
  /** The time that is covered, both inclusive: all samples that the series has in it are here. Infinite `to`: whatever comes is added. */
  from: number;
  to: number;
  flags: number;
  /** The last selection that used it. */
  used: number;
  /** Whether it was used since eviction last came by. */
  recent: boolean;
  /** The longest time before the newest sample that was asked for since the region was last chosen; negative: nobody asked. */
  wanted: number;
  /** Its place among all entries. */
  place: number;
}

/** Samples that are moved for a late one at most; the entry is dropped rather than moving more. */
const MOVED_SAMPLES = 4096;
/** Room for samples to come, beyond an eighth. */
const SLACK_SAMPLES = 16;

/** Samples of one series in ascending order, to be put into the arena. */
export interface SortedSamples {
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  readonly start: number;
  readonly end: number;
}

/** Counted since the start. */
export interface HotCounters {
  evictions: number;
  /** Entries dropped because of what came in: late samples while a query was looking, or no room. */
  invalidations: number;
}

export class HotSeries {
  readonly arena: Arena;
  readonly counters: HotCounters = { evictions: 0, invalidations: 0 };
  /** By slot. */
  readonly #bySlot: (HotEntry | undefined)[] = [];
  readonly #all: HotEntry[] = [];
  #hand = 0;
  /** Of the selection at hand: what it uses is not evicted for its own sake. */
  #selection = 0;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  get size(): number {
    return this.#all.length;
  }

  get(slot: number): HotEntry | undefined {
    return this.#bySlot[slot];
  }

  /** Begins a selection: its entries are those that {@link use} is called for from now on. */
  beginSelection(): void {
    this.#selection++;
  }

  /** Notes that the selection uses an entry, from `start` on. */
  use(entry: HotEntry, start: number): void {
    entry.used = this.#selection;
    entry.recent = true;
    const newest = entry.count === 0 ? start : (this.arena.timestamps[entry.first + entry.count - 1] as number);
    if (newest - start > entry.wanted) entry.wanted = newest - start;
  }

  /** Puts a series into the arena, in the place of what was there of it; tells whether there was room. */
  put(slot: number, from: number, to: number, { timestamps, values, start, end }: SortedSamples): boolean {
    this.drop(slot);
    const count = end - start;
    const region = this.#allocate(roomFor(count));
    if (region === undefined) return false;
    const first = firstOf(region);
    this.arena.timestamps.set(timestamps.subarray(start, end), first);
    this.arena.values.set(values.subarray(start, end), first);
    const place = this.#all.length;
    const entry = { slot, region, first, count, from, to, flags: 0, used: this.#selection, recent: true, wanted: 0, place };
    entry.flags = flagsOf(values, start, end);
    if (count > 0) entry.wanted = (timestamps[end - 1] as number) - (timestamps[start] as number);
    while (this.#bySlot.length <= slot) this.#bySlot.push(undefined);
    this.#bySlot[slot] = entry;
    this.#all.push(entry);
    return true;
  }

  /** Takes in a sample that came; `words` are those of the values, `index` is where in them the sample's is. */
  add(slot: number, timestamp: number, words: Uint32Array, index: number): void {
    const entry = this.#bySlot[slot];
    if (entry === undefined || timestamp < entry.from || timestamp > entry.to) return;
    const { timestamps } = this.arena;
    const { first, count } = entry;
    if (count > 0 && timestamp <= (timestamps[first + count - 1] as number)) {
      this.#addLate(entry, timestamp, words, index);
      return;
    }
    if (count === capacityOf(entry.region) && !this.#grow(entry)) {
      this.#invalidate(entry);
      return;
    }
    this.#write(entry, entry.count++, timestamp, words, index);
  }

  /** Forgets a series. */
  drop(slot: number): void {
    const entry = this.#bySlot[slot];
    if (entry === undefined) return;
    this.#bySlot[slot] = undefined;
    const last = this.#all.pop() as HotEntry;
    if (last !== entry) {
      this.#all[entry.place] = last;
      last.place = entry.place;
    }
    this.arena.release(entry.region);
  }

  dropAll(): void {
    while (this.#all.length > 0) this.drop((this.#all.at(-1) as HotEntry).slot);
  }

  /** A sample that is not later than all others: put in between, or in the place of the one of its time. */
  #addLate(entry: HotEntry, timestamp: number, words: Uint32Array, index: number): void {
    const { timestamps, values, words: all, leased } = this.arena;
    const at = lowerBound(timestamps, entry.first, entry.first + entry.count, timestamp);
    const same = timestamps[at] === timestamp;
    if (same && all[at * 2] === words[index * 2] && all[at * 2 + 1] === words[index * 2 + 1]) return;
    const end = entry.first + entry.count;
    // Somebody may be looking: then nothing that is there may change.
    if (leased || (!same && (end - at > MOVED_SAMPLES || (entry.count === capacityOf(entry.region) && !this.#grow(entry))))) {
      this.#invalidate(entry);
      return;
    }
    // It may have moved to another region, without its beginning.
    if (timestamp < entry.from) return;
    const place = at - end + entry.count;
    if (!same) {
      const from = entry.first + place;
      timestamps.copyWithin(from + 1, from, entry.first + entry.count);
      values.copyWithin(from + 1, from, entry.first + entry.count);
      entry.count++;
    }
    this.#write(entry, place, timestamp, words, index);
    if (place + 1 < entry.count) this.#note(entry, place + 1);
  }

  #write(entry: HotEntry, place: number, timestamp: number, words: Uint32Array, index: number): void {
    const at = entry.first + place;
    this.arena.timestamps[at] = timestamp;
    this.arena.words[at * 2] = words[index * 2] as number;
    this.arena.words[at * 2 + 1] = words[index * 2 + 1] as number;
    this.#note(entry, place);
  }

  /** Sets the flags that a sample calls for, beside the one before it. */
  #note(entry: HotEntry, place: number): void {
    const { values, words } = this.arena;
    const at = entry.first + place;
    const value = values[at] as number;
    // Written so that it is true for NaN, on either side.
    if (place > 0 ? !(value >= (values[at - 1] as number)) : Number.isNaN(value)) {
      entry.flags |= MAY_DECREASE;
      if (isStaleAt(words, at)) entry.flags |= MAY_HOLD_STALE;
    }
  }

  /** Moves an entry to a region with room for more; what nobody asks for any more stays behind. `false`: it is not worth it, or there is no room. */
  #grow(entry: HotEntry): boolean {
    if (entry.wanted < 0) return false;
    const { timestamps, values } = this.arena;
    const { first, count, region } = entry;
    const end = first + count;
    const keepFrom = (timestamps[end - 1] as number) - entry.wanted * 1.25;
    const start = keepFrom > entry.from ? lowerBound(timestamps, first, end, keepFrom) : first;
    const kept = end - start;
    // Moving frees too little to be worth losing history for.
    const trims = kept < count * 0.75;
    // What grows is not what makes room for it.
    entry.used = ++this.#selection;
    const larger = this.#allocate(trims ? roomFor(kept) : capacityOf(region) + 1);
    if (larger === undefined) return false;
    entry.region = larger;
    entry.first = firstOf(larger);
    entry.count = trims ? kept : count;
    if (trims) entry.from = keepFrom;
    timestamps.copyWithin(entry.first, trims ? start : first, end);
    values.copyWithin(entry.first, trims ? start : first, end);
    this.arena.release(region);
    entry.wanted = -1;
    return true;
  }

  #invalidate(entry: HotEntry): void {
    this.counters.invalidations++;
    this.drop(entry.slot);
  }

  /** A region, making room where that helps. */
  #allocate(samples: number): Region | undefined {
    if (samples > this.arena.capacity / 2) return undefined;
    for (let evicted = 0; ;) {
      const region = this.arena.allocate(samples);
      if (region !== undefined) return region;
      // What is evicted while queries look at it does not make room yet: a few times the need is tried, no more.
      if (evicted > samples * 8 + 4096) return undefined;
      const entry = this.#leastUsed();
      if (entry === undefined) return undefined;
      evicted += capacityOf(entry.region);
      this.counters.evictions++;
      this.drop(entry.slot);
    }
  }

  /** The next entry that was not used lately; `undefined` when the selection at hand uses all. */
  #leastUsed(): HotEntry | undefined {
    for (let steps = this.#all.length * 2; steps > 0; steps--) {
      this.#hand = this.#hand + 1 < this.#all.length ? this.#hand + 1 : 0;
      const entry = this.#all[this.#hand] as HotEntry;
      if (entry.used === this.#selection) continue;
      if (!entry.recent) return entry;
      entry.recent = false;
    }
    return undefined;
  }
}

function roomFor(count: number): number {
  return count + Math.ceil(count / 8) + SLACK_SAMPLES;
}

/** The flags that a series' samples call for. */
function flagsOf(values: Float64Array, start: number, end: number): number {
  let flags = 0;
  let before = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) {
    const value = values[i] as number;
    // Written so that it is true for NaN, on either side.
    if (!(value >= before)) {
      flags = MAY_DECREASE;
      if (Number.isNaN(value) && isStaleAt(new Uint32Array(values.buffer, values.byteOffset + i * 8, 2), 0)) return flags | MAY_HOLD_STALE;
    }
    before = value;
  }
  return flags;
}
