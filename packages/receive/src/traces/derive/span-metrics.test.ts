import { type PlainSpan, spanBatch } from '@atalaya/journal/testing';
import { labelsOf, ManualClock, silentLogger } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMetricWriter } from '../../metrics/create-metric-writer.ts';
import { DEFAULT_METRIC_LIMITS } from '../../metrics/limits.ts';
import { JOURNAL_IS_FULL, RecordingJournal } from '../../metrics/recording-journal.ts';
import { createSpanDerivation } from './create-span-derivation.ts';
import { INTERVAL, span, START, startDerivation } from './derivation-for-tests.ts';
import { BOUNDS } from './duration-buckets.ts';

const CALLS = 'traces_spanmetrics_calls_total';
const GET = 'service_name="cart", span_kind="SPAN_KIND_SERVER", span_name="GET /", status_code="STATUS_CODE_UNSET"';
const get: Partial<PlainSpan> = { name: 'GET /', kind: 2, parentSpanId: 'ee'.repeat(8) };

test('calls and durations are counted by service, name, kind and status; new series begin with zero one interval before', async () => {
  const { clock, journal, observe, newest } = startDerivation();
  observe(
    span({ ...get, ms: 3 }),
    span({ ...get, ms: 70 }),
    span({ ...get, status: 2, ms: 20_000 }),
    span({ service: 'pay', name: '', ms: 1 }),
  );
  await clock.advance(INTERVAL);
  observe(span({ ...get, ms: 2 }));
  await clock.advance(INTERVAL);
  const stored = journal.stored();
  expect(stored[`${CALLS}{${GET}}`]).toEqual({ [START + 1]: 0, [START + INTERVAL]: 2, [START + 2 * INTERVAL]: 3 });
  expect(newest(CALLS)).toEqual({
    [`{${GET}}`]: 3,
    '{service_name="cart", span_kind="SPAN_KIND_SERVER", span_name="GET /", status_code="STATUS_CODE_ERROR"}': 1,
    '{service_name="pay", span_kind="SPAN_KIND_UNSPECIFIED", status_code="STATUS_CODE_UNSET"}': 1,
  });
  const buckets = newest('traces_spanmetrics_duration_seconds_bucket{le=');
  const le = (bound: string): number | undefined => buckets[`"${bound}", ${GET}}`];
  // The bound belongs to its bucket.
  expect(['0.002', '0.004', '0.05', '0.1', '15', '+Inf'].map(le)).toEqual([1, 2, 2, 3, 3, 3]);
  expect(newest('traces_spanmetrics_duration_seconds_sum')[`{${GET}}`]).toBeCloseTo(0.075, 9);
  expect(newest('traces_spanmetrics_duration_seconds_count')[`{${GET}}`]).toBe(3);
  expect(journal.batches.flatMap(({ metadata }) => metadata.map(([name, type, , unit]) => [name, type, unit]))).toContainEqual([
    'traces_spanmetrics_duration_seconds',
    'histogram',
    'seconds',
  ]);
});

test('a span that its sender repeats is counted once', async () => {
  const { clock, derivation, observe, newest } = startDerivation();
  const one = span(get);
  observe(one, one);
  observe(one);
  await clock.advance(INTERVAL);
  expect(newest(CALLS)).toEqual({ [`{${GET}}`]: 1 });
  expect(derivation.stats().repeatedSpans).toBe(2);
});

test('what does not fit is counted by service, kind and status; what is known goes on', async () => {
  const { clock, derivation, observe, newest } = startDerivation({ maxSets: 2 });
  observe(...['a', 'b', 'c', 'd', 'a'].map((name) => span({ name })));
  await clock.advance(INTERVAL);
  const labels = (rest: string): string =>
    `{service_name="cart", span_kind="SPAN_KIND_UNSPECIFIED"${rest}, status_code="STATUS_CODE_UNSET"}`;
  expect(newest(CALLS)).toEqual({
    [labels(', span_name="a"')]: 2,
    [labels(', span_name="b"')]: 1,
    [`{otel_metric_overflow="true", ${labels('').slice(1)}`]: 2,
  });
  expect(derivation.stats()).toMatchObject({ overflowedSpans: 2 });
});

test('hostile services and names stay within bounds and lose no span', async () => {
  const { clock, derivation, newest } = startDerivation({ maxSets: 50 });
  for (let i = 0; i < 40; i++) {
    const spans = Array.from({ length: 100 }, (_, j) => span({ service: `service ${i * 100 + j}`, name: `\u{FFFF}${j}`, kind: j % 6 }));
    derivation.observe(spanBatch(spans), undefined);
  }
  await clock.advance(INTERVAL);
  expect(derivation.stats().sets).toBeLessThan(50 + 101 * 18);
  expect(Object.values(newest(CALLS)).reduce((sum, value) => sum + value, 0)).toBe(4000);
});

test('names that are no UTF-8, or too long, do not make two series of one label set', async () => {
  const { clock, derivation, newest } = startDerivation();
  const batch = spanBatch([
    span({ name: 'ab' }),
    span({ name: 'ab' }),
    span({ name: 'x'.repeat(2000) }),
    span({ name: `${'x'.repeat(2000)}y` }),
  ]);
  batch.names[1] = 0xff;
  batch.names[4] = 0xfe;
  derivation.observe(batch, undefined);
  await clock.advance(INTERVAL);
  expect(Object.values(newest(CALLS))).toEqual([2, 2]);
});

test('series of what is not seen any more end with a stale marker, and begin anew with zero', async () => {
  const { clock, derivation, journal, observe } = startDerivation({ idleMs: 60_000 });
  observe(span({ name: 'GET /' }));
  await clock.advance(75_000);
  expect(derivation.stats().sets).toBe(0);
  const values =
    journal.stored()[
      `${CALLS}{service_name="cart", span_kind="SPAN_KIND_UNSPECIFIED", span_name="GET /", status_code="STATUS_CODE_UNSET"}`
    ] ?? {};
  expect(Object.values(values)).toEqual([0, 1, 1, 1, Number.NaN]);
  const written = journal.batches.length;
  await clock.advance(60_000);
  expect(journal.batches.length).toBe(written);
  observe(span({ name: 'GET /' }));
  await clock.advance(INTERVAL);
  expect(
    Object.values(
      journal.stored()[
        `${CALLS}{service_name="cart", span_kind="SPAN_KIND_UNSPECIFIED", span_name="GET /", status_code="STATUS_CODE_UNSET"}`
      ] ?? {},
    ),
  ).toEqual([0, 1, 1, 1, Number.NaN, 0, 1]);
});

test('what is seen while its end is written just goes on, what is seen right after it begins anew', async () => {
  const { clock, derivation, journal, observe, newest } = startDerivation({ idleMs: 60_000 });
  observe(span({ name: 'a' }), span({ name: 'a', kind: 2 }));
  await clock.advance(59_000);
  journal.hold = true;
  await clock.advance(1000);
  observe(span({ name: 'a' }));
  journal.settle();
  await clock.advance(0);
  // Its other metrics are still on their way.
  expect(derivation.stats().sets).toBe(1);
  observe(span({ name: 'a', kind: 2 }));
  journal.hold = false;
  journal.settle();
  await clock.advance(INTERVAL);
  expect(Object.values(newest(CALLS))).toEqual([2, 1]);
});

test('series that are defined anew are asked for anew, also when a round failed in between', async () => {
  const journal = new RecordingJournal();
  const clock = new ManualClock(START);
  const writer = createMetricWriter({ journal, clock, limits: DEFAULT_METRIC_LIMITS });
  const derivation = createSpanDerivation({ writer, clock, log: silentLogger });
  derivation.observe(spanBatch([span({ name: 'a' }), span({ name: 'b' })]), undefined);
  await clock.advance(INTERVAL);
  const before = journal.batches.length;
  writer.redefineSeries();
  journal.fail = JOURNAL_IS_FULL;
  await clock.advance(INTERVAL);
  journal.fail = undefined;
  await clock.advance(INTERVAL);
  expect(journal.batches.slice(before).reduce((sum, { series }) => sum + series.count, 0)).toBe(40);
});

test('a series that was refused is asked for again', async () => {
  const journal = new RecordingJournal();
  const clock = new ManualClock(START);
  const limits = { ...DEFAULT_METRIC_LIMITS, series: 25 };
  const writer = createMetricWriter({ journal, clock, limits });
  const derivation = createSpanDerivation({ writer, clock, log: silentLogger, idleMs: Infinity });
  const other = writer.appender();
  for (let i = 0; i < 10; i++) other.sample(other.series(labelsOf({ __name__: 'other', i: String(i) })) as number, START, 1);
  await other.commit();
  derivation.observe(spanBatch([span({ name: 'a' })]), undefined);
  await clock.advance(INTERVAL);
  expect(writer.stats().rejected.series_limit).toBeGreaterThan(0);
  await clock.advance(3_700_000);
  writer.evictIdle();
  await clock.advance(INTERVAL);
  expect(Object.keys(journal.stored()).filter((name) => name.startsWith('traces_'))).toHaveLength(20);
});

test('a round that cannot be written is made up for by the next one', async () => {
  const { clock, journal, observe, newest } = startDerivation();
  journal.fail = JOURNAL_IS_FULL;
  observe(span(get));
  await clock.advance(INTERVAL);
  journal.fail = undefined;
  observe(span(get));
  await clock.advance(INTERVAL);
  expect(newest(CALLS)).toEqual({ [`{${GET}}`]: 2 });
  expect(Object.values(journal.stored()[`${CALLS}{${GET}}`] ?? {})[0]).toBe(0);
});

test('when it stops, what was counted last is written', async () => {
  const { clock, derivation, observe, newest } = startDerivation();
  observe(span(get));
  await clock.advance(20);
  await derivation.stop();
  expect(newest(CALLS)).toEqual({ [`{${GET}}`]: 1 });
});

test('attributes of spans, or else of resources, become labels when they are asked for', async () => {
  const { clock, observe, newest } = startDerivation({ dimensions: ['http.route', 'service.name', 'host.name'] });
  observe(
    span({ name: 'a', attributes: { 'http.route': '/cart' }, resource: { 'host.name': 'h1' } }),
    span({ name: 'a', attributes: { 'http.route': '/cart', 'host.name': 'h2' }, resource: { 'host.name': 'h1' } }),
    span({ name: 'a', attributes: { 'http.route': '' } }),
    span({ name: 'a' }),
  );
  await clock.advance(INTERVAL);
  const rest = 'service_name="cart", span_kind="SPAN_KIND_UNSPECIFIED", span_name="a", status_code="STATUS_CODE_UNSET"}';
  expect(newest(CALLS)).toEqual({
    [`{host_name="h1", http_route="/cart", ${rest}`]: 1,
    [`{host_name="h2", http_route="/cart", ${rest}`]: 1,
    [`{${rest}`]: 2,
  });
});

test('buckets have exemplars of spans that are kept', async () => {
  const { clock, derivation, journal } = startDerivation({
    willBeKept: ({ statusCodes }) => statusCodes.map((status) => (status === 1 ? 0 : 1)),
  });
  const spans = [span(get), span({ ...get, status: 1 }), span(get), span({ ...get, ms: 70 })];
  derivation.observe(spanBatch(spans), Uint8Array.of(0, 1, 1, 1));
  await clock.advance(INTERVAL);
  const exemplars = journal.batches.flatMap(({ exemplars: found }) => [...(found?.values ?? [])]);
  expect(exemplars).toEqual([0.003, 0.07]);
  await clock.advance(INTERVAL);
  expect(journal.batches.slice(1).some(({ exemplars: found }) => found !== undefined)).toBe(false);
});

test('whatever comes, metrics are what counting the spans one by one gives', async () => {
  const anySpan = fc.record({
    id: fc.integer({ min: 1, max: 60 }),
    service: fc.constantFrom('a', 'b'),
    name: fc.constantFrom('x', 'y', ''),
    kind: fc.integer({ min: 0, max: 5 }),
    status: fc.integer({ min: 0, max: 2 }),
    ms: fc.oneof(fc.double({ min: 0, max: 20_000, noNaN: true }), fc.constantFrom(...BOUNDS.map((bound) => bound * 1000))),
  });
  const requests = fc.array(fc.array(anySpan, { maxLength: 8 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(requests, async (batches) => {
      const { clock, derivation, newest } = startDerivation({ log: silentLogger });
      const seen = new Set<string>();
      const expected = new Map<string, { calls: number; sum: number; buckets: number[] }>();
      for (const batch of batches) {
        const spans = batch.map(({ id, ms, ...rest }) => ({
          ...span({ ms, ...rest }),
          traceId: 'ab'.repeat(16),
          spanId: id.toString(16).padStart(16, '0'),
        }));
        derivation.observe(spanBatch(spans), undefined);
        for (const { spanId, service, name, kind, status, duration } of spans) {
          const identity = [spanId, kind, name].join('/');
          if (seen.has(identity)) continue;
          seen.add(identity);
          const key = JSON.stringify([service, name, kind, status]);
          const set = expected.get(key) ?? { calls: 0, sum: 0, buckets: BOUNDS.map(() => 0) };
          expected.set(key, set);
          const seconds = Number(duration) / 1e9;
          set.calls++;
          set.sum += seconds;
          for (const [i, bound] of BOUNDS.entries()) if (seconds <= bound) (set.buckets[i] as number)++;
        }
        await clock.advance(4000);
      }
      await derivation.stop();
      const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
      const calls = newest(CALLS);
      const buckets = newest('traces_spanmetrics_duration_seconds_bucket');
      const sums = newest('traces_spanmetrics_duration_seconds_sum');
      expect(Object.keys(calls)).toHaveLength(expected.size);
      for (const [key, set] of expected) {
        const [service, name, kind, status] = JSON.parse(key) as [string, string, number, number];
        const named = name === '' ? '' : ` span_name="${name}",`;
        const labels = `service_name="${service}", span_kind="SPAN_KIND_${kinds[kind]}",${named} status_code="STATUS_CODE_${['UNSET', 'OK', 'ERROR'][status]}"}`;
        expect(calls[`{${labels}`]).toBe(set.calls);
        expect(sums[`{${labels}`]).toBeCloseTo(set.sum, 6);
        expect(BOUNDS.map((bound) => buckets[`{le="${bound}", ${labels}`])).toEqual(set.buckets);
        expect(buckets[`{le="+Inf", ${labels}`]).toBe(set.calls);
      }
    }),
    { numRuns: 60 },
  );
});
