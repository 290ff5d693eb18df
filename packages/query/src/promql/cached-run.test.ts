/** The step cache never changes an answer: whatever is asked again, however shifted, whatever was written in between, late or not. */

import { AtalayaError, type CancelSignal, type Labels, labelsOf, ManualClock, writeStaleMarker } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryReader, type MemorySeries } from '../memory-reader.ts';
import type { SampleReader } from '../reader.ts';
import { encodeAnswer } from './encode.ts';
import { createPromqlEngine, type PromqlEngine, type RangeQuery } from './engine.ts';

const never: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const limits = { series: 1000, samples: 1_000_000, points: 11_000, timeMs: 60_000 };
const options = { lookbackMs: 60_000, limits, clock: new ManualClock() };

/** Series that grow, and tell of it as a store does. */
class GrowingData {
  readonly #series = new Map<string, { labels: Labels; samples: Map<number, number | 'stale'> }>();
  readonly #changes: number[] = [];
  reads = 0;
  horizon = -Infinity;

  write(labels: Record<string, string>, time: number, value: number | 'stale'): void {
    const key = JSON.stringify(labels);
    let series = this.#series.get(key);
    if (series === undefined) this.#series.set(key, (series = { labels: labelsOf(labels), samples: new Map() }));
    series.samples.set(time, value);
    this.#changes.push(time);
  }

  drop(): void {
    this.#series.clear();
    this.#changes.push(-Infinity);
  }

  reader(): SampleReader {
    const inner = createMemoryReader({ [Symbol.iterator]: () => this.#columns() });
    return {
      select: (request, ...rest) => {
        this.reads++;
        return inner.select({ ...request, start: Math.max(request.start, Math.min(this.horizon, request.end + 1)) }, ...rest);
      },
      changes: async (since) => ({
        version: this.#changes.length,
        oldest: Math.min(Infinity, ...this.#changes.slice(Math.max(0, since))),
        horizon: this.horizon,
      }),
    };
  }

  *#columns(): Generator<MemorySeries> {
    for (const { labels, samples } of this.#series.values()) {
      const times = [...samples.keys()].sort((a, b) => a - b);
      const values = new Float64Array(times.length);
      times.forEach((time, i) => {
        const value = samples.get(time) as number | 'stale';
        if (value === 'stale') writeStaleMarker(values, i);
        else values[i] = value;
      });
      yield { labels, timestamps: Float64Array.from(times), values };
    }
  }
}

const QUERIES = [
  'a_total',
  '{__name__=~"a_total|b|c"}',
  'rate(a_total[1m])',
  'rate(b[1m])',
  'sum by (job) (rate(a_total[2m] offset 30s))',
  'avg(b) without (i)',
  'stddev by (job) (b) + 0',
  'b offset -1m',
  'b @ 300 + on (job, i) b',
  'sum(b @ end()) + sum(b)',
  'sum(b @ start()) - time()',
  'max_over_time(sum by (job) (b)[3m:25s])',
  'max_over_time((rate(a_total[1m]))[2m:] offset 10s)',
  'sum_over_time(b[90s:7s] @ 500)',
  'absent(c{job="x"})',
  'absent_over_time(c[1m])',
  'count_values("v", b)',
  'label_replace(b, "n", "$1", "job", "(.*)")',
  'topk(1, b)',
  'bottomk by (job) (1, b)',
  'limitk(1, b)',
  'limit_ratio(0.5, b)',
  'quantile(scalar(b{job="x",i="1"}), c)',
  'quantile_over_time(0.3, b[1m])',
  'histogram_quantile(0.9, rate(h_bucket[2m]))',
  'quantile(1.5, b)',
  'quantile_over_time(-1, c[1m])',
  'histogram_quantile(scalar(c{job="x",i="1"}), h_bucket)',
  'b > on (job, i) c or c unless b',
  'b * on (job) group_left c',
  'a_total / on (job, i) b',
  'predict_linear(b[2m], 60)',
  'deriv(b[2m])',
  'double_exponential_smoothing(b[2m], 0.5, 0.5)',
  'increase(a_total[1m] smoothed)',
  'delta(b[1m] anchored)',
  'b smoothed',
  'timestamp(b)',
  'resets(b[2m]) + changes(b[2m])',
  'time() + vector(1)',
  'scalar(b{job="x",i="1"})',
  'vector(range())',
  'rate(b[range()])',
  'rate(b[step() * 3])',
  'info(b)',
  'clamp(b, 1, scalar(c{job="x",i="1"}))',
  'sort_by_label(b, "job")',
  'last_over_time(b[1m]) and on (job) c',
  'day_of_week() + hour(b)',
  '1 + 2',
  'rate({__name__=~"a_total|b"}[1m])',
  'sum_over_time({job="x"}[1m])',
  'sum(rate({job="x"}[1m]))',
  'abs({job="x"})',
  '{job="x"} + 1',
  '-{__name__=~"b|c"}',
  '{__name__=~"a_total|b"} * on (job) c',
  'b + ignoring (i) c',
];

const labelsArbitrary = fc.record({
  __name__: fc.constantFrom('a_total', 'b', 'c'),
  job: fc.constantFrom('x', 'y'),
  i: fc.constantFrom('1', '2'),
});
const bucketArbitrary = fc.record({
  __name__: fc.constant('h_bucket'),
  job: fc.constantFrom('x', 'y'),
  le: fc.constantFrom('1', '5', '+Inf'),
});
const infoArbitrary = fc.record({ __name__: fc.constant('target_info'), job: fc.constantFrom('x', 'y'), data: fc.constantFrom('p', 'q') });
const valueArbitrary = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -1, max: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom('stale' as const, NaN, 0.3, 1e17) },
);

/** Something that happens: samples at the end, samples anywhere, everything lost, old ones hidden; or the window moves on and the query is asked. */
const eventArbitrary = fc.oneof(
  {
    weight: 80,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      shift: fc.integer({ min: -3, max: 6 }),
      count: fc.integer({ min: 8, max: 40 }),
    }),
  },
  {
    weight: 40,
    arbitrary: fc.record({ kind: fc.constant('scrape' as const), values: fc.array(valueArbitrary, { minLength: 12, maxLength: 12 }) }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('late' as const),
      labels: fc.oneof(labelsArbitrary, bucketArbitrary, infoArbitrary),
      time: fc.integer({ min: 0, max: 900_000 }),
      value: valueArbitrary,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('hide' as const), by: fc.integer({ min: 0, max: 200_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const) }) },
);

async function text(engine: PromqlEngine, query: RangeQuery): Promise<string> {
  try {
    return new TextDecoder().decode(encodeAnswer(await engine.range(query, never)));
  } catch (error) {
    if (!(error instanceof AtalayaError)) throw error;
    return `failed: ${error.code}`;
  }
}

test('with the cache every answer is what it is without, to the last bit and annotation', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...QUERIES),
      fc.constantFrom(5000, 10_000, 13_000),
      fc.integer({ min: 0, max: 4999 }),
      fc.array(labelsArbitrary, { minLength: 1, maxLength: 6 }),
      fc.array(eventArbitrary, { minLength: 4, maxLength: 40 }),
      async (query, stepMs, phase, scraped, events) => {
        const data = new GrowingData();
        const series: Record<string, string>[] = [...scraped];
        for (const le of ['1', '5', '+Inf']) series.push({ __name__: 'h_bucket', job: 'x', le });
        series.push({ __name__: 'target_info', job: 'x', data: 'p' });
        const cached = createPromqlEngine(data.reader(), { ...options, stepCacheBytes: 1_000_000 });
        const plain = createPromqlEngine(data.reader(), options);
        let now = 0;
        let step = 0;
        const scrape = (values: readonly (number | 'stale')[]): void => {
          now += 15_000;
          series.forEach((labels, i) => data.write(labels, now, values[i % values.length] as number));
        };
        for (let i = 0; i < 20; i++) scrape([i, i * 2, 3, i % 4]);
        const ask = async (shift: number, count: number): Promise<void> => {
          step = Math.max(0, step + shift);
          const startMs = step * stepMs + (phase % stepMs);
          const asked: RangeQuery = { query, startMs, endMs: startMs + count * stepMs, stepMs };
          expect(await text(cached, asked)).toBe(await text(plain, asked));
          taken += (await cached.explain(asked, 0, never)).cachedSteps.cached;
        };
        for (const event of events) {
          if (event.kind === 'scrape') scrape(event.values);
          else if (event.kind === 'late') data.write(event.labels, event.time, event.value);
          else if (event.kind === 'hide') data.horizon = Math.max(data.horizon, event.by);
          else if (event.kind === 'drop') data.drop();
          else await ask(event.shift, event.count);
        }
      },
    ),
    { numRuns: 200 },
  );
  // The property would hold for a cache that keeps nothing.
  expect(taken).toBeGreaterThan(5000);
}, 60_000);

const HOUR = 3_600_000;

/** A cached engine over a counter that is scraped every 15 s, up to now. */
function running(query: string, stepCacheBytes = 1_000_000) {
  const data = new GrowingData();
  let now = 0;
  const scrape = (until: number): void => {
    for (; now < until; now += 15_000) data.write({ __name__: 'a_total', job: 'x' }, now, now / 1000);
  };
  const engine = createPromqlEngine(data.reader(), { ...options, stepCacheBytes });
  const ask = async (endMs: number, more: Partial<RangeQuery> = {}): Promise<number> =>
    (await engine.range({ query, startMs: endMs - HOUR, endMs, stepMs: 60_000, ...more }, never)).stats.cachedSteps ?? 0;
  scrape(2 * HOUR);
  return { data, engine, ask, scrape };
}

test('a window that moves on computes its new steps only', async () => {
  const { ask, scrape, data } = running('sum(rate(a_total[5m]))');
  expect(await ask(2 * HOUR - 60_000)).toBe(0);
  expect(await ask(2 * HOUR - 60_000)).toBe(61);
  expect(data.reads).toBe(1);
  scrape(2 * HOUR + 60_000);
  expect(await ask(2 * HOUR)).toBe(60);
  // A late sample: the steps whose window reaches back to it are computed again.
  data.write({ __name__: 'a_total', job: 'x' }, 2 * HOUR - 600_001, 1);
  expect(await ask(2 * HOUR)).toBe(50);
  expect(await ask(2 * HOUR)).toBe(61);
});

test.each([
  ['a query that has something to say keeps whole blocks of steps', 'rate(a_total[5m]) + on () rate(a_total[5m] offset 1m)', 61],
  ['one that depends on its first step keeps nothing', 'a_total - a_total @ start()', 0],
  ['one that fails for series that take turns keeps nothing', 'rate({job="x"}[5m])', 0],
  ['one that depends on its length keeps nothing', 'vector(range())', 0],
])('%s', async (_, query, expected) => {
  const { ask } = running(query);
  await ask(2 * HOUR - 60_000);
  expect(await ask(2 * HOUR - 60_000)).toBe(expected);
});

test('annotated steps are used again by blocks', async () => {
  const data = new GrowingData();
  for (let time = 0; time < 3 * HOUR; time += 15_000) data.write({ __name__: 'gauge' }, time, 1);
  const engine = createPromqlEngine(data.reader(), { ...options, stepCacheBytes: 1_000_000 });
  const ask = async (endMs: number) => engine.range({ query: 'rate(gauge[5m])', startMs: endMs - HOUR, endMs, stepMs: 60_000 }, never);
  const cached: number[] = [];
  for (let i = 0; i < 6; i++) {
    const answer = await ask(2 * HOUR + i * 60_000);
    expect(answer.infos).toHaveLength(1);
    cached.push(answer.stats.cachedSteps ?? 0);
  }
  // The first answer was computed in one piece, which moves out of the window; from then on blocks remain.
  expect(cached[0]).toBe(0);
  expect(Math.min(...cached.slice(2))).toBeGreaterThanOrEqual(48);
});

test('what must be fresh is neither taken from the cache nor kept', async () => {
  const { ask } = running('a_total');
  expect(await ask(HOUR, { fresh: true })).toBe(0);
  expect(await ask(HOUR)).toBe(0);
  expect(await ask(HOUR, { fresh: true })).toBe(0);
  expect(await ask(HOUR)).toBe(61);
});

test('other steps, other places of the steps, and another lookback are other queries', async () => {
  const { ask } = running('a_total');
  await ask(HOUR);
  expect(await ask(HOUR, { stepMs: 30_000 })).toBe(0);
  expect(await ask(HOUR + 1)).toBe(0);
  expect(await ask(HOUR, { lookbackMs: 1000 })).toBe(0);
  expect(await ask(HOUR, { limit: 1 })).toBe(61);
});

test('the cache stays within its bytes, and the queries that were not asked for long go first', async () => {
  const { engine } = running('a_total', 20_000);
  const ask = async (i: number): Promise<number> =>
    (await engine.range({ query: `a_total + ${i}`, startMs: 0, endMs: HOUR, stepMs: 60_000 }, never)).stats.cachedSteps ?? 0;
  for (let i = 0; i < 50; i++) {
    await ask(i);
    expect(engine.cachedBytes).toBeLessThanOrEqual(20_000);
  }
  expect(engine.cachedBytes).toBeGreaterThan(10_000);
  expect(await ask(49)).toBe(61);
  expect(await ask(0)).toBe(0);
});
