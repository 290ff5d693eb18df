/** Writes protobuf messages within messages into memory that is used again and again. */

import { Buffer } from 'node:buffer';

/** A length that is written before it is known: five bytes, whatever it will be. */
const LENGTH_BYTES = 5;

export class MessageScratch {
  /** What was written lies from 0 to {@link length}. Another object once there was no room. */
  bytes: Buffer<ArrayBuffer> = Buffer.alloc(4096);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** Begins a message or a packed list; gives what {@link close} wants to know. */
  open(field: number): number {
    this.#reserve(5 + LENGTH_BYTES);
    this.#varint(field * 8 + 2);
    this.length += LENGTH_BYTES;
    return this.length;
  }

  close(start: number): void {
    let rest = this.length - start;
    for (let i = start - LENGTH_BYTES; i < start - 1; i++, rest >>>= 7) this.bytes[i] = (rest & 0x7f) | 0x80;
    this.bytes[start - 1] = rest;
  }

  text(field: number, value: string): void {
    const start = this.open(field);
    this.#reserve(value.length * 3);
    this.length += this.bytes.write(value, this.length, 'utf8');
    this.close(start);
  }

  /** Bytes given as hexadecimal digits. */
  hex(field: number, digits: string): void {
    const start = this.open(field);
    this.#reserve(digits.length);
    this.length += this.bytes.write(digits, this.length, 'hex');
    this.close(start);
  }

  /** A whole number of 32 bits without sign. */
  uint32(field: number, value: number): void {
    this.#reserve(10);
    this.#varint(field * 8);
    this.#varint(value);
  }

  /** A sint32. */
  sint32(field: number, value: number): void {
    this.uint32(field, ((value << 1) ^ (value >> 31)) >>> 0);
  }

  double(field: number, value: number): void {
    this.#reserve(5);
    this.#varint(field * 8 + 1);
    this.doubleItem(value);
  }

  /** Eight bytes, given in decimal digits, with a sign or without. */
  fixed64(field: number, digits: string): void {
    this.#reserve(5);
    this.#varint(field * 8 + 1);
    this.fixed64Item(digits);
  }

  /** An element of a packed list. */
  doubleItem(value: number): void {
    this.#reserve(8);
    this.length = this.bytes.writeDoubleLE(value, this.length);
  }

  /** An element of a packed list. */
  fixed64Item(digits: string): void {
    this.#reserve(8);
    this.length = this.bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(digits)), this.length);
  }

  /** An element of a packed list. */
  varintItem(digits: string): void {
    this.#reserve(10);
    const value = Number(digits);
    if (value <= 0xffff_ffff) {
      this.#varint(value);
      return;
    }
    let rest = BigInt(digits);
    for (; rest > 0x7fn; rest >>= 7n) this.bytes[this.length++] = Number(rest & 0x7fn) | 0x80;
    this.bytes[this.length++] = Number(rest);
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.bytes[this.length++] = (rest & 0x7f) | 0x80;
    this.bytes[this.length++] = rest;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.length + more, this.bytes.length * 2));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
