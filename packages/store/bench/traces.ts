/**
 * Measures the trace store: `node packages/store/bench/traces.ts [--spans N] [--random-ids] [--bare]`. Spans have 20 attributes by the semantic
 * conventions. Prints CPU-seconds, bytes and milliseconds; nothing is asserted. `--bare` measures the engine alone instead: JSONEachRow of the
 * same rows into the same table. Garbage of making spans is collected by this thread, so that it does not count as the store's.
 */

import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { type PlainSpan, spanBatch } from '@atalaya/journal/testing';
import { type SpanField, type SpanPredicate, silentLogger, systemClock } from '@atalaya/model';
import {
  connectTraceReader,
  directPorts,
  type Engine,
  openEmbeddedEngine,
  openTraceStore,
  serveTraceReader,
  type SpanRecord,
} from '../src/index.ts';
import { readLazily } from '../src/native/lazy.ts';
import { fragment, sql, type Sql } from '../src/sql.ts';
import { SpanWorkload } from './span-workload.ts';

setFlagsFromString('--single-threaded-gc');

const { values: flags } = parseArgs({
  options: {
    spans: { type: 'string', default: '2000000' },
    'random-ids': { type: 'boolean', default: false },
    bare: { type: 'boolean', default: false },
  },
});
const SPANS = Number(flags.spans);
/** Spans of a request, and requests that are loaded together. */
const BATCH = 512;
const GROUP = 64;
const MIB = 1_048_576;
const HOUR = 3_600_000_000_000n;
const START = BigInt(Date.UTC(2026, 5, 15)) * 1_000_000n;

const cpuSeconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;

async function number(engine: Engine, statement: Sql): Promise<number> {
  return readLazily((await engine.query(statement)).bytes)[0]?.column('n', 'Float64')[0] ?? 0;
}

/** Waits until no merge has run for two seconds. */
async function settled(engine: Engine): Promise<void> {
  for (let quiet = 0; quiet < 4;) {
    await sleep(500);
    quiet = (await number(engine, sql`SELECT toFloat64(count()) AS n FROM system.merges`)) === 0 ? quiet + 1 : 0;
  }
}

/** What the whole process took since a moment, without what this thread took to make spans. */
class CpuMeter {
  readonly #begun = process.cpuUsage();
  #making = 0;

  making<T>(work: () => T): T {
    const before = process.threadCpuUsage();
    const made = work();
    this.#making += cpuSeconds(process.threadCpuUsage(before));
    return made;
  }

  get seconds(): number {
    return cpuSeconds(process.cpuUsage(this.#begun)) - this.#making;
  }
}

async function report(engine: Engine, meter: CpuMeter, loading: number, rows: number): Promise<void> {
  const per = (seconds: number): string => `${((seconds / rows) * 1e6).toFixed(1)} µs`;
  console.log(
    `${rows} spans: ${per(loading)} of CPU a span, ${per(meter.seconds)} with all merges: ${Math.round(rows / meter.seconds)} spans per CPU-second`,
  );
  const bytes = await number(
    engine,
    sql`SELECT toFloat64(sum(bytes_on_disk)) AS n FROM system.parts WHERE active AND table = 'otel_traces'`,
  );
  const parts = await number(engine, sql`SELECT toFloat64(count()) AS n FROM system.parts WHERE active AND table = 'otel_traces'`);
  console.log(`${(bytes / rows).toFixed(1)} bytes per span on disk, indexes included, in ${parts} parts`);
}

async function measureStore(engine: Engine): Promise<void> {
  const store = await openTraceStore({ engine, clock: systemClock, log: silentLogger });
  const workload = new SpanWorkload(START, { randomIds: flags['random-ids'] });
  const meter = new CpuMeter();
  const inserts: number[] = [];
  let rows = 0;
  let some: PlainSpan | undefined;
  while (rows < SPANS) {
    const records = meter.making(() =>
      Array.from({ length: GROUP }, (_, i): SpanRecord => {
        const spans = workload.batch(BATCH);
        if (rows > SPANS / 2) some ??= spans.find(({ attributes }) => attributes?.['order.id'] !== undefined);
        return { batch: spanBatch(spans), key: BigInt(rows + i) << 20n, appendedAt: Date.now() };
      }),
    );
    const begun = performance.now();
    await store.load(records);
    inserts.push(performance.now() - begun);
    rows += BATCH * GROUP;
  }
  const loading = meter.seconds;
  await settled(engine);
  await report(engine, meter, loading, rows);
  console.log(`inserts of ${BATCH * GROUP} spans: median ${Math.round(inserts.toSorted((a, b) => a - b)[inserts.length >> 1] ?? 0)} ms`);
  const [served, own] = directPorts();
  serveTraceReader(store, served);
  const reader = connectTraceReader(own);
  const signal = new AbortController().signal;
  const range = { start: START, end: workload.now + HOUR };
  const attribute = (name: string, scope: 'any' | 'span' | 'resource' = 'span'): SpanField => ({ kind: 'attribute', scope, name });
  const is = (name: string, value: string, scope?: 'any' | 'resource'): SpanPredicate => ({
    kind: 'compare',
    field: attribute(name, scope),
    operator: '=',
    value: { type: 'string', value },
  });
  const slow: SpanPredicate = {
    kind: 'compare',
    field: { kind: 'intrinsic', name: 'duration' },
    operator: '>',
    value: { type: 'duration', value: 70_000_000n },
  };
  const error: SpanPredicate = {
    kind: 'compare',
    field: { kind: 'intrinsic', name: 'status' },
    operator: '=',
    value: { type: 'status', value: 'error' },
  };
  const attributes = some?.attributes ?? {};
  const text = (name: string): string => String(attributes[name]);
  const search = (name: string, having: readonly SpanPredicate[]): [string, () => Promise<string>] => [
    `search ${name}`,
    async () => `${(await reader.traces({ ...range, having, limit: 20 }, signal)).length} traces`,
  ];
  const questions: [string, () => Promise<string>][] = [
    [
      'trace by id, nothing else known',
      async () => `${(await reader.spans({ traceIds: [some?.traceId ?? ''], limit: 1000 }, signal)).length} spans`,
    ],
    [
      'trace by id that is not there',
      async () => `${(await reader.spans({ traceIds: ['0123456789abcdef'.repeat(2)], limit: 1000 }, signal)).length} spans`,
    ],
    search('the newest', []),
    search('errors of a service', [is('service.name', 'cart', 'resource'), error]),
    search(`.order.id of one`, [is('order.id', text('order.id'), 'any')]),
    search('a value that no span has', [is('user.id', 'nobody')]),
    search('attribute of one and service', [
      { kind: 'and', of: [is('service.name', some?.service ?? '', 'resource'), is('user.id', text('user.id'))] },
    ]),
    search('duration > 70 ms', [slow]),
    search('two spans of a trace', [is('service.name', 'cart', 'resource'), is('service.name', 'payment', 'resource')]),
    [
      'counts by service, all',
      async () =>
        `${(await reader.counts({ ...range, having: { kind: 'and', of: [] }, width: HOUR, by: [attribute('service.name', 'resource')], durations: true, groups: 100 }, signal)).length} groups`,
    ],
    ['names of attributes', async () => `${(await reader.attributeNames({ ...range, limit: 1000 }, signal)).span.length} names`],
    [
      'values of http.route',
      async () => `${(await reader.values({ ...range, field: attribute('http.route'), limit: 100 }, signal)).length} values`,
    ],
    ['operations', async () => `${(await reader.operations(range, signal)).length} operations`],
  ];
  for (const [name, ask] of questions) {
    const times: number[] = [];
    let answer = '';
    for (let i = 0; i < 4; i++) {
      const begun = performance.now();
      answer = await ask();
      times.push(performance.now() - begun);
    }
    const [first, ...others] = times;
    console.log(`${name}: ${answer} in ${Math.round(first ?? 0)} ms, then ${Math.round(Math.min(...others))} ms`);
  }
}

/** One span as the exporter's columns, in JSON. */
function jsonRow(span: PlainSpan): string {
  const texts = (attributes: PlainSpan['attributes'] = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, typeof value === 'string' ? value : value[1]]));
  const { service = '', events = [] } = span;
  return JSON.stringify({
    Timestamp: String(span.start),
    TraceId: span.traceId,
    SpanId: span.spanId,
    ParentSpanId: span.parentSpanId,
    SpanName: span.name,
    SpanKind: span.kind === 2 ? 'Server' : 'Client',
    ServiceName: service,
    ResourceAttributes: { 'service.name': service, ...texts(span.resource) },
    ScopeName: span.scopeName,
    ScopeVersion: span.scopeVersion,
    SpanAttributes: texts(span.attributes),
    Duration: String(span.duration),
    StatusCode: span.status === 2 ? 'Error' : 'Unset',
    StatusMessage: span.statusMessage ?? '',
    'Events.Timestamp': events.map(({ time }) => String(time)),
    'Events.Name': events.map(({ name }) => name),
    'Events.Attributes': events.map(({ attributes }) => texts(attributes)),
  });
}

const JSON_STRUCTURE = `Timestamp Int64, TraceId String, SpanId String, ParentSpanId String, SpanName String, SpanKind String, ServiceName String,
  ResourceAttributes Map(String, String), ScopeName String, ScopeVersion String, SpanAttributes Map(String, String), Duration UInt64,
  StatusCode String, StatusMessage String, \`Events.Timestamp\` Array(Int64), \`Events.Name\` Array(String), \`Events.Attributes\` Array(Map(String, String))`;

async function measureEngine(engine: Engine, dataDir: string): Promise<void> {
  await (await openTraceStore({ engine, clock: systemClock, log: silentLogger })).enforceRetention();
  const workload = new SpanWorkload(START, { randomIds: flags['random-ids'] });
  const meter = new CpuMeter();
  const file = join(dataDir, 'engine-tmp', 'rows.json');
  let rows = 0;
  while (rows < SPANS) {
    meter.making(() => {
      const out = openSync(file, 'w');
      for (let i = 0; i < GROUP; i++) writeSync(out, workload.batch(BATCH).map(jsonRow).join('\n') + '\n');
      closeSync(out);
    });
    await engine.execute(sql`INSERT INTO otel_traces (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes, ScopeName,
      ScopeVersion, SpanAttributes, Duration, StatusCode, StatusMessage, Events.Timestamp, Events.Name, Events.Attributes)
      SELECT fromUnixTimestamp64Nano(Timestamp), TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes, ScopeName, ScopeVersion,
        SpanAttributes, Duration, StatusCode, StatusMessage, arrayMap(one -> fromUnixTimestamp64Nano(one), \`Events.Timestamp\`), \`Events.Name\`, \`Events.Attributes\`
      FROM file(${file}, 'JSONEachRow', ${fragment(sql`${JSON_STRUCTURE}`)})
      SETTINGS max_insert_threads = 1, max_threads = 1, input_format_parallel_parsing = 0, max_block_size = 64000000, max_insert_block_size = 64000000,
        min_insert_block_size_rows = 0, min_insert_block_size_bytes = 0`);
    rows += BATCH * GROUP;
  }
  const loading = meter.seconds;
  await settled(engine);
  await report(engine, meter, loading, rows);
}

const dataDir = mkdtempSync(join(tmpdir(), 'atalaya-bench-'));
const engine = await openEmbeddedEngine({ dataDir, memoryBytes: 1024 * MIB, clock: systemClock });
try {
  await (flags.bare ? measureEngine(engine, dataDir) : measureStore(engine));
} finally {
  await engine.close();
  rmSync(dataDir, { recursive: true, force: true });
}
