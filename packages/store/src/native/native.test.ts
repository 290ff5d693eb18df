import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NativeBlock, type NativeColumn, numberAt, type StringColumn, stringAt, stringColumn } from './block.ts';
import { column, readNative } from './read.ts';
import { writeNative } from './write.ts';

const bits = (values: ArrayBufferView): number[] => [...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];

const words = fc.uint32Array({ minLength: 40, maxLength: 40 });
const texts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 20, maxLength: 20 });

/** Columns of twenty rows. */
const columns: fc.Arbitrary<NativeColumn> = fc.oneof(
  words.map((all): NativeColumn => ({ kind: 'UInt64', words: all })),
  words.map((all): NativeColumn => ({ kind: 'Int64', words: all })),
  words.map((all): NativeColumn => ({ kind: 'Float64', values: new Float64Array(all.slice().buffer) })),
  words.map((all): NativeColumn => ({ kind: 'UInt32', values: all.slice(0, 20) })),
  words.map((all): NativeColumn => ({ kind: 'DateTime', values: all.slice(0, 20) })),
  words.map((all): NativeColumn => ({ kind: 'Int32', values: new Int32Array(all.slice(0, 20)) })),
  words.map((all): NativeColumn => ({ kind: 'UInt16', values: new Uint16Array(all.slice(0, 20)) })),
  words.map((all): NativeColumn => ({ kind: 'Date', values: new Uint16Array(all.slice(0, 20)) })),
  words.map((all): NativeColumn => ({ kind: 'UInt8', values: new Uint8Array(all.slice(0, 20)) })),
  texts.map((all): NativeColumn => stringColumn(all)),
  fc.tuple(texts, texts).map(([keys, values]): NativeColumn => ({
    kind: 'Map(String, String)',
    // Twenty rows with 0, 1, 2, 0, 1, 2 … pairs.
    ends: Uint32Array.from({ length: 20 }, (_, row) => row + Number(row % 3 === 2) - Number(row % 3 === 0)).map((end) => Math.min(20, end)),
    keys: stringColumn(keys),
    values: stringColumn(values),
  })),
);

function plain(column: NativeColumn, rows: number): unknown {
  const strings = (of: StringColumn, count: number): string[] => Array.from({ length: count }, (_, i) => stringAt(of, i));
  if (column.kind === 'UInt64' || column.kind === 'Int64') return bits(column.words.subarray(0, rows * 2));
  if (column.kind === 'String') return strings(column, rows);
  if (column.kind === 'Map(String, String)') {
    const pairs = column.ends[rows - 1] ?? 0;
    return [[...column.ends.subarray(0, rows)], strings(column.keys, pairs), strings(column.values, pairs)];
  }
  return bits(column.values.subarray(0, rows));
}

const plainBlock = (block: NativeBlock): unknown =>
  Object.entries(block.columns).map(([name, one]) => [name, one.kind, plain(one, block.rows)]);

describe('Native format', () => {
  it('reads back what it wrote, bit for bit, wherever the bytes begin', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.dictionary(
            fc.string({ minLength: 1, maxLength: 20 }).map((name) => `c${name}`),
            columns,
            { minKeys: 1, maxKeys: 5 },
          ),
          { minLength: 1, maxLength: 3 },
        ),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 9 }),
        (blocks, rows, shift) => {
          const wanted = blocks.map((one): NativeBlock => ({ rows, columns: one }));
          const parts = wanted.map(writeNative);
          const bytes = Buffer.concat([new Uint8Array(shift), ...parts]).subarray(shift);
          expect(readNative(bytes).map(plainBlock)).toEqual(wanted.map(plainBlock));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('refuses bytes that are cut off anywhere', () => {
    const bytes = writeNative({ rows: 2, columns: { n: { kind: 'UInt32', values: Uint32Array.of(1, 2) }, s: stringColumn(['a', 'bc']) } });
    for (let length = 1; length < bytes.length; length++) expect(() => readNative(bytes.subarray(0, length))).toThrow(RangeError);
    expect(readNative(new Uint8Array(0))).toEqual([]);
  });

  it('refuses types that it does not read', () => {
    const bytes = writeNative({ rows: 1, columns: { n: { kind: 'UInt32', values: Uint32Array.of(1) } } });
    bytes.set(new TextEncoder().encode('UInt31'), 5);
    expect(() => readNative(bytes)).toThrow('column n has the type UInt31');
  });

  it('tells when an answer lacks a column or has it with another type', () => {
    const [block] = readNative(writeNative({ rows: 1, columns: { n: { kind: 'UInt32', values: Uint32Array.of(1) } } }));
    expect(() => column(block as NativeBlock, 'm', 'UInt32')).toThrow('no column m');
    expect(() => column(block as NativeBlock, 'n', 'Int32')).toThrow('no column n of type Int32');
  });

  it('reads 64-bit integers as numbers, negative ones too', () => {
    const of = (value: bigint): Uint32Array => new Uint32Array(BigInt64Array.of(value).buffer);
    for (const value of [0n, -1n, 1n, -86_400_000n, 2n ** 53n, -(2n ** 40n)]) {
      expect(numberAt({ kind: 'Int64', words: of(value) }, 0)).toBe(Number(value));
    }
    expect(numberAt({ kind: 'UInt64', words: of(-1n) }, 0)).toBe(2 ** 64);
  });
});
