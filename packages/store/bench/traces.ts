/**
 * Measures the trace store: `node packages/store/bench/traces.ts [--spans N] [--random-ids] [--bare]`. Spans have 20 attributes by the semantic
 * conventions. Prints CPU-seconds, bytes and milliseconds; nothing is asserted. `--bare` measures the engine alone instead: JSONEachRow of the
 * same rows into the same table. Spans are made by another process.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decodeSpanBatch, type SpanBatch } from '@atalaya/journal';
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
import { sql, type Sql } from '../src/sql.ts';

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

/** Frames that another process makes: groups of batches as the journal has them, or of JSON rows. */
async function* groups(form: 'batches' | 'json'): AsyncGenerator<Buffer[]> {
  const program = fileURLToPath(new URL('make-spans.ts', import.meta.url));
  const rounds = Math.ceil(SPANS / (BATCH * GROUP));
  const words = [START, rounds * GROUP, BATCH, form, flags['random-ids'] ? 'random' : ''].map(String);
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let rest: Buffer = Buffer.alloc(0);
  let group: Buffer[] = [];
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let length = 0; rest.length >= 4 && rest.length >= 4 + (length = rest.readUInt32LE(0)); rest = rest.subarray(4 + length)) {
      group.push(Buffer.from(rest.subarray(4, 4 + length)));
      if (group.length < GROUP) continue;
      yield group;
      group = [];
    }
  }
}

async function report(engine: Engine, loading: number, whole: number, rows: number): Promise<void> {
  const per = (seconds: number): string => `${((seconds / rows) * 1e6).toFixed(1)} µs`;
  console.log(
    `${rows} spans: ${per(loading)} of CPU a span, ${per(whole)} with all merges: ${Math.round(rows / whole)} spans per CPU-second`,
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
  const begun = process.cpuUsage();
  const inserts: number[] = [];
  let rows = 0;
  let batches = 0;
  let some: SpanBatch | undefined;
  let last = START;
  for await (const group of groups('batches')) {
    const records = group.map((payload): SpanRecord => {
      const batch = decodeSpanBatch(payload);
      last = batch.starts.at(-1) ?? last;
      if (rows > SPANS / 2) some ??= batch;
      return { batch, key: BigInt(++batches) << 20n, appendedAt: Date.now() };
    });
    const inserting = performance.now();
    await store.load(records);
    inserts.push(performance.now() - inserting);
    rows += BATCH * GROUP;
  }
  const loading = cpuSeconds(process.cpuUsage(begun));
  await settled(engine);
  await report(engine, loading, cpuSeconds(process.cpuUsage(begun)), rows);
  console.log(`inserts of ${BATCH * GROUP} spans: median ${Math.round(inserts.toSorted((a, b) => a - b)[inserts.length >> 1] ?? 0)} ms`);
  const [served, own] = directPorts();
  serveTraceReader(store, served);
  const reader = connectTraceReader(own);
  const signal = new AbortController().signal;
  const range = { start: START, end: last + HOUR };
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
  const [sample] = await reader
    .spans({ traceIds: [Buffer.from(some?.traceIds.subarray(0, 16) ?? []).toString('hex')], limit: 1000 }, signal)
    .then((spans) => spans.filter(({ attributes }) => attributes.some(({ name }) => name === 'order.id')).concat(spans));
  const text = (name: string): string => sample?.attributes.find((one) => one.name === name)?.value ?? '';
  const search = (name: string, having: readonly SpanPredicate[]): [string, () => Promise<string>] => [
    `search ${name}`,
    async () => `${(await reader.traces({ ...range, having, limit: 20 }, signal)).length} traces`,
  ];
  const questions: [string, () => Promise<string>][] = [
    [
      'trace by id, nothing else known',
      async () => `${(await reader.spans({ traceIds: [sample?.traceId ?? ''], limit: 1000 }, signal)).length} spans`,
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
      { kind: 'and', of: [is('service.name', sample?.origin.serviceName ?? '', 'resource'), is('user.id', text('user.id'))] },
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

const JSON_STRUCTURE = `Timestamp Int64, TraceId String, SpanId String, ParentSpanId String, SpanName String, SpanKind String, ServiceName String,
  ResourceAttributes Map(String, String), ScopeName String, ScopeVersion String, SpanAttributes Map(String, String), Duration UInt64,
  StatusCode String, StatusMessage String, \`Events.Timestamp\` Array(Int64), \`Events.Name\` Array(String), \`Events.Attributes\` Array(Map(String, String))`;

async function measureEngine(engine: Engine, dataDir: string): Promise<void> {
  await (await openTraceStore({ engine, clock: systemClock, log: silentLogger })).enforceRetention();
  const begun = process.cpuUsage();
  const file = join(dataDir, 'engine-tmp', 'rows.json');
  let rows = 0;
  for await (const group of groups('json')) {
    await writeFile(file, group);
    await engine.execute(sql`INSERT INTO otel_traces (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes, ScopeName,
      ScopeVersion, SpanAttributes, Duration, StatusCode, StatusMessage, Events.Timestamp, Events.Name, Events.Attributes)
      SELECT fromUnixTimestamp64Nano(Timestamp), TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes, ScopeName, ScopeVersion,
        SpanAttributes, Duration, StatusCode, StatusMessage, arrayMap(one -> fromUnixTimestamp64Nano(one), \`Events.Timestamp\`), \`Events.Name\`, \`Events.Attributes\`
      FROM file(${file}, 'JSONEachRow', ${JSON_STRUCTURE})
      SETTINGS max_insert_threads = 1, max_threads = 1, input_format_parallel_parsing = 0, max_block_size = 64000000, max_insert_block_size = 64000000,
        min_insert_block_size_rows = 0, min_insert_block_size_bytes = 0`);
    rows += BATCH * GROUP;
  }
  const loading = cpuSeconds(process.cpuUsage(begun));
  await settled(engine);
  await report(engine, loading, cpuSeconds(process.cpuUsage(begun)), rows);
}

const dataDir = mkdtempSync(join(tmpdir(), 'atalaya-bench-'));
const engine = await openEmbeddedEngine({ dataDir, memoryBytes: 1024 * MIB, clock: systemClock });
try {
  await (flags.bare ? measureEngine(engine, dataDir) : measureStore(engine));
} finally {
  await engine.close();
  rmSync(dataDir, { recursive: true, force: true });
}
