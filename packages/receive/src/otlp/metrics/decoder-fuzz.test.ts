import { AtalayaError } from '@atalaya/model';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { textAttribute, type TestAttribute } from '../encode-for-tests.ts';
import {
  encodeMetrics,
  type TestExponentialPoint,
  type TestHistogramPoint,
  type TestMetricsRequest,
  type TestNumberPoint,
  type TestOtlpMetric,
  type TestSummaryPoint,
} from './encode-for-tests.ts';
import { at, CUMULATIVE, NOW, ofShop, startMetrics } from './receiver-for-tests.ts';

const SEED = 4317;

const text = fc.string({ unit: 'grapheme', maxLength: 10 });
const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('__name__', '__proto__', 'le', 'quantile', 'job', 'a.b', 'a_b', '0', '💾') },
  { weight: 1, arbitrary: text },
);
const attributes: fc.Arbitrary<TestAttribute[]> = fc.array(
  fc.record({
    key: name,
    value: fc.oneof(
      text.map((stringValue) => ({ stringValue })),
      fc.integer().map((number) => ({ intValue: String(number) })),
    ),
  }),
  { maxLength: 4 },
);
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const few = fc.nat({ max: 9 }).map(String);
const count = fc.oneof({ weight: 4, arbitrary: few }, uint64);
// JSON has no negative zero, and texts for what is no number.
const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.constantFrom('NaN' as const, 'Infinity' as const, '-Infinity' as const),
);
const time = fc.oneof(
  { weight: 20, arbitrary: fc.bigInt({ min: BigInt(NOW - 100_000) * 1_000_000n, max: BigInt(NOW) * 1_000_000n }).map(String) },
  uint64,
  fc.constant('0'),
);
const exemplar = fc.record(
  {
    filteredAttributes: attributes,
    timeUnixNano: time,
    asDouble: double,
    traceId: fc.constant('0102030405060708090a0b0c0d0e0f10'),
    spanId: fc.constant('0102030405060708'),
  },
  { requiredKeys: [] },
);
const common = {
  attributes,
  startTimeUnixNano: time,
  timeUnixNano: time,
  flags: fc.constantFrom(0, 1, 0xffff_ffff),
  exemplars: fc.array(exemplar, { maxLength: 2 }),
};
const optional = { requiredKeys: [] };
const numberPoint: fc.Arbitrary<TestNumberPoint> = fc.oneof(
  fc.record({ ...common, asDouble: double }, optional),
  fc.record({ ...common, asInt: int64 }, optional),
);
const bounds = fc.oneof(fc.constantFrom<number[]>([], [1], [1, 2.5], [-1, 0, 1e300]), fc.array(double, { maxLength: 4 }));
const histogramPoint: fc.Arbitrary<TestHistogramPoint> = fc.record(
  {
    ...common,
    count,
    sum: double,
    explicitBounds: bounds,
    bucketCounts: fc.array(count, { maxLength: 5 }),
    min: fc.integer(),
    max: fc.integer(),
  },
  optional,
);
const side = fc.record(
  { offset: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer()), bucketCounts: fc.array(few, { maxLength: 6 }) },
  optional,
);
/** Half of them with a count that is that of the buckets. */
const exponentialPoint: fc.Arbitrary<TestExponentialPoint> = fc
  .tuple(
    fc.boolean(),
    fc.record(
      {
        ...common,
        count,
        sum: double,
        scale: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -4, max: 12 }) }, fc.integer({ min: -12, max: 24 })),
        zeroCount: few,
        positive: side,
        negative: side,
        zeroThreshold: fc.constantFrom(0, 0.5, 1e-9, 'NaN' as const),
      },
      optional,
    ),
  )
  .map(([fits, point]) => {
    const counts = [point.zeroCount ?? '0', ...(point.positive?.bucketCounts ?? []), ...(point.negative?.bucketCounts ?? [])];
    return fits ? { ...point, count: String(counts.reduce((sum, one) => sum + Number(one), 0)), timeUnixNano: at(-1) } : point;
  });
const summaryPoint: fc.Arbitrary<TestSummaryPoint> = fc.record(
  {
    attributes,
    timeUnixNano: time,
    flags: fc.constantFrom(0, 1),
    count,
    sum: double,
    quantileValues: fc.array(fc.record({ quantile: double, value: double }), { maxLength: 3 }),
  },
  optional,
);
const points = <Point>(point: fc.Arbitrary<Point>): fc.Arbitrary<Point[]> => fc.array(point, { maxLength: 3 });
const aggregationTemporality = fc.constantFrom(0, 1, 1, 1, 1, 2, 2, 2, 2, 7);
const metric: fc.Arbitrary<TestOtlpMetric> = fc
  .tuple(
    fc.record({ name, unit: fc.constantFrom('', '1', 's', 'By/s', '{x}', '/', 'k€'), description: text }, optional),
    fc.oneof(
      fc.record({ gauge: fc.record({ dataPoints: points(numberPoint) }) }),
      fc.record({ sum: fc.record({ dataPoints: points(numberPoint), aggregationTemporality, isMonotonic: fc.boolean() }) }),
      fc.record({ histogram: fc.record({ dataPoints: points(histogramPoint), aggregationTemporality }) }),
      fc.record({ exponentialHistogram: fc.record({ dataPoints: points(exponentialPoint), aggregationTemporality }) }),
      fc.record({ summary: fc.record({ dataPoints: points(summaryPoint) }) }),
      fc.constant({}),
    ),
  )
  .map(([head, data]): TestOtlpMetric => ({ ...head, ...data }));
const request: fc.Arbitrary<TestMetricsRequest> = fc
  .array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeMetrics: fc.array(
        fc.record({ scope: fc.record({ name: text, version: text, attributes }), metrics: fc.array(metric, { maxLength: 3 }) }),
        {
          maxLength: 2,
        },
      ),
    }),
    { maxLength: 2 },
  )
  .map((resourceMetrics) => ({ resourceMetrics }));

/** Everything that is to be seen of some requests: what was stored, and what was refused. */
async function outcome(translation: object, send: (started: ReturnType<typeof startMetrics>) => Promise<void>) {
  const started = startMetrics({ translation });
  await send(started);
  const { journal, receiver, histograms } = started;
  const { records, refused, failedRequests } = receiver.stats();
  const exemplars = journal.batches.flatMap((_, batch) => journal.exemplars(batch));
  return {
    stored: journal.stored(),
    histograms: histograms(),
    exemplars,
    metadata: journal.batches.map(({ metadata }) => metadata),
    records,
    refused,
    failedRequests,
  };
}

const translations = fc.constantFrom({}, { convertHistograms: true, promoteScope: true }, { strategy: 'NoTranslation', promoteAll: true });

test('JSON and protobuf of the same requests become the same, and nothing fails', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 3 }), translations, async (requests, translation) => {
      const [asJson, asProtobuf] = await Promise.all([
        outcome(translation, async ({ send }) => {
          for (const one of requests) await send('json', one);
        }),
        outcome(translation, async ({ send }) => {
          for (const one of requests) await send('protobuf', one);
        }),
      ]);
      expect(asJson).toEqual(asProtobuf);
      const refused = Object.values(asJson.refused).reduce((sum, many) => sum + many, 0);
      expect(refused).toBeLessThanOrEqual(asJson.records);
      expect(asJson.failedRequests).toBe(0);
    }),
    { seed: SEED, numRuns: 150 },
  );
});

test('a truncated or damaged body is refused as a whole or read; it never fails otherwise', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      request,
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }),
      async (content, cut, changes) => {
        const whole = encodeMetrics(content);
        const body = Buffer.from(whole.subarray(0, whole.length - (whole.length === 0 ? 0 : cut % whole.length)));
        for (const [place, byte] of changes) if (body.length > 0) body[place % body.length] = byte;
        const { post, journal } = startMetrics();
        const { status } = await post('protobuf', body);
        expect([200, 400]).toContain(status);
        expect(status === 400 ? journal.batches : []).toEqual([]);
        const json = JSON.stringify(content).slice(0, -1 - (cut % 50));
        expect((await post('json', Buffer.from(json))).status).toBe(400);
      },
    ),
    { seed: SEED, numRuns: 150 },
  );
});

describe('hostile metrics', () => {
  const gauge = (attributesOfPoint: TestAttribute[], metricNameOfPoint = 'm') =>
    ofShop({ name: metricNameOfPoint, gauge: { dataPoints: [{ timeUnixNano: at(0), asInt: '1', attributes: attributesOfPoint }] } });

  it.each([
    ['65 labels', gauge(Array.from({ length: 65 }, (_, i) => textAttribute(`a${i}`, 'x'))), 'label_limit'],
    ['a long label name', gauge([textAttribute('n'.repeat(2000), 'x')]), 'label_limit'],
    ['a long label value', gauge([textAttribute('n', 'x'.repeat(20_000))]), 'label_limit'],
    ['a name of which nothing is left', gauge([], '$.$'), 'invalid_labels'],
    ['an attribute without a name', gauge([textAttribute('', 'x')]), 'invalid_labels'],
    ['an attribute of which nothing is left', gauge([textAttribute('..', 'x')]), 'invalid_labels'],
    ['time 0', ofShop({ name: 'm', gauge: { dataPoints: [{ asInt: '1' }] } }), 'too_old'],
    [
      'the end of time',
      ofShop({ name: 'm', gauge: { dataPoints: [{ timeUnixNano: '18446744073709551615', asInt: '1' }] } }),
      'too_far_in_future',
    ],
    ['no value', ofShop({ name: 'm', gauge: { dataPoints: [{ timeUnixNano: at(0) }] } }), 'no_value'],
    [
      'a temporality that there is not',
      ofShop({ name: 'm', sum: { aggregationTemporality: 3, dataPoints: [{ timeUnixNano: at(0), asInt: '1' }] } }),
      'no_temporality',
    ],
  ])('%s', async (_name, content, reason) => {
    const { send, journal } = startMetrics();
    for (const way of ['protobuf', 'json'] as const)
      expect((await send(way, content))?.message).toContain(`1 of 1 data points were refused: 1 ${reason}`);
    expect(journal.rows).not.toContain(1);
  });

  it('a resource that spans years has target_info for half a day of it', async () => {
    const { send, journal } = startMetrics({ limits: { retentionMs: Infinity } });
    const resource = { attributes: [textAttribute('service.name', 'old'), textAttribute('host.name', 'h')] };
    const dataPoints = [
      { timeUnixNano: '1', asInt: '1' },
      { timeUnixNano: at(0), asInt: '2' },
    ];
    await send('protobuf', { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints } }] }] }] });
    expect(Object.keys(journal.stored()['target_info{host_name="h", job="old"}'] ?? {})).toHaveLength(289);
  });

  it('the limit of series refuses points with new ones, whole points only', async () => {
    const { send, journal } = startMetrics({ limits: { series: 3 } });
    const histogram = {
      aggregationTemporality: CUMULATIVE,
      dataPoints: [{ timeUnixNano: at(0), count: '1', sum: 1, explicitBounds: [1], bucketCounts: ['1', '0'] }],
    };
    const answer = await send(
      'protobuf',
      ofShop({ name: 'g', gauge: { dataPoints: [{ timeUnixNano: at(0), asInt: '1' }] } }, { name: 'h', histogram }),
    );
    expect(answer?.message).toContain('1 of 2 data points were refused: 1 series_limit (the limit of 3 active series is reached)');
    expect(journal.stored()).toEqual({ 'g{job="shop"}': { [NOW]: 1 } });
  });

  it.each([
    ['a negative count', '{"histogram":{"dataPoints":[{"count":"-1"}]}}', 'count: '],
    ['a fractional count', '{"summary":{"dataPoints":[{"count":1.5}]}}', 'count: '],
    ['a negative temporality', '{"sum":{"aggregationTemporality":-1}}', 'aggregationTemporality: '],
    ['names with underscores', '{"gauge":{"data_points":[]}}', 'spelled \\"dataPoints\\"'],
    ['a text for a list', '{"gauge":{"dataPoints":"x"}}', 'dataPoints: '],
    ['a text that is no number', '{"gauge":{"dataPoints":[{"asDouble":"x"}]}}', 'asDouble: '],
    ['a scale beyond 32 bits', '{"exponentialHistogram":{"dataPoints":[{"scale":3000000000}]}}', 'scale: '],
    ['a trace id that is too short', '{"gauge":{"dataPoints":[{"exemplars":[{"traceId":"12"}]}]}}', 'traceId: '],
  ])('JSON with %s is refused as a whole', async (_name, content, expected) => {
    const { post, journal } = startMetrics();
    const answer = await post('json', Buffer.from(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${content}]}]}]}`));
    expect([answer.status, String(answer.body)]).toEqual([400, expect.stringContaining(expected)]);
    expect(journal.batches).toEqual([]);
  });

  it('numbers of 64 bits may come as numbers, and keep their digits', async () => {
    const { post, journal } = startMetrics();
    const point = `{"timeUnixNano":${NOW}000000,"asInt":-9007199254740991}`;
    await post(
      'json',
      Buffer.from(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[${point}]}}]}]}]}`),
    );
    expect(journal.stored()).toEqual({ m: { [NOW]: -9007199254740991 } });
  });

  it('whole numbers that are too large for 64 bits are doubles, as SDKs write them', async () => {
    const { post, journal } = startMetrics();
    const point = `{"timeUnixNano":"${NOW}000000","asInt":1e20}`;
    const sum = `{"aggregationTemporality":"AGGREGATION_TEMPORALITY_CUMULATIVE","dataPoints":[${point}]}`;
    await post('json', Buffer.from(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","sum":${sum}}]}]}]}`));
    expect(journal.stored()).toEqual({ m: { [NOW]: 1e20 } });
  });

  it('an error is one of ours', async () => {
    const { receiver } = startMetrics();
    await expect(receiver.export(Buffer.from([10, 255]))).rejects.toBeInstanceOf(AtalayaError);
  });
});
