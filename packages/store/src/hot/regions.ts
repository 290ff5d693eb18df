/** Divides a row of equal units into regions of 1, 2, 4, … units: a buddy allocator, whose free regions melt together again. */

/** Where a region begins, in units, and how large it is: 2^order units. */
export interface Region {
  readonly unit: number;
  readonly order: number;
}

/** Free regions are kept in lists, one for each order, linked through arrays by unit: zero means none, so links are units plus one. */
export class Regions {
  readonly units: number;
  readonly #next: Uint32Array;
  readonly #previous: Uint32Array;
  /** Of a unit with which a free region begins its order plus one, else zero. */
  readonly #freeOrder: Uint8Array;
  readonly #heads: Uint32Array;
  #free = 0;

  constructor(units: number) {
    this.units = units;
    this.#next = new Uint32Array(units);
    this.#previous = new Uint32Array(units);
    this.#freeOrder = new Uint8Array(units);
    this.#heads = new Uint32Array(33);
    for (let unit = 0; unit < units;) {
      // The largest region that may begin here (a multiple of its size) and fits.
      let order = 0;
      while (unit % 2 ** (order + 1) === 0 && unit + 2 ** (order + 1) <= units) order++;
      this.#put(unit, order);
      unit += 2 ** order;
    }
  }

  /** Units that no region has. */
  get free(): number {
    return this.#free;
  }

  /** The smallest order whose regions have so many units. */
  static orderOf(units: number): number {
    return units <= 1 ? 0 : 32 - Math.clz32(units - 1);
  }

  /** A region of 2^order units, or `undefined` when no free one is large enough. */
  allocate(order: number): Region | undefined {
    let from = order;
    while (from < this.#heads.length && this.#heads[from] === 0) from++;
    if (from >= this.#heads.length) return undefined;
    const unit = (this.#heads[from] as number) - 1;
    this.#take(unit, from);
    // The upper halves of what is too large stay free.
    while (from > order) this.#put(unit + 2 ** --from, from);
    return { unit, order };
  }

  /** Gives a region back. It must have been allocated and not given back since. */
  release(region: Region): void {
    let { unit, order } = region;
    for (;;) {
      const buddy = (unit ^ (2 ** order)) >>> 0;
      if (buddy + 2 ** order > this.units || this.#freeOrder[buddy] !== order + 1) break;
      this.#take(buddy, order);
      unit = Math.min(unit, buddy);
      order++;
    }
    this.#put(unit, order);
  }

  #put(unit: number, order: number): void {
    const head = this.#heads[order] as number;
    this.#freeOrder[unit] = order + 1;
    this.#next[unit] = head;
    this.#previous[unit] = 0;
    if (head !== 0) this.#previous[head - 1] = unit + 1;
    this.#heads[order] = unit + 1;
    this.#free += 2 ** order;
  }

  #take(unit: number, order: number): void {
    const next = this.#next[unit] as number;
    const previous = this.#previous[unit] as number;
    this.#freeOrder[unit] = 0;
    if (previous === 0) this.#heads[order] = next;
    else this.#next[previous - 1] = next;
    if (next !== 0) this.#previous[next - 1] = previous;
    this.#free -= 2 ** order;
  }
}
