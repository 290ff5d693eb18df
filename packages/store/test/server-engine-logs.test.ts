import { ManualClock, silentLogger, systemClock } from '@atalaya/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectLogReader, directPorts, type LogStore, openLogStore, openServerEngine, serveLogReader } from '../src/index.ts';
import type { Engine } from '../src/engine/engine.ts';
import { logRecordOf } from '../src/logs/records-for-tests.ts';
import { type HttpFront, startHttpFront } from './http-front.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const at = (seconds: number): bigint => BigInt(NOW + seconds * 1000) * 1_000_000n;
const never = new AbortController().signal;

let front: HttpFront;
let engine: Engine;
const open = (): Promise<LogStore> => openLogStore({ engine, clock: new ManualClock(NOW), log: silentLogger });
beforeAll(async () => {
  front = await startHttpFront();
  engine = openServerEngine({ url: front.url, clock: systemClock });
});
afterAll(async () => {
  await engine.close();
  await front.close();
});

it('keeps log lines on a server as it does embedded: once, and to be read, counted and found', async () => {
  const store = await open();
  const record = logRecordOf(
    [
      { labels: { app: 'web' }, at: at(0), text: 'first ä', attributes: ['code', '7'], level: 'error' },
      { labels: { app: 'web' }, at: at(1), text: Uint8Array.of(0x73, 0, 0xff) },
      { labels: { app: 'db' }, at: at(-86_400), text: 'yesterday' },
    ],
    { appendedAt: NOW },
  );
  await store.load([record]);
  const next = await open();
  await next.load([record]);
  expect(next.counters.found).toBe(3);
  const [served, own] = directPorts();
  serveLogReader(next, served);
  const reader = connectLogReader(own);
  const lines: unknown[] = [];
  const question = { matchers: [], start: at(-100_000), end: at(10), direction: 'backward', conditions: [], attributes: true } as const;
  for await (const block of reader.lines(question, never)) {
    for (let row = 0; row < block.rows; row++) lines.push([block.line(row), block.attributes(row), block.level(row)]);
  }
  expect(lines).toEqual([
    ['s\0\ufffd', [], 'unknown'],
    ['first ä', ['code', '7'], 'error'],
    ['yesterday', [], 'unknown'],
  ]);
  const counted = await reader.counts(
    { matchers: [], conditions: [], origin: at(-100_000), width: at(200_000) - at(0), buckets: 1, measure: 'lines', by: ['app', 'code'] },
    { groups: 10 },
    never,
  );
  expect(counted.groups.map(({ labels, values }) => `${labels.join()} ${values[0]}`).sort()).toEqual([
    'app,db 1',
    'app,web 1',
    'app,web,code,7 1',
  ]);
  expect(reader.cost.linesRead).toBeGreaterThan(0);
});
