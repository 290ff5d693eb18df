import { type CancelSignal, type ExplainedNode, explanationSchema, labelsOf, ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import { createMemoryReader, type MemorySeries } from '../memory-reader.ts';
import type { SampleReader } from '../reader.ts';
import { createPromqlEngine, type InstantQuery, type RangeQuery } from './engine.ts';

const never: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const limits = { series: 100, samples: 10_000, points: 100, timeMs: 60_000 };

function series(labels: Record<string, string>, ...values: number[]): MemorySeries {
  return { labels: labelsOf(labels), timestamps: Float64Array.from(values, (_, i) => i * 1000), values: Float64Array.from(values) };
}
const data = [
  series({ __name__: 'a_total', job: 'x' }, 1, 2, 3, 4),
  series({ __name__: 'a_total', job: 'y' }, 5, 6),
  series({ __name__: 'b', job: 'x' }, 7, 8, 9, 10),
];

/** A reader whose reads take 40 ms of the clock, a quarter of the samples from memory. */
function slowReader(clock: ManualClock): SampleReader {
  const inner = createMemoryReader(data);
  return {
    async select(...question) {
      await clock.advance(40);
      return { ...(await inner.select(...question)), origin: { samplesInMemory: 1, rowsFromDisk: 3 } };
    },
  };
}

function explain(query: InstantQuery | RangeQuery, options: Partial<typeof limits> = {}) {
  const clock = new ManualClock();
  const engine = createPromqlEngine(slowReader(clock), { lookbackMs: 300_000, limits: { ...limits, ...options }, clock });
  return engine.explain(query, 7, never);
}

const window = { startMs: 0, endMs: 3000, stepMs: 1000 };
const child = (node: ExplainedNode, ...path: number[]): ExplainedNode =>
  path.reduce((at, index) => at.children[index] as ExplainedNode, node);

test('the plan follows the text, with what every node read and gave', async () => {
  const query = 'sum by (job) (rate(a_total[5s])) / on (job) group_left b';
  const explanation = await explain({ query, ...window });
  expect(explanationSchema.parse(explanation)).toEqual(explanation);
  const { plan } = explanation;
  expect(plan).toMatchObject({ operation: 'binary', summary: '/ on (job) group_left ()', start: 0, end: query.length, steps: 4 });
  const sum = child(plan, 0);
  expect(sum).toMatchObject({ operation: 'aggregate', summary: 'sum by (job)', evaluations: 1, series: 2 });
  const samples = child(sum, 0, 0);
  expect(samples).toMatchObject({ operation: 'select', summary: 'a_total[5s]', children: [], read: { from: -4999, to: 3000 } });
  expect(samples.read).toMatchObject({ series: 2, samples: 6, samplesInMemory: 1, rowsFromDisk: 3, milliseconds: 40 });
  expect(query.slice(samples.start, samples.end)).toBe('a_total[5s]');
  expect(child(plan, 1)).toMatchObject({ operation: 'select', summary: 'b', series: 1, points: 4, read: { series: 1, samples: 4 } });
});

test('phases, totals and limits are told', async () => {
  const explanation = await explain({ query: 'a_total + b', ...window });
  expect(explanation.phases.map(({ name }) => name)).toEqual(['queue', 'parse', 'read', 'evaluate', 'encode']);
  expect(explanation.phases[0]?.milliseconds).toBe(7);
  expect(explanation.totals).toMatchObject({ seriesRead: 3, samplesRead: 10, samplesInMemory: 2, rowsFromDisk: 6 });
  expect(explanation.totals).toMatchObject({ resultSeries: 1, resultPoints: 4 });
  expect(explanation.totals.resultBytes).toBeGreaterThan(100);
  expect(explanation.limits).toContainEqual({ setting: 'query.series', used: 2, limit: 100 });
  expect(explanation.limits).toContainEqual({ setting: 'query.samples', used: 10, limit: 10_000 });
  expect(explanation.limits).toContainEqual({ setting: 'query.points', used: 4, limit: 100 });
});

test('what does not depend on time is evaluated once, and a shared read is said to be', async () => {
  const { plan } = await explain({ query: 'sum(b @ 2) + b + b', ...window });
  expect(child(plan, 0, 0)).toMatchObject({ steps: 1, notes: ['evaluated once: does not depend on the time'] });
  expect(child(plan, 0, 0, 0).notes).toEqual(['pinned by @: the same samples at every step', 'computed together with its parent']);
  expect(child(plan, 1).notes).toEqual(['its read is shared with an equal selection']);
});

test('a subquery tells its own steps, and a node that its parent computes says so', async () => {
  const { plan } = await explain({ query: 'max_over_time(timestamp(b)[2s:500ms])', timeMs: 2000 });
  const subquery = child(plan, 0);
  expect(subquery).toMatchObject({ operation: 'subquery', summary: '[2s:500ms]', steps: 1 });
  expect(child(subquery, 0)).toMatchObject({ operation: 'call', summary: 'timestamp', steps: 4 });
  expect(child(subquery, 0, 0)).toMatchObject({ evaluations: 0, notes: ['computed together with its parent'], read: { series: 1 } });
});

test('a query that fails is explained as far as it came', async () => {
  const tooMuch = await explain({ query: 'sum(b) + a_total', ...window }, { series: 1 });
  expect(tooMuch.error).toMatchObject({ code: 'QUERY_LIMIT' });
  expect(tooMuch.error?.message).toContain('query.series');
  expect(child(tooMuch.plan, 1)).toMatchObject({ summary: 'a_total', notes: ['was not read'] });
  const failed = await explain({ query: 'sum by (job) (b) + scalar(topk(NaN, b))', ...window });
  expect(failed.error).toMatchObject({ code: 'QUERY_FAILED' });
  expect(failed.plan.notes).toEqual(['did not finish']);
  expect(child(failed.plan, 0)).toMatchObject({ evaluations: 1, series: 1, notes: [] });
});

test('what is no query cannot be explained', async () => {
  await expect(explain({ query: 'sum(', ...window })).rejects.toMatchObject({ code: 'BAD_QUERY' });
  await expect(explain({ query: 'b[5m]', ...window })).rejects.toMatchObject({ code: 'BAD_QUERY' });
});
