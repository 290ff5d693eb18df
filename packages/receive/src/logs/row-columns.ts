/** The columns of numbers of a log batch. They keep their memory from one batch to the next. */

const FIRST_ROWS = 256;
/** Kept between batches; columns that needed more give it back. */
const KEPT_ROWS = 65_536;

/** The columns of numbers that each row has. */
export class RowColumns {
  rows = 0;
  origins = new Uint32Array(FIRST_ROWS);
  /** Nanoseconds as two words (low, high), as a BigInt64Array sees them. */
  times = new Uint32Array(FIRST_ROWS * 2);
  levels = new Uint8Array(FIRST_ROWS);
  severities = new Uint8Array(FIRST_ROWS);
  flags = new Uint8Array(FIRST_ROWS);
  attributes = new Uint32Array(FIRST_ROWS);

  clear(): void {
    this.rows = 0;
    if (this.origins.length > KEPT_ROWS) this.#resize(FIRST_ROWS);
  }

  /** Makes room for one more row. */
  reserve(): void {
    if (this.rows >= this.origins.length) this.#resize(this.rows * 2);
  }

  /** Notes the time of the row that is being added: whole seconds from 0 to 2^34, nanoseconds below a second. */
  setTime(seconds: number, nanoseconds: number): void {
    // The low word of the product is exact; what remains after taking it away is a multiple of 2^32, but for rounding far smaller than that.
    const low = Math.imul(seconds | 0, 1_000_000_000) >>> 0;
    const high = Math.round((seconds * 1e9 - low) / 0x1_0000_0000);
    const sum = low + nanoseconds;
    this.times[this.rows * 2] = sum;
    this.times[this.rows * 2 + 1] = sum >= 0x1_0000_0000 ? high + 1 : high;
  }

  /** Gives each column room for `size` rows; the rows that are there stay. */
  #resize(size: number): void {
    const { rows } = this;
    const resized = <Column extends Uint8Array | Uint32Array>(column: Column, to: Column, perRow = 1): Column => {
      to.set(column.subarray(0, rows * perRow));
      return to;
    };
    this.origins = resized(this.origins, new Uint32Array(size));
    this.times = resized(this.times, new Uint32Array(size * 2), 2);
    this.levels = resized(this.levels, new Uint8Array(size));
    this.severities = resized(this.severities, new Uint8Array(size));
    this.flags = resized(this.flags, new Uint8Array(size));
    this.attributes = resized(this.attributes, new Uint32Array(size));
  }
}
