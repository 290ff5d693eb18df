import { expect, test } from 'vitest';
import { formatFingerprint, hashBytes, type Hash64 } from './fingerprint.ts';

function words(text: string, seed: number): [number, number] {
  const bytes = new TextEncoder().encode(text);
  const out: Hash64 = { low: 0, high: 0 };
  hashBytes(bytes, 0, bytes.length, seed, out);
  return [out.low, out.high];
}

test('the hash is MurmurHash3 x86-128: the reference vectors', () => {
  expect(words('', 0)).toEqual([0, 0]);
  expect(words('', 1)).toEqual([0x88c4adec, 0x54d201b9]);
  expect(words('Hello, world!', 123)).toEqual([0x61c9129e, 0x5a1aacd7]);
  expect(words('The quick brown fox jumps over the lazy dog', 0)).toEqual([0x2f1583c3, 0xecee2c67]);
});

test('a range inside a larger buffer hashes like the range alone', () => {
  const inner = new TextEncoder().encode('job\xffnode');
  const outer = new Uint8Array(inner.length + 7);
  outer.set(inner, 3);
  const alone: Hash64 = { low: 0, high: 0 };
  const within: Hash64 = { low: 0, high: 0 };
  hashBytes(inner, 0, inner.length, 0, alone);
  hashBytes(outer, 3, 3 + inner.length, 0, within);
  expect(within).toEqual(alone);
});

test('a fingerprint prints as 16 digits, most significant first', () => {
  expect(formatFingerprint(0xff, 1)).toBe('00000001000000ff');
});
