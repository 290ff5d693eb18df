/**
 * Compression into snappy's elements, fragment by fragment: a block is the length of its whole content and then elements, so
 * elements can be made before the length is known. The format: google/snappy, format_description.txt.
 */

import type { ProtobufOutput } from './protobuf-output.ts';

/** Copies reach back within a fragment only, whose places two bytes can say. */
const FRAGMENT = 1 << 16;
const HASH_BITS = 14;
const LEAST_MATCH = 4;
/** The end of a fragment is not searched: four bytes must be there to compare. */
const MARGIN = 15;

const table = new Uint16Array(1 << HASH_BITS);

/** Appends the elements of a content to an output. */
export function compressElements(content: Uint8Array, output: ProtobufOutput): void {
  for (let at = 0; at < content.length; at += FRAGMENT) compressFragment(content.subarray(at, at + FRAGMENT), output);
}

/** Appends a literal element: bytes as they are. */
export function literalElement(content: Uint8Array, output: ProtobufOutput): void {
  if (content.length === 0) return;
  const size = content.length - 1;
  if (size < 60) output.raw(Uint8Array.of(size << 2));
  else if (size < 256) output.raw(Uint8Array.of(60 << 2, size));
  else output.raw(Uint8Array.of(61 << 2, size & 0xff, size >>> 8));
  output.raw(content);
}

function compressFragment(bytes: Uint8Array, output: ProtobufOutput): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - MARGIN;
  table.fill(0);
  let literal = 0;
  let at = 1;
  let misses = 32;
  while (at < end) {
    const word = view.getInt32(at, true);
    const hash = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
    const candidate = table[hash] as number;
    table[hash] = at;
    if (candidate >= at || view.getInt32(candidate, true) !== word) {
      // What does not compress is passed over faster and faster.
      at += misses++ >> 5;
      continue;
    }
    misses = 32;
    let length = LEAST_MATCH;
    while (at + length < bytes.length && bytes[candidate + length] === bytes[at + length]) length++;
    literalElement(bytes.subarray(literal, at), output);
    copyElements(at - candidate, length, output);
    at += length;
    literal = at;
  }
  literalElement(bytes.subarray(literal), output);
}

function copyElements(offset: number, length: number, output: ProtobufOutput): void {
  let rest = length;
  // No remainder below four: the short form could not say it.
  while (rest >= 68) {
    longCopy(offset, 64, output);
    rest -= 64;
  }
  if (rest > 64) {
    longCopy(offset, 60, output);
    rest -= 60;
  }
  if (rest >= 12 || offset >= 2048) longCopy(offset, rest, output);
  else output.raw(Uint8Array.of(((offset >>> 8) << 5) | ((rest - 4) << 2) | 1, offset & 0xff));
}

function longCopy(offset: number, length: number, output: ProtobufOutput): void {
  output.raw(Uint8Array.of(((length - 1) << 2) | 2, offset & 0xff, offset >>> 8));
}
