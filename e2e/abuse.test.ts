/** Queries that ask for far too much, in a loop, beside steady writing: they are refused at once and nobody else notices. */

import http from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { CLEAN, LedgerWriter } from './ledger.ts';

const DAY = 86_400;

let program: RunningAtalaya;
afterEach(async () => discard(program));

interface Refusal {
  readonly status: string;
  readonly code?: string;
  readonly error?: string;
}

async function query(route: string, parameters: Record<string, string>): Promise<Refusal> {
  const answer = await fetch(`${program.url}${route}?${new URLSearchParams(parameters).toString()}`);
  return (await answer.json()) as Refusal;
}

test('hopeless queries are refused, naming the setting, while everything that is written is acknowledged', async () => {
  // So little that a minute's test data is far too much.
  program = await startAtalaya({ environment: { ATALAYA_QUERY_SAMPLES: '20000' } });
  const end = Math.floor(Date.now() / 1000);
  const writer = new LedgerWriter('steady', (end - DAY) * 1000, () => program.url);
  writer.begin();
  await writer.until(50);
  const offenders = [
    () => query('/api/v1/query_range', { query: '{__name__=~".+"}', start: String(end - 365 * DAY), end: String(end), step: '3600' }),
    () => query('/api/v1/query', { query: 'max_over_time(steady[32y:1s])' }),
    () => query('/api/v1/query', { query: 'max_over_time(vector(1)[32y:1s])' }),
    () => query('/api/v1/query_range', { query: 'sum_over_time((steady)[1d:1s])', start: String(end - DAY), end: String(end), step: '60' }),
  ];
  const refusals: Refusal[] = [];
  const until = writer.acknowledgedSteps + 300;
  await Promise.all(
    offenders.map(async (offend) => {
      while (writer.acknowledgedSteps < until && writer.refused.length === 0) refusals.push(await offend());
    }),
  );
  await writer.stop();
  expect(refusals.length).toBeGreaterThanOrEqual(offenders.length);
  for (const { code, error } of refusals) {
    expect(code).toBe('QUERY_LIMIT');
    expect(error).toContain('raise query.samples');
  }
  expect(writer.refused).toEqual([]);
  expect([...writer.answers.keys()]).toEqual([204]);
  await loaded(program);
  await program.kill('SIGTERM');
  // Judged by a program that may read it all.
  program = await startAtalaya({ folder: program.folder });
  expect(await writer.judge(program.url)).toMatchObject(CLEAN);
}, 120_000);

async function queriesRunning(): Promise<number> {
  const text = await (await fetch(`${program.url}/metrics/prometheus`)).text();
  return Number(/^atalaya_queries_running (\d+)$/m.exec(text)?.[1]);
}

test.each([
  ['many windows of one series', 'quantile_over_time(0.5, (vector(1))[1d:1s])'],
  ['many steps of many series', 'sum_over_time((vector(1) or label_replace(vector(2), "a", "b", "", ""))[1d:1s])'],
])(
  'when the client goes away the work ends: %s',
  async (_, text) => {
    program = await startAtalaya();
    const parameters = new URLSearchParams({ query: text, start: '0', end: '10000000', step: '1000' });
    const client = http.get(`${program.url}/api/v1/query_range?${parameters.toString()}`);
    client.on('error', () => undefined);
    await expect.poll(queriesRunning, { timeout: 30_000, interval: 50 }).toBe(1);
    client.destroy();
    await expect.poll(queriesRunning, { timeout: 30_000, interval: 50 }).toBe(0);
    // It ended by itself, not with its worker.
    expect(program.output()).not.toContain('worker is replaced');
  },
  90_000,
);
