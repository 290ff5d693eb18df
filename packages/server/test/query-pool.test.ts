import { ManualClock, silentLogger, systemClock } from '@atalaya/model';
import { afterEach, expect, test } from 'vitest';
import { QueryPool, type QueryPoolOptions } from '../src/engine/query-pool.ts';
import type { QueryTask } from '../src/engine/query-task.ts';

const limits = {
  timeoutMs: 60_000,
  lookbackMs: 300_000,
  series: 1000,
  samples: 1e6,
  points: 11_000,
  logSeries: 1000,
  logEntries: 1000,
  logLines: 1_000_000,
  logConcurrency: 6,
  traces: 10,
  traceSpans: 1000,
  traceSeries: 10,
  traceConcurrency: 6,
  concurrency: 4,
  memoryBytes: 1,
  answerBytes: 1e6,
  stepCacheBytes: 0,
  features: [],
};
const never = new AbortController().signal;
const pools: QueryPool[] = [];

function pool(options: Partial<QueryPoolOptions> = {}): QueryPool {
  const entry = new URL('./support/obedient-worker.ts', import.meta.url);
  const made = new QueryPool({
    workers: 2,
    limits,
    clock: systemClock,
    log: silentLogger,
    entry,
    serveReader: () => undefined,
    serveLogReader: () => undefined,
    serveTraceReader: () => undefined,
    ...options,
  });
  pools.push(made);
  return made;
}
const task = (query: string): QueryTask => ({ kind: 'instant', query, timeMs: 0, timeoutMs: 60_000 });
const logTask = (query: string): QueryTask => ({
  kind: 'log-instant',
  query,
  time: '0',
  limit: 1,
  direction: 'forward',
  categorised: false,
  timeoutMs: 60_000,
});
const traceTask = (query: string): QueryTask => ({ kind: 'trace-jaeger-services', query, start: '0', end: '1', timeoutMs: 60_000 });
const text = async (bytes: Promise<Uint8Array>): Promise<string> => new TextDecoder().decode(await bytes);
const tick = (): Promise<void> => systemClock.sleep(1);

afterEach(async () => {
  await Promise.all(pools.splice(0).map((each) => each.close()));
});

test('small queries are answered while costly ones fill the worker for those', async () => {
  const of = pool();
  const leave = new AbortController();
  const monsters = [of.run(task('costly-until-cancelled a'), leave.signal), of.run(task('costly-until-cancelled b'), leave.signal)];
  for (let i = 0; i < 10; i++) expect(await text(of.run(task(`cost ${i}`), never))).toBe(`cost ${i}`);
  expect(of.running).toBe(2);
  leave.abort();
  for (const monster of monsters) await expect(monster).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
  while (of.running > 0) await tick();
});

test('of costly queries the cheapest runs first', async () => {
  const of = pool({ limits: { ...limits, concurrency: 8 } });
  const leave = new AbortController();
  // Each worker gets one of them; the one for cheap queries gives it back, and what follows until the last, which it answers.
  const monsters = [1, 2].map((i) => of.run(task(`costly-until-cancelled ${i}`), leave.signal));
  const done: string[] = [];
  const costly = [9e8, 6e8].map(async (cost) => done.push(await text(of.run(task(`cost ${cost}`), never))));
  expect(await text(of.run(task('cost 1'), never))).toBe('cost 1');
  leave.abort();
  for (const monster of monsters) await expect(monster).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
  await Promise.all(costly);
  expect(done).toEqual(['cost 600000000', 'cost 900000000']);
});

test('a query that nobody waits for frees its worker, whether it waits or runs', async () => {
  const of = pool();
  const leave = new AbortController();
  const all = Array.from({ length: 4 }, () => of.run(task('until-cancelled'), leave.signal));
  expect(of.running).toBe(4);
  await expect(of.run(task('cost 1'), never)).rejects.toMatchObject({ code: 'OVERLOADED' });
  leave.abort();
  for (const each of all) await expect(each).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
  while (of.running > 0) await tick();
  expect(await text(of.run(task('cost 1'), never))).toBe('cost 1');
});

test.each([
  ['logs', logTask, 'query.log_concurrency', task],
  ['traces', traceTask, 'query.trace_concurrency', logTask],
] as const)('queries of %s and of other signals take turns, and each has a bound of its own', async (_signal, of, setting, other) => {
  const queries = pool();
  const leave = new AbortController();
  const busy = [1, 2].map((i) => queries.run(of(`until-cancelled ${i}`), leave.signal));
  const done: string[] = [];
  const note = async (job: QueryTask): Promise<void> => void done.push(await text(queries.run(job, never)));
  const waiting = [1, 2, 3, 4].map((i) => note(of(`one ${i}`)));
  await expect(queries.run(of('one too many'), never)).rejects.toThrow(`6 queries are under way (${setting})`);
  waiting.push(note(other('other 1')), note(other('other 2')));
  leave.abort();
  for (const each of busy) await expect(each).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
  await Promise.all(waiting);
  expect(done.indexOf('other 2')).toBeLessThan(done.indexOf('one 4'));
});

test('a question about traces goes where any may be asked, while there is room', async () => {
  const of = pool();
  for (let i = 0; i < 5; i++) expect(await text(of.run(traceTask(`most ${i}`), never))).toBe('any');
  const leave = new AbortController();
  const monster = of.run(task('costly-until-cancelled a'), leave.signal);
  await expect.poll(() => text(of.run(traceTask('most'), never))).toBe('cheap');
  leave.abort();
  await expect(monster).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
});

test('a query that ran out of memory is told so, and its worker is replaced', async () => {
  const of = pool();
  await expect(of.run(task('much-memory'), never)).rejects.toMatchObject({ code: 'QUERY_LIMIT', details: { setting: 'query.memory' } });
  await expect(of.run(task('crash'), never)).rejects.toMatchObject({ code: 'QUERY_FAILED' });
  for (let i = 0; i < 4; i++) expect(await text(of.run(task(`cost ${i}`), never))).toBe(`cost ${i}`);
});

test('a query is out of time in the queue as well, and a worker that hangs is replaced', async () => {
  const clock = new ManualClock();
  const of = pool({ clock });
  const stuck = ['for-ever 1', 'for-ever 2', 'cost 1'].map((query) => of.run(task(query), never));
  const outcomes = Promise.allSettled(stuck);
  await clock.advance(60_000);
  expect((await outcomes).map((outcome) => (outcome as PromiseRejectedResult).reason as unknown)).toMatchObject([
    { code: 'QUERY_TIMEOUT', details: { phase: 'execution' } },
    { code: 'QUERY_TIMEOUT', details: { phase: 'execution' } },
    { code: 'QUERY_TIMEOUT', details: { phase: 'queue' } },
  ]);
  await clock.advance(5000);
  expect(await text(of.run(task('cost 1'), never))).toBe('cost 1');
});
