import { describe, expect, it } from 'vitest';
import { JOURNAL_IS_FULL } from '../../metrics/recording-journal.ts';
import { textAttribute } from '../encode-for-tests.ts';
import { encodeMetrics, type TestExponentialPoint, type TestHistogramPoint } from './encode-for-tests.ts';
import { at, DELTA, NOW, ofShop, startMetrics } from './receiver-for-tests.ts';

/** A counter's delta over ten seconds that end then. */
const calls = (second: number, value: number, more: { asDouble?: number; startTimeUnixNano?: string } = {}) =>
  ofShop({
    name: 'calls',
    sum: {
      isMonotonic: true,
      aggregationTemporality: DELTA,
      dataPoints: [{ startTimeUnixNano: at(second - 10), timeUnixNano: at(second), asDouble: value, ...more }],
    },
  });
const CALLS = 'calls_total{job="shop"}';
const took = (...dataPoints: TestHistogramPoint[]) => ofShop({ name: 'took', histogram: { aggregationTemporality: DELTA, dataPoints } });
const sizes = (...dataPoints: TestExponentialPoint[]) =>
  ofShop({ name: 'sizes', exponentialHistogram: { aggregationTemporality: DELTA, dataPoints } });

describe('deltas', () => {
  it('are added up, series by series', async () => {
    const { send, journal, receiver } = startMetrics();
    const request = (second: number, a: string, b: string) =>
      ofShop({
        name: 'queue',
        sum: {
          aggregationTemporality: DELTA,
          dataPoints: [
            { timeUnixNano: at(second), asInt: a, attributes: [textAttribute('q', 'a')] },
            { timeUnixNano: at(second), asInt: b, attributes: [textAttribute('q', 'b')] },
          ],
        },
      });
    await send('protobuf', request(0, '5', '100'));
    await send('json', request(10, '-2', '1'));
    await send('protobuf', request(20, '4', '1'));
    expect(journal.stored()).toEqual({
      'queue{job="shop", q="a"}': { [NOW]: 5, [NOW + 10_000]: 3, [NOW + 20_000]: 7 },
      'queue{job="shop", q="b"}': { [NOW]: 100, [NOW + 10_000]: 101, [NOW + 20_000]: 102 },
    });
    expect(receiver.deltas()).toEqual({ series: 2, gaps: 0 });
  });

  it('that repeat the last one change nothing; older ones are refused; gaps are counted', async () => {
    const { send, journal, receiver } = startMetrics();
    await send('protobuf', calls(0, 5));
    expect(await send('protobuf', calls(0, 5))).toBeUndefined();
    expect((await send('protobuf', calls(0, 6)))?.message).toContain('1 delta_out_of_order');
    expect((await send('protobuf', calls(-10, 7)))?.message).toContain('1 delta_out_of_order');
    await send('protobuf', calls(10, 1));
    expect(receiver.deltas().gaps).toBe(0);
    await send('protobuf', calls(60, 1));
    expect(journal.stored()).toEqual({ [CALLS]: { [NOW]: 5, [NOW + 10_000]: 6, [NOW + 60_000]: 7 } });
    expect(receiver.deltas()).toEqual({ series: 1, gaps: 1 });
  });

  it('of a request that could not be written are not in the total, and are when it is repeated', async () => {
    const { send, post, journal } = startMetrics();
    await send('protobuf', calls(0, 5));
    journal.fail = JOURNAL_IS_FULL;
    expect((await post('protobuf', encodeMetrics(calls(10, 3)))).status).toBe(503);
    journal.fail = undefined;
    expect(await send('protobuf', calls(10, 3))).toBeUndefined();
    expect(journal.stored()).toEqual({ [CALLS]: { [NOW]: 5, [NOW + 10_000]: 8 } });
  });

  it('of a request that its sender gave up are in no total', async () => {
    const { send, post, journal } = startMetrics();
    await send('protobuf', calls(0, 5));
    journal.fail = JOURNAL_IS_FULL;
    for (const second of [10, 20]) expect((await post('protobuf', encodeMetrics(calls(second, 100)))).status).toBe(503);
    journal.fail = undefined;
    await send('protobuf', calls(30, 1));
    expect(journal.stored()).toEqual({ [CALLS]: { [NOW]: 5, [NOW + 30_000]: 6 } });
  });

  it('upon which another request has built stay in the total when their own request fails', async () => {
    const { send, post, journal } = startMetrics();
    journal.hold = true;
    const first = post('protobuf', encodeMetrics(calls(0, 5)));
    await new Promise((resolve) => setImmediate(resolve));
    const second = post('protobuf', encodeMetrics(calls(10, 3)));
    await new Promise((resolve) => setImmediate(resolve));
    journal.settle(JOURNAL_IS_FULL);
    expect((await first).status).toBe(503);
    journal.settle();
    expect((await second).status).toBe(200);
    journal.hold = false;
    // The sender of the first tries again: its amount is in the second's sample already.
    expect((await send('protobuf', calls(0, 5)))?.message).toContain('delta_out_of_order');
    await send('protobuf', calls(20, 1));
    expect(journal.stored()).toEqual({ [CALLS]: { [NOW + 10_000]: 8, [NOW + 20_000]: 9 } });
  });

  it('of a body that turns out malformed are not in the total', async () => {
    const { send, post, journal } = startMetrics();
    const broken = Buffer.concat([encodeMetrics(calls(0, 5)), Buffer.from([10, 200])]);
    expect((await post('protobuf', broken)).status).toBe(400);
    await send('protobuf', calls(10, 3));
    expect(journal.stored()).toEqual({ [CALLS]: { [NOW + 10_000]: 3 } });
  });

  it('that the writer refuses are not in the total', async () => {
    const { send, journal } = startMetrics();
    expect((await send('protobuf', calls(-40 * 86_400, 5)))?.message).toContain('1 too_old');
    await send('protobuf', calls(0, 3));
    expect(journal.stored()).toEqual({ [CALLS]: { [NOW]: 3 } });
  });

  it('begin a new total after an hour of silence', async () => {
    const { send, journal, clock, receiver } = startMetrics();
    await send('protobuf', calls(0, 5));
    await clock.advance(56 * 60_000);
    receiver.evictIdle();
    expect(receiver.deltas().series).toBe(0);
    await send('protobuf', calls(56 * 60, 1));
    expect(Object.values(journal.stored()[CALLS] ?? {})).toEqual([5, 1]);
  });

  it('are refused beyond the limit of series, and where they are not wanted', async () => {
    const few = startMetrics({ limits: { deltaSeries: 1 } });
    await few.send('protobuf', calls(0, 5));
    expect((await few.send('protobuf', took({ timeUnixNano: at(0), count: '1' })))?.message).toContain(
      'the limit of 1 series with delta temporality',
    );
    const none = startMetrics({ convertDelta: false });
    expect((await none.send('json', calls(0, 5)))?.message).toContain('1 delta_refused');
    expect(none.journal.rows).toEqual([]);
  });

  it('of classic histograms', async () => {
    const { send, journal } = startMetrics();
    const explicitBounds = [1, 2];
    await send('protobuf', took({ timeUnixNano: at(0), count: '3', sum: 4, bucketCounts: ['1', '1', '1'], explicitBounds }));
    await send('protobuf', took({ timeUnixNano: at(10), count: '4', sum: 6, bucketCounts: ['0', '4', '0'], explicitBounds }));
    expect(journal.stored()).toEqual({
      'took_count{job="shop"}': { [NOW]: 3, [NOW + 10_000]: 7 },
      'took_sum{job="shop"}': { [NOW]: 4, [NOW + 10_000]: 10 },
      'took_bucket{job="shop", le="1"}': { [NOW]: 1, [NOW + 10_000]: 1 },
      'took_bucket{job="shop", le="2"}': { [NOW]: 2, [NOW + 10_000]: 6 },
      'took_bucket{job="shop", le="+Inf"}': { [NOW]: 3, [NOW + 10_000]: 7 },
    });
    // With other bounds they begin anew.
    await send('protobuf', took({ timeUnixNano: at(20), count: '1', sum: 1, bucketCounts: ['1', '0'], explicitBounds: [1] }));
    expect(journal.stored()['took_count{job="shop"}']).toEqual({ [NOW]: 3, [NOW + 10_000]: 7, [NOW + 20_000]: 1 });
  });

  it('of exponential histograms: the coarser scale and the wider zero bucket win', async () => {
    const { send, histograms } = startMetrics();
    await send(
      'protobuf',
      sizes({
        timeUnixNano: at(0),
        count: '7',
        sum: 10,
        scale: 1,
        zeroCount: '1',
        positive: { offset: -1, bucketCounts: ['1', '1', '1', '1'] },
        negative: { offset: 0, bucketCounts: ['2'] },
      }),
    );
    await send('protobuf', sizes({ timeUnixNano: at(10), count: '2', sum: 20, scale: 0, positive: { offset: 5, bucketCounts: ['2'] } }));
    // Buckets up to 1 go into the zero bucket: index -1 of scale 0.
    await send('protobuf', sizes({ timeUnixNano: at(20), count: '1', sum: 1, scale: 0, zeroThreshold: 1, zeroCount: '1' }));
    const told = histograms().map(
      ({ histogram: { schema, count, sum, zeroCount, zeroThreshold, positiveSpans, positiveBuckets, negativeSpans } }) => [
        { schema, count, sum, zeroCount, zeroThreshold },
        positiveSpans,
        [...positiveBuckets],
        negativeSpans,
      ],
    );
    expect(told).toEqual([
      [
        { schema: 1, count: 7, sum: 10, zeroCount: 1, zeroThreshold: 1e-128 },
        [{ offset: 0, length: 4 }],
        [1, 1, 1, 1],
        [{ offset: 1, length: 1 }],
      ],
      [
        { schema: 0, count: 9, sum: 30, zeroCount: 1, zeroThreshold: 1e-128 },
        [
          { offset: 0, length: 3 },
          { offset: 3, length: 1 },
        ],
        [1, 2, 1, 2],
        [{ offset: 1, length: 1 }],
      ],
      [
        { schema: 0, count: 10, sum: 31, zeroCount: 3, zeroThreshold: 1 },
        [
          { offset: 1, length: 2 },
          { offset: 3, length: 1 },
        ],
        [2, 1, 2],
        [{ offset: 1, length: 1 }],
      ],
    ]);
  });

  it('of exponential histograms stay within the limit of buckets by a coarser scale', async () => {
    const { send, histograms } = startMetrics({ limits: { histogramBuckets: 8 } });
    for (const [second, offset] of [0, 100, -100].entries()) {
      await send('protobuf', sizes({ timeUnixNano: at(second), count: '1', scale: 3, positive: { offset, bucketCounts: ['1'] } }));
    }
    const last = histograms().at(-1)?.histogram;
    expect(last).toMatchObject({ count: 3, schema: -3 });
    expect(last?.positiveBuckets.reduce((sum, count) => sum + count, 0)).toBe(3);
  });
});
