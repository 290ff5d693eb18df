import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TestAttribute } from '../encode-for-tests.ts';
import { anyValue, mutate, mutations, text, time as anyUint64 } from '../fuzz.suite.ts';
import {
  encodeMetrics,
  type TestExponentialPoint,
  type TestHistogramPoint,
  type TestMetricsRequest,
  type TestNumberPoint,
  type TestOtlpMetric,
  type TestSummaryPoint,
} from './encode-for-tests.ts';
import { at, NOW, startMetrics } from './receiver-for-tests.ts';

const SEED = 4317;

const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('__name__', '__proto__', 'le', 'quantile', 'job', 'a.b', 'a_b', '0', '💾') },
  { weight: 1, arbitrary: text },
);
const attributes: fc.Arbitrary<TestAttribute[]> = fc.array(fc.record({ key: name, value: anyValue }), { maxLength: 4 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const few = fc.nat({ max: 9 }).map(String);
const count = fc.oneof({ weight: 4, arbitrary: few }, anyUint64);
// JSON has no negative zero, and texts for what is no number.
const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.constantFrom('NaN' as const, 'Infinity' as const, '-Infinity' as const),
);
const time = fc.oneof(
  { weight: 20, arbitrary: fc.bigInt({ min: BigInt(NOW - 100_000) * 1_000_000n, max: BigInt(NOW) * 1_000_000n }).map(String) },
  anyUint64,
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

test('damaged bodies are refused as a whole or read; they never fail otherwise', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(request, mutations, async (content, steps) => {
      const damaged = { protobuf: encodeMetrics(content), json: Buffer.from(JSON.stringify(content)) };
      for (const way of ['protobuf', 'json'] as const) {
        const { post, journal } = startMetrics();
        const { status } = await post(way, mutate(damaged[way], steps));
        expect([200, 400]).toContain(status);
        expect(status === 400 ? journal.batches : []).toEqual([]);
      }
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test('any JSON in any place is taken or refused, never more', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(request, fc.jsonValue(), fc.nat({ max: 60 }), async (content, alien, nth) => {
      let left = nth;
      const changed = JSON.stringify(content, (_key, value: unknown) => (left-- === 0 ? alien : value));
      const { post } = startMetrics();
      expect([200, 400]).toContain((await post('json', Buffer.from(changed))).status);
    }),
    { seed: SEED, numRuns: 300 },
  );
});
