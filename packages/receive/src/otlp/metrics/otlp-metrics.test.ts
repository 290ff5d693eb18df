import { describe, expect, it } from 'vitest';
import { textAttribute } from '../encode-for-tests.ts';
import { at, CUMULATIVE, NOW, ofShop, startMetrics, WAYS } from './receiver-for-tests.ts';

const SHOP = 'job="shop"';

describe.each(WAYS)('OTLP metrics as %s', (way) => {
  it('numbers become samples: int and double, gauge and sum, monotonic or not', async () => {
    const { send, journal } = startMetrics();
    const points = [{ timeUnixNano: at(0), asInt: '-9007199254740991' }];
    const refused = await send(
      way,
      ofShop(
        { name: 'temperature', unit: 'Cel', gauge: { dataPoints: [{ timeUnixNano: at(0), asDouble: 21.5 }] } },
        {
          name: 'orders',
          sum: { isMonotonic: true, aggregationTemporality: CUMULATIVE, dataPoints: [{ timeUnixNano: at(0), asInt: '7' }] },
        },
        { name: 'queue', sum: { aggregationTemporality: CUMULATIVE, dataPoints: points } },
      ),
    );
    expect(refused).toBeUndefined();
    expect(journal.stored()).toEqual({
      [`temperature_celsius{${SHOP}}`]: { [NOW]: 21.5 },
      [`orders_total{${SHOP}}`]: { [NOW]: 7 },
      [`queue{${SHOP}}`]: { [NOW]: -9007199254740991 },
    });
    expect(journal.rows).toEqual([3]);
  });

  it('nanoseconds are cut to milliseconds', async () => {
    const { send, journal } = startMetrics();
    const times = ['000000', '999999', '000001'].map((nanos, i) => ({ timeUnixNano: `${NOW + i}${nanos}`, asInt: String(i) }));
    await send(way, ofShop({ name: 'x', gauge: { dataPoints: times } }));
    expect(journal.stored()).toEqual({ [`x{${SHOP}}`]: { [NOW]: 0, [NOW + 1]: 1, [NOW + 2]: 2 } });
  });

  it('a classic histogram becomes cumulative buckets, sum and count', async () => {
    const { send, journal } = startMetrics();
    await send(
      way,
      ofShop({
        name: 'latency',
        unit: 'ms',
        histogram: {
          aggregationTemporality: CUMULATIVE,
          dataPoints: [
            {
              timeUnixNano: at(0),
              count: '7',
              sum: 12.5,
              bucketCounts: ['1', '2', '4'],
              explicitBounds: [0.5, 10],
              attributes: [textAttribute('le', 'own')],
            },
            { timeUnixNano: at(0), count: '3', attributes: [textAttribute('route', '/')] },
          ],
        },
      }),
    );
    const series = 'latency_milliseconds';
    expect(journal.stored()).toEqual({
      [`${series}_count{${SHOP}, le="own"}`]: { [NOW]: 7 },
      [`${series}_sum{${SHOP}, le="own"}`]: { [NOW]: 12.5 },
      [`${series}_bucket{${SHOP}, le="0.5"}`]: { [NOW]: 1 },
      [`${series}_bucket{${SHOP}, le="10"}`]: { [NOW]: 3 },
      [`${series}_bucket{${SHOP}, le="+Inf"}`]: { [NOW]: 7 },
      [`${series}_count{${SHOP}, route="/"}`]: { [NOW]: 3 },
      [`${series}_bucket{${SHOP}, le="+Inf", route="/"}`]: { [NOW]: 3 },
    });
  });

  it('a summary becomes quantiles, sum and count', async () => {
    const { send, journal } = startMetrics();
    const quantileValues = [
      { quantile: 0.5, value: 3 },
      { quantile: 0.999, value: 'NaN' as const },
    ];
    await send(
      way,
      ofShop({ name: 'size', unit: 'By', summary: { dataPoints: [{ timeUnixNano: at(0), count: '4', sum: 9, quantileValues }] } }),
    );
    expect(journal.stored()).toEqual({
      [`size_bytes_count{${SHOP}}`]: { [NOW]: 4 },
      [`size_bytes_sum{${SHOP}}`]: { [NOW]: 9 },
      [`size_bytes{${SHOP}, quantile="0.5"}`]: { [NOW]: 3 },
      [`size_bytes{${SHOP}, quantile="0.999"}`]: { [NOW]: NaN },
    });
  });

  it('where there is no recorded value, the series get stale markers', async () => {
    const { send, journal } = startMetrics();
    const stale = { timeUnixNano: at(0), flags: 1 };
    await send(
      way,
      ofShop(
        { name: 'g', gauge: { dataPoints: [stale] } },
        { name: 'h', histogram: { aggregationTemporality: CUMULATIVE, dataPoints: [{ ...stale, explicitBounds: [1] }] } },
        { name: 's', summary: { dataPoints: [{ ...stale, quantileValues: [{ quantile: 1 }] }] } },
        { name: 'e', exponentialHistogram: { aggregationTemporality: CUMULATIVE, dataPoints: [stale] } },
      ),
    );
    const bits = journal.samples(0).map((sample) => sample.bits);
    expect(bits).toEqual(Array.from({ length: 8 }, () => '7ff0000000000002'));
    expect(Object.keys(journal.stored()).map((name) => name.replace(SHOP, ''))).toEqual([
      'g{}',
      'h_count{}',
      'h_bucket{, le="1"}',
      'h_bucket{, le="+Inf"}',
      's_count{}',
      's_sum{}',
      's{, quantile="1"}',
      'e{}',
    ]);
  });

  it('metadata is written with the first request that has it', async () => {
    const { send, journal, clock } = startMetrics();
    const metric = (second: number) => ({
      name: 'took',
      description: 'How long it took.',
      unit: 'ms',
      exponentialHistogram: { aggregationTemporality: CUMULATIVE, dataPoints: [{ timeUnixNano: at(second) }] },
    });
    await send(way, ofShop(metric(0)));
    await send(way, ofShop(metric(1)));
    await clock.advance(31 * 60_000);
    await send(way, ofShop({ ...metric(2), description: 'Changed.' }));
    expect(journal.batches.map(({ metadata }) => metadata)).toEqual([
      [['took_milliseconds', 'histogram', 'How long it took.', 'milliseconds']],
      [],
      [['took_milliseconds', 'histogram', 'Changed.', 'milliseconds']],
    ]);
  });

  it('a repeated request is harmless', async () => {
    const { send, journal } = startMetrics();
    const request = ofShop({ name: 'g', gauge: { dataPoints: [{ timeUnixNano: at(0), asInt: '1' }] } });
    expect(await send(way, request)).toBeUndefined();
    expect(await send(way, request)).toBeUndefined();
    expect(journal.rows).toEqual([1]);
    const other = await send(way, ofShop({ name: 'g', gauge: { dataPoints: [{ timeUnixNano: at(0), asInt: '2' }] } }));
    expect(other?.message).toContain('1 of 1 data points were refused: 1 duplicate_timestamp');
  });

  it('exemplars keep the trace and what else there is room for', async () => {
    const { send, journal } = startMetrics();
    const [traceId, spanId] = ['0102030405060708090a0b0c0d0e0f10', '1112131415161718'];
    const exemplar = { timeUnixNano: at(0), traceId, spanId };
    await send(
      way,
      ofShop(
        {
          name: 'orders',
          sum: {
            isMonotonic: true,
            aggregationTemporality: CUMULATIVE,
            dataPoints: [
              {
                timeUnixNano: at(0),
                asInt: '2',
                exemplars: [
                  { ...exemplar, asInt: '2', filteredAttributes: [textAttribute('user', 'x'.repeat(100))] },
                  { ...exemplar, timeUnixNano: at(-1), asInt: '-1', filteredAttributes: [textAttribute('user', 'ann')] },
                  { timeUnixNano: at(0) },
                  { asInt: '8', filteredAttributes: [textAttribute('without', 'time')] },
                ],
              },
            ],
          },
        },
        {
          name: 'took',
          histogram: {
            aggregationTemporality: CUMULATIVE,
            dataPoints: [
              {
                timeUnixNano: at(0),
                count: '2',
                bucketCounts: ['1', '0', '1'],
                explicitBounds: [1, 2],
                exemplars: [
                  { ...exemplar, asDouble: 7.5 },
                  { ...exemplar, asDouble: 1 },
                ],
              },
            ],
          },
        },
      ),
    );
    const ids = ['span_id', spanId, 'trace_id', traceId];
    expect(journal.exemplars(0)).toEqual([
      { labels: [...ids, 'user', 'ann'], value: -1, timestamp: NOW - 1000 },
      { labels: ids, value: 2, timestamp: NOW },
      { labels: ['without', 'time'], value: 8, timestamp: NOW },
      { labels: ids, value: 7.5, timestamp: NOW },
      { labels: ids, value: 1, timestamp: NOW },
    ]);
  });

  it('nothing is acknowledged that is not on disk', async () => {
    const { journal, post } = startMetrics();
    const { JOURNAL_IS_FULL } = await import('../../metrics/recording-journal.ts');
    const { encodeMetrics } = await import('./encode-for-tests.ts');
    journal.fail = JOURNAL_IS_FULL;
    const request = ofShop({ name: 'g', gauge: { dataPoints: [{ timeUnixNano: at(0), asInt: '1' }] } });
    const answer = await post(way, way === 'json' ? Buffer.from(JSON.stringify(request)) : encodeMetrics(request));
    expect([answer.status, answer.headers['Retry-After']]).toEqual([503, '7']);
  });
});
