import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, silentLogger, systemClock } from '@atalaya/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbeddedEngine } from '../engine/embedded.ts';
import type { Engine } from '../engine/engine.ts';
import { openLogStore } from './log-store.ts';
import { logRecordOf } from './records-for-tests.ts';
import type { LogStore } from './store-interface.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const at = (seconds: number): bigint => BigInt(NOW + seconds * 1000) * 1_000_000n;
const NEVER = new AbortController().signal;

let folder: string;
let engine: Engine;
let store: LogStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-logs-'));
  engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
  store = await openLogStore({ engine, clock: new ManualClock(NOW), log: silentLogger });
  const record = logRecordOf([
    { labels: { app: 'web', env: 'prod' }, at: at(0), text: 'one' },
    { labels: { app: 'web', env: 'prod' }, at: at(60), text: 'héllo' },
    { labels: { app: 'web', env: 'dev' }, at: at(30), text: 'three' },
    { labels: { app: 'db', zone: 'z1' }, at: at(-3 * 86_400), text: 'long ago' },
  ]);
  store.take(record);
  await store.load([record]);
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const web = [{ name: 'app', operator: '=', value: 'web' }] as const;
const db = [{ name: 'app', operator: '=', value: 'db' }] as const;
const today = { start: at(-3600), end: at(3600) };

it('tells labels, their values and streams, to the day', () => {
  expect(store.labelNames({ matcherSets: [], ...today })).toEqual(['app', 'env', 'service_name']);
  expect(store.labelNames({ matcherSets: [db], start: at(-4 * 86_400), end: at(0) })).toEqual(['app', 'service_name', 'zone']);
  expect(store.labelValues('env', { matcherSets: [web], ...today })).toEqual(['dev', 'prod']);
  expect(
    store
      .series({ matcherSets: [web, db], ...today })
      .map((labels) => labels.join(' '))
      .sort(),
  ).toEqual(['app web env dev service_name web', 'app web env prod service_name web']);
});

it('counts streams, lines and bytes of the very range', async () => {
  expect(await store.stats({ matcherSets: [web], ...today }, NEVER)).toEqual({ streams: 2, chunks: 1, entries: 3, bytes: 14 });
  expect(await store.stats({ matcherSets: [web], start: at(0), end: at(60) }, NEVER)).toMatchObject({ streams: 2, entries: 2, bytes: 8 });
  expect(await store.stats({ matcherSets: [], start: at(-4 * 86_400), end: at(3600) }, NEVER)).toMatchObject({ streams: 3, entries: 4 });
  expect(await store.stats({ matcherSets: [web], start: at(60), end: at(60) }, NEVER)).toMatchObject({ streams: 0, entries: 0 });
});
