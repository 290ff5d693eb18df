/** Writes protobuf's wire format into one growing buffer. */

const encoder = new TextEncoder();
/** Length of texts up to which their length takes one byte. */
const SHORT = 0x7f;

/** A message being written. Used again after {@link clear}, so that series after series costs no memory. */
export class ProtobufOutput {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written; valid until the next write. */
  get content(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** A whole number from 0 to 2^53 without a field. */
  varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  uint(field: number, value: number): void {
    this.varint(field * 8);
    this.varint(value);
  }

  /** A whole number of either sign (int64): negative ones take ten bytes. */
  int(field: number, value: number): void {
    if (value >= 0) this.uint(field, value);
    else this.int64(field, BigInt(value));
  }

  /** As {@link int}, for numbers that a float64 may not hold. */
  int64(field: number, value: bigint): void {
    this.varint(field * 8);
    this.#reserve(10);
    let rest = BigInt.asUintN(64, value);
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#length++] = Number(rest);
  }

  fixed32(field: number, value: number): void {
    this.varint(field * 8 + 5);
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  fixed64(field: number, value: bigint): void {
    this.varint(field * 8 + 1);
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, BigInt.asUintN(64, value), true);
    this.#length += 8;
  }

  /** A message within this one: whatever `write` writes here. */
  message(field: number, write: () => void): void {
    this.varint(field * 8 + 2);
    const start = this.#length;
    write();
    const length = this.#length - start;
    let width = 1;
    for (let rest = length; rest > 0x7f; rest = Math.floor(rest / 128)) width++;
    this.#reserve(width);
    this.#bytes.copyWithin(start + width, start, start + length);
    this.#length = start;
    this.varint(length);
    this.#length = start + width + length;
  }

  /** A whole number of either sign (sint32): small ones of both signs are short. */
  zigzag(field: number, value: number): void {
    this.uint(field, value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** A float64 given as its two words: a NaN's bits stay what they are. */
  doubleWords(field: number, low: number, high: number): void {
    this.varint(field * 8 + 1);
    this.#reserve(8);
    this.#view.setUint32(this.#length, low, true);
    this.#view.setUint32(this.#length + 4, high, true);
    this.#length += 8;
  }

  double(field: number, value: number): void {
    this.varint(field * 8 + 1);
    this.rawDouble(value);
  }

  /** A float64 without a field, as packed lists hold them. */
  rawDouble(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  bytes(field: number, content: Uint8Array): void {
    this.varint(field * 8 + 2);
    this.varint(content.length);
    this.raw(content);
  }

  text(field: number, text: string): void {
    if (text.length > SHORT || !this.#shortText(field, text)) this.bytes(field, encoder.encode(text));
  }

  /** Writes a short text of ASCII in place; false for any other, of which nothing is written. */
  #shortText(field: number, text: string): boolean {
    const { length } = text;
    const before = this.#length;
    this.varint(field * 8 + 2);
    this.#reserve(length + 1);
    let at = this.#length;
    this.#bytes[at++] = length;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.#length = before;
        return false;
      }
      this.#bytes[at++] = unit;
    }
    this.#length = at;
    return true;
  }

  /** Bytes without field and length. */
  raw(content: Uint8Array): void {
    this.#reserve(content.length);
    this.#bytes.set(content, this.#length);
    this.#length += content.length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    bytes.set(this.content);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
