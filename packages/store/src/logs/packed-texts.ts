/** Packed texts, the form in which batches and Native blocks hold strings: each one's length as LEB128, then its bytes. */

const encoder = new TextEncoder();

/** Texts of JavaScript, packed. */
export function packTexts(texts: readonly string[]): Uint8Array {
  const parts = texts.map((text) => encoder.encode(text));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 5, 0));
  let at = 0;
  for (const part of parts) {
    let rest = part.length;
    for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
    bytes[at++] = rest;
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.subarray(0, at);
}

/** Where each of `count` packed texts ends, their lengths included; one that begins at 0 or where the one before it ends. */
export function packedEnds(column: Uint8Array, count: number): Uint32Array {
  const ends = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    let length = 0;
    let scale = 1;
    for (;;) {
      const byte = column[at++] as number;
      length += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    at += length;
    ends[i] = at;
  }
  return ends;
}

/** The texts of the rows that are kept, `ends` being where each row's texts end: pieces of the column, as few as there are gaps. */
export function keptPieces(column: Uint8Array, ends: Uint32Array, keep: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = -1;
  for (let row = 0; row <= keep.length; row++) {
    const start = row === 0 ? 0 : (ends[row - 1] as number);
    if (row < keep.length && keep[row] === 1) {
      if (from < 0) from = start;
    } else if (from >= 0) {
      if (start > from) pieces.push(column.subarray(from, start));
      from = -1;
    }
  }
  return pieces;
}
