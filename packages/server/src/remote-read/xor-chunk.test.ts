import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChunkSample, readXorChunk } from './read-xor-chunk.ts';
import { MOST_SAMPLES, XorChunkWriter } from './xor-chunk.ts';

const writer = new XorChunkWriter();

function write(samples: readonly ChunkSample[]): Uint8Array {
  writer.begin();
  for (const { time, bits } of samples) writer.append(time, Number(bits & 0xffff_ffffn), Number(bits >> 32n));
  return writer.finish().slice();
}

const bitsOf = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint;

test('any samples come back bit by bit', () => {
  const step = fc.oneof(
    fc.integer({ min: 1, max: 20 }),
    fc.constantFrom(15_000, 15_001, 14_999),
    fc.integer({ min: 1, max: 2_000_000 }),
    fc.integer({ min: 1, max: 10_000_000_000 }),
  );
  const bits = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.double().map(bitsOf), fc.integer({ min: 0, max: 50 }).map(bitsOf));
  const series = fc.array(fc.record({ step, bits }), { minLength: 1, maxLength: MOST_SAMPLES });
  fc.assert(
    fc.property(fc.integer({ min: -1e13, max: 1e13 }), series, (start, steps) => {
      let time = start;
      const samples = steps.map((each) => ({ time: (time += each.step), bits: each.bits }));
      expect(readXorChunk(write(samples))).toEqual(samples);
    }),
  );
});

test('the longest samples there can be fit', () => {
  const samples = Array.from({ length: MOST_SAMPLES }, (_, i) => ({
    time: i * 10_000_000 + (i % 2) * 9_000_000,
    bits: i % 2 === 0 ? 0x8000_0000_0000_0001n : 0x7fff_0000_ffff_0001n,
  }));
  expect(readXorChunk(write(samples))).toEqual(samples);
});

test('differences at the borders of their sizes', () => {
  for (const size of [14, 17, 20]) {
    for (const border of [2 ** (size - 1), -(2 ** (size - 1)) + 1]) {
      for (const difference of [border - 1, border, border + 1]) {
        const times = [0, 10_000_000, 20_000_000 + difference];
        const samples = times.map((time) => ({ time, bits: 1n }));
        expect(readXorChunk(write(samples))).toEqual(samples);
      }
    }
  }
});

// Worked out by hand from the format.
test('the bytes of a chunk', () => {
  const samples = [1000, 2000, 3000].map((time) => ({ time, bits: bitsOf(1) }));
  expect([...write(samples)]).toEqual([
    ...[0, 3], // three samples
    ...[0xd0, 0x0f], // 1000 as zigzag varint
    ...[0x3f, 0xf0, 0, 0, 0, 0, 0, 0], // 1.0
    ...[0xe8, 0x07], // 1000 later
    0, // the same value; the same distance, the same value
  ]);
});
