import { CUSTOM_BUCKETS_SCHEMA, ManualClock, type NativeHistogram, silentLogger } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMetricWriter } from '../metrics/create-metric-writer.ts';
import { DEFAULT_METRIC_LIMITS, type MetricLimits } from '../metrics/limits.ts';
import { JOURNAL_IS_FULL, RecordingJournal } from '../metrics/recording-journal.ts';
import { createRemoteWrite } from './create-remote-write.ts';
import { encodeV1, encodeV2, requestOf, type TestHistogram, type TestSeries } from './encode-for-tests.ts';

const NOW = Date.UTC(2026, 0, 15);
const STALE = 0x7ff0000000000002n;
const VERSIONS = ['1.0', '2.0'] as const;
const LABELS = ['__name__', 'latency', 'job', 'api'];

const SMALL: NativeHistogram = {
  schema: 3,
  counterReset: 'no-reset',
  zeroThreshold: 2 ** -128,
  zeroCount: 2,
  count: 10,
  sum: -1.25,
  positiveSpans: [
    { offset: -5, length: 2 },
    { offset: 3, length: 1 },
  ],
  positiveBuckets: Float64Array.of(4, 1, 2),
  negativeSpans: [{ offset: 7, length: 1 }],
  negativeBuckets: Float64Array.of(1),
  customBounds: new Float64Array(0),
};
const FLOAT: NativeHistogram = {
  ...SMALL,
  counterReset: 'gauge',
  count: 0,
  zeroCount: 0.25,
  positiveBuckets: Float64Array.of(0.5, 0, 1e300),
  negativeBuckets: Float64Array.of(NaN),
};
const CUSTOM: NativeHistogram = {
  schema: CUSTOM_BUCKETS_SCHEMA,
  counterReset: 'reset',
  zeroThreshold: 0,
  zeroCount: 0,
  count: 6,
  sum: 3,
  positiveSpans: [{ offset: 0, length: 3 }],
  positiveBuckets: Float64Array.of(1, 2, 3),
  negativeSpans: [],
  negativeBuckets: new Float64Array(0),
  customBounds: Float64Array.of(0.1, 2.5),
};

function setUp(limits: Partial<MetricLimits> = {}) {
  const journal = new RecordingJournal();
  const clock = new ManualClock(NOW);
  const writer = createMetricWriter({ journal, clock, limits: { ...DEFAULT_METRIC_LIMITS, ...limits } });
  const receiver = createRemoteWrite({ writer, clock, limits: { bodyBytes: 1 << 24, decompressedBytes: 1 << 25 }, log: silentLogger });
  const send = (version: '1.0' | '2.0', series: readonly TestSeries[]) =>
    receiver.handle(requestOf(version, version === '1.0' ? encodeV1(series) : encodeV2(series)));
  const sendOne = (version: '1.0' | '2.0', ...histograms: TestHistogram[]) => send(version, [{ labels: LABELS, histograms }]);
  return { journal, writer, receiver, send, sendOne };
}

const written = (samples: number, histograms: number): object => ({
  'X-Prometheus-Remote-Write-Samples-Written': String(samples),
  'X-Prometheus-Remote-Write-Histograms-Written': String(histograms),
  'X-Prometheus-Remote-Write-Exemplars-Written': '0',
});

test.for(VERSIONS)('%s: whole, float and custom ones arrive as they were sent, floats beside them', async (version) => {
  const { journal, writer, receiver, send } = setUp();
  const answer = await send(version, [
    { labels: ['__name__', 'up'], samples: [{ timestamp: NOW, value: 1 }] },
    {
      labels: LABELS,
      samples: [{ timestamp: NOW - 1, value: 5 }],
      histograms: [
        { ...SMALL, timestamp: NOW - 3 },
        { ...FLOAT, float: true, timestamp: NOW - 2 },
        { ...CUSTOM, timestamp: NOW },
      ],
    },
  ]);
  expect(answer).toEqual({ status: 204, headers: written(2, 3), body: '' });
  expect(journal.rows).toEqual([5]);
  expect(journal.histograms(0).map(({ timestamp, histogram }) => [timestamp, histogram])).toEqual([
    [NOW - 3, SMALL],
    [NOW - 2, FLOAT],
    [NOW, CUSTOM],
  ]);
  expect(journal.stored()).toEqual({ up: { [NOW]: 1 }, 'latency{job="api"}': { [NOW - 1]: 5 } });
  expect(journal.definitions(0)).toHaveLength(2);
  expect(receiver.stats()).toMatchObject({ samplesReceived: 5, samplesAcknowledged: 5, histogramsAcknowledged: 3 });
  expect(writer.stats()).toMatchObject({ samplesWritten: 5, histogramsWritten: 3, activeSeries: 2 });
});

test.for(VERSIONS)('%s: sent again nothing is written; another one for the same time is refused, float or histogram', async (version) => {
  const { journal, send, sendOne } = setUp();
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(await sendOne(version, { ...SMALL, timestamp: NOW })).toEqual({ status: 204, headers: written(0, 1), body: '' });
  }
  expect(journal.rows).toEqual([1]);
  const other = await sendOne(version, { ...SMALL, sum: 1, timestamp: NOW });
  expect(other).toMatchObject({ status: 400, headers: written(0, 0) });
  expect(other.body).toMatch(/^1 of 1 samples refused \(duplicate_timestamp: 1\); invalid sample: series latency/);
  const float = await send(version, [{ labels: LABELS, samples: [{ timestamp: NOW, value: 10 }] }]);
  expect([float.status, journal.rows]).toEqual([400, [1]]);
});

test.for(VERSIONS)('%s: one whose sum is the stale marker is a stale marker', async (version) => {
  const { journal, sendOne } = setUp();
  const answer = await sendOne(version, { ...SMALL, timestamp: NOW - 1 }, { timestamp: NOW, sumBits: STALE });
  expect(answer).toMatchObject({ status: 204, headers: written(0, 2) });
  expect(journal.histograms(0)).toHaveLength(1);
  expect(journal.samples(0)).toMatchObject([{ timestamp: NOW, bits: '7ff0000000000002' }]);
});

test.for(VERSIONS)('%s: a bad one is refused with its reason, the rest is kept', async (version) => {
  const { journal, writer, receiver, sendOne } = setUp();
  const answer = await sendOne(
    version,
    { ...SMALL, timestamp: NOW - 1 },
    { ...SMALL, count: 11, timestamp: NOW },
    { ...SMALL, schema: 60, timestamp: NOW },
    { ...SMALL, timestamp: NOW + 86_400_000 },
    { ...CUSTOM, customBounds: Float64Array.of(2, 1), timestamp: NOW },
  );
  expect(answer).toMatchObject({ status: 400, headers: written(0, 1) });
  expect(answer.body).toBe(
    '4 of 5 samples refused (invalid_histogram: 3, too_far_in_future: 1); invalid sample: series latency{job="api"} at 2026-01-15T00:00:00.000Z (1768435200000): 10 observations found in buckets, but the Count field is 11: histogram\'s observation count should equal the number of observations found in the buckets (in absence of NaN); invalid sample: series latency{job="api"}: 2026-01-16T00:00:00.000Z (1768521600000) is more than 600 s ahead of this server\'s clock',
  );
  expect(journal.rows).toEqual([1]);
  expect(receiver.stats().samplesRefused).toEqual({ invalid_histogram: 3, too_far_in_future: 1 });
  expect(writer.stats().rejected).toMatchObject({ invalid_histogram: 3, too_far_in_future: 1 });
});

test.for(VERSIONS)('%s: a finer resolution than what is stored is reduced', async (version) => {
  const { journal, sendOne } = setUp();
  const positiveSpans = [{ offset: 1, length: 5 }];
  const histogram = { ...SMALL, schema: 10, count: 18, positiveSpans, positiveBuckets: Float64Array.of(1, 2, 3, 4, 5), timestamp: NOW };
  expect((await sendOne(version, histogram)).status).toBe(204);
  expect(journal.histograms(0)[0]?.histogram).toMatchObject({
    schema: 8,
    positiveSpans: [{ offset: 1, length: 2 }],
    positiveBuckets: Float64Array.of(10, 5),
    negativeSpans: [{ offset: 2, length: 1 }],
  });
});

test.for(VERSIONS)('%s: one with too many buckets is refused by its number', async (version) => {
  const { journal, sendOne } = setUp({ histogramBuckets: 3 });
  const huge = Array.from({ length: 1_000_000 }, () => 1);
  for (const [histogram, buckets] of [
    [SMALL, 4],
    [{ positiveSpans: [{ offset: 0, length: huge.length }], positiveBuckets: Float64Array.from(huge), count: huge.length }, 1_000_000],
    [{ ...CUSTOM, customBounds: Float64Array.from({ length: 100_000 }, (_, i) => i) }, 100_000],
    [{ positiveSpans: Array.from({ length: 100_000 }, () => ({ offset: 0, length: 0 })) }, 100_000],
  ] as const) {
    const answer = await sendOne(version, { ...histogram, timestamp: NOW });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`a native histogram has ${buckets} buckets; the limit is 3 (limits.histogram_buckets)`);
  }
  expect(journal.rows).toEqual([]);
});

test('after a failed write the retry is stored', async () => {
  const { journal, sendOne } = setUp();
  journal.fail = JOURNAL_IS_FULL;
  expect(await sendOne('2.0', { ...SMALL, timestamp: NOW })).toMatchObject({ status: 503, headers: written(0, 0) });
  journal.fail = undefined;
  expect(await sendOne('2.0', { ...SMALL, timestamp: NOW })).toMatchObject({ status: 204, headers: written(0, 1) });
  expect([journal.histograms(0), journal.definitions(0)].map(({ length }) => length)).toEqual([1, 1]);
});

test('a malformed message refuses the whole body', async () => {
  const { journal, receiver } = setUp();
  const whole = encodeV1([{ labels: LABELS, samples: [{ timestamp: NOW, value: 1 }], histograms: [{ ...SMALL, timestamp: NOW - 1 }] }]);
  // The tag of the sum (field 3, a double) becomes that of a varint.
  const at = whole.findIndex((byte, i) => byte === 0x19 && i > 40);
  const broken = Uint8Array.from(whole);
  broken[at] = 0x18;
  const answer = await receiver.handle(requestOf('1.0', broken));
  expect([answer.status, journal.rows]).toEqual([400, []]);
  expect(answer.body).toContain('malformed protobuf');
});

test.for(VERSIONS)('%s: whatever is valid arrives exactly, and nothing else does', async (version) => {
  const side = (float: boolean) =>
    fc.array(fc.record({ offset: fc.nat(9), length: fc.nat(4) }), { maxLength: 4 }).chain((spans) => {
      const total = spans.reduce((sum, { length }) => sum + length, 0);
      const count = float ? fc.double({ min: 0, noNaN: true }) : fc.oneof(fc.nat(9), fc.nat(2 ** 45));
      return fc.array(count, { minLength: total, maxLength: total }).map((buckets) => ({ spans, buckets: Float64Array.from(buckets) }));
    });
  const anyHistogram = fc.boolean().chain((float) =>
    fc
      .record({
        schema: fc.integer({ min: -4, max: 8 }),
        sum: fc.double(),
        zeroThreshold: fc.double({ min: 0, noNaN: true }),
        zeroCount: fc.nat(100),
        positive: side(float),
        negative: side(float),
        counterReset: fc.constantFrom('unknown' as const, 'reset' as const, 'no-reset' as const, 'gauge' as const),
      })
      .map(({ positive, negative, ...rest }) => {
        const all = [...positive.buckets, ...negative.buckets].reduce((sum, count) => sum + count, rest.zeroCount);
        const sides = {
          positiveSpans: positive.spans,
          positiveBuckets: positive.buckets,
          negativeSpans: negative.spans,
          negativeBuckets: negative.buckets,
        };
        return { float, histogram: { ...rest, ...sides, count: all, customBounds: new Float64Array(0) } satisfies NativeHistogram };
      }),
  );
  await fc.assert(
    fc.asyncProperty(anyHistogram, async ({ float, histogram }) => {
      const { journal, sendOne } = setUp();
      expect((await sendOne(version, { ...histogram, float, timestamp: NOW })).status).toBe(204);
      expect(journal.histograms(0).map((recorded) => recorded.histogram)).toEqual([histogram]);
    }),
    { numRuns: 200 },
  );
});
