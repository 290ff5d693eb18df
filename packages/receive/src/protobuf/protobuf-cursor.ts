/** Reads protobuf's wire format in place, every read checked against the end of its message. */

import { AtalayaError } from '@atalaya/model';

/** Wire types; groups (3 and 4) are not used by any message here and are refused. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

const TWO_TO_28 = 2 ** 28;
const TWO_TO_56 = 2 ** 56;

/** @throws AtalayaError BAD_ENCODING, always. */
export function malformed(reason: string): never {
  throw new AtalayaError('BAD_ENCODING', { reason: `malformed protobuf: ${reason}` });
}

/** A place in a message. `end` arguments are where the message at hand ends; no read goes beyond it. */
export class ProtobufCursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A varint of at most 32 bits: tags, lengths, references. Longer ones are malformed. */
  uint32(end: number): number {
    const { bytes } = this;
    let at = this.at;
    if (at < end) {
      const first = bytes[at] as number;
      if (first < 0x80) {
        this.at = at + 1;
        return first;
      }
    }
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (at >= end) malformed(`a number is cut off at byte ${at}`);
      const byte = bytes[at++] as number;
      if (shift === 28 && byte > 15) break;
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.at = at;
        return result >>> 0;
      }
    }
    return malformed(`a number at byte ${this.at} has more than 32 bits`);
  }

  /** An int64 as a float64: exact up to 2^53 either way, rounded beyond. */
  int64(end: number): number {
    const { bytes } = this;
    let at = this.at;
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= end) malformed(`a number is cut off at byte ${at}`);
      const byte = bytes[at++] as number;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift < 56) middle |= (byte & 0x7f) << (shift - 28);
      else high |= (byte & 0x7f) << (shift - 56);
      if (byte >= 0x80) continue;
      this.at = at;
      // Of ten bytes 64 bits count: 28 in `low`, 28 in `middle`, 8 in `high`, of which the topmost is the sign.
      if ((high & 0x80) === 0) return (high & 0xff) * TWO_TO_56 + middle * TWO_TO_28 + low;
      return -((~high & 0xff) * TWO_TO_56 + (~middle & 0xfffffff) * TWO_TO_28 + (~low & 0xfffffff) + 1);
    }
    return malformed(`a number at byte ${this.at} has more than ten bytes`);
  }

  /** The end of a length-delimited field whose length is next; the cursor is left at its first byte. */
  lengthDelimited(end: number): number {
    const length = this.uint32(end);
    const fieldEnd = this.at + length;
    if (fieldEnd > end) malformed(`a field of ${length} bytes at byte ${this.at} is longer than what holds it`);
    return fieldEnd;
  }

  /** A tag: field number × 8 + wire type. */
  tag(end: number): number {
    const tag = this.uint32(end);
    if (tag < 8) malformed(`field number 0 before byte ${this.at}`);
    return tag;
  }

  /** Where the fixed-size number at the cursor begins; the cursor goes behind it. */
  fixed(bytes: number, end: number): number {
    const { at } = this;
    if (at + bytes > end) malformed(`a fixed-size number is cut off at byte ${end}`);
    this.at = at + bytes;
    return at;
  }

  /** Passes over the value of a field that nobody reads. */
  skip(tag: number, end: number): void {
    const wireType = tag & 7;
    if (wireType === VARINT) this.int64(end);
    else if (wireType === LENGTH_DELIMITED) this.at = this.lengthDelimited(end);
    else if (wireType === FIXED64 || wireType === FIXED32) {
      this.at += wireType === FIXED64 ? 8 : 4;
      if (this.at > end) malformed(`a fixed-size number is cut off at byte ${end}`);
    } else malformed(`wire type ${wireType} before byte ${this.at}`);
  }
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Text of UTF-8 bytes. What is not valid UTF-8 comes out with lone surrogates in place of the bad bytes: text that the
 * label check refuses for just that reason, and that still can be shown.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return lenientDecoder.decode(bytes).replaceAll('\uFFFD', '\uD800');
  }
}
