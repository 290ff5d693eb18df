/**
 * Fingerprints: 64-bit hashes that stand for a series in batches, the journal and the store.
 *
 * MurmurHash3 x86-128 (public domain, A. Appleby), of which the first two 32-bit words are kept: it needs 32-bit
 * multiplications only, so it runs over label bytes without BigInt and without making strings.
 */

/** The two halves of a 64-bit hash, written by {@link hashBytes} to spare an allocation per call. */
export interface Hash64 {
  /** The low 32 bits, as an unsigned integer. */
  low: number;
  /** The high 32 bits, as an unsigned integer. */
  high: number;
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function finish(word: number): number {
  let mixed = word;
  mixed ^= mixed >>> 16;
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Hashes `bytes[start, end)` into `out`. The fingerprint of a series is this hash of its canonical label form with seed 0. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number, out: Hash64): void {
  let h1 = seed | 0;
  let h2 = seed | 0;
  let h3 = seed | 0;
  let h4 = seed | 0;
  const length = end - start;
  const blocksEnd = start + (length & ~15);
  let at = start;
  for (; at < blocksEnd; at += 16) {
    let k1 = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    let k2 = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
    let k3 = bytes[at + 8]! | (bytes[at + 9]! << 8) | (bytes[at + 10]! << 16) | (bytes[at + 11]! << 24);
    let k4 = bytes[at + 12]! | (bytes[at + 13]! << 8) | (bytes[at + 14]! << 16) | (bytes[at + 15]! << 24);
    k1 = Math.imul(rotateLeft(Math.imul(k1, C1), 15), C2);
    h1 = (Math.imul(rotateLeft(h1 ^ k1, 19) + h2, 5) + 0x561ccd1b) | 0;
    k2 = Math.imul(rotateLeft(Math.imul(k2, C2), 16), C3);
    h2 = (Math.imul(rotateLeft(h2 ^ k2, 17) + h3, 5) + 0x0bcaa747) | 0;
    k3 = Math.imul(rotateLeft(Math.imul(k3, C3), 17), C4);
    h3 = (Math.imul(rotateLeft(h3 ^ k3, 15) + h4, 5) + 0x96cd1c35) | 0;
    k4 = Math.imul(rotateLeft(Math.imul(k4, C4), 18), C1);
    h4 = (Math.imul(rotateLeft(h4 ^ k4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  // The tail: up to 15 bytes, gathered little-endian into the four words they would have filled.
  const rest = end - at;
  if (rest > 0) {
    let k1 = 0;
    let k2 = 0;
    let k3 = 0;
    let k4 = 0;
    for (let i = rest - 1; i >= 0; i--) {
      const byte = bytes[at + i]! << ((i & 3) * 8);
      if (i >= 12) k4 |= byte;
      else if (i >= 8) k3 |= byte;
      else if (i >= 4) k2 |= byte;
      else k1 |= byte;
    }
    if (rest > 12) h4 ^= Math.imul(rotateLeft(Math.imul(k4, C4), 18), C1);
    if (rest > 8) h3 ^= Math.imul(rotateLeft(Math.imul(k3, C3), 17), C4);
    if (rest > 4) h2 ^= Math.imul(rotateLeft(Math.imul(k2, C2), 16), C3);
    h1 ^= Math.imul(rotateLeft(Math.imul(k1, C1), 15), C2);
  }
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
  h2 = (h2 + h1) | 0;
  out.low = h1 >>> 0;
  out.high = h2 >>> 0;
}

/** A fingerprint as 16 hexadecimal digits, most significant first, as ClickHouse's `hex(fp)` prints it. */
export function formatFingerprint(low: number, high: number): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
