import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ask, makeFolder, type RunningAtalaya } from './atalaya.ts';
import { programs } from './programs.ts';
import { write } from './write.ts';

const start = programs();
const ADMIN = { environment: { ATALAYA_API_ADMIN: 'true' } };
const NOW = Math.floor(Date.now() / 1000) * 1000;

const series = (name: string, host: string, times: readonly number[]) => ({
  labels: ['__name__', name, 'host', host],
  samples: times.map((timestamp) => ({ timestamp, value: timestamp - NOW })),
});

async function order({ url }: RunningAtalaya, route: string): Promise<unknown> {
  const answer = await fetch(`${url}/api/v1/admin/tsdb/${route}`, { method: 'POST' });
  if (answer.status === 204) return 204;
  const { status, data } = (await answer.json()) as { status: string; data: unknown };
  expect(status).toBe('success');
  return data;
}

/** Host and times, relative to now, of the samples of a metric. */
async function samplesOf({ url }: RunningAtalaya, metric: string): Promise<Record<string, number[]>> {
  const query = { query: `${metric}[1h]`, time: String(NOW / 1000 + 1) };
  const { result } = await ask<{ result: { metric: { host: string }; values: [number, string][] }[] }>(url, '/api/v1/query', query);
  return Object.fromEntries(result.map(({ metric: { host }, values }) => [host, values.map(([, value]) => Number(value))]));
}

const names = (program: RunningAtalaya): Promise<string[]> => ask(program.url, '/api/v1/label/__name__/values');

test('samples that were acknowledged just now are deleted, from every answer, and stay so over a start', async () => {
  let program = await start(ADMIN);
  const times = [-30_000, -20_000, -10_000].map((ago) => NOW + ago);
  const written = [series('kept', 'a', times), series('kept', 'b', times), series('gone', 'a', times)];
  expect((await write(program.url, written)).status).toBe(204);
  // The answers of a range query are kept: the deletion has to reach those too.
  const range = { query: 'sum(count_over_time(kept[1m]))', start: String(NOW / 1000 - 60), end: String(NOW / 1000), step: '5' };
  const counted = async (): Promise<string | undefined> =>
    (await ask<{ result: { values: [number, string][] }[] }>(program.url, '/api/v1/query_range', range)).result[0]?.values.at(-1)?.[1];
  expect(await counted()).toBe('6');

  const [from, to] = [NOW / 1000 - 20, NOW / 1000 - 5];
  expect(await order(program, `delete_series?match[]=kept{host="a"}&start=${from}&end=${to}`)).toBe(204);
  expect(await order(program, 'delete_series?match[]=gone')).toBe(204);
  const left = { a: [-30_000], b: [-30_000, -20_000, -10_000] };
  const restart = async (signal: NodeJS.Signals): Promise<void> => {
    await program.kill(signal);
    program = await start({ ...ADMIN, folder: program.folder });
  };
  const rounds: Record<string, () => Promise<unknown>> = {
    'at once': async () => undefined,
    cleaned: () => order(program, 'clean_tombstones'),
    'started anew': () => restart('SIGTERM'),
    'after a crash': () => restart('SIGKILL'),
  };
  for (const [round, happens] of Object.entries(rounds)) {
    await happens();
    expect([round, await samplesOf(program, 'kept'), await names(program), await counted()]).toEqual([round, left, ['kept'], '4']);
  }
  // The series comes back with its labels, although they were told only once to the writer.
  expect((await write(program.url, [series('gone', 'a', [NOW])])).status).toBe(204);
  expect(await samplesOf(program, 'gone')).toEqual({ a: [0] });
}, 60_000);

test('a server can be started on a snapshot: it has what was acknowledged before, and nothing later', async () => {
  const program = await start(ADMIN);
  expect((await write(program.url, [series('early', 'a', [NOW - 10_000, NOW])])).status).toBe(204);
  const { name } = (await order(program, 'snapshot')) as { name: string };
  expect((await write(program.url, [series('late', 'a', [NOW])])).status).toBe(204);
  expect(await order(program, 'delete_series?match[]=early')).toBe(204);
  const snapshots = path.join(program.folder, 'data', 'snapshots');
  expect(readdirSync(snapshots)).toEqual([name]);
  expect(name).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{16}$/);

  const folder = makeFolder();
  mkdirSync(folder, { recursive: true });
  renameSync(path.join(snapshots, name), path.join(folder, 'data'));
  const restored = await start({ folder });
  expect(await samplesOf(restored, 'early')).toEqual({ a: [-10_000, 0] });
  expect(await names(restored)).toEqual(['early']);
  expect(await names(program)).toEqual(['late']);
  expect((await write(restored.url, [series('later', 'a', [NOW])])).status).toBe(204);
  expect((await names(restored)).sort()).toEqual(['early', 'later']);
}, 60_000);
