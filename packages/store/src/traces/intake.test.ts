import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectSpans } from '@atalaya/journal';
import type { PlainSpan } from '@atalaya/journal/testing';
import { ManualClock, silentLogger, systemClock } from '@atalaya/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedEngine } from '../engine/embedded.ts';
import type { Engine } from '../engine/engine.ts';
import { lazyText, readLazily } from '../native/lazy.ts';
import { sql, type Sql } from '../sql.ts';
import { spanJournalRecordOf, spanRecordOf } from './spans-for-tests.ts';
import type { TraceStore, TraceStoreOptions } from './store-interface.ts';
import { traceSink } from './trace-sink.ts';
import { openTraceStore } from './trace-store.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const NOW_NS = BigInt(NOW) * 1_000_000n;
const HOUR_NS = 3_600_000_000_000n;
const DAY_MS = 86_400_000;

describe('span intake', () => {
  let folder: string;
  let engine: Engine;
  const clock = new ManualClock(NOW);
  let traces = 0;

  /** A new run of the program over the same tables. */
  const open = (options: Partial<TraceStoreOptions> = {}): Promise<TraceStore> =>
    openTraceStore({ engine, clock, log: silentLogger, ...options });
  const texts = async (statement: Sql): Promise<string[]> =>
    readLazily((await engine.query(statement)).bytes).flatMap((block) => {
      const column = block.column('t', 'String');
      return Array.from({ length: block.rows }, (_, row) => lazyText(column, row));
    });
  /** Ids of the spans of a trace that are in the table. */
  const stored = (traceId: string): Promise<string[]> =>
    texts(
      sql`SELECT toString(reinterpretAsUInt64(reverse(unhex(SpanId)))) AS t FROM otel_traces WHERE TraceId = ${traceId} ORDER BY SpanId`,
    );
  const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i + 1));
  const newTrace = (): string => (++traces).toString(16).padStart(32, '0');
  const spans = (traceId: string, count: number, rest: Partial<PlainSpan> = {}): PlainSpan[] =>
    Array.from({ length: count }, (_, i) => ({
      traceId,
      spanId: (i + 1).toString(16).padStart(16, '0'),
      start: NOW_NS + BigInt(i),
      name: `operation ${i % 2}`,
      service: 'shop',
      ...rest,
    }));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-spans-'));
    engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
  });
  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('puts the exporter’s values into the table', async () => {
    const traceId = newTrace();
    const whole: PlainSpan = {
      ...spans(traceId, 1)[0]!,
      kind: 2,
      status: 2,
      statusMessage: 'no',
      traceState: 'a=b',
      scopeName: 'lib',
      scopeVersion: '1',
      duration: 5n,
      attributes: { text: 'x', number: ['int', '5'] },
      events: [{ time: NOW_NS, name: 'e', attributes: { k: 'v' } }],
      links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceState: 'l' }],
    };
    await (await open()).load([spanRecordOf([whole])]);
    expect(
      await texts(sql`SELECT toString((SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName, ResourceAttributes, ScopeName, ScopeVersion,
        SpanAttributes, Duration, StatusCode, StatusMessage, Events.Name, Events.Attributes, Links.TraceId, Links.SpanId, Links.TraceState,
        SpanAttributeTypes, EventAttributeTypes)) AS t FROM otel_traces WHERE TraceId = ${traceId}`),
    ).toEqual([
      `('0000000000000001','','a=b','operation 0','Server','shop',{'service.name':'shop'},'lib','1',{'text':'x','number':'5'},5,'Error','no',['e'],[{'k':'v'}],` +
        `['${'ab'.repeat(16)}'],['${'cd'.repeat(8)}'],['l'],'si',[])`,
    ]);
  });

  it('leaves out spans that their sender repeats, within a record and between records', async () => {
    const traceId = newTrace();
    const store = await open();
    const sent = spans(traceId, 4);
    await store.load([spanRecordOf([...sent, sent[1]!]), spanRecordOf([sent[3]!, sent[0]!])]);
    await store.load([spanRecordOf(sent)]);
    expect(await stored(traceId)).toEqual(numbers(4));
    expect(store.counters).toMatchObject({ spans: 11, repeated: 7, found: 0 });
  });

  it('keeps spans that differ in anything that identifies them', async () => {
    const traceId = newTrace();
    const [span] = spans(traceId, 1);
    const store = await open();
    const others: PlainSpan[] = [
      { ...span!, kind: 3 },
      { ...span!, name: 'other' },
      { ...span!, start: NOW_NS + 77n },
      { ...span!, spanId: 'ff'.repeat(8) },
    ];
    await store.load([spanRecordOf([span!, ...others, { ...span!, attributes: { more: 'said' } }])]);
    expect(await stored(traceId)).toHaveLength(5);
  });

  it('leaves out what the run before inserted without a checkpoint, in other groups and other portions of a record', async () => {
    const traceId = newTrace();
    const records = [spanRecordOf(spans(traceId, 3)), spanRecordOf(spans(traceId, 6).slice(3)), spanRecordOf(spans(traceId, 9).slice(6))];
    await (await open()).load(records.slice(0, 2));
    const again = await open();
    await again.load(records);
    expect(again.counters).toMatchObject({ repeated: 0, found: 6 });
    expect(await stored(traceId)).toEqual(numbers(9));
    // One that was held back in part.
    const traceOfParts = newTrace();
    const whole = spanRecordOf(spans(traceOfParts, 4));
    const part = (keep: number[]) => ({ ...whole, batch: selectSpans(whole.batch, Uint8Array.from(keep)) });
    await (await open()).load([part([1, 0, 0, 1])]);
    await (await open()).load([part([1, 1, 0, 0]), part([0, 0, 1, 1])]);
    expect(await stored(traceOfParts)).toEqual(numbers(4));
  });

  it('leaves out what was received lately and is sent again after a restart', async () => {
    const traceId = newTrace();
    await (await open()).load([spanRecordOf(spans(traceId, 3), { appendedAt: NOW - 1000 })]);
    const next = await open();
    await next.load([spanRecordOf(spans(traceId, 4), { appendedAt: NOW })]);
    expect(next.counters).toMatchObject({ repeated: 3, found: 0 });
    expect(await stored(traceId)).toEqual(numbers(4));
  });

  it('makes what was taken in readable before it is loaded, and does not insert it again', async () => {
    const traceId = newTrace();
    const store = await open();
    const records = [spanRecordOf(spans(traceId, 2)), spanRecordOf(spans(traceId, 4).slice(2))];
    store.take(records[0]!);
    expect(store.waitingRows).toBe(2);
    await Promise.all([store.readable(), store.readable()]);
    expect(await stored(traceId)).toEqual(numbers(2));
    expect(store.waitingRows).toBe(0);
    expect(await store.load(records)).toEqual({ spans: 4 });
    expect(await stored(traceId)).toEqual(numbers(4));
  });

  it('inserts again what failed, once', async () => {
    const traceId = newTrace();
    let failures = 2;
    const failing: Engine = {
      kind: engine.kind,
      version: () => engine.version(),
      query: (statement, options) => engine.query(statement, options),
      execute: (statement) => engine.execute(statement),
      async insert(table, block, options) {
        await engine.insert(table, block, options);
        // The answer gets lost.
        if (failures-- > 0) throw new Error('lost');
      },
      ping: () => engine.ping(),
      memoryUse: () => engine.memoryUse(),
      close: () => engine.close(),
    };
    const store = await openTraceStore({ engine: failing, clock, log: silentLogger });
    const record = spanRecordOf(spans(traceId, 3, { service: 'lost answers' }), { appendedAt: NOW + 1 });
    await expect(store.load([record])).rejects.toThrow('lost');
    await expect(store.load([record])).rejects.toThrow('lost');
    await store.load([record]);
    expect(await stored(traceId)).toEqual(numbers(3));
  });

  it('takes times from 1678 to 2262, of any order', async () => {
    const traceId = newTrace();
    const starts = [-(2n ** 63n) + 1_000_000_000_000_000_000n, -1n, 0n, 1n, 2n ** 62n, NOW_NS];
    const store = await open();
    await store.load([spanRecordOf(starts.map((start, i) => ({ traceId, spanId: (i + 1).toString(16).padStart(16, '0'), start })))]);
    expect(await stored(traceId)).toEqual(numbers(6));
    const signal = new AbortController().signal;
    const times = async (start: bigint, end: bigint): Promise<number> =>
      readLazily((await store.spans({ traceIds: [traceId], within: { start, end }, limit: 10 }, signal))!).reduce(
        (sum, { rows }) => sum + rows,
        0,
      );
    expect(await times(-(2n ** 80n), 2n ** 80n)).toBe(6);
    expect(await times(-1n, 1n)).toBe(2);
    const found = await store.traces(
      {
        start: -(2n ** 63n),
        end: 2n ** 63n,
        having: [
          { kind: 'compare', field: { kind: 'intrinsic', name: 'traceId' }, operator: '=', value: { type: 'string', value: traceId } },
        ],
        limit: 5,
      },
      signal,
    );
    expect(found).toMatchObject([{ traceId, newest: 2n ** 62n }]);
  });

  it('gives the loader what it needs, and refuses records that hold no spans', async () => {
    const sink = traceSink(await open());
    const record = spanJournalRecordOf(spans(newTrace(), 2));
    const decoded = sink.decode(record);
    expect(sink.rowsOf(decoded)).toBe(2);
    sink.take(decoded, { segment: 1, offset: 0 });
    expect(await sink.load([decoded], {})).toEqual({ rows: 2, newSeries: 0 });
    expect(() => sink.decode({ ...record, payload: record.payload.subarray(0, 100) })).toThrow(RangeError);
  });

  describe('operations', () => {
    const range = { start: NOW_NS, end: NOW_NS + 1n };

    it('are known at once, by hour, and again after a restart', async () => {
      const store = await open();
      const later = NOW_NS + 5n * HOUR_NS;
      store.take(
        spanRecordOf([
          ...spans(newTrace(), 2, { service: 'known', kind: 2 }),
          { ...spans(newTrace(), 1)[0]!, service: 'later', start: later },
        ]),
      );
      const told = (of: TraceStore): unknown => [
        of.services(range).filter((name) => name === 'known' || name === 'later'),
        of.services({ start: later, end: later + 1n }),
        of.operations({ ...range, service: 'known' }),
        of.operations({ ...range, service: 'known', kind: 'client' }),
      ];
      const expected = [
        ['known'],
        ['later'],
        [
          { name: 'operation 0', kind: 'server' },
          { name: 'operation 1', kind: 'server' },
        ],
        [],
      ];
      expect(told(store)).toEqual(expected);
      await store.readable();
      expect(told(await open())).toEqual(expected);
    });

    it('are bounded: what is beyond a limit is known by its service', async () => {
      const limits = { services: 1000, operationsOfService: 2, operations: 1000 };
      const small = await open({ operationLimits: limits });
      const before = small.counters.operationsBeyondLimits;
      await small.load([spanRecordOf(['a', 'b', 'c', 'd'].map((name) => ({ ...spans(newTrace(), 1)[0]!, service: 'many', name })))]);
      expect(small.operations({ ...range, service: 'many' }).map(({ name }) => name)).toEqual(['a', 'b']);
      expect(small.counters.operationsBeyondLimits - before).toBe(2);
      expect(small.known.services).toBeGreaterThan(1);
      expect(small.services(range)).toContain('many');
    });
  });

  it('drops whole days that are too old or too much, today never, and forgets their operations', { timeout: 60_000 }, async () => {
    const old = NOW_NS - 20n * 24n * HOUR_NS;
    const mid = NOW_NS - 3n * 24n * HOUR_NS;
    const store = await open();
    const [a, b] = [newTrace(), newTrace()];
    await store.load([
      spanRecordOf([
        { ...spans(a, 1)[0]!, start: old, service: 'gone' },
        { ...spans(b, 1)[0]!, start: mid, service: 'stays' },
      ]),
    ]);
    const of = async (traceId: string): Promise<number> => (await stored(traceId)).length;
    const byAge = await open({ retention: { ageMs: 10 * DAY_MS, bytes: 0 } });
    expect((await byAge.enforceRetention()).droppedDays).toBeGreaterThan(0);
    expect([await of(a), await of(b)]).toEqual([0, 1]);
    const everywhere = { start: -(2n ** 62n), end: 2n ** 62n };
    expect(byAge.services(everywhere)).toContain('stays');
    expect(byAge.services(everywhere)).not.toContain('gone');
    expect((await open()).services(everywhere)).not.toContain('gone');
    const today = newTrace();
    await byAge.load([spanRecordOf(spans(today, 1))]);
    const bySize = await open({ retention: { ageMs: 0, bytes: 1 } });
    expect((await bySize.enforceRetention()).droppedBytes).toBeGreaterThan(0);
    expect([await of(b), await of(today)]).toEqual([0, 1]);
  });
});
