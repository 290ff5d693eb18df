/** A growing column of packed texts. It keeps its memory from one batch to the next. */

const FIRST_BYTES = 4096;
/** Kept between batches; one that needed more gives it back. */
const KEPT_BYTES = 4 * 1_048_576;

/** Up to here texts are written character by character. */
const SHORT = 48;
/** Up to here bytes are copied in steps of eight, of which the last may go too far: calling anything takes longer. */
const SHORT_SLICE = 512;
const STEP = 8;
/** Integers below are written digit by digit. */
const FEW_DIGITS = 1_000_000_000;

const encoder = new TextEncoder();

/** Bytes that a length takes as LEB128. */
const lengthBytes = (length: number): number =>
  length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : length < 0x1000_0000 ? 4 : 5;

/** Texts one after the other, each behind its length in bytes as LEB128, as journal batches and ClickHouse's Native format hold them. */
export class TextColumn {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
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

  /** Adds the bytes from `from` to `to`. Leaves `start` and `end` undefined. */
  pushSlice(source: DataView, from: number, to: number): void {
    const length = to - from;
    this.#reserve(length + 5 + STEP);
    if (length < 0x80) this.#bytes[this.#end++] = length;
    else this.#begin(length);
    if (length <= SHORT_SLICE && to + STEP <= source.byteLength) {
      const view = this.#view;
      for (let i = from, at = this.#end; i < to; i += STEP, at += STEP) view.setBigUint64(at, source.getBigUint64(i));
    } else this.#bytes.set(new Uint8Array(source.buffer, source.byteOffset + from, length), this.#end);
    this.#end += length;
  }

  /** Adds a safe integer in decimal digits. Leaves `start` and `end` undefined. */
  pushInteger(value: number): void {
    if (value >= FEW_DIGITS || value <= -FEW_DIGITS || Object.is(value, -0)) {
      this.push(String(value));
      return;
    }
    this.#reserve(12);
    const bytes = this.#bytes;
    let rest = value < 0 ? -value : value;
    let digits = value < 0 ? 2 : 1;
    for (let power = 10; power <= rest; power *= 10) digits++;
    bytes[this.#end++] = digits;
    const end = this.#end + digits;
    if (value < 0) bytes[this.#end] = 0x2d;
    let at = end;
    do {
      const tenth = Math.floor(rest / 10);
      bytes[--at] = 0x30 + rest - tenth * 10;
      rest = tenth;
    } while (rest > 0);
    this.#end = end;
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
    if (this.#bytes.length > KEPT_BYTES) this.#become(new Uint8Array(FIRST_BYTES));
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
    this.#become(larger);
  }

  #become(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
