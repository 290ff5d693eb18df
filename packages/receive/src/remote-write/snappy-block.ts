/** Decompression of a snappy block, with its declared length checked before anything is allocated. */

import { AtalayaError } from '@atalaya/model';
import { uncompressSync } from 'snappy';

/** A snappy copy of 64 bytes takes three: no honest block expands more. */
const MOST_EXPANSION = 64 / 3;
/** The block's length header: a varint of at most 32 bits. */
const LONGEST_HEADER = 5;

/**
 * The content of a snappy block.
 * @throws AtalayaError BODY_TOO_LARGE when it declares more than `limit` bytes, BAD_ENCODING when it is not a snappy block.
 */
export function uncompressBlock(block: Uint8Array, limit: number): Uint8Array {
  const declared = declaredLength(block);
  if (declared > limit) throw new AtalayaError('BODY_TOO_LARGE', { limit, when: 'after decompression', setting: 'limits.body' });
  if (declared > block.length * MOST_EXPANSION) {
    throw notSnappy(`it declares ${declared} bytes, more than ${block.length} compressed bytes can hold`);
  }
  try {
    return uncompressSync(block, { asBuffer: true }) as Buffer;
  } catch (cause) {
    throw notSnappy('it is damaged or in the framed format', cause);
  }
}

function declaredLength(block: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < LONGEST_HEADER; i++) {
    const byte = block[i];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length;
  }
  throw notSnappy('its length header is cut off or too long');
}

function notSnappy(reason: string, cause?: unknown): AtalayaError {
  return new AtalayaError('BAD_ENCODING', { reason: `not a snappy block: ${reason}` }, { cause });
}
