/** Texts that occur again and again in protobuf messages: names of attributes, values such as `GET`. They become strings once. */

import type { Buffer } from 'node:buffer';

const SLOTS = 4096;
/** Longer ones are seldom repeated, and looking for them costs more than making them. */
const LONGEST = 32;

/** Remembers the last short ASCII texts. Bounded: a text takes the place of another one. */
export class TextCache {
  readonly #slots = Array.from<string>({ length: SLOTS }).fill('');

  /** The text of `bytes` from `from` to `to`; what is not valid UTF-8 is U+FFFD. */
  text(bytes: Buffer, from: number, to: number): string {
    const length = to - from;
    if (length === 0) return '';
    if (length > LONGEST) return bytes.toString('utf8', from, to);
    let hash = length;
    let all = 0;
    for (let i = from; i < to; i++) {
      const byte = bytes[i] as number;
      all |= byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if (all > 0x7f) return bytes.toString('utf8', from, to);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#slots[slot] as string;
    if (known.length === length && isText(known, bytes, from)) return known;
    const text = bytes.toString('latin1', from, to);
    this.#slots[slot] = text;
    return text;
  }
}

function isText(text: string, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}
