import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSpanBatch, encodeSpanBatch } from './span-batch.ts';
import { type PlainAttributes, type PlainSpan, spanBatch } from './testing.ts';

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: digits / 2, maxLength: digits / 2 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const attributes: fc.Arbitrary<PlainAttributes> = fc.dictionary(
  fc.constantFrom('a', 'http.route', '__proto__x'),
  fc.oneof(fc.string(), fc.tuple(fc.constantFrom('int' as const, 'bytes' as const), fc.string())),
);
const time = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const plainSpan: fc.Arbitrary<PlainSpan> = fc.record(
  {
    traceId: hex(32),
    spanId: hex(16),
    start: time,
    parentSpanId: hex(16),
    service: fc.constantFrom('cart', 'pay'),
    scope: attributes,
    name: fc.string({ maxLength: 200 }),
    kind: fc.nat(5),
    duration: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    status: fc.nat(2),
    statusMessage: fc.string(),
    flags: fc.nat(),
    attributes,
    dropped: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
    events: fc.array(fc.record({ time, name: fc.string(), attributes }), { maxLength: 3 }),
    links: fc.array(fc.record({ traceId: hex(32), spanId: hex(16), traceState: fc.string(), attributes }), { maxLength: 3 }),
  },
  { requiredKeys: ['traceId', 'spanId', 'start'] },
);

const one: PlainSpan = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), start: 5n, kind: 2, service: 'cart', attributes: { a: 'b' } };

const outcomeOf = (work: () => unknown): string => {
  try {
    work();
    return 'read';
  } catch (error) {
    return (error as Error).constructor.name;
  }
};

describe('a span batch', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.array(plainSpan, { maxLength: 6 }), (spans) => {
        const batch = spanBatch(spans);
        expect(decodeSpanBatch(encodeSpanBatch(batch))).toEqual(batch);
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  test('is read from a place that is no multiple of 8', () => {
    const batch = spanBatch([one]);
    const bytes = encodeSpanBatch(batch);
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    expect(decodeSpanBatch(moved.subarray(3))).toEqual(batch);
  });

  test('that is cut off anywhere, or has something behind it, is refused', () => {
    const bytes = encodeSpanBatch(spanBatch([one, { ...one, events: [{ time: 1n, name: 'x' }] }]));
    for (let length = 0; length < bytes.length; length++) expect(() => decodeSpanBatch(bytes.slice(0, length))).toThrow(RangeError);
    expect(() => decodeSpanBatch(Uint8Array.from([...bytes, ...new Uint8Array(8)]))).toThrow(/has columns up to/);
  });

  test('of damaged bytes is refused or read, but never anything else', () => {
    const bytes = encodeSpanBatch(spanBatch([one, { ...one, links: [{ traceId: one.traceId, spanId: one.spanId }] }]));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = byte;
        expect(outcomeOf(() => decodeSpanBatch(damaged))).toMatch(/^(read|RangeError)$/);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

  test.each([
    ['a row of an origin that is not there', { rowOrigins: Uint32Array.of(1) }, /has a row of origin 1/],
    ['an unknown kind', { kinds: Uint8Array.of(6) }, /span kind 6/],
    ['an unknown status', { statusCodes: Uint8Array.of(3) }, /status code 3/],
    ['too few ids', { traceIds: new Uint8Array(15) }, /column of 15 bytes/],
    ['a text too many', { names: Uint8Array.of(0, 0) }, /has 2/],
    ['dropped counts for half a row', { dropped: Uint32Array.of(1) }, /column of 4 bytes instead of 12, or none/],
  ])('with %s is refused', (_what, change, message) => {
    expect(() => decodeSpanBatch(encodeSpanBatch({ ...spanBatch([one]), ...change }))).toThrow(message);
  });
});
