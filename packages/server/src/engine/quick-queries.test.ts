import { labelsOf, ManualClock } from '@atalaya/model';
import { createMemoryReader, type SampleReader } from '@atalaya/query';
import { expect, test } from 'vitest';
import type { EngineOptions } from './contract.ts';
import type { QueryTask } from './query-task.ts';
import { QuickQueries } from './quick-queries.ts';

const limits: EngineOptions['query'] = {
  timeoutMs: 1000,
  lookbackMs: 300_000,
  series: 1000,
  samples: 10_000_000,
  points: 11_000,
  concurrency: 20,
  logSeries: 1000,
  logEntries: 1000,
  logLines: 1_000_000,
  logConcurrency: 6,
  traces: 10,
  traceSpans: 1000,
  traceSeries: 10,
  traceConcurrency: 6,
  memoryBytes: 1e9,
  answerBytes: 1e9,
  stepCacheBytes: 0,
  features: [],
};
const TIMES = Float64Array.from({ length: 2000 }, (_, i) => i * 1000);
const series = Array.from({ length: 60 }, (_, i) => ({
  labels: labelsOf({ __name__: 'm', few: String(Math.min(i, 1)), instance: String(i) }),
  timestamps: TIMES,
  values: TIMES,
}));
const range = (query: string): QueryTask => ({ kind: 'range', query, startMs: 0, endMs: 1_999_000, stepMs: 1000, timeoutMs: 1000 });
const decoder = new TextDecoder();

function quick(reader: SampleReader = createMemoryReader(series)) {
  const clock = new ManualClock();
  return { clock, queries: new QuickQueries({ limits, clock, reader }) };
}

test('what costs little is answered, what costs more is left to others before anything is read', async () => {
  let selections = 0;
  const inner = createMemoryReader(series);
  const { queries } = quick({
    ...inner,
    select: (...question) => {
      selections++;
      return inner.select(...question);
    },
  });
  const { signal } = new AbortController();
  const answer = await queries.run(range('m{few="0"}'), signal);
  expect(decoder.decode(answer)).toMatch(/^{"status":"success","data":{"resultType":"matrix","result":\[{"metric":{"__name__":"m"/);
  expect(selections).toBe(1);
  expect(await queries.run(range('m'), signal)).toBeUndefined();
  expect(await queries.run(range('m'), signal)).toBeUndefined();
  expect(selections).toBe(1);
  expect(queries.running).toBe(0);
});

test('errors are the engine’s own', async () => {
  const { queries } = quick();
  const { signal } = new AbortController();
  await expect(queries.run(range('m{'), signal)).rejects.toMatchObject({ code: 'BAD_QUERY' });
  await expect(queries.run(range('m{few="0"}'), AbortSignal.abort())).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
});

/** A reader that answers when the signal aborts, as the store's does. */
const stuck: SampleReader = {
  select: (_request, _limits, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('given up')))),
};

test('a query ends at its time limit, and only a few run at once', async () => {
  const { clock, queries } = quick(stuck);
  const { signal } = new AbortController();
  const running = Array.from({ length: 4 }, () => queries.run(range('m'), signal));
  expect(await queries.run(range('m'), signal)).toBeUndefined();
  await clock.advance(1001);
  for (const one of running) await expect(one).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
  expect(queries.running).toBe(0);
});
