/** Answers on their way to bytes: text written straight into a growing buffer. */

import { formatFixed } from '@atalaya/lang';
import type { Labels } from '@atalaya/model';
import { POINT_BYTES, type PointHeads, writeAscii, writePoints, writeValue } from './encode-points.ts';

declare class TextEncoder {
  encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}
const encoder = new TextEncoder();

/** Text that is written piece by piece; mostly ASCII, which is copied by character. */
export class Output {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
  }

  /** Makes sure that many bytes fit. */
  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }

  /** Appends a text of ASCII characters only. */
  ascii(text: string): void {
    this.#reserve(text.length);
    this.#length = writeAscii(this.#bytes, this.#length, text);
  }

  /** Appends a sample's value. */
  value(value: number): void {
    this.#reserve(POINT_BYTES);
    this.#length = writeValue(this.#bytes, this.#length, value);
  }

  /** Appends the points `[start, end)` of a series, with commas between them. */
  points(heads: PointHeads, timestamps: Float64Array, values: Float64Array, start: number, end: number): void {
    this.#reserve((end - start) * POINT_BYTES);
    this.#length = writePoints(this.#bytes, this.#length, heads, timestamps, values, start, end);
  }

  /** Appends a number as Loki writes it: never with an exponent. */
  fixed(value: number): void {
    if (Number.isSafeInteger(value)) return this.value(value);
    this.ascii(formatFixed(value));
  }

  /** Appends labels as a JSON object. */
  labels(labels: Labels): void {
    let text = '{';
    for (let i = 0; i < labels.length; i += 2)
      text += `${i === 0 ? '' : ','}${quoted(labels[i] as string)}:${quoted(labels[i + 1] as string)}`;
    this.text(`${text}}`);
  }

  /** Appends any text. */
  text(text: string): void {
    this.#reserve(text.length * 3);
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** What JSON does not write as it is. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}
