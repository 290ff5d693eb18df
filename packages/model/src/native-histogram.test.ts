import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BucketSpan, CUSTOM_BUCKETS_SCHEMA, isStaleHistogram, type NativeHistogram, STALE_HISTOGRAM } from './native-histogram.ts';
import { compactHistogram, reduceResolution } from './native-histogram-buckets.ts';
import { nativeHistogramFault } from './native-histogram-check.ts';
import { decodeNativeHistogram, encodeNativeHistogram } from './native-histogram-codec.ts';

const none = new Float64Array(0);

const EMPTY: NativeHistogram = {
  schema: 3,
  counterReset: 'unknown',
  zeroThreshold: 2 ** -128,
  zeroCount: 0,
  count: 0,
  sum: 0,
  positiveSpans: [],
  positiveBuckets: none,
  negativeSpans: [],
  negativeBuckets: none,
  customBounds: none,
};

/** 3 observations in buckets −1 and 2, 2 in the zero bucket, 1 negative. */
const SMALL: NativeHistogram = {
  ...EMPTY,
  zeroCount: 2,
  count: 6,
  sum: 4.5,
  positiveSpans: [
    { offset: -1, length: 1 },
    { offset: 2, length: 1 },
  ],
  positiveBuckets: Float64Array.of(1, 2),
  negativeSpans: [{ offset: 0, length: 1 }],
  negativeBuckets: Float64Array.of(1),
};

const CUSTOM: NativeHistogram = {
  ...EMPTY,
  schema: CUSTOM_BUCKETS_SCHEMA,
  zeroThreshold: 0,
  count: 3,
  positiveSpans: [{ offset: 1, length: 2 }],
  positiveBuckets: Float64Array.of(1, 2),
  customBounds: Float64Array.of(0.1, 1),
};

/** Any number but one that looks like a stale marker. */
const anyFloat = fc.oneof(fc.double(), fc.maxSafeNat());
const wholeCount = fc.oneof(fc.nat(300), fc.maxSafeNat());

function side(count: fc.Arbitrary<number>): fc.Arbitrary<{ spans: BucketSpan[]; buckets: Float64Array }> {
  return fc
    .array(fc.record({ offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), length: fc.nat(6) }), { maxLength: 5 })
    .chain((spans) => {
      const total = spans.reduce((sum, { length }) => sum + length, 0);
      return fc.array(count, { minLength: total, maxLength: total }).map((counts) => ({ spans, buckets: Float64Array.from(counts) }));
    });
}

const anyHistogram: fc.Arbitrary<NativeHistogram> = fc.boolean().chain((whole) => {
  const count = whole ? wholeCount : anyFloat;
  return fc
    .record({
      schema: fc.oneof(fc.integer({ min: -4, max: 8 }), fc.constant(CUSTOM_BUCKETS_SCHEMA)),
      counterReset: fc.constantFrom('unknown' as const, 'reset' as const, 'no-reset' as const, 'gauge' as const),
      zeroThreshold: fc.oneof(fc.constant(2 ** -128), fc.double()),
      zeroCount: count,
      count,
      sum: fc.double(),
      positive: side(count),
      negative: side(count),
      bounds: fc.array(fc.double(), { maxLength: 5 }),
    })
    .map(({ positive, negative, bounds, ...rest }) => ({
      ...rest,
      positiveSpans: positive.spans,
      positiveBuckets: positive.buckets,
      negativeSpans: negative.spans,
      negativeBuckets: negative.buckets,
      customBounds: rest.schema === CUSTOM_BUCKETS_SCHEMA ? Float64Array.from(bounds) : none,
    }));
});

function decode(bytes: Uint8Array, start = 0, end = bytes.length): NativeHistogram {
  return decodeNativeHistogram(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), start, end);
}

describe('the bytes of a native histogram', () => {
  test('give it back exactly, wherever they lie', () => {
    fc.assert(
      fc.property(anyHistogram, fc.nat(9), (histogram, shift) => {
        const bytes = encodeNativeHistogram(histogram);
        const around = new Uint8Array(bytes.length + shift + 3).fill(0xff);
        around.set(bytes, shift);
        expect(decode(around, shift, shift + bytes.length)).toEqual(histogram);
      }),
    );
  });

  test('are few: a byte or two for each bucket of whole numbers', () => {
    const buckets = Float64Array.from({ length: 160 }, (_, i) => Math.round(4000 * Math.exp(-(((i - 80) / 30) ** 2))));
    const positiveSpans = [{ offset: -80, length: 160 }];
    expect(encodeNativeHistogram({ ...EMPTY, positiveSpans, positiveBuckets: buckets }).length).toBeLessThan(360);
    expect(encodeNativeHistogram(SMALL).length).toBe(24);
  });

  test('of a stale marker are two, whatever else it holds', () => {
    const bytes = encodeNativeHistogram({ ...SMALL, sum: STALE_HISTOGRAM.sum });
    expect([...bytes]).toEqual([1, 128]);
    expect(decode(bytes)).toBe(STALE_HISTOGRAM);
  });

  test('keep other NaNs apart from it', () => {
    const back = decode(encodeNativeHistogram({ ...SMALL, sum: NaN }));
    expect([isStaleHistogram(back), back.sum]).toEqual([false, NaN]);
    expect([isStaleHistogram(STALE_HISTOGRAM), isStaleHistogram({ ...SMALL, sum: STALE_HISTOGRAM.sum })]).toEqual([true, true]);
  });

  test('are refused at every length but their own', () => {
    for (const histogram of [SMALL, CUSTOM, { ...SMALL, count: 6.5 }, STALE_HISTOGRAM]) {
      const bytes = encodeNativeHistogram(histogram);
      for (let length = 0; length < bytes.length; length++) expect(() => decode(bytes, 0, length)).toThrow(RangeError);
      expect(() => decode(Uint8Array.of(...bytes, 0))).toThrow('ends 1 bytes early');
    }
  });

  test('that anybody may have written are a histogram or a RangeError', () => {
    const outcome = (bytes: Uint8Array): string => {
      try {
        return typeof decode(bytes).count;
      } catch (error) {
        return error instanceof RangeError ? 'number' : String(error);
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(outcome(Uint8Array.of(1, ...bytes))).toBe('number');
      }),
    );
    expect(() => decode(Uint8Array.of(2, 0))).toThrow('version 2; this program reads version 1');
  });
});

describe('validity', () => {
  test.each<[string, Partial<NativeHistogram>, string | undefined]>([
    ['a good one', {}, undefined],
    ['none observed', EMPTY, undefined],
    ['custom bounds', CUSTOM, undefined],
    [
      'too fine',
      { schema: 9 },
      'histogram has an invalid schema, which must be between -4 and 8 for exponential buckets, or -53 for custom buckets, got schema 9',
    ],
    [
      'no schema',
      { schema: 53 },
      'histogram has an unknown schema, which must be between -9 and 52 for exponential buckets, or -53 for custom buckets, got schema 53',
    ],
    [
      'spans that go back',
      { positiveSpans: [SMALL.negativeSpans[0] as BucketSpan, { offset: -1, length: 1 }] },
      'positive side: span number 2 with offset -1: histogram has a span whose offset is negative',
    ],
    [
      'too few buckets',
      { negativeBuckets: none },
      'negative side: spans need 1 buckets, have 0 buckets: histogram spans specify different number of buckets than provided',
    ],
    [
      'a negative bucket',
      { positiveBuckets: Float64Array.of(1, -2) },
      'positive side: bucket number 2 has observation count of -2: histogram has a bucket whose observation count is negative',
    ],
    ['a negative count', { count: -1 }, "histogram's observation count is negative"],
    [
      'a count too small',
      { count: 5 },
      "6 observations found in buckets, but the Count field is 5: histogram's observation count should equal the number of observations found in the buckets (in absence of NaN)",
    ],
    ['a count that NaN explains', { count: 7, sum: NaN }, undefined],
    [
      'a count that NaN does not explain',
      { count: 5, sum: NaN },
      "6 observations found in buckets, but the Count field is 5: histogram's observation count should be at least the number of observations found in the buckets",
    ],
    ['bounds without the schema', { customBounds: Float64Array.of(1) }, 'histogram with exponential schema must not have custom bounds'],
    [
      'bounds that do not ascend',
      { ...CUSTOM, customBounds: Float64Array.of(1, 1) },
      'custom buckets: previous bound is 1 and current is 1: histogram custom bounds must be in strictly increasing order',
    ],
    [
      'an infinite bound',
      { ...CUSTOM, customBounds: Float64Array.of(1, Infinity) },
      'custom buckets: last +Inf bound must not be explicitly defined: histogram custom bounds must be finite',
    ],
    [
      'a NaN among the bounds',
      { ...CUSTOM, customBounds: Float64Array.of(1, NaN) },
      'custom buckets: histogram custom bounds must not be NaN',
    ],
    [
      'too few bounds',
      { ...CUSTOM, customBounds: Float64Array.of(1) },
      'custom buckets: only 1 custom bounds defined which is insufficient to cover total span length of 3: histogram custom bounds are too few',
    ],
    ['a custom zero bucket', { ...CUSTOM, zeroCount: 1 }, 'custom buckets: must have zero count of 0'],
    ['a custom zero width', { ...CUSTOM, zeroThreshold: 1 }, 'custom buckets: must have zero threshold of 0'],
    ['custom negative spans', { ...CUSTOM, negativeSpans: [{ offset: 0, length: 0 }] }, 'custom buckets: must not have negative spans'],
  ])('%s', (_, change, fault) => {
    expect(nativeHistogramFault({ ...SMALL, ...change }, true)).toBe(fault);
  });

  test('counts of floats need not add up', () => {
    expect(nativeHistogramFault({ ...SMALL, count: 6.1 }, false)).toBeUndefined();
  });
});

describe('fewer buckets', () => {
  /** Populations by index: what spans and buckets mean. */
  const byIndex = (spans: readonly BucketSpan[], buckets: Float64Array): Record<number, number> => {
    const found: Record<number, number> = {};
    let [index, at] = [0, 0];
    for (const { offset, length } of spans) {
      index += offset;
      for (let i = 0; i < length; i++) found[index++] = buckets[at++] as number;
    }
    return found;
  };
  const ascending = anyHistogram.map((histogram) => ({
    ...histogram,
    schema: 8,
    positiveSpans: histogram.positiveSpans.map(({ offset, length }, i) => ({ offset: i === 0 ? offset : Math.abs(offset % 50), length })),
    positiveBuckets: histogram.positiveBuckets.map((count) => Math.floor(Math.abs(count) % 3) || 0),
  }));

  test('a coarser schema puts each observation where its value belongs', () => {
    fc.assert(
      fc.property(ascending, fc.integer({ min: -4, max: 7 }), (histogram, schema) => {
        const expected: Record<number, number> = {};
        for (const [index, count] of Object.entries(byIndex(histogram.positiveSpans, histogram.positiveBuckets))) {
          // Bucket i ends at 2^(i / 2^schema): the target's index is that exponent, rounded up.
          const target = Math.ceil((Number(index) / 2 ** 8) * 2 ** schema);
          expected[target] = (expected[target] ?? 0) + count;
        }
        const reduced = reduceResolution(histogram, schema);
        expect(reduced.schema).toBe(schema);
        expect(byIndex(reduced.positiveSpans, reduced.positiveBuckets)).toEqual(expected);
        expect(reduceResolution(histogram, 8)).toBe(histogram);
      }),
    );
  });

  test('without the empty ones all others stay where they are', () => {
    fc.assert(
      fc.property(ascending, (histogram) => {
        const found = byIndex(histogram.positiveSpans, histogram.positiveBuckets);
        const compact = compactHistogram(histogram);
        expect(byIndex(compact.positiveSpans, compact.positiveBuckets)).toEqual(
          Object.fromEntries(Object.entries(found).filter(([, count]) => count !== 0)),
        );
        expect(compact.positiveSpans.every(({ offset, length }, i) => length > 0 && (i === 0 || offset > 0))).toBe(true);
      }),
    );
  });
});
