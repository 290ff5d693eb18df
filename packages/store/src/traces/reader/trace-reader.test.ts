import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { PlainSpan } from '@atalaya/journal/testing';
import { type FieldValue, type SpanField, type SpanPredicate, silentLogger, systemClock } from '@atalaya/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedEngine } from '../../engine/embedded.ts';
import type { Engine } from '../../engine/engine.ts';
import { HOSTILE_TEXTS } from '../../engine/hostile-texts.ts';
import { readLazily } from '../../native/lazy.ts';
import { column, readNative } from '../../native/read.ts';
import { fragment, sql } from '../../sql.ts';
import type { Operations } from '../operations.ts';
import { findTraces } from '../read/find-traces.ts';
import { predicateSql } from '../read/predicate-sql.ts';
import { startsWithin } from '../span-time.ts';
import { spanRecordOf } from '../spans-for-tests.ts';
import type { TraceStore } from '../store-interface.ts';
import { openTraceStore } from '../trace-store.ts';
import { connectTraceReader, type PortTraceReader } from './connect-trace-reader.ts';
import { serveTraceReader } from './serve-trace-reader.ts';

const SECOND = 1_000_000_000n;
const HOUR = 3600n * SECOND;
const DAY = 24n * HOUR;
const NOW = BigInt(Date.UTC(2026, 5, 15, 12)) * 1_000_000n;
const never = new AbortController().signal;

const id = (n: number): string => n.toString(16).padStart(32, '0');
const spanId = (n: number): string => n.toString(16).padStart(16, '0');
const attribute = (name: string, scope: Extract<SpanField, { kind: 'attribute' }>['scope'] = 'span'): SpanField => ({
  kind: 'attribute',
  scope,
  name,
});
const has = (name: string, value: string): SpanPredicate => ({
  kind: 'compare',
  field: attribute(name),
  operator: '=',
  value: { type: 'string', value },
});

describe('the trace reader', () => {
  let folder: string;
  let engine: Engine;
  let store: TraceStore;
  let reader: PortTraceReader;
  let channel: MessageChannel;
  let days = 0n;

  /** Loads spans at a time of their own. */
  const load = (spans: readonly PlainSpan[]): Promise<unknown> => store.load([spanRecordOf(spans)]);
  /** A day that no other test uses. */
  const aDay = (): bigint => NOW - (days += 2n) * DAY;
  const found = async (at: bigint, having: readonly SpanPredicate[], limit = 100): Promise<string[]> =>
    (await reader.traces({ start: at, end: at + SECOND, having, limit }, never)).map(({ traceId }) => traceId);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-trace-reader-'));
    engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
    store = await openTraceStore({ engine, clock: systemClock, log: silentLogger });
    channel = new MessageChannel();
    serveTraceReader(store, channel.port1);
    reader = connectTraceReader(channel.port2);
  });
  afterAll(async () => {
    channel.port2.close();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  const complete: PlainSpan = {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    parentSpanId: '12'.repeat(8),
    service: 'shop',
    resource: { 'host.name': 'h', 'process.pid': ['int', '42'], tags: ['array', '["a",1]'] },
    scopeName: 'lib',
    scopeVersion: '1.2',
    scope: { debug: ['bool', 'true'] },
    name: 'GET /cart',
    kind: 2,
    start: NOW + 1n,
    duration: 2n ** 40n + 1n,
    status: 2,
    statusMessage: 'it broke',
    traceState: 'a=b',
    flags: 0x301,
    attributes: {
      zulu: 'first in order',
      'http.response.status_code': ['int', '500'],
      ratio: ['double', '0.25'],
      cached: ['bool', 'false'],
      nothing: ['empty', ''],
      alpha: ['map', '[["k","v"]]'],
      raw: ['bytes', 'AAEC'],
    },
    dropped: [1, 2, 3],
    events: [
      { time: NOW + 2n, name: 'exception', attributes: { 'exception.type': 'E', line: ['int', '7'] } },
      { time: NOW + 3n, name: 'retry' },
    ],
    links: [{ traceId: 'ef'.repeat(16), spanId: '34'.repeat(8), traceState: 'x=y', attributes: { why: 'batch', n: ['int', '1'] } }],
  };

  it('gives back everything that was said of a span', async () => {
    await load([complete, { traceId: complete.traceId, spanId: spanId(1), start: NOW }]);
    const spans = await reader.spans({ traceIds: [complete.traceId], limit: 10 }, never);
    expect(spans.map((span) => span.spanId)).toEqual([spanId(1), complete.spanId]);
    expect(spans[1]).toMatchInlineSnapshot(`
      {
        "attributes": [
          {
            "name": "zulu",
            "type": "string",
            "value": "first in order",
          },
          {
            "name": "http.response.status_code",
            "type": "int",
            "value": "500",
          },
          {
            "name": "ratio",
            "type": "double",
            "value": "0.25",
          },
          {
            "name": "cached",
            "type": "bool",
            "value": "false",
          },
          {
            "name": "nothing",
            "type": "empty",
            "value": "",
          },
          {
            "name": "alpha",
            "type": "map",
            "value": "[["k","v"]]",
          },
          {
            "name": "raw",
            "type": "bytes",
            "value": "AAEC",
          },
        ],
        "droppedAttributes": 1,
        "droppedEvents": 2,
        "droppedLinks": 3,
        "duration": 1099511627777n,
        "events": [
          {
            "attributes": [
              {
                "name": "exception.type",
                "type": "string",
                "value": "E",
              },
              {
                "name": "line",
                "type": "int",
                "value": "7",
              },
            ],
            "name": "exception",
            "time": 1781524800000000002n,
          },
          {
            "attributes": [],
            "name": "retry",
            "time": 1781524800000000003n,
          },
        ],
        "flags": 769,
        "kind": "server",
        "links": [
          {
            "attributes": [
              {
                "name": "why",
                "type": "string",
                "value": "batch",
              },
              {
                "name": "n",
                "type": "int",
                "value": "1",
              },
            ],
            "spanId": "3434343434343434",
            "traceId": "efefefefefefefefefefefefefefefef",
            "traceState": "x=y",
          },
        ],
        "name": "GET /cart",
        "origin": {
          "resource": [
            {
              "name": "service.name",
              "type": "string",
              "value": "shop",
            },
            {
              "name": "host.name",
              "type": "string",
              "value": "h",
            },
            {
              "name": "process.pid",
              "type": "int",
              "value": "42",
            },
            {
              "name": "tags",
              "type": "array",
              "value": "["a",1]",
            },
          ],
          "resourceDropped": 0,
          "resourceSchemaUrl": "",
          "scope": [
            {
              "name": "debug",
              "type": "bool",
              "value": "true",
            },
          ],
          "scopeDropped": 0,
          "scopeName": "lib",
          "scopeSchemaUrl": "",
          "scopeVersion": "1.2",
          "serviceName": "shop",
        },
        "parentSpanId": "1212121212121212",
        "spanId": "cdcdcdcdcdcdcdcd",
        "start": 1781524800000000001n,
        "status": "error",
        "statusMessage": "it broke",
        "traceId": "abababababababababababababababab",
        "traceState": "a=b",
      }
    `);
    expect(spans[0]).toMatchObject({ kind: 'unspecified', status: 'unset', parentSpanId: '', attributes: [], events: [], links: [] });
  });

  it('finds by every scope and type', { timeout: 60_000 }, async () => {
    const at = aDay();
    await load([
      { ...complete, traceId: id(1), start: at },
      { traceId: id(2), spanId: spanId(2), start: at + 1n, service: 'other' },
    ]);
    const compare = (
      field: SpanField,
      operator: '=' | '!=' | '<' | '>=',
      value: Extract<SpanPredicate, { kind: 'compare' }>['value'],
    ): SpanPredicate => ({
      kind: 'compare',
      field,
      operator,
      value,
    });
    const string = (value: string): { type: 'string'; value: string } => ({ type: 'string', value });
    const number = (value: number | bigint): { type: 'number'; value: number | bigint } => ({ type: 'number', value });
    const holding: SpanPredicate[] = [
      has('zulu', 'first in order'),
      compare(attribute('service.name', 'resource'), '=', string('shop')),
      compare(attribute('service.name', 'any'), '=', string('shop')),
      compare(attribute('host.name', 'any'), '=', string('h')),
      compare(attribute('tags', 'resource'), '=', string('a')),
      compare(attribute('tags', 'resource'), '=', number(1)),
      compare(attribute('process.pid', 'resource'), '>=', number(42n)),
      compare(attribute('http.response.status_code'), '=', number(500)),
      compare(attribute('http.response.status_code'), '>=', number(499.5)),
      compare(attribute('ratio'), '<', number(1n)),
      compare(attribute('cached'), '=', { type: 'bool', value: false }),
      compare(attribute('cached'), '!=', { type: 'bool', value: true }),
      compare(attribute('debug', 'scope'), '=', { type: 'bool', value: true }),
      compare(attribute('exception.type', 'event'), '=', string('E')),
      compare(attribute('line', 'event'), '=', number(7)),
      compare(attribute('n', 'link'), '=', number(1)),
      compare({ kind: 'intrinsic', name: 'duration' }, '>=', { type: 'duration', value: 2n ** 40n + 1n }),
      compare({ kind: 'intrinsic', name: 'kind' }, '=', { type: 'kind', value: 'server' }),
      compare({ kind: 'intrinsic', name: 'status' }, '=', { type: 'status', value: 'error' }),
      compare({ kind: 'intrinsic', name: 'eventName' }, '=', string('retry')),
      compare({ kind: 'intrinsic', name: 'linkSpanId' }, '=', string('34'.repeat(8))),
      { kind: 'text', field: attribute('http.response.status_code', 'any'), value: '500' },
      { kind: 'matches', field: attribute('zulu'), pattern: 'first.*', negated: false },
      { kind: 'matches', field: { kind: 'intrinsic', name: 'name' }, pattern: 'GET|POST|GET /cart', negated: false },
      { kind: 'matches', field: attribute('zulu'), pattern: 'first', negated: true },
      { kind: 'exists', field: attribute('nothing') },
      { kind: 'not', of: { kind: 'root' } },
    ];
    const wrong: number[] = [];
    for (const [i, predicate] of holding.entries()) if ((await found(at, [predicate])).join() !== id(1)) wrong.push(i);
    expect(wrong).toEqual([]);
    expect(await found(at, holding)).toEqual([id(1)]);
    expect(await found(at, [{ kind: 'root' }])).toEqual([id(2)]);
  });

  it('counts', async () => {
    const at = aDay();
    const durations = [0n, 1n, 2n, 1023n, 1024n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n];
    await load(
      durations.map((duration, i) => ({
        traceId: id(i + 1),
        spanId: spanId(i + 1),
        service: i % 2 === 0 ? 'a' : 'b',
        start: at + BigInt(i),
        duration,
      })),
    );
    const [counted] = await reader.counts(
      { start: at, end: at + HOUR, having: { kind: 'and', of: [] }, width: HOUR, by: [], durations: true, groups: 10 },
      never,
    );
    expect(counted?.buckets[0]?.byPower?.map(([power]) => power)).toEqual([0, 1, 9, 10, 52, 53, 62, 63]);
    const by = await reader.counts(
      {
        start: at,
        end: at + HOUR,
        having: { kind: 'and', of: [] },
        width: 4n,
        by: [attribute('service.name', 'resource'), attribute('x', 'any')],
        durations: false,
        groups: 10,
      },
      never,
    );
    expect(by.map(({ values, buckets }) => `${values.join()} ${buckets.map((one) => `${one.at}:${one.spans}`).join()}`).sort()).toEqual([
      'a, 0:2,1:2,2:1',
      'b, 0:2,1:2',
    ]);
  });

  it('tells names and values', async () => {
    const at = aDay();
    await load([{ ...complete, traceId: id(7), start: at }]);
    const range = { start: at, end: at + 1n };
    expect(await reader.attributeNames({ ...range, limit: 100 }, never)).toMatchInlineSnapshot(`
      {
        "event": [
          "exception.type",
          "line",
        ],
        "link": [
          "n",
          "why",
        ],
        "resource": [
          "host.name",
          "process.pid",
          "service.name",
          "tags",
        ],
        "scope": [
          "debug",
        ],
        "span": [
          "alpha",
          "cached",
          "http.response.status_code",
          "nothing",
          "ratio",
          "raw",
          "zulu",
        ],
      }
    `);
    const values = (field: SpanField): Promise<unknown> => reader.values({ ...range, field, limit: 10 }, never);
    expect(await values(attribute('line', 'event'))).toEqual([{ type: 'int', value: '7' }]);
    expect(await values(attribute('why', 'link'))).toEqual([{ type: 'string', value: 'batch' }]);
    expect(await values(attribute('ratio', 'any'))).toEqual([{ type: 'double', value: '0.25' }]);
    expect(await values({ kind: 'intrinsic', name: 'kind' })).toEqual([{ type: 'keyword', value: 'server' }]);
    expect(await values({ kind: 'intrinsic', name: 'eventName' })).toHaveLength(2);
    expect(await reader.services(range, never)).toEqual(['shop']);
    expect(await reader.operations({ ...range, service: 'shop' }, never)).toEqual([{ name: 'GET /cart', kind: 'server' }]);
  });

  it('reads rows that a collector wrote', async () => {
    const at = aDay();
    await engine.execute(sql`INSERT INTO otel_traces (Timestamp, TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName,
      ResourceAttributes, ScopeName, ScopeVersion, SpanAttributes, Duration, StatusCode, StatusMessage, Events.Timestamp, Events.Name,
      Events.Attributes, Links.TraceId, Links.SpanId, Links.TraceState, Links.Attributes) VALUES
      (fromUnixTimestamp64Nano(toInt64(${at})), ${id(9)}, ${spanId(9)}, '', '', 'written', 'Client', 'elsewhere', map('service.name', 'elsewhere'), 's', 'v',
      map('a', 'b'), 7, 'Ok', '', [fromUnixTimestamp64Nano(toInt64(${at}))], ['e'], [map('k', 'v')], [${id(1)}], [${spanId(1)}], [''], [map('l', 'm')])`);
    expect(await found(at, [has('a', 'b')])).toEqual([id(9)]);
    const [span] = await reader.spans({ traceIds: [id(9)], limit: 10 }, never);
    expect(span).toMatchObject({
      kind: 'client',
      status: 'ok',
      attributes: [{ name: 'a', type: 'string', value: 'b' }],
      events: [{ time: at, name: 'e', attributes: [{ name: 'k', type: 'string', value: 'v' }] }],
      links: [{ traceId: id(1), attributes: [{ name: 'l', type: 'string', value: 'm' }] }],
    });
    await store.enforceRetention();
    expect(await reader.services({ start: at, end: at + 1n }, never)).toEqual(['elsewhere']);
  });

  it('finds traces in portions, and several conditions in different spans, however far apart', async () => {
    const at = aDay();
    const trace = (n: number, start: bigint, name: string): PlainSpan => ({
      traceId: id(n),
      spanId: spanId(n * 100 + name.length),
      start,
      name,
    });
    await load([
      ...Array.from({ length: 30 }, (_, i) => trace(i + 1, at - BigInt(i) * 60n * SECOND, 'first')),
      trace(3, at - 20n * HOUR, 'second one'),
      trace(7, at + 1n, 'second one'),
    ]);
    const named = (value: string): SpanPredicate => ({
      kind: 'compare',
      field: { kind: 'intrinsic', name: 'name' },
      operator: '=',
      value: { type: 'string', value },
    });
    const range = { start: at - DAY, end: at + HOUR };
    const traces = async (having: readonly SpanPredicate[], limit: number, before?: bigint): Promise<string[]> =>
      (await reader.traces({ ...range, having, limit, ...(before === undefined ? {} : { before }) }, never)).map(({ traceId }) => traceId);
    expect(await traces([named('first')], 3)).toEqual([id(1), id(2), id(3)]);
    expect(await traces([named('first')], 2, at - 2n * 60n * SECOND)).toEqual([id(4), id(5)]);
    expect(await traces([named('first'), named('second one')], 10)).toEqual([id(7), id(3)]);
    // Its newest matching span is not before this, an older one is.
    expect(await traces([{ kind: 'or', of: [named('first'), named('second one')] }], 1, at + 1n)).toEqual([id(1)]);
    const bounds = (await reader.traces({ ...range, having: [named('second one')], limit: 9 }, never)).find(
      ({ traceId }) => traceId === id(3),
    );
    expect(bounds!.start <= at - 20n * HOUR && bounds!.end > at - 120n * SECOND).toBe(true);
  });

  it('finds what is rare however far back, the newest first, with two questions', async () => {
    const at = aDay();
    const spans = [3, 20, 700].map((hours, n): PlainSpan => {
      const traceId = id(n + 60);
      return { traceId, spanId: spanId(n + 60), start: at - BigInt(hours) * HOUR, attributes: { 'rare.id': 'needle' } };
    });
    await load(spans);
    const rare: SpanPredicate = {
      kind: 'compare',
      field: { kind: 'attribute', scope: 'span', name: 'rare.id' },
      operator: '=',
      value: { type: 'string', value: 'needle' },
    };
    const asked: string[] = [];
    const query: Engine['query'] = (statement, options) => {
      asked.push(statement);
      return engine.query(statement, options);
    };
    const sources = { engine: { query } as Engine, operations: {} as Operations, limits: {} };
    const request = { start: at - 800n * HOUR, end: at, having: [rare], limit: 20 };
    expect((await findTraces(sources, request, never)).map(({ traceId }) => traceId)).toEqual([id(60), id(61), id(62)]);
    expect(asked.filter((statement) => statement.includes('LIMIT'))).toHaveLength(2);
  });

  it('refuses too much and what is no expression, ends when nobody waits, and sees what was taken in before', async () => {
    const at = aDay();
    const record = spanRecordOf(
      Array.from({ length: 4 }, (_, i) => ({ traceId: id(5), spanId: spanId(i + 1), start: at + BigInt(i), service: `s${i}` })),
    );
    store.take(record);
    const ask = (limit: number): Promise<unknown[]> =>
      reader.spans({ traceIds: [id(5)], within: { start: at, end: at + 4n }, limit }, never);
    expect(await ask(4)).toHaveLength(4);
    await expect(ask(3)).rejects.toMatchObject({ code: 'QUERY_LIMIT' });
    const range = { start: at, end: at + HOUR };
    const count = {
      ...range,
      having: { kind: 'and', of: [] },
      width: HOUR,
      by: [attribute('service.name', 'resource')],
      durations: false,
    } as const;
    expect(await reader.counts({ ...count, groups: 4 }, never)).toHaveLength(4);
    await expect(reader.counts({ ...count, groups: 3 }, never)).rejects.toMatchObject({ code: 'QUERY_LIMIT' });
    const wrong: SpanPredicate = { kind: 'matches', field: attribute('a'), pattern: '(', negated: false };
    await expect(found(at, [wrong])).rejects.toMatchObject({ code: 'BAD_QUERY' });
    const aborter = new AbortController();
    const waiting = reader.traces({ start: at - DAY * 300n, end: at + HOUR, having: [], limit: 100_000 }, aborter.signal);
    aborter.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
    await expect(reader.services(range, aborter.signal)).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
    expect(await ask(4)).toHaveLength(4);
  });

  it('leaves out, by the index, what cannot have an attribute', async () => {
    const at = aDay();
    const spansOf = (n: number): PlainSpan[] =>
      Array.from({ length: 2048 }, (_, i) => ({
        traceId: id(n * 4096 + i),
        spanId: spanId(n * 4096 + i),
        start: at,
        attributes: {
          common: 'x',
          ...(i === 9 ? { rare: `value ${n}`, list: ['array', `["element ${n}"]`] as const, number: ['int', String(n)] as const } : {}),
        },
        events: i === 9 ? [{ time: at, name: 'e', attributes: { reason: `reason ${n}` } }] : [],
      }));
    await store.load([1, 2, 3, 4].map((n) => spanRecordOf(spansOf(n))));
    const read = async (having: SpanPredicate): Promise<[spans: number, read: number]> => {
      const statement = sql`SELECT TraceId AS id FROM otel_traces WHERE ${fragment(startsWithin(at, at + 1n))} AND ${fragment(predicateSql(having))}`;
      const rows = (bytes: Uint8Array): number => readLazily(bytes).reduce((sum, block) => sum + block.rows, 0);
      const estimate = readNative((await engine.query(sql`EXPLAIN ESTIMATE ${fragment(statement)}`)).bytes);
      const looked = estimate.flatMap((block) => [...column(block, 'rows', 'UInt64').words.filter((_, word) => word % 2 === 0)]);
      return [rows((await engine.query(statement)).bytes), looked.reduce((sum, one) => sum + one, 0)];
    };
    const text = (name: string, scope: 'span' | 'any' | 'event', value: string): SpanPredicate => ({
      kind: 'text',
      field: attribute(name, scope),
      value,
    });
    const compare = (name: string, value: FieldValue): SpanPredicate => ({
      kind: 'compare',
      field: attribute(name, 'any'),
      operator: '=',
      value,
    });
    const helped: SpanPredicate[] = [
      has('rare', 'value 3'),
      text('reason', 'event', 'reason 3'),
      { kind: 'or', of: [text('reason', 'span', 'reason 3'), text('reason', 'event', 'reason 3')] },
      { kind: 'and', of: [has('common', 'x'), compare('number', { type: 'number', value: 3 })] },
      { kind: 'matches', field: attribute('rare'), pattern: 'value 3|value 7', negated: false },
    ];
    for (const predicate of helped) {
      const [spans, looked] = await read(predicate);
      expect(spans).toBe(1);
      expect(looked).toBeLessThanOrEqual(4096);
    }
    expect(await read(compare('list', { type: 'string', value: 'element 3' }))).toEqual([1, 8192]);
    expect((await read({ kind: 'not', of: has('common', 'x') }))[0]).toBe(0);
  });

  it('takes hostile texts as the data they are', { timeout: 60_000 }, async () => {
    const at = aDay();
    await load(
      HOSTILE_TEXTS.map((text, i) => ({
        traceId: id(i + 1),
        spanId: spanId(i + 1),
        start: at + BigInt(i),
        name: text,
        attributes: { [text]: 'name', value: text },
      })),
    );
    for (const [i, text] of HOSTILE_TEXTS.entries()) {
      const both: SpanPredicate = { kind: 'and', of: [has('value', text), { kind: 'exists', field: attribute(text) }] };
      expect(await found(at, [both])).toEqual([id(i + 1)]);
    }
  });
});
