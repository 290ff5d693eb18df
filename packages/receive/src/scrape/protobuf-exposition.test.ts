/** From a body in the protobuf format to samples and native histograms. */

import { CUSTOM_BUCKETS_SCHEMA, type Labels, type NativeHistogram } from '@atalaya/model';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_HISTOGRAM_SCRAPING, type HistogramScraping } from '../scrape-config/config.ts';
import type { ScrapedExemplar } from './exposition.ts';
import { FakeWriter } from './fake-writer.ts';
import { encodeFamilies, type TestFamily, type TestMetricHistogram } from './families-for-tests.ts';
import { formatBound } from './format-bound.ts';
import { MetadataRegistry } from './metadata-registry.ts';
import { TargetSeries } from './target-series.ts';

let writer: FakeWriter;
let series: TargetSeries;
let now: number;

function target(histograms: Partial<HistogramScraping> = {}, targetLabels: Labels = []): void {
  const limits = { samples: 0, labels: 0, labelNameLength: 0, labelValueLength: 0, targets: 0, bodyBytes: 0 };
  series = new TargetSeries(
    {
      targetLabels,
      honorLabels: false,
      honorTimestamps: true,
      trackTimestampsStaleness: false,
      metricRelabel: [],
      limits,
      histograms: { ...DEFAULT_HISTOGRAM_SCRAPING, native: true, ...histograms },
    },
    new MetadataRegistry(),
  );
}

beforeEach(() => {
  writer = new FakeWriter();
  now = 0;
  target();
});

/** One round over raw bytes; gives what was stored, or the error with what was stored nevertheless. */
async function scrapeBytes(body: Uint8Array): Promise<string[]> {
  const appender = writer.appender();
  now += 1000;
  let failure: string | undefined;
  try {
    series.append(Buffer.from(body), 'protobuf', now, appender);
  } catch (error) {
    failure = String(error);
    appender.discard();
    series.abandon();
  }
  series.appendStale(appender, now);
  await appender.commit();
  series.settle(true, failure === undefined);
  histograms = writer.samples.flatMap(({ histogram }) => histogram ?? []);
  return failure === undefined ? writer.take() : [failure, ...writer.take()];
}
let histograms: NativeHistogram[] = [];
const scrape = (...families: TestFamily[]): Promise<string[]> => scrapeBytes(encodeFamilies(families));

const NATIVE: TestMetricHistogram = {
  count: 6,
  sum: 9.5,
  schema: 3,
  zeroThreshold: 0.001,
  zeroCount: 1,
  positiveSpans: [
    { offset: -2, length: 2 },
    { offset: 4, length: 1 },
  ],
  positiveBuckets: [2, 0, 2],
  negativeSpans: [{ offset: 0, length: 1 }],
  negativeBuckets: [1],
};
const CLASSIC = [
  [0.5, 1],
  [1, 4],
  [Infinity, 6],
] as const;
const latency = (histogram: TestMetricHistogram, type: 'histogram' | 'gaugehistogram' = 'histogram'): TestFamily => ({
  name: 'latency',
  type,
  metrics: [{ labels: { job: 'a' }, histogram }],
});

describe('samples', () => {
  it('are those that the text format has, for all types', async () => {
    expect(
      await scrape(
        {
          name: 'requests_total',
          type: 'counter',
          metrics: [
            { labels: { code: '200' }, value: 5 },
            { labels: { code: '500' }, value: NaN },
          ],
        },
        { name: 'temperature', type: 'gauge', metrics: [{ value: -1.5, timestamp: 77 }] },
        { name: 'odd', type: 'untyped', metrics: [{ value: Infinity }] },
        {
          name: 'size',
          type: 'summary',
          metrics: [
            {
              summary: {
                count: 3,
                sum: 1.5,
                quantiles: [
                  [0.5, 1],
                  [0.99, 2],
                ],
              },
            },
          ],
        },
        latency({ count: 6, sum: 2, buckets: CLASSIC }),
        { name: 'open', type: 'gaugehistogram', metrics: [{ histogram: { count: 4, sum: 2, buckets: [[1e6, 1]] } }] },
      ),
    ).toEqual([
      'requests_total{code="200"} 5 @1000',
      'requests_total{code="500"} NaN @1000',
      'temperature -1.5 @77',
      'odd Infinity @1000',
      'size_count 3 @1000',
      'size_sum 1.5 @1000',
      'size{quantile="0.5"} 1 @1000',
      'size{quantile="0.99"} 2 @1000',
      'latency_count{job="a"} 6 @1000',
      'latency_sum{job="a"} 2 @1000',
      'latency_bucket{job="a", le="0.5"} 1 @1000',
      'latency_bucket{job="a", le="1.0"} 4 @1000',
      'latency_bucket{job="a", le="+Inf"} 6 @1000',
      'open_count 4 @1000',
      'open_sum 2 @1000',
      'open_bucket{le="1e+06"} 1 @1000',
      'open_bucket{le="+Inf"} 4 @1000',
    ]);
    expect(series.counts).toMatchObject({ scraped: 17, kept: 17, added: 17 });
  });

  it('are found again without their labels being read, and end with a stale marker', async () => {
    const both = [0, 1].map((value): TestFamily => ({ name: `m${value}`, type: 'gauge', metrics: [{ labels: { a: 'b' }, value }] }));
    await scrape(...both);
    const asked = writer.asked.length;
    expect(await scrape(...both.toReversed())).toEqual(['m1{a="b"} 1 @2000', 'm0{a="b"} 0 @2000']);
    expect(writer.asked).toHaveLength(asked);
    expect(await scrape(both[0] as TestFamily)).toEqual(['m0{a="b"} 0 @3000', 'm1{a="b"} stale @3000']);
  });

  it('come with the metadata of their family, once', async () => {
    const family: TestFamily = { name: 'x_seconds', type: 'gaugehistogram', help: 'Says it.', unit: 'seconds', metrics: [] };
    await scrape(family);
    expect(writer.metadata.get('x_seconds')).toEqual({ type: 'gaugehistogram', help: 'Says it.', unit: 'seconds' });
    writer.metadata.clear();
    await scrape(family);
    expect(writer.metadata.size).toBe(0);
    await scrape({ ...family, help: 'Says more.' });
    expect(writer.metadata.get('x_seconds')?.help).toBe('Says more.');
  });
});

describe('exemplars', () => {
  const of = (trace: string, value: number, timestamp: number): ScrapedExemplar => ({ labels: ['trace_id', trace], value, timestamp });

  it("of counters and buckets belong to their series; one without a time gets the scrape's", async () => {
    await scrape(
      { name: 'requests_total', type: 'counter', metrics: [{ value: 5, exemplar: of('a', 1, 1700) }] },
      latency({ count: 6, sum: 2, buckets: CLASSIC, bucketExemplars: { 0: of('b', 0.25, 1800), 1: of('c', 0.75, NaN) } }),
    );
    expect(writer.exemplars).toEqual([
      'requests_total {trace_id="a"} 1 @1700',
      'latency_bucket{job="a", le="0.5"} {trace_id="b"} 0.25 @1800',
      'latency_bucket{job="a", le="1.0"} {trace_id="c"} 0.75 @1000 (seen)',
    ]);
    expect(series.counts).toMatchObject({ exemplars: 3, exemplarsRefused: 0 });
  });

  it('of a native histogram are its own, by time, or else those of its buckets', async () => {
    const exemplars = [of('b', 2, 1900), of('a', 1, 1800)];
    await scrape(latency({ ...NATIVE, buckets: CLASSIC, exemplars, bucketExemplars: { 0: of('c', 3, 1700) } }));
    expect(writer.exemplars).toEqual(['latency{job="a"} {trace_id="a"} 1 @1800', 'latency{job="a"} {trace_id="b"} 2 @1900']);
    writer.exemplars = [];
    await scrape(latency({ ...NATIVE, buckets: CLASSIC, bucketExemplars: { 0: of('c', 3, 1700) } }));
    expect(writer.exemplars).toEqual(['latency{job="a"} {trace_id="c"} 3 @1700']);
  });
});

describe('native histograms', () => {
  it('are taken in place of the classic series, without empty buckets, and end with a stale marker', async () => {
    expect(await scrape(latency({ ...NATIVE, buckets: CLASSIC }))).toEqual(['latency{job="a"} 6 @1000']);
    expect(histograms).toEqual([
      {
        schema: 3,
        counterReset: 'unknown',
        zeroThreshold: 0.001,
        zeroCount: 1,
        count: 6,
        sum: 9.5,
        positiveSpans: [
          { offset: -2, length: 1 },
          { offset: 5, length: 1 },
        ],
        positiveBuckets: Float64Array.of(2, 2),
        negativeSpans: [{ offset: 0, length: 1 }],
        negativeBuckets: Float64Array.of(1),
        customBounds: new Float64Array(0),
      },
    ]);
    expect(series.counts).toMatchObject({ scraped: 1 });
    expect(await scrape()).toEqual(['latency{job="a"} stale @2000']);
  });

  it('are known by a span without length while nothing has been observed', async () => {
    expect(await scrape(latency({ positiveSpans: [{ offset: 0, length: 0 }] }))).toEqual(['latency{job="a"} 0 @1000']);
    expect(await scrape(latency({}))).toContain('latency_bucket{job="a", le="+Inf"} 0 @2000');
  });

  it('with float counts, and of gauges', async () => {
    await scrape(latency({ ...NATIVE, count: 6.5, zeroCount: 0.5, float: true, positiveBuckets: [2.5, 0.25, 2] }, 'gaugehistogram'));
    expect(histograms[0]).toMatchObject({
      counterReset: 'gauge',
      count: 6.5,
      zeroCount: 0.5,
      positiveBuckets: Float64Array.of(2.5, 0.25, 2),
    });
  });

  it('stand beside the classic series when these are wanted too, and give way to them when not wanted', async () => {
    const family = latency({ ...NATIVE, buckets: CLASSIC });
    const classic = ['latency_count', 'latency_sum', 'latency_bucket', 'latency_bucket', 'latency_bucket'];
    const names = (samples: string[]): string[] => samples.map((sample) => sample.split('{')[0] as string);
    target({ alwaysClassic: true });
    expect(names(await scrape(family))).toEqual(['latency', ...classic]);
    target({ native: false });
    expect(names(await scrape(family))).toEqual(classic);
  });

  it('are reduced to the bucket limit and the least factor; beyond the coarsest resolution the scrape fails', async () => {
    const wide = {
      ...NATIVE,
      zeroCount: 0,
      count: 20,
      positiveSpans: [{ offset: 1, length: 20 }],
      positiveBuckets: Array.from({ length: 20 }, () => 1),
    };
    const family = latency({ ...wide, negativeSpans: [], negativeBuckets: [] });
    target({ bucketLimit: 5 });
    await scrape(family);
    expect(histograms[0]).toMatchObject({
      schema: 1,
      positiveSpans: [{ offset: 1, length: 5 }],
      positiveBuckets: Float64Array.of(4, 4, 4, 4, 4),
    });
    target({ finestSchema: 2 });
    await scrape(family);
    expect(histograms[0]).toMatchObject({ schema: 2, positiveSpans: [{ offset: 1, length: 10 }] });
    target({ bucketLimit: 1 });
    expect(await scrape(latency({ ...NATIVE, schema: -4 }))).toEqual([
      'Error: metric family "latency": a native histogram has more buckets than the native_histogram_bucket_limit of 1, even at the coarsest resolution',
    ]);
  });

  it('are made of classic ones when that is wanted', async () => {
    target({ convertClassic: true });
    expect(await scrape(latency({ count: 6, sum: 2, buckets: CLASSIC }))).toEqual(['latency{job="a"} 6 @1000']);
    expect(histograms[0]).toMatchObject({
      schema: CUSTOM_BUCKETS_SCHEMA,
      count: 6,
      sum: 2,
      positiveSpans: [{ offset: 0, length: 3 }],
      positiveBuckets: Float64Array.of(1, 3, 2),
      customBounds: Float64Array.of(0.5, 1),
    });
    target({ convertClassic: true, alwaysClassic: true });
    expect(
      await scrape(
        latency({
          count: 6,
          sum: 2,
          buckets: [
            [1, 0],
            [2, 6],
          ],
        }),
      ),
    ).toHaveLength(6);
    expect(histograms[0]).toMatchObject({ positiveSpans: [{ offset: 1, length: 1 }], customBounds: Float64Array.of(1, 2) });
  });
});

describe('bodies that are no families', () => {
  it.each<[string, TestFamily, string]>([
    ['no name', { name: '', type: 'gauge', metrics: [] }, 'metric family "": a metric family has no name'],
    [
      'two labels of one name',
      { name: 'm', type: 'gauge', metrics: [{ labels: { __name__: 'x' } }] },
      'metric family "m": "__name__" is not allowed as a label name',
    ],
  ])('%s', async (_, family, message) => {
    expect(await scrape(family)).toEqual([`Error: ${message}`]);
  });

  it('are read or refused whatever their bytes', async () => {
    const good = encodeFamilies([
      latency({ ...NATIVE, buckets: CLASSIC }),
      { name: 'size', type: 'summary', metrics: [{ summary: { count: 3, sum: 1.5, quantiles: [[0.5, 1]] } }] },
    ]);
    const attempt = (bytes: Uint8Array): string => {
      target({ alwaysClassic: true });
      try {
        series.append(Buffer.from(bytes), 'protobuf', 1, new FakeWriter().appender());
        return 'read';
      } catch (error) {
        return error instanceof TypeError || error instanceof RangeError ? String(error) : 'refused';
      }
    };
    for (let length = 0; length < good.length; length++) expect(attempt(good.subarray(0, length))).toMatch(/^(read|refused)$/);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bytes = good.slice();
        bytes[at] = byte;
        expect(attempt(bytes)).toMatch(/^(read|refused)$/);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(attempt(bytes)).toMatch(/^(read|refused)$/);
      }),
    );
  });
});

it('bounds are written as in OpenMetrics', () => {
  const written = [0, 1, -1, 0.1, 2.5, 99_999, 100_000, 1e6, 1_234_567, 1e-4, 1e-5, 1.5e-7, 1e21, -0.25, NaN, Infinity, -Infinity].map(
    formatBound,
  );
  const expected = '0.0 1.0 -1.0 0.1 2.5 99999.0 100000.0 1e+06 1.234567e+06 0.0001 1e-05 1.5e-07 1e+21 -0.25 NaN +Inf -Inf';
  expect(written.join(' ')).toBe(expected);
});
