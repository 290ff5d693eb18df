/**
 * Log lines: what taking them in costs, acknowledged after fsync, beside the bare engine's INSERT of the same lines as JSONEachRow; what they
 * take on disk beside zstd; and how long finding something takes beside ripgrep on the raw file.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { timeGet } from '../ask.ts';
import { insertBare } from '../bare-insert.ts';
import { type Figure, percentile } from '../figures.ts';
import type { LogLoadOptions, LogLoadResult } from '../log-load.ts';
import { NEEDLE } from '../log-lines.ts';
import { atalaya } from '../peers.ts';
import { type Program, watchPeak } from '../processes.ts';
import { quiet } from '../quiet.ts';
import { runSender } from '../send-load.ts';

const SPAN_MS = 20 * 3_600_000;
/** Lines for the bare engine, and bytes for zstd: what comes of them is a rate. */
const BARE_LINES = 2_000_000;
const ZSTD_BYTES = 300_000_000;
const ASKED = 20;

const SENDER = path.join(import.meta.dirname, '../log-load.ts');

/** Loads so many lines, then asks. */
export async function measureLogs({ lines }: { readonly lines: number }): Promise<Figure[]> {
  const figures: Figure[] = [];
  const note = (what: string, unit: string, program: string, ...values: number[]): void =>
    void figures.push({ what, unit, program, values });
  const data = mkdtempSync(path.join(tmpdir(), 'atalaya-bench-'));
  const textFile = path.join(data, 'lines.txt');
  let program = await atalaya.start({ data });
  try {
    const end = Math.floor(Date.now() / 60_000) * 60_000;
    const start = end - SPAN_MS;
    const peak = watchPeak(program);
    const before = program.cpuSeconds();
    const result = await load({ url: `${program.url}/loki/api/v1/push`, lines, linesPerRequest: 4000, start, end, inFlight: 4, textFile });
    await quiet(program);
    peak.stop();
    const cpu = program.cpuSeconds() - before;
    note('lines per CPU-second, merges included', '1/s', 'atalaya', result.lines / cpu);
    note('MB of text per CPU-second', 'MB', 'atalaya', result.bytes / cpu / 1e6);
    note('lines per second', '1/s', 'atalaya', result.lines / result.seconds);
    note('acknowledged after, p50', 'ms', 'atalaya', percentile(result.latenciesMs, 0.5));
    note('acknowledged after, p99', 'ms', 'atalaya', percentile(result.latenciesMs, 0.99));
    note('resident memory at peak', 'MiB', 'atalaya', peak.peak() / 2 ** 20);
    note('bytes per line on disk', '', 'atalaya', (await tableBytes(program)) / lines);
    await program.stop();
    note('bytes per line of text', '', 'atalaya', result.bytes / lines);

    program = await atalaya.start({ data });
    for (const { what, query, startNs, endNs, search } of questions(start, end)) {
      const times: number[] = [];
      for (let i = 0; i < ASKED; i++) times.push(await timeLogQuery(program, query, startNs, endNs, i));
      note(`${what}, p50`, 'ms', 'atalaya', percentile(times, 0.5));
      note(`${what}, p99`, 'ms', 'atalaya', percentile(times, 0.99));
      note(`${what}, first time`, 'ms', 'atalaya', times[0] as number);
      if (search !== undefined) {
        const searched = Array.from({ length: 3 }, () => timeSearch(search, textFile));
        note(`${what}, p50`, 'ms', 'rg', percentile(searched, 0.5));
      }
    }
    await program.stop();
    for (const level of [3, 19]) note('bytes per line on disk', '', `zstd -${level}`, compressed(textFile, level) * (result.bytes / lines));
  } finally {
    await program.stop('SIGKILL');
    rmSync(data, { recursive: true });
  }
  return [...figures, ...(await bareEngine(Math.min(lines, BARE_LINES)))];
}

/** What the lines take with their index. Parts that were merged into others are deleted a minute later and do not count. */
async function tableBytes(program: Program): Promise<number> {
  const answer = await fetch(`${program.url}/api/atalaya/status`);
  const { storage } = (await answer.json()) as { storage: { tables: { name: string; bytes: number }[] } };
  return storage.tables.find(({ name }) => name === 'otel_logs')?.bytes ?? Number.NaN;
}

interface Question {
  readonly what: string;
  readonly query: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** What ripgrep is asked for. */
  readonly search?: readonly string[];
}

function questions(start: number, end: number): Question[] {
  const all = { startNs: BigInt(start) * 1_000_000n, endNs: BigInt(end) * 1_000_000n };
  const hour = { startNs: BigInt(start + SPAN_MS / 2) * 1_000_000n, endNs: BigInt(start + SPAN_MS / 2 + 3_600_000) * 1_000_000n };
  return [
    { what: 'a word', query: `{job="bench"} |= "${NEEDLE.word}"`, search: ['-F', NEEDLE.word], ...all },
    { what: 'a part of a word', query: `{job="bench"} |= "${NEEDLE.substring}"`, search: ['-F', NEEDLE.substring], ...all },
    { what: 'an expression', query: `{job="bench"} |~ "${NEEDLE.expression}"`, search: [NEEDLE.expression], ...all },
    { what: 'a word that is nowhere', query: '{job="bench"} |= "hippopotamus"', search: ['-F', 'hippopotamus'], ...all },
    { what: 'errors of one service, one hour', query: '{app="orders"} | json | level="error"', ...hour },
    { what: 'newest lines of one service', query: '{app="search"}', ...all },
    { what: 'lines by minute and level', query: 'sum by (detected_level) (count_over_time({job="bench"}[1m]))', ...all },
  ];
}

const load = (options: LogLoadOptions): Promise<LogLoadResult> => runSender(SENDER, options);

/** Milliseconds until the last byte of an answer that is not empty, unless nothing is what was asked for. */
async function timeLogQuery(program: Program, query: string, startNs: bigint, endNs: bigint, round: number): Promise<number> {
  // Shifted a little each time, so that no answer can be one that was remembered.
  const shift = BigInt(round) * 1_000_000n;
  const parameters = new URLSearchParams({
    query,
    start: String(startNs + shift),
    end: String(endNs + shift),
    step: '60',
    limit: '1000',
  });
  const { status, text, milliseconds } = await timeGet(`${program.url}/loki/api/v1/query_range?${parameters.toString()}`);
  if (status !== 200 || text.includes('"values"') === query.includes('hippopotamus')) {
    throw new Error(`${query}: ${status} ${text.slice(0, 300)}`);
  }
  return milliseconds;
}

function timeSearch(search: readonly string[], file: string): number {
  const begun = performance.now();
  const { error, status } = spawnSync('rg', ['--count', '--no-messages', ...search, file], { encoding: 'utf8' });
  if (error !== undefined || status === 2) return Number.NaN;
  return performance.now() - begun;
}

/** What a byte of the file comes to. */
function compressed(file: string, level: number): number {
  const size = Math.min(statSync(file).size, ZSTD_BYTES);
  const sample = Buffer.alloc(size);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, sample, 0, size, Math.floor((statSync(file).size - size) / 2));
  closeSync(descriptor);
  const sampleFile = `${file}.sample`;
  writeFileSync(sampleFile, sample);
  try {
    execFileSync('zstd', ['-q', `-${level}`, '-T2', '-f', sampleFile, '-o', `${sampleFile}.zst`]);
    return statSync(`${sampleFile}.zst`).size / size;
  } catch {
    return Number.NaN;
  }
}

async function bareEngine(lines: number): Promise<Figure[]> {
  const data = mkdtempSync(path.join(tmpdir(), 'atalaya-bench-'));
  const jsonFile = path.join(data, 'lines.json');
  const end = Date.now();
  try {
    const { bytes } = await load({ lines, linesPerRequest: 4000, start: end - SPAN_MS, end, inFlight: 1, jsonFile });
    const figures: Figure[] = [];
    for (const rows of [20_000, 100_000]) {
      const bare = await insertBare('otel_logs', jsonFile, rows);
      const name = `INSERT of ${rows.toLocaleString('en')} rows`;
      figures.push(
        { what: 'lines per CPU-second, merges included', unit: '1/s', program: name, values: [bare.rows / bare.cpuSeconds] },
        { what: 'MB of text per CPU-second', unit: 'MB', program: name, values: [bytes / bare.cpuSeconds / 1e6] },
        { what: 'bytes per line on disk', unit: '', program: name, values: [bare.bytes / bare.rows] },
      );
    }
    return figures;
  } finally {
    rmSync(data, { recursive: true });
  }
}
