/** The newest samples: taken in from the journal, not in the tables for certain, and yet part of every answer. */

import type { HistogramBatch, MetricBatch } from '@atalaya/journal';

/** Stands for the slot of a sample whose series nobody has defined yet. */
export const UNDEFINED_SLOT = 0xffff_ffff;
/** Stands for the slot of a sample whose series was refused because of a collision. */
export const REFUSED_SLOT = 0xffff_fffe;

/** A batch that was taken in. */
export interface TailBatch {
  readonly batch: MetricBatch;
  /** The slot of each sample's series, or one of the two marks. */
  readonly slots: Uint32Array;
  /** The same of each histogram. */
  readonly histogramSlots: Uint32Array;
  /** Samples marked as undefined: worth another look when the batch is inserted. */
  undefined: number;
  /** How many rounds of removing series there had been when the slots were looked up. */
  removals: number;
}

/** A read of the tables that is under way. It sees what had been inserted when it began; {@link Tail} keeps all the rest for it. */
export interface TableRead {
  readonly began: number;
}

/** Samples of a selection's series from the tail, by series and time, each (series, time) once. */
export interface RecentRows {
  /** Which of the selection's series, by its place there. */
  readonly series: Uint32Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

/** Native histograms from the tail, in the same order. */
export interface RecentHistograms {
  readonly series: Uint32Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
  /** Their bytes, see `decodeNativeHistogram`. */
  readonly payloads: readonly Uint8Array<ArrayBuffer>[];
}

interface Kept extends TailBatch {
  /** The time on the tail's own clock when it was known to be in the tables. */
  insertedAt: number;
}

const NOT_YET = Number.POSITIVE_INFINITY;

/** Batches in the order of the journal, each until it is inserted and nobody reads the tables as they were before that. */
export class Tail {
  #batches: Kept[] = [];
  readonly #byBatch = new Map<MetricBatch, Kept>();
  /** Counts insertions and reads, so that it can be told which came first. */
  #time = 0;
  /** In the order in which they began. */
  readonly #reads = new Set<TableRead>();
  #rows = 0;
  /** By slot, the place in the selection that is being scanned for, plus one. All zero in between. */
  #places = new Uint32Array(0);

  /** Samples that are kept. */
  get rows(): number {
    return this.#rows;
  }

  add(taken: TailBatch): TailBatch {
    const kept: Kept = { ...taken, insertedAt: NOT_YET };
    this.#batches.push(kept);
    this.#byBatch.set(kept.batch, kept);
    this.#rows += rowsOf(kept);
    return kept;
  }

  /** What is known of a batch that was taken in and is not inserted. */
  of(batch: MetricBatch): TailBatch | undefined {
    return this.#byBatch.get(batch);
  }

  /** Notes that batches are in the tables now. */
  inserted(batches: readonly TailBatch[]): void {
    const now = ++this.#time;
    for (const kept of batches as readonly Kept[]) {
      kept.insertedAt = now;
      this.#byBatch.delete(kept.batch);
    }
    this.#prune();
  }

  /** Call it before the tables are read, and {@link endRead} when the answer has been joined with {@link scan}. */
  beginRead(): TableRead {
    const read: TableRead = { began: ++this.#time };
    this.#reads.add(read);
    return read;
  }

  endRead(read: TableRead): void {
    this.#reads.delete(read);
    this.#prune();
  }

  /** What the read may have missed of these series between two times, both inclusive; `undefined` when there is nothing. */
  recentRows(read: TableRead, slots: Uint32Array, start: number, end: number): RecentRows | undefined {
    const found: Found<MetricBatch['samples']> = new Map();
    this.scan(read, slots, (place, { samples }, i) => {
      const timestamp = samples.timestamps[i] as number;
      if (timestamp >= start && timestamp <= end) note(found, place, timestamp, samples, i);
    });
    if (found.size === 0) return undefined;
    const { series, timestamps, rows } = inOrder(found);
    const values = new Float64Array(rows.length);
    // As a piece of an array: a NaN's bits (stale markers) might not survive as a number.
    rows.forEach(({ of, index }, at) => values.set(of.values.subarray(index, index + 1), at));
    return { series, timestamps, values };
  }

  /** The same of native histograms. */
  recentHistograms(read: TableRead, slots: Uint32Array, start: number, end: number): RecentHistograms | undefined {
    const found: Found<HistogramBatch> = new Map();
    const scanned = (place: number, { histograms }: MetricBatch, i: number): void => {
      const timestamp = histograms?.timestamps[i];
      if (timestamp !== undefined && timestamp >= start && timestamp <= end) note(found, place, timestamp, histograms as HistogramBatch, i);
    };
    this.scan(read, slots, scanned, 'histogramSlots');
    if (found.size === 0) return undefined;
    const { series, timestamps, rows } = inOrder(found);
    const payloads = rows.map(({ of, index }) => of.bytes.slice(index === 0 ? 0 : (of.ends[index - 1] as number), of.ends[index]));
    return { series, timestamps, payloads };
  }

  /** Tells, in the order of the journal, of each sample (or histogram) of these series that the read may have missed. */
  scan(
    read: TableRead,
    slots: Uint32Array,
    found: (place: number, batch: MetricBatch, index: number) => void,
    which: 'slots' | 'histogramSlots' = 'slots',
  ): void {
    if (this.#batches.length === 0 || slots.length === 0) return;
    const places = this.#markPlaces(slots);
    for (const kept of this.#batches) {
      if (kept.insertedAt <= read.began) continue;
      const of = kept[which];
      for (let i = 0; i < of.length; i++) {
        const place = places[of[i] as number];
        if (place !== undefined && place > 0) found(place - 1, kept.batch, i);
      }
    }
    for (const slot of slots) places[slot] = 0;
  }

  #markPlaces(slots: Uint32Array): Uint32Array {
    const greatest = slots.reduce((most, slot) => Math.max(most, slot), 0);
    if (greatest >= this.#places.length) this.#places = new Uint32Array(Math.ceil(greatest * 1.25) + 1024);
    const places = this.#places;
    slots.forEach((slot, place) => (places[slot] = place + 1));
    return places;
  }

  #prune(): void {
    const [oldest] = this.#reads;
    const needed = oldest?.began ?? Number.POSITIVE_INFINITY;
    this.#batches = this.#batches.filter((kept) => {
      if (kept.insertedAt === NOT_YET || kept.insertedAt > needed) return true;
      this.#rows -= rowsOf(kept);
      return false;
    });
  }
}

function rowsOf({ slots, histogramSlots }: TailBatch): number {
  return slots.length + histogramSlots.length;
}

/** By place and timestamp, where the last sample of that time is. */
type Found<Columns> = Map<number, Map<number, { readonly of: Columns; readonly index: number }>>;

function note<Columns>(found: Found<Columns>, place: number, timestamp: number, of: Columns, index: number): void {
  let times = found.get(place);
  if (times === undefined) found.set(place, (times = new Map()));
  times.set(timestamp, { of, index });
}

function inOrder<Columns>(found: Found<Columns>): {
  readonly series: Uint32Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
  readonly rows: { readonly of: Columns; readonly index: number }[];
} {
  const ascending = <T>(map: ReadonlyMap<number, T>): [number, T][] => [...map].sort(([a], [b]) => a - b);
  const all = ascending(found).flatMap(([place, times]) => ascending(times).map(([timestamp, row]) => ({ place, timestamp, row })));
  return {
    series: Uint32Array.from(all, ({ place }) => place),
    timestamps: Float64Array.from(all, ({ timestamp }) => timestamp),
    rows: all.map(({ row }) => row),
  };
}
