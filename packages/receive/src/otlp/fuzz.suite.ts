/** What fuzz tests of all signals make requests of, how they damage them, and what they ask of a decoder. */

import { AtalayaError } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TestAttribute, TestResource, TestScope, TestValue } from './encode-for-tests.ts';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
export const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const { value, attributes } = fc.letrec<{ value: TestValue; attributes: TestAttribute[] }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map((stringValue): TestValue => ({ stringValue })),
    fc.boolean().map((boolValue): TestValue => ({ boolValue })),
    int64.map((intValue): TestValue => ({ intValue })),
    // JSON has no negative zero.
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((double): TestValue => ({ doubleValue: double + 0 })),
    fc.uint8Array({ maxLength: 8 }).map((bytes): TestValue => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
    fc.constant<TestValue>({}),
    fc.array(tie('value'), { maxLength: 3 }).map((values): TestValue => ({ arrayValue: { values } })),
    tie('attributes').map((values): TestValue => ({ kvlistValue: { values } })),
  ),
  attributes: fc.array(fc.record({ key: text, value: tie('value') }), { maxLength: 4 }),
}));
/** Digits of an id of so many bytes. */
export const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'));
/** Any 64-bit number. */
export const time = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
export const anyValue: fc.Arbitrary<TestValue> = value;
export const anyAttributes: fc.Arbitrary<TestAttribute[]> = attributes;
export const anyResource: fc.Arbitrary<TestResource> = fc.record({ attributes });
export const anyScope: fc.Arbitrary<TestScope> = fc.record({ name: text, version: text, attributes, droppedAttributesCount: fc.nat() });

/** A few things that happen to bytes. */
export const mutations = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.constantFrom('set', 'insert', 'delete', 'cut') }), {
  minLength: 1,
  maxLength: 4,
});

/** The bytes after those things have happened. */
export function mutate(original: Uint8Array, steps: readonly { at: number; byte: number; kind: string }[]): Uint8Array {
  const bytes = [...original];
  for (const { at, byte, kind } of steps) {
    const index = bytes.length === 0 ? 0 : at % bytes.length;
    if (kind === 'cut') bytes.length = index;
    else bytes.splice(index, kind === 'insert' ? 0 : 1, ...(kind === 'delete' ? [] : [byte]));
  }
  return Uint8Array.from(bytes);
}

/** What a decoder made of a body. */
interface Taken {
  /** What was stored. */
  readonly stored: readonly unknown[];
  readonly refused: ReadonlyMap<string, number>;
  readonly records: number;
}

/** A decoder of a signal and the requests to try it with. */
interface Decoder<Request> {
  readonly anyRequest: fc.Arbitrary<Request>;
  readonly seed: number;
  /** How many records a request has. */
  countRecords(request: Request): number;
  encode(request: Request): Uint8Array;
  /** Decodes protobuf or, from a text, JSON, and stores it. */
  takeAll(body: Uint8Array | string): Promise<Taken>;
}

/** Runs the decoder: whatever the bytes, it ends, with something that can be read, or with nothing but BAD_ENCODING. */
export async function survives(decoder: Pick<Decoder<never>, 'takeAll'>, body: Uint8Array | string): Promise<void> {
  let code = 'taken';
  try {
    await decoder.takeAll(body);
  } catch (error) {
    code = error instanceof AtalayaError ? error.code : String(error);
  }
  expect(['taken', 'BAD_ENCODING']).toContain(code);
}

/** Declares the tests that every decoder has to pass. */
export function testDecoder<Request>(decoder: Decoder<Request>): void {
  const { anyRequest, seed } = decoder;

  test('random bytes are decoded or refused, never more', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (body) => survives(decoder, body));
    await fc.assert(property, { numRuns: 2000, seed });
  });

  test('mutated valid protobuf is decoded or refused, never more', async () => {
    const property = fc.asyncProperty(anyRequest, mutations, (request, steps) => survives(decoder, mutate(decoder.encode(request), steps)));
    await fc.assert(property, { numRuns: 1000, seed });
  });

  test('mutated valid JSON is decoded or refused, never more', async () => {
    const property = fc.asyncProperty(anyRequest, mutations, (request, steps) =>
      survives(decoder, Buffer.from(mutate(Buffer.from(JSON.stringify(request)), steps)).toString()),
    );
    await fc.assert(property, { numRuns: 1000, seed });
  });

  test('any JSON in any place is decoded or refused, never more', async () => {
    const property = fc.asyncProperty(anyRequest, fc.jsonValue(), fc.nat(), async (request, alien, nth) => {
      let left = nth % 60;
      const changed = JSON.stringify(request, (_key, value: unknown) => (left-- === 0 ? alien : value));
      await survives(decoder, changed);
    });
    await fc.assert(property, { numRuns: 1000, seed });
  });

  test('protobuf and JSON of the same request are the same records', async () => {
    const property = fc.asyncProperty(anyRequest, async (request) => {
      const fromProtobuf = await decoder.takeAll(decoder.encode(request));
      expect(await decoder.takeAll(JSON.stringify(request))).toEqual(fromProtobuf);
      const sent = decoder.countRecords(request);
      expect(fromProtobuf.records).toBe(sent);
      const refused = [...fromProtobuf.refused.values()].reduce((sum, count) => sum + count, 0);
      expect(fromProtobuf.stored.length + refused).toBe(sent);
    });
    await fc.assert(property, { numRuns: 500, seed });
  });
}
