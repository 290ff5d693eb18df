import type { NativeHistogram } from '@atalaya/model';
import { describe, expect, it } from 'vitest';
import type { TestExponentialPoint, TestHistogramPoint } from './encode-for-tests.ts';
import { at, CUMULATIVE, ofShop, startMetrics, WAYS } from './receiver-for-tests.ts';

const exponential = (...dataPoints: TestExponentialPoint[]) =>
  ofShop({ name: 'took', unit: 's', exponentialHistogram: { aggregationTemporality: CUMULATIVE, dataPoints } });

const histogram = (...dataPoints: TestHistogramPoint[]) =>
  ofShop({ name: 'took', unit: 's', histogram: { aggregationTemporality: CUMULATIVE, dataPoints } });

/** Spans and buckets as `index: count`. */
function bucketsOf({ positiveSpans, positiveBuckets, negativeSpans, negativeBuckets }: NativeHistogram) {
  const side = (spans: NativeHistogram['positiveSpans'], buckets: Float64Array): Record<number, number> => {
    const result: Record<number, number> = {};
    let index = 0;
    let next = 0;
    for (const { offset, length } of spans) {
      index += offset;
      for (let i = 0; i < length; i++) result[index++] = buckets[next++] as number;
    }
    return result;
  };
  return [side(positiveSpans, positiveBuckets), side(negativeSpans, negativeBuckets)];
}

describe.each(WAYS)('native histograms out of OTLP as %s', (way) => {
  it('an exponential histogram: buckets one further on, empty ones left out', async () => {
    const { send, histograms } = startMetrics();
    const refused = await send(
      way,
      exponential({
        timeUnixNano: at(0),
        count: '10',
        sum: 5.5,
        scale: 3,
        zeroCount: '2',
        zeroThreshold: 0.25,
        positive: { offset: -2, bucketCounts: ['1', '0', '0', '0', '3', '1'] },
        negative: { offset: 7, bucketCounts: ['3'] },
      }),
    );
    expect(refused).toBeUndefined();
    const [found] = histograms();
    expect(found?.series).toBe('took_seconds{job="shop"}');
    expect(found?.histogram).toMatchObject({ schema: 3, count: 10, sum: 5.5, zeroCount: 2, zeroThreshold: 0.25, counterReset: 'unknown' });
    expect(bucketsOf((found as { histogram: NativeHistogram }).histogram)).toEqual([{ [-1]: 1, 3: 3, 4: 1 }, { 8: 3 }]);
  });

  it('what is finer than our finest schema is merged', async () => {
    const { send, histograms } = startMetrics();
    const counts = Array.from({ length: 12 }, () => '1');
    await send(way, exponential({ timeUnixNano: at(0), count: '12', scale: 10, positive: { offset: -5, bucketCounts: counts } }));
    const [found] = histograms();
    expect(found?.histogram).toMatchObject({ schema: 8, sum: 0, zeroThreshold: 1e-128 });
    // Four buckets become one: -8 to -5, -4 to -1, 0 to 3, 4 to 7.
    expect(bucketsOf((found as { histogram: NativeHistogram }).histogram)).toEqual([{ [-1]: 1, 0: 4, 1: 4, 2: 3 }, {}]);
  });

  it.each([
    ['coarser than our coarsest schema', { scale: -5 }, 'invalid_histogram'],
    ['finer than there can be', { scale: 21 }, 'invalid_histogram'],
    ['a count that is not that of the buckets', { count: '2', positive: { bucketCounts: ['1'] } }, 'invalid_histogram'],
    ['a zero threshold that is no number', { zeroThreshold: 'NaN' as const }, 'invalid_histogram'],
    ['a negative zero threshold', { zeroThreshold: -1 }, 'invalid_histogram'],
    ['more buckets than allowed', { count: '9', positive: { bucketCounts: Array.from({ length: 9 }, () => '1') } }, 'histogram_buckets'],
  ])('refused: %s', async (_name, point: TestExponentialPoint, reason) => {
    const { send, histograms } = startMetrics({ limits: { histogramBuckets: 8 } });
    const answer = await send(way, exponential({ timeUnixNano: at(0), ...point }, { timeUnixNano: at(1), count: '0' }));
    expect(answer?.message).toContain(`1 of 2 data points were refused: 1 ${reason}`);
    expect(histograms()).toHaveLength(1);
  });

  it('a histogram with explicit bounds, where it is to be converted', async () => {
    const { send, histograms } = startMetrics({ translation: { convertHistograms: true } });
    await send(
      way,
      histogram(
        { timeUnixNano: at(0), count: '6', sum: 1, bucketCounts: ['0', '2', '0', '4'], explicitBounds: [-1, 0, 2.5] },
        { timeUnixNano: at(1), flags: 1 },
      ),
    );
    const [found] = histograms();
    expect(found?.series).toBe('took_seconds{job="shop"}');
    expect(found?.histogram).toMatchObject({ schema: -53, count: 6, sum: 1, customBounds: Float64Array.of(-1, 0, 2.5) });
    expect(bucketsOf((found as { histogram: NativeHistogram }).histogram)).toEqual([{ 1: 2, 3: 4 }, {}]);
  });

  it.each([
    ['bounds that do not ascend', { bucketCounts: ['0', '0', '0'], explicitBounds: [2, 1] }, 'invalid_histogram'],
    ['a bound twice', { bucketCounts: ['0', '0', '0'], explicitBounds: [1, 1] }, 'invalid_histogram'],
    ['a bound that is no number', { bucketCounts: ['0', '0'], explicitBounds: ['NaN' as const] }, 'invalid_histogram'],
    ['an infinite bound', { bucketCounts: ['0', '0'], explicitBounds: ['Infinity' as const] }, 'invalid_histogram'],
    ['too few counts', { bucketCounts: ['0'], explicitBounds: [1] }, 'invalid_histogram'],
    ['too many counts', { bucketCounts: ['0', '0', '0'], explicitBounds: [1] }, 'invalid_histogram'],
    ['bounds without counts', { explicitBounds: [1] }, 'invalid_histogram'],
    ['more in buckets than in all', { count: '1', bucketCounts: ['2', '0'], explicitBounds: [1] }, 'invalid_histogram'],
    [
      'a count beyond 64 bits in sum',
      { count: '1', bucketCounts: ['18446744073709551615', '2'], explicitBounds: [1] },
      'invalid_histogram',
    ],
    [
      '10000 buckets',
      { explicitBounds: Array.from({ length: 10_000 }, (_, i) => i), bucketCounts: Array.from({ length: 10_001 }, () => '0') },
      'histogram_buckets',
    ],
  ])('refused of a classic histogram: %s', async (_name, point: TestHistogramPoint, reason) => {
    for (const convertHistograms of [false, true]) {
      const { send, journal } = startMetrics({ translation: { convertHistograms } });
      const answer = await send(way, histogram({ timeUnixNano: at(0), ...point }));
      expect(answer?.message).toContain(`1 of 1 data points were refused: 1 ${reason}`);
      expect(journal.rows).not.toContain(1);
    }
  });
});
