/** A fast hash with a random seed over bytes as they arrived: the key under which known series are found. */

/**
 * Where keys of one process start: four random words. Keys mean nothing outside this process, so the function may
 * change at any time; fingerprints, which are stored, are another matter (model/fingerprint.ts).
 */
export type HashSeed = readonly [number, number, number, number];

/** Four random words. */
export function randomSeed(): HashSeed {
  const [a, b, c, d] = crypto.getRandomValues(new Int32Array(4)) as unknown as HashSeed;
  return [a, b, c, d];
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function finish(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * Writes the key of `bytes[from, to)` as two signed words to `out[at]` and `out[at + 1]`. The mixing is that of
 * MurmurHash3 x86-128 with a seed per lane; a DataView reads a word in one load where four bytes would take four.
 */
export function hashRange(bytes: DataView, from: number, to: number, seed: HashSeed, out: Int32Array, at: number): void {
  let h1 = seed[0];
  let h2 = seed[1];
  let h3 = seed[2];
  let h4 = seed[3];
  const length = to - from;
  const blocksEnd = from + (length & ~15);
  let i = from;
  for (; i < blocksEnd; i += 16) {
    h1 = (Math.imul(rotateLeft(h1 ^ Math.imul(rotateLeft(Math.imul(bytes.getInt32(i, true), C1), 15), C2), 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 =
      (Math.imul(rotateLeft(h2 ^ Math.imul(rotateLeft(Math.imul(bytes.getInt32(i + 4, true), C2), 16), C3), 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 =
      (Math.imul(rotateLeft(h3 ^ Math.imul(rotateLeft(Math.imul(bytes.getInt32(i + 8, true), C3), 17), C4), 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 =
      (Math.imul(rotateLeft(h4 ^ Math.imul(rotateLeft(Math.imul(bytes.getInt32(i + 12, true), C4), 18), C1), 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  // The last up to 15 bytes: whole words, then single bytes.
  let word = 0;
  for (; i + 4 <= to; i += 4) {
    word = Math.imul(rotateLeft(Math.imul(bytes.getInt32(i, true), C2), 16), C3);
    h1 = (Math.imul(rotateLeft(h1 ^ word, 19) + h3, 5) + 0x561ccd1b) | 0;
    h2 = (Math.imul(rotateLeft(h2 + word, 17) + h4, 5) + 0x0bcaa747) | 0;
  }
  word = 0;
  for (; i < to; i++) word = (word << 8) | bytes.getUint8(i);
  h3 ^= Math.imul(rotateLeft(Math.imul(word, C3), 17), C4);
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  out[at] = h1;
  out[at + 1] = (h2 + h1) | 0;
}
