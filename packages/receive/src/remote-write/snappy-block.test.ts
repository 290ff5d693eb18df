import { AtalayaError } from '@atalaya/model';
import fc from 'fast-check';
import { compressSync, uncompressSync } from 'snappy';
import { expect, test } from 'vitest';
import { SnappyDecoder } from './snappy-block.ts';

const LIMIT = 1 << 22;
const decoder = new SnappyDecoder();

/** Content, or the code of the error. */
function decode(block: Uint8Array): Uint8Array | string {
  try {
    return decoder.decode(block, LIMIT).slice();
  } catch (error) {
    return error instanceof AtalayaError ? error.code : String(error);
  }
}

/** Text that compresses: few different words, so that blocks hold copies of all lengths and distances. */
const repetitive = fc.array(fc.constantFrom('a', 'ab', 'node_cpu_seconds_total', 'instance', '\0\0\0', 'x'.repeat(200)), {
  maxLength: 400,
});

test('what a native encoder wrote reads back', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        repetitive.map((words) => Buffer.from(words.join(''))),
        fc.uint8Array({ maxLength: 3000 }),
      ),
      (content) => {
        expect(decode(compressSync(content))).toEqual(Uint8Array.from(content));
      },
    ),
    { numRuns: 500 },
  );
});

test('large blocks read back: long literals, far copies, memory of their own', () => {
  const noise = Uint8Array.from({ length: 300_000 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 13) & 255);
  for (const content of [noise, Buffer.concat([noise, noise]), new Uint8Array(LIMIT)]) {
    expect(Buffer.compare(decode(compressSync(content)) as Uint8Array, content)).toBe(0);
  }
});

test('a far copy with a four-byte offset and an overlapping one are understood', () => {
  // Literal "abcd", a copy of 4 from 4 back with a 32-bit offset, a copy of 5 from 1 back.
  const block = Uint8Array.of(13, 0x0c, 97, 98, 99, 100, 0x0f, 4, 0, 0, 0, 0x05, 1);
  expect(Buffer.from(decode(block) as Uint8Array).toString()).toBe('abcdabcdddddd');
});

test('mutated blocks give what the native decoder gives, or BAD_ENCODING where it refuses', () => {
  const mutation = fc.record({ at: fc.nat(), byte: fc.nat(255) });
  fc.assert(
    fc.property(repetitive, fc.array(mutation, { maxLength: 3 }), fc.nat(20), (words, mutations, cut) => {
      const block = Uint8Array.from(compressSync(words.join('')));
      for (const { at, byte } of mutations) block[at % block.length] = byte;
      const mutated = block.subarray(0, Math.max(1, block.length - cut));
      const mine = decode(mutated);
      let native: Uint8Array | undefined;
      try {
        native = Uint8Array.from(uncompressSync(mutated) as Buffer);
      } catch {}
      expect(
        typeof mine === 'string'
          ? ['BAD_ENCODING', 'BODY_TOO_LARGE'].includes(mine)
          : Buffer.compare(mine, native ?? Buffer.from('refused')),
      ).toBe(typeof mine === 'string' ? true : 0);
      // Only a wrong declaration may be refused here and read there.
      expect(native === undefined || typeof mine !== 'string').toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('what was in the memory before does not show through', () => {
  decode(compressSync(Buffer.alloc(1000, 'secret')));
  // Declares 64 bytes, holds a literal of one.
  expect(decode(Uint8Array.of(20, 0, 97))).toBe('BAD_ENCODING');
  expect(decode(Uint8Array.of(5, 0x11, 4))).toBe('BAD_ENCODING');
});
