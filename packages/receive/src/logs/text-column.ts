/** Growing columns of one batch: packed texts, numbers. They keep their memory from one batch to the next. */

const FIRST_BYTES = 4096;
const FIRST_ROWS = 256;
/** Kept between batches; one that needed more gives it back. */
const KEPT_BYTES = 4 * 1_048_576;
const KEPT_ROWS = 65_536;

/** Up to here texts are written character by character. */
const SHORT = 48;

const encoder = new TextEncoder();

/** Bytes that a length takes as LEB128. */
const lengthBytes = (length: number): number =>
  length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : length < 0x1000_0000 ? 4 : 5;

/** Texts one after the other, each behind its length in bytes as LEB128, as journal batches and ClickHouse's Native format hold them. */
export class TextColumn {
  #bytes = new Uint8Array(FIRST_BYTES);
  #end = 0;
  /** Where the last text that was added lies in {@link buffer}. */
  start = 0;
  end = 0;

  /** The memory behind the column; another one after each addition that did not fit. */
  get buffer(): Uint8Array {
    return this.#bytes;
  }

  get length(): number {
    return this.#end;
  }

  /** Adds a text; its place is in `start` and `end` until the next one. */
  push(text: string | Uint8Array): void {
    if (typeof text !== 'string') {
      this.#reserve(text.length + 5);
      this.#begin(text.length);
      this.#bytes.set(text, this.#end);
      this.#finish(text.length);
      return;
    }
    if (text.length <= SHORT && this.#pushAscii(text)) return;
    // Room for the worst case of three bytes a unit; where the length is short for all cases the text is encoded right into its place.
    const most = text.length * 3;
    this.#reserve(most + 5);
    const width = lengthBytes(most);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#end + width));
    const needed = lengthBytes(written);
    if (needed !== width) this.#bytes.copyWithin(this.#end + needed, this.#end + width, this.#end + width + written);
    this.#begin(written);
    this.#finish(written);
  }

  /** Adds an empty text. */
  pushEmpty(): void {
    this.#reserve(1);
    this.#bytes[this.#end++] = 0;
    this.start = this.end = this.#end;
  }

  /** Takes everything behind a place away: a length that the column had before. */
  truncate(length: number): void {
    this.#end = length;
  }

  /** The column as it is: a view, valid until the next addition. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  clear(): void {
    this.#end = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(FIRST_BYTES);
  }

  /** Adds a short text of ASCII characters; false, and nothing, when it has others. The encoder would take longer to be called than this. */
  #pushAscii(text: string): boolean {
    const { length } = text;
    this.#reserve(length + 1);
    const bytes = this.#bytes;
    const start = this.#end + 1;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return false;
      bytes[start + i] = unit;
    }
    bytes[this.#end] = length;
    this.start = start;
    this.end = this.#end = start + length;
    return true;
  }

  #begin(length: number): void {
    let rest = length;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#end++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#end++] = rest;
    this.start = this.#end;
  }

  #finish(length: number): void {
    this.#end += length;
    this.end = this.#end;
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

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
