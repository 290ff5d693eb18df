/** xxHash64 (Y. Collet), by which `limit_ratio` samples: a series must survive here exactly when it survives in Prometheus. */

import type { Labels } from '@atalaya/model';

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

const MASK = (1n << 64n) - 1n;
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

function times(left: bigint, right: bigint): bigint {
  return (left * right) & MASK;
}

function rotate(word: bigint, bits: bigint): bigint {
  return ((word << bits) | (word >> (64n - bits))) & MASK;
}

function round(accumulator: bigint, input: bigint): bigint {
  return times(rotate((accumulator + times(input, P2)) & MASK, 31n), P1);
}

function merge(hash: bigint, accumulator: bigint): bigint {
  return (times(hash ^ round(0n, accumulator), P1) + P4) & MASK;
}

/** The 64-bit xxHash of the bytes, with seed 0. */
export function xxhash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { length } = bytes;
  let at = 0;
  let hash: bigint;
  if (length >= 32) {
    let [a, b, c, d] = [(P1 + P2) & MASK, P2, 0n, (1n << 64n) - P1];
    for (; at + 32 <= length; at += 32) {
      a = round(a, view.getBigUint64(at, true));
      b = round(b, view.getBigUint64(at + 8, true));
      c = round(c, view.getBigUint64(at + 16, true));
      d = round(d, view.getBigUint64(at + 24, true));
    }
    hash = (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & MASK;
    for (const accumulator of [a, b, c, d]) hash = merge(hash, accumulator);
  } else hash = P5;
  hash = (hash + BigInt(length)) & MASK;
  for (; at + 8 <= length; at += 8) {
    hash = (times(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n), P1) + P4) & MASK;
  }
  if (at + 4 <= length) {
    hash = (times(rotate(hash ^ times(BigInt(view.getUint32(at, true)), P1), 23n), P2) + P3) & MASK;
    at += 4;
  }
  for (; at < length; at++) hash = times(rotate(hash ^ times(BigInt(bytes[at]!), P5), 11n), P1);
  hash = times(hash ^ (hash >> 33n), P2);
  hash = times(hash ^ (hash >> 29n), P3);
  return hash ^ (hash >> 32n);
}

const encoder = new TextEncoder();

/**
 * A label set's hash as a release build of Prometheus computes it (its `stringlabels` layout): each name and value after its
 * length, which is one byte below 255, else 255 and three bytes with the lowest first.
 */
export function prometheusHash(labels: Labels): bigint {
  const parts = labels.map((text) => encoder.encode(text));
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length + (part.length < 255 ? 1 : 4), 0));
  let at = 0;
  for (const part of parts) {
    if (part.length < 255) bytes[at++] = part.length;
    else {
      bytes.set([255, part.length & 255, (part.length >> 8) & 255, part.length >> 16], at);
      at += 4;
    }
    bytes.set(part, at);
    at += part.length;
  }
  return xxhash64(bytes);
}
