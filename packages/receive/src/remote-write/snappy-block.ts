/**
 * Decompression of snappy blocks into memory that is used again and again. A native decoder allocates its result anew:
 * at half a megabyte a body the page faults cost three times as much as its decoding, and the garbage piles up outside
 * the heap. This one takes twice the time of native decoding and none for memory.
 */

import { AtalayaError } from '@atalaya/model';

/** A snappy copy of 64 bytes takes three: no honest block expands more. */
const MOST_EXPANSION = 64 / 3;
/** The block's length header: a varint of at most 32 bits. */
const LONGEST_HEADER = 5;
/** Contents of up to so many bytes lie in memory that the next call reuses; larger ones get memory of their own. */
export const KEPT_BYTES = 1 << 20;
/** Words are copied four bytes at a time and may reach three bytes beyond the end. */
const SLACK = 4;
/** Up to here a literal is copied by words, beyond by one call. */
const SHORT_LITERAL = 64;
/** Literals longer than this have their length in the following bytes: tags 60 to 63 say in how many. */
const LONGEST_INLINE_LITERAL = 60;

/** Decodes one block after the other. The format: google/snappy, format_description.txt. */
export class SnappyDecoder {
  #kept = new Uint8Array(0);

  /**
   * The content of a block, valid until the next call unless it is larger than {@link KEPT_BYTES}.
   * @throws AtalayaError BODY_TOO_LARGE when it declares more than `limit` bytes: checked before anything is allocated.
   * @throws AtalayaError BAD_ENCODING when it is not a snappy block.
   */
  decode(block: Uint8Array, limit: number): Uint8Array {
    const declared = lengthOf(block);
    if (declared > limit) throw new AtalayaError('BODY_TOO_LARGE', { limit, when: 'after decompression', setting: 'limits.body' });
    if (declared > block.length * MOST_EXPANSION) {
      damaged(`it declares ${declared} bytes, more than ${block.length} compressed bytes can hold`);
    }
    const target = declared > KEPT_BYTES ? new Uint8Array(declared + SLACK) : this.#memory(declared + SLACK);
    decodeElements(block, headerLength(block), target, declared);
    return target.subarray(0, declared);
  }

  #memory(bytes: number): Uint8Array {
    if (this.#kept.length < bytes) this.#kept = new Uint8Array(bytes * 2);
    return this.#kept;
  }
}

/** The element loop: literals and copies until the block ends; exactly `length` bytes must have come out. */
function decodeElements(block: Uint8Array, start: number, target: Uint8Array, length: number): void {
  const source = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const words = new DataView(target.buffer, target.byteOffset, target.byteLength);
  const end = block.length;
  let from = start;
  let to = 0;
  while (from < end) {
    const tag = block[from++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      let size = (tag >> 2) + 1;
      if (size > LONGEST_INLINE_LITERAL) {
        const sizeBytes = size - LONGEST_INLINE_LITERAL;
        if (from + sizeBytes > end) damaged('it is cut off');
        size = littleEndian(block, from, sizeBytes) + 1;
        from += sizeBytes;
      }
      if (from + size > end || to + size > length) damaged('a literal is longer than what is left');
      copyLiteral(block, source, from, target, words, to, size);
      from += size;
      to += size;
      continue;
    }
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offsetBytes = kind === 3 ? 4 : kind;
    if (from + offsetBytes > end) damaged('it is cut off');
    const offset = kind === 1 ? ((tag >> 5) << 8) | (block[from] as number) : littleEndian(block, from, offsetBytes);
    from += offsetBytes;
    if (offset === 0 || offset > to) damaged('a copy reaches before the beginning');
    if (to + size > length) damaged('it holds more than it declares');
    copyWithin(target, words, to - offset, to, size);
    to += size;
  }
  if (to !== length) damaged(`it declares ${length} bytes and holds ${to}`);
}

function copyLiteral(
  block: Uint8Array,
  source: DataView,
  from: number,
  target: Uint8Array,
  words: DataView,
  to: number,
  size: number,
): void {
  if (size > SHORT_LITERAL) target.set(block.subarray(from, from + size), to);
  else if (from + size + SLACK <= block.length) {
    for (let i = 0; i < size; i += 4) words.setInt32(to + i, source.getInt32(from + i, true), true);
  } else for (let i = 0; i < size; i++) target[to + i] = block[from + i] as number;
}

/** Copies `size` bytes forward within the output; the two ranges may overlap, which repeats the bytes between them. */
function copyWithin(target: Uint8Array, words: DataView, from: number, to: number, size: number): void {
  if (to - from >= 4) for (let i = 0; i < size; i += 4) words.setInt32(to + i, words.getInt32(from + i, true), true);
  else for (let i = 0; i < size; i++) target[to + i] = target[from + i] as number;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let number = 0;
  for (let i = count - 1; i >= 0; i--) number = number * 256 + (bytes[at + i] as number);
  return number;
}

function headerLength(block: Uint8Array): number {
  let length = 1;
  while ((block[length - 1] as number) >= 0x80) length++;
  return length;
}

/** How many bytes a block says its content takes: of rubbish, any number. */
export function declaredLength(block: Uint8Array): number {
  return readLength(block) ?? 0;
}

function lengthOf(block: Uint8Array): number {
  return readLength(block) ?? damaged('its length header is cut off or too long');
}

function readLength(block: Uint8Array): number | undefined {
  let length = 0;
  for (let i = 0; i < LONGEST_HEADER; i++) {
    const byte = block[i];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length;
  }
  return undefined;
}

function damaged(reason: string): never {
  throw new AtalayaError('BAD_ENCODING', { reason: `not a snappy block: ${reason}` });
}
