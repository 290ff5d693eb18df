/**
 * Spans: what taking them in costs by each way of OTLP, acknowledged after fsync; what they take on disk; how long a trace by its id and
 * searches take over all of them; and what the bare engine takes for an INSERT of the same spans as JSONEachRow.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { timeGet } from '../ask.ts';
import { insertBare } from '../bare-insert.ts';
import { type Figure, percentile } from '../figures.ts';
import { atalaya } from '../peers.ts';
import { type Program, watchPeak } from '../processes.ts';
import { runSender } from '../send-load.ts';
import type { KnownTrace } from '../span-bodies.ts';
import type { SpanLoadOptions, SpanLoadResult } from '../span-load.ts';
import { quiet } from '../quiet.ts';
import { writeSpanRows } from '../span-rows.ts';

const SPAN_MS = 20 * 3_600_000;
/** Spans by each way, before the rest goes by the quickest. */
const BY_WAY = 400_000;
const BARE_SPANS = 400_000;
const ASKED = 20;

const SENDER = path.join(import.meta.dirname, '../span-load.ts');

/** Loads so many spans, then asks. */
export async function measureTraces({ spans }: { readonly spans: number }): Promise<Figure[]> {
  const figures: Figure[] = [];
  const note = (what: string, unit: string, program: string, ...values: number[]): void =>
    void figures.push({ what, unit, program, values });
  const data = mkdtempSync(path.join(tmpdir(), 'atalaya-bench-'));
  let program = await atalaya.start({ data });
  try {
    const end = Math.floor(Date.now() / 60_000) * 60_000;
    const start = end - SPAN_MS;
    const known: KnownTrace[] = [];
    let [sent, nextBody] = [0, 0];
    const peak = watchPeak(program);
    const send = async (way: SpanLoadOptions['way'], count: number): Promise<void> => {
      const url = way === 'grpc' ? await grpcUrl(program) : `${program.url}/v1/traces`;
      const before = program.cpuSeconds();
      const times = { start: start + (sent / spans) * SPAN_MS, end: start + ((sent + count) / spans) * SPAN_MS };
      const result = await load({
        way,
        url,
        spans: count,
        firstBody: nextBody,
        ...times,
        inFlight: 4,
      });
      await quiet(program);
      const cpu = program.cpuSeconds() - before;
      known.push(...result.known);
      sent += result.spans;
      nextBody = result.nextBody;
      note('spans per CPU-second, merges included', '1/s', way, result.spans / cpu);
      note('spans per second', '1/s', way, result.spans / result.seconds);
      note('acknowledged after, p50', 'ms', way, percentile(result.latenciesMs, 0.5));
      note('acknowledged after, p99', 'ms', way, percentile(result.latenciesMs, 0.99));
      note('bytes per span as sent', '', way, result.bytes / result.spans);
    };
    for (const way of ['json', 'protobuf', 'grpc'] as const) await send(way, Math.min(BY_WAY, Math.floor(spans / 4)));
    if (spans > sent) await send('protobuf', spans - sent);
    peak.stop();
    note('resident memory at peak', 'MiB', 'atalaya', peak.peak() / 2 ** 20);
    note('bytes per span on disk', '', 'atalaya', (await tableBytes(program)) / sent);
    await program.stop();

    program = await atalaya.start({ data });
    for (const { what, urlOf } of questions(known, start, end)) {
      const times: number[] = [];
      for (let i = 0; i < ASKED; i++) times.push(await timeQuestion(program, urlOf(i)));
      note(`${what}, p50`, 'ms', 'atalaya', percentile(times, 0.5));
      note(`${what}, p99`, 'ms', 'atalaya', percentile(times, 0.99));
      note(`${what}, first time`, 'ms', 'atalaya', times[0] as number);
    }
  } finally {
    await program.stop('SIGKILL');
    rmSync(data, { recursive: true });
  }
  return [...figures, ...(await bareEngine(Math.min(spans, BARE_SPANS)))];
}

async function grpcUrl(program: Program): Promise<string> {
  const { listeners } = (await (await fetch(`${program.url}/api/atalaya/status`)).json()) as {
    listeners: { setting: string; address: string }[];
  };
  return `http://${listeners.find(({ setting }) => setting === 'otlp.grpc_listen')?.address}`;
}

/** What the spans take with their indexes. */
async function tableBytes(program: Program): Promise<number> {
  const answer = await fetch(`${program.url}/api/atalaya/status`);
  const { storage } = (await answer.json()) as { storage: { tables: { name: string; bytes: number }[] } };
  return storage.tables.filter(({ name }) => name.startsWith('otel_traces')).reduce((sum, { bytes }) => sum + bytes, 0);
}

interface Question {
  readonly what: string;
  /** Of each round, so that no answer is one that was remembered. */
  readonly urlOf: (round: number) => string;
}

function questions(known: readonly KnownTrace[], start: number, end: number): Question[] {
  const of = (round: number): KnownTrace => known[(round * 7) % known.length] as KnownTrace;
  const search = (query: string, round: number): string => {
    const range = { start: String(Math.floor(start / 1000)), end: String(Math.ceil(end / 1000) + round) };
    return `/tempo/api/search?${new URLSearchParams({ q: query, limit: '20', ...range }).toString()}`;
  };
  const jaeger = (parameters: Record<string, string>, round: number): string => {
    const range = { start: String(start * 1000), end: String((end + round) * 1000) };
    return `/api/traces?${new URLSearchParams({ limit: '20', ...range, ...parameters }).toString()}`;
  };
  return [
    { what: 'a trace by its id', urlOf: (round) => `/api/traces/${of(round).traceId}` },
    { what: 'an attribute that one trace has', urlOf: (round) => search(`{ span.app.order.id = "${of(round).order}" }`, round) },
    {
      what: 'the same by tag',
      urlOf: (round) => jaeger({ service: 'orders', tags: JSON.stringify({ 'app.order.id': of(round).order }) }, round),
    },
    { what: 'newest errors of a service', urlOf: (round) => search('{ resource.service.name = "payments" && status = error }', round) },
    { what: 'slow spans of a tenant', urlOf: (round) => search(`{ span.app.tenant = "tenant-${round}" && duration > 20ms }`, round) },
    { what: 'newest traces of an operation', urlOf: (round) => jaeger({ service: 'web', operation: 'GET /api/orders/{id}' }, round) },
    { what: 'names of services', urlOf: () => '/api/services' },
  ];
}

const load = (options: SpanLoadOptions): Promise<SpanLoadResult> => runSender(SENDER, options);

/** Milliseconds until the last byte of an answer that is not empty. */
async function timeQuestion(program: Program, url: string): Promise<number> {
  const { status, text, milliseconds } = await timeGet(program.url + url);
  if (status !== 200 || !/"traceID"|"orders"/.test(text)) throw new Error(`${url}: ${status} ${text.slice(0, 300)}`);
  return milliseconds;
}

async function bareEngine(spans: number): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'atalaya-bench-'));
  const file = path.join(folder, 'spans.json');
  try {
    await writeSpanRows(file, spans);
    const figures: Figure[] = [];
    for (const rows of [20_000, 100_000]) {
      const bare = await insertBare('otel_traces', file, rows);
      const name = `INSERT of ${rows.toLocaleString('en')} rows`;
      figures.push(
        { what: 'spans per CPU-second, merges included', unit: '1/s', program: name, values: [bare.rows / bare.cpuSeconds] },
        { what: 'bytes per span on disk', unit: '', program: name, values: [bare.bytes / bare.rows] },
      );
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
