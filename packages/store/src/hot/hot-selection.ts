/** Selections out of the arena: what is not there is read from the tables, kept, and from then on as true as what comes in. */

import { AtalayaError, type CancelSignal, type Clock } from '@atalaya/model';
import { dayOf, DAY_MS } from '../metrics/day.ts';
import { decodeSelection, type SampleColumns, withRecent } from '../metrics/decode.ts';
import { readRows, type SelectBounds, type SelectionSources, sortedById } from '../metrics/selection.ts';
import type { QueryLimits } from '../engine/engine.ts';
import { Arena, UNIT_SAMPLES as LEAST_SAMPLES } from './arena.ts';
import { HotSeries } from './hot-series.ts';
import { placeOf } from './search.ts';

/** A selection whose samples lie in the arena, which is leased until {@link HotCache.endLease}. */
export interface HotSelection {
  readonly slots: Uint32Array<ArrayBuffer>;
  /** Samples of series `i` are at `[starts[i], ends[i])` of the arena's columns. */
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Bits, see `SERIES_FLAG` in room query. */
  readonly flags: Uint8Array<ArrayBuffer>;
  readonly lease: number;
  /** Rows that had to be read from the tables before. */
  readonly rowsRead: number;
}

/** How a cache is doing, counted since the start. */
export interface HotStats {
  /** Bytes that the samples may take, and that they take with their slack. */
  readonly capacityBytes: number;
  readonly usedBytes: number;
  readonly series: number;
  /** Series of selections that were there, and that had to be read. */
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly invalidations: number;
}

/** A time range, both ends inclusive, whole milliseconds. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** How to select. */
export interface HotSelectOptions {
  /** Whether what is missing is read and kept. */
  readonly keep: boolean;
  readonly bounds: SelectBounds;
  readonly limits: QueryLimits;
  readonly signal: CancelSignal | undefined;
}

/** Series read first, before it is known how many rows they have, and rows that are then read at once, about. */
const FIRST_SERIES = 256;
const ROWS_AT_ONCE = 1_000_000;
/** How far before and after the wanted time is read. */
const LEAST_AROUND_MS = 5 * 60_000;
const MOST_AROUND_MS = 3 * 3_600_000;
/** A selection that ends so long before the newest samples reads on up to them, and is kept up to date from then on. */
const LEAST_BEHIND_MS = 3_600_000;
/** Times that a selection is tried again because what it needs was dropped while it read. */
const TRIES = 4;
const BYTES_PER_SAMPLE = 16;

export class HotCache {
  readonly arena: Arena;
  readonly #series: HotSeries;
  readonly #sources: SelectionSources;
  readonly #clock: Clock;
  /** By slot, what is being read of it. */
  readonly #reading = new Map<number, Promise<void>>();
  /** Counts invalidations from outside: what was read before one is not kept. */
  #generation = 0;
  #hits = 0;
  #misses = 0;

  constructor(bytes: number, sources: SelectionSources, clock: Clock) {
    this.arena = new Arena(bytes);
    this.#series = new HotSeries(this.arena);
    this.#sources = sources;
    this.#clock = clock;
  }

  get stats(): HotStats {
    return {
      capacityBytes: this.arena.capacity * BYTES_PER_SAMPLE,
      usedBytes: this.arena.used * BYTES_PER_SAMPLE,
      series: this.#series.size,
      hits: this.#hits,
      misses: this.#misses,
      ...this.#series.counters,
    };
  }

  /** Takes in the samples of a batch, in the order of the journal. */
  take(slots: Uint32Array, timestamps: Float64Array, values: Float64Array): void {
    if (this.#series.size === 0) return;
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let i = 0; i < slots.length; i++) this.#series.add(slots[i] as number, timestamps[i] as number, words, i);
  }

  /** Forgets series of which something was changed other than by {@link take}, or all. */
  invalidate(slots?: Iterable<number>): void {
    this.#generation++;
    if (slots === undefined) this.#series.dropAll();
    else for (const slot of slots) this.#series.drop(slot);
  }

  /** Ends the lease of a selection. Ending it twice does nothing. */
  endLease(lease: number): void {
    this.arena.endLease(lease);
  }

  /**
   * Selects series. `undefined` when they are too many or too large to lie in the arena: then the tables have to be asked.
   * Rejects with QUERY_LIMIT when there are more samples than the bounds allow, and as the engine's queries do.
   */
  async select(
    { slots, ...range }: TimeRange & { readonly slots: Uint32Array<ArrayBuffer> },
    { keep, bounds, limits, signal }: HotSelectOptions,
  ): Promise<HotSelection | undefined> {
    let rowsRead = 0;
    for (let tries = 0; tries < TRIES; tries++) {
      this.#series.beginSelection();
      const missing = this.#missing(slots, range);
      if (tries === 0) {
        this.#hits += slots.length - missing.length;
        this.#misses += missing.length;
      }
      if (missing.length === 0) return this.#selected(slots, range, bounds, rowsRead);
      if (!keep) return undefined;
      const other = this.#beingRead(missing);
      if (other !== undefined) {
        await unlessAborted(other, signal);
        tries--;
        continue;
      }
      const rows = await this.#read(missing, slots.length, range, { ...limits, resultRows: bounds.samples }, signal);
      if (rows === undefined) return undefined;
      rowsRead += rows;
    }
    return undefined;
  }

  /** The series that the arena does not have over the whole range. */
  #missing(slots: Uint32Array, { start, end }: TimeRange): Uint32Array<ArrayBuffer> {
    const series = this.#series;
    const missing: number[] = [];
    for (const slot of slots) {
      const entry = series.get(slot);
      if (entry !== undefined && entry.from <= start && entry.to >= end) series.use(entry, start);
      else missing.push(slot);
    }
    return Uint32Array.from(missing);
  }

  #selected(slots: Uint32Array<ArrayBuffer>, { start, end }: TimeRange, bounds: SelectBounds, rowsRead: number): HotSelection {
    const starts = new Uint32Array(slots.length);
    const ends = new Uint32Array(slots.length);
    const flags = new Uint8Array(slots.length);
    const { timestamps } = this.arena;
    let samples = 0;
    for (let i = 0; i < slots.length; i++) {
      const entry = this.#series.get(slots[i] as number);
      if (entry === undefined) throw new RangeError('a series is not in the arena any more');
      const { first, count } = entry;
      starts[i] = placeOf(timestamps, first, first + count, start);
      ends[i] = placeOf(timestamps, starts[i] as number, first + count, end + 1);
      flags[i] = entry.flags;
      samples += (ends[i] as number) - (starts[i] as number);
    }
    if (samples > bounds.samples) {
      const reason = 'a selector reads more samples; ask for a shorter range or add matchers';
      throw new AtalayaError('QUERY_LIMIT', { setting: 'query.samples', limit: bounds.samples, reason });
    }
    return { slots, starts, ends, flags, lease: this.arena.lease(), rowsRead };
  }

  /** What is being read of one of the series by another selection. */
  #beingRead(slots: Uint32Array): Promise<void> | undefined {
    if (this.#reading.size === 0) return undefined;
    for (const slot of slots) {
      const reading = this.#reading.get(slot);
      if (reading !== undefined) return reading;
    }
    return undefined;
  }

  /** Reads series into the arena, some at a time; gives how many rows that took, `undefined` when they have no place there. */
  async #read(
    missing: Uint32Array<ArrayBuffer>,
    selected: number,
    range: TimeRange,
    limits: QueryLimits & { readonly resultRows: number },
    signal: CancelSignal | undefined,
  ): Promise<number | undefined> {
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const slot of missing) this.#reading.set(slot, promise);
    try {
      const slots = sortedById(this.#sources.index, missing);
      let rows = 0;
      let portion = FIRST_SERIES;
      for (let at = 0; at < slots.length; at += portion) {
        if (at > 0) portion = Math.max(1, Math.floor((ROWS_AT_ONCE * at) / Math.max(rows, at)));
        const some = slots.subarray(at, at + portion);
        const resultRows = limits.resultRows - rows;
        const found = resultRows <= 0 ? undefined : await this.#readPortion(some, range, { ...limits, resultRows }, signal);
        if (found === undefined) return undefined;
        rows += found;
        const each = Math.max(LEAST_SAMPLES, rows / Math.min(at + portion, slots.length));
        if (each * selected > this.arena.capacity / 2) return undefined;
      }
      return rows;
    } finally {
      for (const slot of missing) this.#reading.delete(slot);
      resolve();
    }
  }

  /** Over which time to read, and up to which time that covers. */
  #coverage(slots: Uint32Array, { start, end }: TimeRange): TimeRange & { readonly to: number } {
    const { index } = this.#sources;
    // Around what is wanted: the next question, a little earlier or later, then finds all of it.
    const around = Math.ceil(Math.min(MOST_AROUND_MS, Math.max(LEAST_AROUND_MS, (end - start) / 8)));
    const from = start - around;
    // After its last day a series has nothing, as far as it has come in.
    const lastDay = slots.reduce((last, slot) => Math.max(last, index.lastDay(slot)), dayOf(start));
    const newest = (lastDay + 1) * DAY_MS - 1;
    const behind = Math.min(newest, this.#clock.now()) - end;
    return behind <= Math.max(LEAST_BEHIND_MS, end - start)
      ? { start: from, end: Math.max(newest, end), to: Number.POSITIVE_INFINITY }
      : { start: from, end: end + around, to: end + around };
  }

  /** Reads some series; gives how many rows they have, `undefined` when they could not be kept. */
  async #readPortion(
    slots: Uint32Array<ArrayBuffer>,
    range: TimeRange,
    limits: QueryLimits,
    signal: CancelSignal | undefined,
  ): Promise<number | undefined> {
    const { tail } = this.#sources;
    const generation = this.#generation;
    // At one moment with the beginning of the read: from then on the tail keeps whatever is later than the last day.
    const { start, end, to } = this.#coverage(slots, range);
    const read = tail.beginRead();
    try {
      const stored = decodeSelection(await readRows(this.#sources, slots, { start, end }, limits, signal));
      const unsure = Uint32Array.from(stored.conflicts, (place) => slots[place] as number);
      const settled = decodeSelection(await readRows(this.#sources, unsure, { start, end }, limits, signal, true));
      // What is to be forgotten was read: the next try reads it anew.
      if (generation !== this.#generation) return stored.timestamps.length;
      const kept =
        this.#keep(slots, withRecent(stored, tail.recentRows(read, slots, start, to)), start, to) &&
        this.#keep(unsure, withRecent(settled, tail.recentRows(read, unsure, start, to)), start, to);
      return kept ? stored.timestamps.length : undefined;
    } catch (error) {
      // More was read than was asked for; the tables tell whether that is too much as well.
      if (error instanceof AtalayaError && error.code === 'QUERY_LIMIT') return undefined;
      throw error;
    } finally {
      tail.endRead(read);
    }
  }

  /** Puts series into the arena; tells whether there was room. */
  #keep(slots: Uint32Array, { offsets, timestamps, values }: SampleColumns, start: number, to: number): boolean {
    const { index } = this.#sources;
    return slots.every((slot, i) => {
      // Before its first day a series has nothing.
      const from = index.firstDay(slot) * DAY_MS >= start ? Number.NEGATIVE_INFINITY : start;
      return this.#series.put(slot, from, to, { timestamps, values, start: offsets[i] as number, end: offsets[i + 1] as number });
    });
  }
}

async function unlessAborted(work: Promise<void>, signal: CancelSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new AtalayaError('QUERY_CANCELED', { phase: 'reading samples' }));
  signal.addEventListener('abort', abort);
  try {
    if (signal.aborted) abort();
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
