import * as fc from 'fast-check';
import { encodeLabels, labelsOf } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import { decodeLogBatch, encodeLogBatch, type LogBatch } from './log-batch.ts';
import { eachText } from './packed-texts.ts';

/** Packed texts. */
function packed(texts: readonly Uint8Array[]): Uint8Array {
  const bytes: number[] = [];
  for (const text of texts) {
    let length = text.length;
    for (; length >= 128; length = Math.floor(length / 128)) bytes.push((length % 128) + 128);
    bytes.push(length, ...text);
  }
  return Uint8Array.from(bytes);
}

const text = fc.uint8Array({ maxLength: 300 });
const texts = (count: number): fc.Arbitrary<Uint8Array> => fc.array(text, { minLength: count, maxLength: count }).map(packed);
const octets = (count: number, max = 255): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: count, maxLength: count, max });

const arbitraryBatch: fc.Arbitrary<LogBatch> = fc
  .record({ origins: fc.integer({ min: 1, max: 4 }), counts: fc.array(fc.nat(3), { maxLength: 8 }), repetitionsDropped: fc.boolean() })
  .chain(({ origins, counts, repetitionsDropped }) => {
    const rows = counts.length;
    const attributes = counts.reduce((sum, count) => sum + count, 0);
    return fc
      .record({
        fingerprints: fc.array(fc.nat(), { minLength: origins * 2, maxLength: origins * 2 }),
        labels: fc.array(fc.dictionary(fc.constantFrom('app', 'job', '__proto__'), fc.string({ minLength: 1 })), {
          minLength: origins,
          maxLength: origins,
        }),
        rowOrigins: fc.array(fc.nat(origins - 1), { minLength: rows, maxLength: rows }),
        timestamps: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: rows, maxLength: rows }),
        levels: octets(rows, 7),
        severityNumbers: octets(rows),
        traceFlags: octets(rows),
        bodies: texts(rows),
        traceIds: texts(rows),
        spanIds: texts(rows),
        severityTexts: texts(rows),
        attributeNames: texts(attributes),
        attributeValues: texts(attributes),
        note: fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 }), { nil: undefined }),
      })
      .map(({ fingerprints, labels, rowOrigins, timestamps, note, ...columns }): LogBatch => {
        const forms = labels.map((set) => encodeLabels(labelsOf(set)));
        let end = 0;
        return {
          rows,
          repetitionsDropped,
          origins: {
            count: origins,
            fingerprints: Uint32Array.from(fingerprints),
            ends: Uint32Array.from(forms, (form) => (end += form.length)),
            labels: Uint8Array.from(forms.flatMap((form) => [...form])),
            details: forms.map((_, i) => (i === 0 ? null : { ...DETAILS, serviceName: `service ${i}` })),
          },
          rowOrigins: Uint32Array.from(rowOrigins),
          timestamps: BigInt64Array.from(timestamps),
          attributeCounts: Uint32Array.from(counts),
          ...columns,
          ...(note === undefined ? {} : { note }),
        };
      });
  });

function outcomeOf(act: () => unknown): unknown {
  try {
    act();
    return 'read';
  } catch (error) {
    return (error as Error).constructor;
  }
}

const DETAILS = {
  resourceSchemaUrl: '',
  resourceAttributes: { 'service.name': 'x' },
  scopeSchemaUrl: '',
  scopeName: 'scope',
  scopeVersion: '1',
  scopeAttributes: {},
};

describe('log batches', () => {
  test('come back as they were, wherever their bytes lie', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.nat(7), (batch, shift) => {
        const bytes = encodeLogBatch(batch);
        const moved = new Uint8Array(bytes.length + shift);
        moved.set(bytes, shift);
        expect(decodeLogBatch(moved.subarray(shift))).toEqual(batch);
      }),
    );
  });

  test('are refused with a RangeError wherever they are cut off', () => {
    const [batch] = fc.sample(
      arbitraryBatch.filter(({ rows }) => rows > 3),
      { numRuns: 1, seed: 7 },
    ) as [LogBatch];
    const bytes = encodeLogBatch(batch);
    for (let length = 0; length < bytes.length; length++) expect(() => decodeLogBatch(bytes.slice(0, length))).toThrow(RangeError);
  });

  test('are refused or read, but never run away, when bytes of them are damaged', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.nat(), fc.nat(255), (batch, place, byte) => {
        const bytes = encodeLogBatch(batch);
        bytes[place % bytes.length] = byte;
        expect(outcomeOf(() => decodeLogBatch(bytes))).toBeOneOf(['read', RangeError]);
      }),
    );
  });

  test('are refused when a column ends within the length of a text', () => {
    const [batch] = fc.sample(arbitraryBatch, { numRuns: 1, seed: 7 }) as [LogBatch];
    const cut = { ...batch, bodies: Uint8Array.of(...batch.bodies, 0x80) };
    expect(() => decodeLogBatch(encodeLogBatch(cut))).toThrow(RangeError);
  });

  test('hold texts that can be walked, of any length', () => {
    const long = new Uint8Array(20_000).fill(65);
    const found: number[] = [];
    eachText(packed([new Uint8Array(), long, Uint8Array.of(1)]), (start, end) => found.push(end - start));
    expect(found).toEqual([0, 20_000, 1]);
  });
});
