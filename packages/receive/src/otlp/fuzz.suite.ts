/** What fuzz tests of all signals make requests of, and how they damage them. */

import fc from 'fast-check';
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
