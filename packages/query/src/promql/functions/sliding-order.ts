/** The samples of a window in order, kept up to date while the window moves on: neighbouring windows share most samples. */

export class SlidingOrder {
  /** The numbers of the window, ascending, NaN left out; the first `count` entries. */
  sorted = new Float64Array(64);
  count = 0;
  /** How many samples of the window are NaN. */
  missing = 0;
  #values: Float64Array = new Float64Array(0);
  #low = 0;
  #high = 0;

  /** Begins anew with another series. */
  reset(values: Float64Array): void {
    this.#values = values;
    this.#empty(0);
  }

  /** Moves the window to `[low, high)`; it only ever moves forward within a series. */
  moveTo(low: number, high: number): void {
    const values = this.#values;
    if (this.sorted.length < high - low) {
      const sorted = new Float64Array((high - low) * 2);
      sorted.set(this.sorted.subarray(0, this.count));
      this.sorted = sorted;
    }
    if (low >= this.#high) this.#empty(low);
    // Moving costs a shift for every sample that goes or comes; with most of them new, sorting is cheaper.
    if ((high - this.#high) * 4 > high - low) {
      this.#fill(low, high);
    } else {
      // One goes and one comes as often as possible: only what lies between the two moves then.
      while (this.#low < low && this.#high < high) this.#replace(values[this.#low++]!, values[this.#high++]!);
      while (this.#low < low) this.#remove(values[this.#low++]!);
      while (this.#high < high) this.#insert(values[this.#high++]!);
    }
  }

  #empty(at: number): void {
    this.count = 0;
    this.missing = 0;
    this.#low = at;
    this.#high = at;
  }

  #fill(low: number, high: number): void {
    this.#empty(low);
    this.#high = high;
    for (let i = low; i < high; i++) {
      const value = this.#values[i]!;
      if (value === value) this.sorted[this.count++] = value;
      else this.missing++;
    }
    this.sorted.subarray(0, this.count).sort();
  }

  #replace(gone: number, come: number): void {
    if (gone !== gone || come !== come) {
      this.#remove(gone);
      this.#insert(come);
      return;
    }
    const { sorted, count } = this;
    let place = this.#placeOf(gone);
    if (come > gone) {
      for (; place + 1 < count && sorted[place + 1]! < come; place++) sorted[place] = sorted[place + 1]!;
    } else {
      for (; place > 0 && sorted[place - 1]! > come; place--) sorted[place] = sorted[place - 1]!;
    }
    sorted[place] = come;
  }

  #remove(value: number): void {
    if (value !== value) {
      this.missing--;
      return;
    }
    this.sorted.copyWithin(this.#placeOf(value), this.#placeOf(value) + 1, this.count--);
  }

  #insert(value: number): void {
    if (value !== value) {
      this.missing++;
      return;
    }
    const place = this.#placeOf(value);
    this.sorted.copyWithin(place + 1, place, this.count++);
    this.sorted[place] = value;
  }

  /** The first place whose number is not smaller. */
  #placeOf(value: number): number {
    const { sorted } = this;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
