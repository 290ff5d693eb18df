import { labelsOf } from '@atalaya/model';
import { expect, test } from 'vitest';
import { prometheusHash, xxhash64 } from './xxhash.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

// Published test vectors of xxHash64 with seed 0.
test.each([
  ['', 0xef46db3751d8e999n],
  ['a', 0xd24ec4f1a98c6e5bn],
  ['abc', 0x44bc2cf5ad770999n],
  ['message digest', 0x066ed728fceeb3ben],
  ['abcdefghijklmnopqrstuvwxyz', 0xcfe1f278fa89835cn],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 0xaaa46907d3047814n],
  ['12345678901234567890123456789012345678901234567890123456789012345678901234567890', 0xe04a477f19ee145dn],
])('the hash of %j is known', (text, hash) => {
  expect(xxhash64(bytes(text))).toBe(hash);
});

test('a label set is hashed as its lengths and texts in a row', () => {
  const labels = labelsOf({ __name__: 'up', job: 'é' });
  expect(prometheusHash(labels)).toBe(xxhash64(bytes('\u0008__name__\u0002up\u0003job\u0002é')));
  const long = 'x'.repeat(300);
  const expected = [...bytes('\u0001a'), 255, 300 & 255, 300 >> 8, 0, ...bytes(long)];
  expect(prometheusHash(labelsOf({ a: long }))).toBe(xxhash64(Uint8Array.from(expected)));
});
