/**
 * Memory for samples that the engine's thread writes and query workers read: two columns under the same index, timestamps and
 * values, divided into regions. What a query looks at is leased; a region that is given up is used again only when no lease
 * is left that was taken before.
 */

import { type Region, Regions } from './regions.ts';

/** Samples of the smallest region. */
export const UNIT_SAMPLES = 64;
const BYTES_PER_SAMPLE = 16;

/** The columns of an arena, as each thread makes them over the same memory. */
export interface ArenaColumns {
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
}

/** @param buffer an arena's {@link Arena.buffer} */
export function arenaColumns(buffer: SharedArrayBuffer): ArenaColumns {
  const samples = buffer.byteLength / BYTES_PER_SAMPLE;
  return { timestamps: new Float64Array(buffer, 0, samples), values: new Float64Array(buffer, samples * 8, samples) };
}

/** The index of a region's first sample. */
export function firstOf({ unit }: Region): number {
  return unit * UNIT_SAMPLES;
}

/** How many samples a region has room for. */
export function capacityOf({ order }: Region): number {
  return UNIT_SAMPLES * 2 ** order;
}

export class Arena {
  readonly buffer: SharedArrayBuffer;
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  /** The values as words: a NaN's bits (stale markers) might not survive as a number. */
  readonly words: Uint32Array;
  readonly #regions: Regions;
  #lastLease = 0;
  /** In the order in which they were taken. */
  readonly #leases = new Set<number>();
  /** Given up, but leases up to `after` may still look at them; in order. */
  #limbo: { readonly region: Region; readonly after: number }[] = [];
  #limboUnits = 0;

  /** Reserves the memory; the system gives pages when they are first written to. */
  constructor(bytes: number) {
    const units = Math.floor(bytes / BYTES_PER_SAMPLE / UNIT_SAMPLES);
    this.buffer = new SharedArrayBuffer(units * UNIT_SAMPLES * BYTES_PER_SAMPLE);
    const { timestamps, values } = arenaColumns(this.buffer);
    this.timestamps = timestamps;
    this.values = values;
    this.words = new Uint32Array(this.buffer, values.byteOffset, values.length * 2);
    this.#regions = new Regions(units);
  }

  /** Samples that there is room for in all. */
  get capacity(): number {
    return this.#regions.units * UNIT_SAMPLES;
  }

  /** Samples in regions that are in use, their slack included. */
  get used(): number {
    return (this.#regions.units - this.#regions.free - this.#limboUnits) * UNIT_SAMPLES;
  }

  /** Whether a query may be looking at anything. */
  get leased(): boolean {
    return this.#leases.size > 0;
  }

  /** A region for at least so many samples; `undefined` when there is no room. What is in it is left from before. */
  allocate(samples: number): Region | undefined {
    return this.#regions.allocate(Regions.orderOf(Math.ceil(samples / UNIT_SAMPLES)));
  }

  /** Gives a region up. */
  release(region: Region): void {
    if (this.#leases.size === 0) {
      this.#regions.release(region);
      return;
    }
    this.#limbo.push({ region, after: this.#lastLease });
    this.#limboUnits += 2 ** region.order;
  }

  /** Notes that a query looks at regions, all those that are in use now; end it with {@link endLease}. */
  lease(): number {
    this.#leases.add(++this.#lastLease);
    return this.#lastLease;
  }

  /** Ends a lease. Ending it twice does nothing. */
  endLease(lease: number): void {
    if (!this.#leases.delete(lease)) return;
    const [oldest = Number.POSITIVE_INFINITY] = this.#leases;
    let free = 0;
    for (; free < this.#limbo.length; free++) {
      const { region, after } = this.#limbo[free] as { region: Region; after: number };
      if (after >= oldest) break;
      this.#regions.release(region);
      this.#limboUnits -= 2 ** region.order;
    }
    if (free > 0) this.#limbo = this.#limbo.slice(free);
  }
}
