import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, silentLogger, systemClock } from '@atalaya/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedEngine } from '../engine/embedded.ts';
import type { Engine } from '../engine/engine.ts';
import { stringAt } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { sql, type Sql } from '../sql.ts';
import { openLogStore } from './log-store.ts';
import { logRecordOf, type TestLine } from './records-for-tests.ts';
import type { LogStore } from './store-interface.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const NOW_NS = BigInt(NOW) * 1_000_000n;

/** The first column, texts, of an answer. */
async function textsOf(engine: Engine, statement: Sql): Promise<string[]> {
  return readNative((await engine.query(statement)).bytes).flatMap((block) => {
    const texts = column(block, 't', 'String');
    return Array.from({ length: block.rows }, (_, row) => stringAt(texts, row));
  });
}

describe('log intake', () => {
  let folder: string;
  let engine: Engine;
  const clock = new ManualClock(NOW);
  /** A new run of the program over the same tables. */
  const open = (): Promise<LogStore> => openLogStore({ engine, clock, log: silentLogger });
  const bodies = (job: string): Promise<string[]> =>
    textsOf(
      engine,
      sql`SELECT Body AS t FROM otel_logs WHERE StreamId IN (SELECT fingerprint FROM log_streams WHERE labels['job'] = ${job})
        ORDER BY Timestamp, Batch, _part_offset`,
    );
  const lines = (job: string, count: number, at = NOW_NS): TestLine[] =>
    Array.from({ length: count }, (_, i) => ({ labels: { job }, at: at + BigInt(i), text: `${job} ${i}` }));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-logs-'));
    engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
  });
  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('puts every column of several records into the table', async () => {
    const store = await open();
    const details = {
      serviceName: 'shop',
      resourceSchemaUrl: 'r',
      resourceAttributes: { 'host.name': 'h', 'service.name': 'shop' },
      scopeSchemaUrl: 's',
      scopeName: 'lib',
      scopeVersion: '1',
      scopeAttributes: { k: 'v' },
    };
    const otlp: TestLine = {
      labels: { job: 'columns', service_name: 'shop' },
      details,
      at: NOW_NS + 1n,
      text: 'from otlp',
      attributes: ['http.method', 'GET'],
      level: 'warn',
      traceId: '0123456789abcdef0123456789abcdef',
      spanId: '0123456789abcdef',
      traceFlags: 1,
      severityText: 'WARN',
      severityNumber: 13,
    };
    const plain: TestLine = { labels: { job: 'columns' }, at: NOW_NS, text: Uint8Array.of(0xff, 0, 0x61), attributes: ['a', '1', 'b', ''] };
    const result = await store.load([logRecordOf([plain, otlp]), logRecordOf(lines('columns', 2, NOW_NS + 5n))]);
    expect(result).toEqual({ lines: 4, newStreams: 2 });
    const rows = await textsOf(
      engine,
      sql`SELECT toString((Timestamp, hex(Body), LogAttributes, DetectedLevel, IsOtlp, TraceId, SpanId, TraceFlags, SeverityText, SeverityNumber,
          ServiceName, ResourceSchemaUrl, ResourceAttributes, ScopeSchemaUrl, ScopeName, ScopeVersion, ScopeAttributes)) AS t
        FROM otel_logs ORDER BY Timestamp`,
    );
    expect(rows.slice(0, 2)).toEqual([
      "('2026-06-15 12:00:00.000000000','FF0061',{'a':'1','b':''},'unknown',false,'','',0,'',0,'','',{},'','','',{})",
      "('2026-06-15 12:00:00.000000001','66726F6D206F746C70',{'http.method':'GET'},'warn',true,'0123456789abcdef0123456789abcdef','0123456789abcdef',1,'WARN',13,'shop','r',{'host.name':'h','service.name':'shop'},'s','lib','1',{'k':'v'})",
    ]);
    expect(rows).toHaveLength(4);
  });

  it('stores a record once, however often and in whatever groups it is loaded', async () => {
    const store = await open();
    const records = [1, 2, 3].map((n) => logRecordOf(lines('once', 2, NOW_NS + BigInt(n * 10)), { appendedAt: NOW }));
    store.take(records[0]!);
    await store.load([records[0]!, records[1]!]);
    // The program ends before the checkpoint; the next run gets the records again, grouped otherwise, and one more.
    const next = await open();
    const again = await next.load(records);
    expect(await bodies('once')).toHaveLength(6);
    expect(again.lines).toBe(6);
    expect(next.counters.found).toBe(4);
  });

  it('stores what is missing of a record that lies on two days when only one day got there', async () => {
    const midnight = BigInt(Date.UTC(2026, 5, 15)) * 1_000_000n;
    const both = [...lines('days', 2, midnight - 10n), ...lines('days', 3, midnight)];
    const record = logRecordOf(both, { appendedAt: NOW });
    // What is in the table when the program is killed between the parts of two days.
    const first = await open();
    await first.load([{ ...logRecordOf(both.slice(0, 2), { appendedAt: NOW }), key: record.key }]);
    const next = await open();
    await next.load([record]);
    expect(await bodies('days')).toEqual(['days 0', 'days 1', 'days 0', 'days 1', 'days 2']);
    expect(next.counters.found).toBe(2);
  });

  it('takes records of a journal that began anew with the same numbers for what they are: new', async () => {
    const store = await open();
    await store.load([logRecordOf(lines('anew', 1), { batchId: 7, appendedAt: NOW - 1000 })]);
    const next = await open();
    await next.load([logRecordOf(lines('anew', 1, NOW_NS + 1n), { batchId: 7, appendedAt: NOW })]);
    expect(await bodies('anew')).toHaveLength(2);
  });

  it('tries again after a failed insert without doubling what had got there', async () => {
    let fail = true;
    const failing: Engine = Object.create(engine, {
      insert: {
        value: async (table: string, block: never) => {
          await engine.insert(table, block);
          if (table === 'otel_logs' && fail) {
            fail = false;
            throw new Error('the answer got lost');
          }
        },
      },
      query: { value: engine.query.bind(engine) },
      execute: { value: engine.execute.bind(engine) },
    }) as Engine;
    const store = await openLogStore({ engine: failing, clock, log: silentLogger });
    await clock.advance(10);
    const record = logRecordOf(lines('retry', 3), { appendedAt: clock.now() });
    await expect(store.load([record])).rejects.toThrow('got lost');
    await store.load([record]);
    expect(await bodies('retry')).toEqual(['retry 0', 'retry 1', 'retry 2']);
  });

  it('names an insert that comes again as before, so that one that is still under way counts once', async () => {
    const tokens: (string | undefined)[] = [];
    const slow: Engine = Object.create(engine, {
      insert: {
        value: async (table: string, block: never, options?: { token?: string }) => {
          if (table !== 'otel_logs') return engine.insert(table, block, options);
          tokens.push(options?.token);
          if (tokens.length === 1) throw new Error('no answer in time');
          // What the server had been at all the time is done just before the second try.
          if (tokens.length === 2) await engine.insert(table, block, { token: tokens[0] as string });
          return engine.insert(table, block, options);
        },
      },
      query: { value: engine.query.bind(engine) },
      execute: { value: engine.execute.bind(engine) },
    }) as Engine;
    const store = await openLogStore({ engine: slow, clock, log: silentLogger });
    const record = logRecordOf(lines('twice', 2), { appendedAt: NOW });
    await expect(store.load([record])).rejects.toThrow('no answer');
    await store.load([record]);
    expect(await bodies('twice')).toEqual(['twice 0', 'twice 1']);
    await store.load([logRecordOf(lines('twice', 1, NOW_NS + 9n), { appendedAt: NOW })]);
    expect([tokens[0] === tokens[1], tokens[1] === tokens[2]]).toEqual([true, false]);
    expect(await bodies('twice')).toHaveLength(3);
  });

  it('drops lines that a sender repeats, and only those', async () => {
    const store = await open();
    const sent = [...lines('repeated', 3), ...lines('repeated', 1)];
    await store.load([logRecordOf(sent, { repetitionsDropped: true }), logRecordOf(sent, { repetitionsDropped: true })]);
    expect(await bodies('repeated')).toEqual(['repeated 0', 'repeated 1', 'repeated 2']);
    const others: TestLine[] = [
      { labels: { job: 'repeated' }, at: NOW_NS, text: 'repeated 0', attributes: ['a', 'b'] },
      { labels: { job: 'repeated' }, at: NOW_NS, text: 'repeated 0', attributes: ['a', 'c'] },
      { labels: { job: 'repeated' }, at: NOW_NS + 100n, text: 'repeated 0' },
      { labels: { job: 'repeated' }, at: NOW_NS, text: 'repeated 0', traceId: 'ab'.repeat(16) },
      { labels: { job: 'repeated' }, at: NOW_NS, text: 'repeated 0', traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) },
    ];
    await store.load([logRecordOf(others, { repetitionsDropped: true })]);
    expect(await bodies('repeated')).toHaveLength(8);
    // A file that says the same twice in one moment says it twice.
    await store.load([logRecordOf(sent), logRecordOf(sent)]);
    expect(await bodies('repeated')).toHaveLength(16);
    expect(store.counters.repeated).toBe(5);
  });

  it('recognises after a restart what a sender repeats', async () => {
    const attributes = ['name', 'value', 'other', ''];
    const sent = lines('resent', 3).map((line, i) => (i === 1 ? { ...line, attributes } : line));
    const long = {
      labels: { job: 'resent' },
      at: NOW_NS + 9n,
      text: 'long '.repeat(100),
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
    };
    await (await open()).load([logRecordOf([...sent, long], { repetitionsDropped: true, appendedAt: NOW - 1000 })]);
    const next = await open();
    const more = { labels: { job: 'resent' }, at: NOW_NS + 10n, text: 'more' };
    await next.load([logRecordOf([...sent, long, more], { repetitionsDropped: true, appendedAt: NOW })]);
    expect(await bodies('resent')).toEqual(['resent 0', 'resent 1', 'resent 2', long.text, 'more']);
    expect(next.counters).toMatchObject({ repeated: 4, found: 0 });
  });

  it('makes what was taken in readable before it is loaded, and does not insert it again', async () => {
    const store = await open();
    const records = [logRecordOf(lines('readable', 2)), logRecordOf(lines('readable', 2, NOW_NS + 5n))];
    store.take(records[0]!);
    expect(store.waitingRows).toBe(2);
    await Promise.all([store.readable(), store.readable()]);
    expect(await bodies('readable')).toHaveLength(2);
    expect(store.waitingRows).toBe(0);
    await store.load(records);
    expect(await bodies('readable')).toHaveLength(4);
  });

  it('refuses a stream whose fingerprint belongs to another one, and takes the rest of the record', async () => {
    const store = await open();
    const fingerprint = [77, 88] as const;
    await store.load([logRecordOf([{ labels: { job: 'collision-a' }, at: NOW_NS, text: 'a', fingerprint }])]);
    await store.load([
      logRecordOf([
        { labels: { job: 'collision-b' }, at: NOW_NS, text: 'b', fingerprint },
        { labels: { job: 'collision-c' }, at: NOW_NS, text: 'c' },
      ]),
    ]);
    expect(await textsOf(engine, sql`SELECT Body AS t FROM otel_logs WHERE Body IN ('a', 'b', 'c') ORDER BY t`)).toEqual(['a', 'c']);
    expect(store.counters).toMatchObject({ collisions: 1, refused: 1 });
  });

  it('tells whoever listens of the lines as they come', async () => {
    const store = await open();
    const heard: string[] = [];
    const stop = store.onTaken(({ batch, keep, labels, given }) =>
      heard.push(`${batch.rows} ${keep?.join('') ?? 'all'} ${given(0).join()} ${labels(0).join()}`),
    );
    store.take(logRecordOf(lines('heard', 2), { repetitionsDropped: true }));
    store.take(logRecordOf(lines('heard', 3), { repetitionsDropped: true }));
    stop();
    store.take(logRecordOf(lines('heard', 4)));
    const labels = 'job,heard job,heard,service_name,heard';
    expect(heard).toEqual([`2 all ${labels}`, `3 001 ${labels}`]);
  });

  it('knows the streams again after a restart', async () => {
    const before = (await open()).streamCount;
    const store = await open();
    await store.load([logRecordOf(lines('restart', 1))]);
    expect((await open()).streamCount).toBe(before + 1);
  });

  it('takes times from 1678 to 2262', async () => {
    const store = await open();
    const far = [-(2n ** 63n) + 1_000_000_000_000_000_000n, -1n, 0n, 2n ** 62n];
    await store.load([logRecordOf(far.map((at) => ({ labels: { job: 'far' }, at, text: String(at) })))]);
    expect(await bodies('far')).toEqual(far.map(String));
  });
});
