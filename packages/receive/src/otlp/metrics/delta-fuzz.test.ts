import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JOURNAL_IS_FULL } from '../../metrics/recording-journal.ts';
import { encodeMetrics, type TestMetricsRequest } from './encode-for-tests.ts';
import { at, DELTA, ofShop, startMetrics } from './receiver-for-tests.ts';

const SEED = 4319;

/** One interval of a sender: what was measured in it, and what happens to the request. */
const step = fc.record({
  values: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 5 }),
  scale: fc.integer({ min: -4, max: 10 }),
  failures: fc.nat({ max: 2 }),
  repeated: fc.boolean(),
  seconds: fc.integer({ min: 1, max: 600 }),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** The same measurements as a counter, as a classic and as an exponential histogram. */
function requestOf({ values, scale }: Step, from: number, to: number): TestMetricsRequest {
  const sum = values.reduce((total, value) => total + value, 0);
  const time = { startTimeUnixNano: at(from), timeUnixNano: at(to) };
  const count = String(values.length);
  const explicitBounds = [10, 100];
  const upTo = (bound: number): number => values.filter((value) => value <= bound).length;
  const bucketCounts = [upTo(10), upTo(100) - upTo(10), values.length - upTo(100)];
  const indexes = values.map((value) => Math.ceil(Math.log2(value) * 2 ** scale) - 1);
  const offset = Math.min(...indexes);
  const buckets = Array.from({ length: Math.max(...indexes) - offset + 1 }, (_, i) =>
    String(indexes.filter((index) => index === offset + i).length),
  );
  return ofShop(
    { name: 'sold', sum: { isMonotonic: true, aggregationTemporality: DELTA, dataPoints: [{ ...time, asInt: String(sum) }] } },
    {
      name: 'classic',
      histogram: {
        aggregationTemporality: DELTA,
        dataPoints: [{ ...time, count, sum, explicitBounds, bucketCounts: bucketCounts.map(String) }],
      },
    },
    {
      name: 'native',
      exponentialHistogram: {
        aggregationTemporality: DELTA,
        dataPoints: [{ ...time, count, sum, scale, positive: { offset, bucketCounts: buckets } }],
      },
    },
  );
}

test('a sender that repeats what was not acknowledged loses nothing, and nothing counts twice', { timeout: 60_000 }, async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
    const { journal, post, send, histograms } = startMetrics({ limits: { histogramBuckets: 20_000, maxFutureMs: Infinity } });
    let now = 0;
    for (const one of steps) {
      const request = requestOf(one, now, (now += one.seconds));
      for (let i = 0; i < one.failures; i++) {
        journal.fail = JOURNAL_IS_FULL;
        expect((await post('protobuf', encodeMetrics(request))).status).toBe(503);
      }
      journal.fail = undefined;
      for (const way of one.repeated ? (['protobuf', 'protobuf'] as const) : (['protobuf'] as const))
        expect(await send(way, request)).toBeUndefined();
    }
    const all = steps.flatMap(({ values }) => values);
    const sum = all.reduce((total, value) => total + value, 0);
    const last = (name: string): number | undefined => Object.values(journal.stored()[name] ?? {}).at(-1);
    expect(last('sold_total{job="shop"}')).toBe(sum);
    for (const bound of [10, 100])
      expect(last(`classic_bucket{job="shop", le="${bound}"}`)).toBe(all.filter((value) => value <= bound).length);
    expect([last('classic_count{job="shop"}'), last('classic_sum{job="shop"}')]).toEqual([all.length, sum]);
    const native = histograms().at(-1)?.histogram;
    expect([native?.count, native?.sum]).toEqual([all.length, sum]);
    expect(native?.schema).toBe(Math.min(8, ...steps.map(({ scale }) => scale)));
    expect(native?.positiveBuckets.reduce((total, many) => total + many, 0)).toBe(all.length);
    expect(histograms()).toHaveLength(steps.length);
  });
  await fc.assert(property, { seed: SEED, numRuns: 100 });
});
