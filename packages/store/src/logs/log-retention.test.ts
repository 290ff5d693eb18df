import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, silentLogger, systemClock } from '@atalaya/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedEngine } from '../engine/embedded.ts';
import type { Engine } from '../engine/engine.ts';
import { stringAt } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { identifier, sql } from '../sql.ts';
import type { LogRetention } from './log-retention.ts';
import { openLogStore } from './log-store.ts';
import { logRecordOf } from './records-for-tests.ts';
import type { LogStore } from './store-interface.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const DAY = 86_400_000;
const daysAgo = (days: number): bigint => BigInt(NOW - days * DAY) * 1_000_000n;

describe('log retention', () => {
  let folder: string;
  let engine: Engine;
  const clock = new ManualClock(NOW);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-log-retention-'));
    engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
  });
  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A store whose streams have a line each so many days ago. */
  const openWith = async (retention: LogRetention, streams: Readonly<Record<string, readonly number[]>>): Promise<LogStore> => {
    await openLogStore({ engine, clock, log: silentLogger });
    for (const table of ['otel_logs', 'log_streams', 'log_stream_activity']) await engine.execute(sql`TRUNCATE TABLE ${identifier(table)}`);
    const store = await openLogStore({ engine, clock, log: silentLogger, retention });
    const lines = Object.entries(streams).flatMap(([app, days]) =>
      days.map((day) => ({ labels: { app }, at: daysAgo(day), text: `${app} ${day}` })),
    );
    await store.load([logRecordOf(lines)]);
    return store;
  };
  const left = async (): Promise<string[]> =>
    readNative((await engine.query(sql`SELECT Body AS t FROM otel_logs ORDER BY t`)).bytes).flatMap((block) =>
      Array.from({ length: block.rows }, (_, row) => stringAt(column(block, 't', 'String'), row)),
    );
  const apps = (store: LogStore): string[] => store.labelValues('app', { matcherSets: [], start: daysAgo(1000), end: daysAgo(0) });

  it('drops whole days that are too old, and the streams of which nothing is left', async () => {
    const store = await openWith({ ageMs: 3 * DAY, bytes: 0, streams: [] }, { a: [0, 5], b: [4, 9], c: [3] });
    expect(await store.enforceRetention()).toMatchObject({ droppedDays: 3, thinnedStreams: 0, removedStreams: 1 });
    expect(await left()).toEqual(['a 0', 'c 3']);
    expect(apps(store)).toEqual(['a', 'c']);
    expect(await store.enforceRetention()).toMatchObject({ droppedDays: 0, removedStreams: 0 });
    // The next run finds the same streams.
    expect(apps(await openLogStore({ engine, clock, log: silentLogger }))).toEqual(['a', 'c']);
  });

  it('keeps everything for ever when it is told to', async () => {
    const store = await openWith({ ageMs: 0, bytes: 0, streams: [] }, { a: [0, 500] });
    expect(await store.enforceRetention()).toMatchObject({ droppedDays: 0, removedStreams: 0 });
    expect(await left()).toHaveLength(2);
  });

  it('drops the oldest days, but never today, when there are too many bytes', async () => {
    const store = await openWith({ ageMs: 0, bytes: 1, streams: [] }, { a: [0, 1, 2], b: [2] });
    expect(await store.enforceRetention()).toMatchObject({ droppedDays: 2, removedStreams: 1 });
    expect(await left()).toEqual(['a 0']);
  });

  it('keeps streams as long as the first rule says that fits them', async () => {
    const rule = (app: string, days: number): LogRetention['streams'][number] => ({
      matchers: [{ name: 'app', operator: '=~', value: app }],
      ageMs: days * DAY,
    });
    const retention = { ageMs: 10 * DAY, bytes: 0, streams: [rule('audit', 0), rule('debug.*', 2), rule('.*', 30)].slice(0, 2) };
    const days = [0, 5, 20];
    const store = await openWith(retention, { audit: days, debug1: days, debug2: [5], normal: days });
    const first = await store.enforceRetention();
    expect(first).toMatchObject({ droppedDays: 0, thinnedStreams: 3 });
    // The engine deletes in its own time: the stream that has no lines left goes in the round that sees it.
    await expect.poll(left, { timeout: 20_000 }).toEqual(['audit 0', 'audit 20', 'audit 5', 'debug1 0', 'normal 0', 'normal 5']);
    const second = await store.enforceRetention();
    expect([second.thinnedStreams, first.removedStreams + second.removedStreams]).toEqual([0, 1]);
    expect(apps(store)).toEqual(['audit', 'debug1', 'normal']);
  });

  it('takes a stream back that was removed while its lines waited to be inserted', async () => {
    const store = await openWith({ ageMs: 3 * DAY, bytes: 0, streams: [] }, { a: [8] });
    const record = logRecordOf([{ labels: { app: 'a' }, at: daysAgo(8), text: 'late' }]);
    store.take(record);
    expect(await store.enforceRetention()).toMatchObject({ removedStreams: 1 });
    await store.load([record]);
    expect(await left()).toEqual(['late']);
    expect(apps(store)).toEqual(['a']);
    expect(apps(await openLogStore({ engine, clock, log: silentLogger }))).toEqual(['a']);
  });
});
