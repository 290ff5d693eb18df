/** Columns of ids as hexadecimal digits, made in bulk: texts of one length need no lengths when the engine is told of a FixedString. */

import type { EncodedColumn } from '../native/block.ts';

/** Ids of so many bytes each. */
export function packedHex(pieces: readonly Uint8Array[], width: number): EncodedColumn {
  return { kind: 'encoded', type: `FixedString(${width * 2})`, pieces: pieces.map(hexOf) };
}

/** The same; an id of zeros is the empty text: what the engine makes of a FixedString of zeros. */
export function packedHexOrNothing(pieces: readonly Uint8Array[], width: 8): EncodedColumn {
  return { kind: 'encoded', type: `FixedString(${width * 2})`, pieces: pieces.map((ids) => withoutZeros(ids, hexOf(ids))) };
}

function hexOf(ids: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(ids.buffer, ids.byteOffset, ids.length).toString('hex'), 'latin1');
}

function withoutZeros(ids: Uint8Array, hex: Uint8Array): Uint8Array {
  for (let at = 0; at < ids.length; at += 8) {
    let zero = true;
    for (let i = at; zero && i < at + 8; i++) zero = ids[i] === 0;
    if (zero) hex.fill(0, at * 2, at * 2 + 16);
  }
  return hex;
}
