import { readdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ask, pause, type RunningAtalaya } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { programs } from './programs.ts';
import { damage, recordsOf } from './journal-files.ts';
import { LedgerWriter, SERIES } from './ledger.ts';

const start = programs();
const now = (): number => Math.floor(Date.now() / 1000) * 1000 - 600_000;

/** Keeps the engine from loading anything, as a debugger would. */
async function freezeEngine(program: RunningAtalaya): Promise<{ thaw(): void; kill(): void }> {
  const pid = await program.enginePid();
  process.kill(pid, 'SIGSTOP');
  return { thaw: () => void process.kill(pid, 'SIGCONT'), kill: () => void process.kill(pid, 'SIGKILL') };
}

test('a damaged record costs its own samples and nothing else, and is counted where people look', async () => {
  const first = await start();
  let url = first.url;
  const engine = await freezeEngine(first);
  const writer = new LedgerWriter('damage', now(), () => url);
  writer.begin();
  await writer.until(30);
  await first.kill('SIGKILL');
  engine.kill();
  damage(recordsOf(first.folder)[10] as never);

  const second = await start({ folder: first.folder });
  url = second.url;
  await writer.until(40);
  await writer.stop();
  await loaded(second);
  expect(await writer.judge(url)).toMatchObject({ lost: SERIES, doubled: 0, wrong: 0, invented: 0 });
  expect((await second.status()).journal).toMatchObject({ quarantinedRecords: 1, tornTails: 0 });
  expect(await (await fetch(`${url}/metrics/prometheus`)).text()).toContain('\natalaya_journal_quarantined_records_total 1\n');
  expect(readdirSync(path.join(second.folder, 'data', 'journal', 'quarantine'))).toHaveLength(1);
});

test('a damaged record that held the labels of series costs its own samples, not those that follow', async () => {
  const program = await start();
  const engine = await freezeEngine(program);
  const writer = new LedgerWriter('labels', now(), () => program.url);
  writer.begin();
  await writer.until(30);
  damage(recordsOf(program.folder)[0] as never);
  engine.thaw();
  while (!program.output().includes('every series is defined again')) await pause(20);
  await writer.until(writer.acknowledgedSteps + 50);
  await writer.stop();
  await loaded(program);
  expect(await writer.judge(program.url)).toMatchObject({ lost: SERIES, doubled: 0, wrong: 0, invented: 0 });
  expect((await program.status()).journal.quarantinedRecords).toBe(1);
});

test('after a restart, too, samples whose labels were damaged come back with the next definition', async () => {
  const first = await start();
  let url = first.url;
  const engine = await freezeEngine(first);
  const writer = new LedgerWriter('restart', now(), () => url);
  writer.begin();
  await writer.until(30);
  await first.kill('SIGKILL');
  engine.kill();
  damage(recordsOf(first.folder)[0] as never);
  const second = await start({ folder: first.folder });
  url = second.url;
  await writer.until(40);
  await writer.stop();
  await loaded(second);
  expect(await writer.judge(url)).toMatchObject({ lost: SERIES, doubled: 0, wrong: 0, invented: 0 });
});

/** A program that has stored something and was stopped. */
/** A part of the own log's lines can be larger than that of the samples. */
const ONLY_SAMPLES = { ATALAYA_LOGS_OWN: 'false' };

async function storedAndStopped(name: string): Promise<{ folder: string; writer: LedgerWriter }> {
  const program = await start({ environment: ONLY_SAMPLES });
  const writer = new LedgerWriter(name, now(), () => program.url);
  writer.begin();
  await writer.until(100);
  await writer.stop();
  await loaded(program);
  await program.kill('SIGTERM');
  return { folder: program.folder, writer };
}

test('a store that is gone is refused with what is missing; putting it back or accepting the loss heals it', async () => {
  const { folder, writer } = await storedAndStopped('gone');
  const engine = path.join(folder, 'data', 'engine');
  renameSync(engine, `${engine}-elsewhere`);
  const broken = await start({ folder, waitReady: false });
  while (!broken.output().includes('engine went away')) await pause(20);
  const answer = await fetch(`${broken.url}/api/v1/query?query=ledger_value`);
  expect(answer.status).toBe(503);
  expect(await answer.text()).toMatch(/the store is empty.*delete journal\/checkpoint/);
  const ready = await fetch(`${broken.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain('the store is empty');
  await broken.kill('SIGTERM');

  rmSync(engine, { recursive: true });
  renameSync(`${engine}-elsewhere`, engine);
  const healed = await start({ folder });
  expect(await writer.judge(healed.url)).toMatchObject({ lost: 0, doubled: 0, wrong: 0, invented: 0 });
  await healed.kill('SIGTERM');

  rmSync(engine, { recursive: true });
  rmSync(path.join(folder, 'data', 'journal', 'checkpoint'));
  const accepted = await start({ folder });
  const next = new LedgerWriter('next', now(), () => accepted.url);
  next.begin();
  await next.until(10);
  await next.stop();
  await loaded(accepted);
  expect(await next.judge(accepted.url)).toMatchObject({ lost: 0, doubled: 0, wrong: 0, invented: 0 });
});

/** The largest data file of the samples. */
function samplesFile(folder: string): string {
  const tables = path.join(folder, 'data', 'engine', 'store');
  const [file] = readdirSync(tables, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(tables, name))
    .filter((name) => /\/-?\d{1,6}_\d+_\d+_\d+\/data\.bin$/.test(name))
    .toSorted((a, b) => statSync(b).size - statSync(a).size);
  if (file === undefined) throw new Error('no part of the samples was found');
  return file;
}

interface Answer {
  status: string;
  error?: string;
  warnings?: string[];
  data?: { result: { value: [number, string] }[] };
}

async function countAll(url: string, time: number): Promise<Answer> {
  const query = 'sum(count_over_time(ledger_value[1h]))';
  return (await (await fetch(`${url}/api/v1/query?${new URLSearchParams({ query, time: String(time) }).toString()}`)).json()) as Answer;
}

test('a part of the store that is cut short is never passed over in silence', async () => {
  const { folder, writer } = await storedAndStopped('part');
  const time = now() / 1000 + 700;
  const file = samplesFile(folder);
  truncateSync(file, statSync(file).size - 3);
  const found = await start({ folder });
  const answer = await countAll(found.url, time);
  expect(answer.warnings).toEqual([expect.stringMatching(/samples of \d{4}-\d\d-\d\d are missing: part broken.* is damaged on disk/)]);
  expect(Number(answer.data?.result[0]?.value[1] ?? 0)).toBeLessThan(writer.acknowledgedSteps * SERIES);
  expect(await (await fetch(`${found.url}/metrics/prometheus`)).text()).toContain('\natalaya_store_damaged_parts 1\n');
  const yesterday = await countAll(found.url, time - 2 * 86_400);
  expect(yesterday).toMatchObject({ status: 'success' });
  expect(yesterday.warnings).toBeUndefined();
});

test('a part that is cut short under the running program makes the queries that meet it fail', async () => {
  const { folder } = await storedAndStopped('live');
  const program = await start({ folder, environment: ONLY_SAMPLES });
  truncateSync(samplesFile(folder), 100);
  const answer = await countAll(program.url, now() / 1000 + 700);
  expect(answer).toMatchObject({ status: 'error', error: expect.stringContaining('Cannot read') as string });
  expect((await ask<{ result: unknown[] }>(program.url, '/api/v1/query', { query: '1' })).result).toHaveLength(2);
});
