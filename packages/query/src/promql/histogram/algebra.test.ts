import { CUSTOM_BUCKETS_SCHEMA, type CounterResetHint, type NativeHistogram } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addTo } from './add.ts';
import { exponentialBound } from './bounds.ts';
import { allBuckets } from './buckets.ts';
import { encodeHistogram } from './encode.ts';
import { detectReset, equalHistograms } from './reset.ts';
import { sideOf, spansOf } from './sides.ts';
import { fractionOfHistogram, quantileOfHistogram } from './statistics.ts';
import { HistogramSum } from './sum.ts';
import { formatHistogram } from './text.ts';
import { trimHistogram } from './trim.ts';
import { close, closeCompact, open, reduceTo } from './working.ts';

/** A histogram out of its observations' buckets: what a client library would hold. The obvious reference of everything below. */
interface Observed {
  readonly schema: number;
  readonly zeroThreshold: number;
  /** Absolute values of which powers of two to the quarter, and how often; the sign tells the side. */
  readonly values: readonly number[];
}

const NONE = new Float64Array(0);

/** The bucket of a value, found by looking at every bound there is. */
function bucketOf(value: number, schema: number): number {
  for (let index = -80; index <= 80; index++) if (value <= exponentialBound(index, schema)) return index;
  throw new Error(`no bucket for ${value}`);
}

function observe({ schema, zeroThreshold, values }: Observed): NativeHistogram {
  const side = (sign: number) => {
    const counts = new Map<number, number>();
    for (const value of values) {
      if (value * sign <= zeroThreshold) continue;
      const index = bucketOf(value * sign, schema);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    const sorted = [...counts].sort((a, b) => a[0] - b[0]);
    return spansOf({ indexes: sorted.map(([index]) => index), counts: sorted.map(([, count]) => count), errors: undefined });
  };
  const positive = side(1);
  const negative = side(-1);
  return {
    schema,
    counterReset: 'unknown',
    zeroThreshold,
    zeroCount: values.filter((value) => Math.abs(value) <= zeroThreshold).length,
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
    customBounds: NONE,
  };
}

/** Values in the middle of quarter-power buckets, so that rounding at a bound is not at stake. */
const value = fc
  .record({ power: fc.integer({ min: -12, max: 12 }), sign: fc.constantFrom(1, -1) })
  .map(({ power, sign }) => sign * 2 ** (power / 4 + 0.1));
const values = fc.array(value, { maxLength: 30 });
const schema = fc.constantFrom(-1, 0, 1, 2);
/** Thresholds that are bounds of every schema above. */
const threshold = fc.constantFrom(0, 0.25, 1, 4);

function added(a: NativeHistogram, b: NativeHistogram, sign: 1 | -1 = 1): NativeHistogram {
  const working = open(a);
  expect(addTo(working, b, sign)).toBeDefined();
  return closeCompact(working);
}

test('a sum is what observing everything with the coarser schema and the wider zero bucket gives', () => {
  fc.assert(
    fc.property(values, values, schema, schema, threshold, threshold, (left, right, a, b, zeroA, zeroB) => {
      const sum = added(
        observe({ schema: a, zeroThreshold: zeroA, values: left }),
        observe({ schema: b, zeroThreshold: zeroB, values: right }),
      );
      const together = observe({ schema: Math.min(a, b), zeroThreshold: Math.max(zeroA, zeroB), values: [...left, ...right] });
      expect({ ...sum, sum: 0 }).toEqual({ ...together, sum: 0 });
      expect(sum.sum).toBeCloseTo(together.sum, 9);
    }),
  );
});

test('what was added can be taken away again', () => {
  fc.assert(
    fc.property(values, values, schema, threshold, (left, right, one, zeroThreshold) => {
      const a = observe({ schema: one, zeroThreshold, values: left });
      const b = observe({ schema: one, zeroThreshold, values: right });
      const back = added(added(a, b), b, -1);
      expect({ ...back, sum: 0 }).toEqual({ ...a, sum: 0 });
    }),
  );
});

test('coarser buckets hold what the finer ones inside them held', () => {
  fc.assert(
    fc.property(values, schema, fc.integer({ min: 0, max: 3 }), (all, fine, steps) => {
      const reduced = open(observe({ schema: fine, zeroThreshold: 0, values: all }));
      reduceTo(reduced, fine - steps);
      expect({ ...close(reduced), sum: 0 }).toEqual({ ...observe({ schema: fine - steps, zeroThreshold: 0, values: all }), sum: 0 });
    }),
  );
});

test('a zero bucket that would cut a populated bucket grows to its end, on either side', () => {
  const cut: NativeHistogram = { ...observe({ schema: 0, zeroThreshold: 0, values: [0.6, 0.6, 3] }) };
  const wide = { ...observe({ schema: 0, zeroThreshold: 0, values: [] }), zeroThreshold: 0.75, zeroCount: 2, count: 2 };
  expect(added(cut, wide)).toMatchObject({ zeroThreshold: 1, zeroCount: 4, count: 5 });
  const mirrored = observe({ schema: 0, zeroThreshold: 0, values: [-0.6, 0.3, 3] });
  expect(added(wide, mirrored)).toMatchObject({ zeroThreshold: 1, zeroCount: 4, count: 5 });
});

test('counters that went on observing were not reset, ones that lost something were', () => {
  fc.assert(
    fc.property(values, values, schema, threshold, (before, more, one, zeroThreshold) => {
      const first = observe({ schema: one, zeroThreshold, values: before });
      const later = observe({ schema: one, zeroThreshold, values: [...before, ...more] });
      expect(detectReset(later, first)).toBe(false);
      expect(detectReset(first, later)).toBe(more.length > 0);
      // Ways of a client library to hold fewer buckets: these are no resets.
      expect(detectReset(observe({ schema: one - 1, zeroThreshold, values: [...before, ...more] }), first)).toBe(false);
      expect(detectReset(observe({ schema: one, zeroThreshold: 4, values: [...before, ...more] }), first)).toBe(false);
      // And what only a restart can do.
      expect(detectReset(observe({ schema: one + 1, zeroThreshold, values: before }), first)).toBe(true);
    }),
  );
});

test.each<[CounterResetHint, boolean]>([
  ['reset', true],
  ['no-reset', false],
  ['unknown', true],
  ['gauge', true],
])('the hint %s on a smaller histogram means reset: %s', (counterReset, expected) => {
  const big = observe({ schema: 0, zeroThreshold: 0, values: [1.1, 1.1] });
  expect(detectReset({ ...observe({ schema: 0, zeroThreshold: 0, values: [1.1] }), counterReset }, big)).toBe(expected);
});

test('sums of many are exact where plain ones are not, and means survive what sums do not', () => {
  const one = (count: number): NativeHistogram => ({ ...observe({ schema: 0, zeroThreshold: 0, values: [] }), count, zeroCount: count });
  const sum = new HistogramSum(one(2 ** 53), false);
  for (let i = 0; i < 10; i++) sum.add(one(1));
  expect(sum.finish()).toMatchObject({ count: 2 ** 53 + 10, zeroCount: 2 ** 53 + 10 });
  const mean = new HistogramSum(one(1.6e308), true);
  for (let i = 0; i < 3; i++) mean.add(one(1.6e308));
  expect(close(mean.finish()).count / 1.6e308).toBeCloseTo(1, 12);
});

test('the sum of many is the same as one after the other', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(values, schema, threshold), { minLength: 1, maxLength: 6 }), (parts) => {
      const histograms = parts.map(([all, one, zeroThreshold]) => observe({ schema: one, zeroThreshold, values: all }));
      const sum = new HistogramSum(histograms[0]!, false);
      for (const histogram of histograms.slice(1)) sum.add(histogram);
      const together = observe({
        schema: Math.min(...parts.map(([, one]) => one)),
        zeroThreshold: Math.max(...parts.map(([, , zero]) => zero)),
        values: parts.flatMap(([all]) => all),
      });
      expect({ ...closeCompact(sum.finish()), sum: 0 }).toEqual({ ...together, sum: 0 });
    }),
  );
});

test('quantiles lie in the bucket of the observation with their rank, and fractions invert them', () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 30 }),
      schema,
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (all, one, q) => {
        const histogram = observe({ schema: one, zeroThreshold: 0, values: all });
        const found = quantileOfHistogram(q, histogram).value;
        const rank = Math.ceil(q * all.length - 1e-9);
        const observed = [...all].sort((a, b) => a - b)[Math.max(0, rank - 1)]!;
        const bucket = allBuckets(histogram).find(({ lower, upper }) => observed >= lower && observed <= upper)!;
        expect(found).toBeGreaterThanOrEqual(bucket.lower - 1e-9 * Math.abs(bucket.lower));
        expect(found).toBeLessThanOrEqual(bucket.upper + 1e-9 * Math.abs(bucket.upper));
        expect(fractionOfHistogram(-Infinity, found, histogram).value).toBeCloseTo(q, 6);
      },
    ),
  );
});

test('what is trimmed below and what is trimmed above add up to the whole', () => {
  fc.assert(
    fc.property(values, schema, threshold, fc.double({ min: -20, max: 20, noNaN: true }), (all, one, zeroThreshold, at) => {
      const histogram = observe({ schema: one, zeroThreshold, values: all });
      const below = trimHistogram(histogram, at, 'upper');
      const above = trimHistogram(histogram, at, 'lower');
      expect(below.count + above.count).toBeCloseTo(histogram.count, 9);
      expect(below.count / Math.max(1, all.length)).toBeCloseTo(
        all.length === 0 ? 0 : fractionOfHistogram(-Infinity, at, histogram).value,
        9,
      );
    }),
  );
});

test('custom bounds that only one of two has are given up', () => {
  const custom = (bounds: number[], buckets: number[], offset = 0): NativeHistogram => ({
    ...observe({ schema: 0, zeroThreshold: 0, values: [] }),
    schema: CUSTOM_BUCKETS_SCHEMA,
    customBounds: Float64Array.from(bounds),
    positiveSpans: [{ offset, length: buckets.length }],
    positiveBuckets: Float64Array.from(buckets),
    count: buckets.reduce((sum, count) => sum + count, 0),
  });
  const working = open(custom([1, 2, 4, 8], [1, 2, 3, 4, 5]));
  expect(addTo(working, custom([2, 3, 8], [10, 20, 30], 1))).toEqual({ resetsConflict: false, boundsReconciled: true });
  const result = close(working);
  expect([...result.customBounds]).toEqual([2, 8]);
  expect([...result.positiveBuckets]).toEqual([3, 37, 35]);
  expect(addTo(working, observe({ schema: 0, zeroThreshold: 0, values: [1.1] }))).toBeUndefined();
  // Fewer in (2, 8] than before is a reset, however the bounds between were moved.
  expect(detectReset(custom([2, 8], [3, 7, 5]), custom([2, 4, 8], [3, 3, 4, 5]))).toBe(false);
  expect(detectReset(custom([2, 8], [4, 6, 6]), custom([2, 4, 8], [3, 3, 4, 5]))).toBe(true);
});

test('equality looks at every bit, and at spans only for what they name', () => {
  const base = observe({ schema: 0, zeroThreshold: 0, values: [1.1, 3, 3] });
  expect(
    equalHistograms(base, {
      ...base,
      positiveSpans: [
        { offset: 1, length: 1 },
        { offset: 0, length: 1 },
      ],
    }),
  ).toBe(true);
  expect(equalHistograms(base, { ...base, counterReset: 'gauge' })).toBe(true);
  expect(equalHistograms(base, { ...base, positiveSpans: [{ offset: 2, length: 2 }] })).toBe(false);
  expect(equalHistograms({ ...base, sum: NaN }, { ...base, sum: NaN })).toBe(true);
  expect(equalHistograms({ ...base, zeroCount: 0 }, { ...base, zeroCount: -0 })).toBe(false);
});

test('spans and numbered buckets tell the same', () => {
  const spans = [
    { offset: -2, length: 2 },
    { offset: 0, length: 1 },
    { offset: 3, length: 1 },
  ];
  const side = sideOf(spans, Float64Array.of(1, 2, 3, 4));
  expect(side.indexes).toEqual([-2, -1, 0, 4]);
  expect(spansOf(side)).toEqual({
    spans: [
      { offset: -2, length: 3 },
      { offset: 3, length: 1 },
    ],
    buckets: Float64Array.of(1, 2, 3, 4),
  });
});

test('an answer shows buckets in ascending order, with the rule of their bounds, and none that is empty', () => {
  const histogram: NativeHistogram = {
    ...observe({ schema: 0, zeroThreshold: 0.5, values: [0, 0.2, 1.5, 6, -0.75, -0.8] }),
    sum: -0.5,
  };
  expect(JSON.parse(encodeHistogram(histogram))).toEqual({
    count: '6',
    sum: '-0.5',
    buckets: [
      [1, '-1', '-0.5', '2'],
      [3, '-0.5', '0.5', '2'],
      [0, '1', '2', '1'],
      [0, '4', '8', '1'],
    ],
  });
  expect(formatHistogram(histogram)).toBe('{count:6, sum:-0.5, [-1,-0.5):2, [-0.5,0.5]:2, (1,2]:1, (4,8]:1}');
  expect(encodeHistogram(observe({ schema: 3, zeroThreshold: 0, values: [] }))).toBe('{"count":"0","sum":"0"}');
  const custom: NativeHistogram = {
    ...histogram,
    schema: CUSTOM_BUCKETS_SCHEMA,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 1e7,
    negativeSpans: [],
    negativeBuckets: NONE,
    customBounds: Float64Array.of(0.25),
    positiveSpans: [{ offset: 0, length: 2 }],
    positiveBuckets: Float64Array.of(1, 2e-7),
  };
  expect(encodeHistogram(custom)).toBe('{"count":"10000000","sum":"-0.5","buckets":[[3,"-Inf","0.25","1"],[0,"0.25","+Inf","2e-07"]]}');
  expect(formatHistogram(custom)).toBe('{count:1e+07, sum:-0.5, [-Inf,0.25]:1, (0.25,+Inf]:2e-07}');
});
