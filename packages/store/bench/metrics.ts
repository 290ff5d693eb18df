/**
 * Measures the metric store: `node packages/store/bench/metrics.ts [load|rest|index|memory]`, each in a process of its own.
 * Prints CPU-seconds, bytes and milliseconds; nothing is asserted.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, Worker, isMainThread, type MessagePort, workerData } from 'node:worker_threads';
import type { MetricBatch } from '@atalaya/journal';
import { encodeLabels, type Hash64, hashBytes, labelsOf, type Matcher, silentLogger, systemClock } from '@atalaya/model';
import { connectReader, type Engine, type MetricStore, openEmbeddedEngine, openMetricStore, serveReader } from '../src/index.ts';
import { column, readNative } from '../src/native/read.ts';
import { matchSeries } from '../src/series-index/match.ts';
import { SeriesIndex } from '../src/series-index/series-index.ts';
import { sql } from '../src/sql.ts';
import { definitions, makeFleet, scrape } from './workload.ts';

const SERIES = 20_000;
const BATCH = 2000;
const DAY = 86_400_000;
const MIB = 1_048_576;

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const memory = (): string => {
  const status = readFileSync('/proc/self/status', 'utf8');
  const of = (name: string): string => `${Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024)} MiB`;
  return `RSS ${of('VmRSS')} (anonymous ${of('RssAnon')}, files ${of('RssFile')}), peak ${of('VmHWM')}`;
};
const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number;

async function withStore(work: (store: MetricStore, engine: Engine, dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'atalaya-bench-'));
  const engine = await openEmbeddedEngine({ dataDir, memoryBytes: 512 * MIB, clock: systemClock });
  try {
    await work(
      await openMetricStore({ engine, clock: systemClock, log: silentLogger, retention: { ageMs: 0, bytes: 0 } }),
      engine,
      dataDir,
    );
  } finally {
    await engine.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Waits until no merge has run for two seconds. */
async function settled(engine: Engine): Promise<void> {
  for (let quiet = 0; quiet < 4;) {
    await sleep(500);
    const [block] = readNative((await engine.query(sql`SELECT toUInt32(count()) AS c FROM system.merges`)).bytes);
    quiet = block !== undefined && column(block, 'c', 'UInt32').values[0] === 0 ? quiet + 1 : 0;
  }
}

async function load(rowsAtOnce: number, samples: number): Promise<void> {
  const fleet = makeFleet(SERIES);
  const start = Math.floor(Date.now() / DAY) * DAY;
  const batches: MetricBatch[] = [];
  for (let n = 0; batches.length * BATCH < samples; n++) {
    for (let from = 0; from < SERIES; from += BATCH) batches.push(scrape(fleet, from, from + BATCH, n, start));
  }
  await withStore(async (store, engine) => {
    await store.load([definitions(fleet, 0, SERIES)]);
    const cpu = cpuSeconds();
    const started = performance.now();
    const inserts: number[] = [];
    for (let at = 0; at < batches.length; at += rowsAtOnce / BATCH) {
      const before = performance.now();
      await store.load(batches.slice(at, at + rowsAtOnce / BATCH), { token: String(at) });
      inserts.push(performance.now() - before);
    }
    const loading = cpuSeconds() - cpu;
    const seconds = (performance.now() - started) / 1000;
    await settled(engine);
    const whole = cpuSeconds() - cpu;
    const stats = await store.stats();
    const per = (value: number): string => ((value / samples) * 1e6).toFixed(2);
    const parts = stats.tables.find(({ name }) => name === 'samples')?.parts;
    console.log(
      `load, ${rowsAtOnce} rows at once: ${per(loading)} CPU-s per million samples, ${per(whole)} with all merges; ` +
        `${Math.round(samples / seconds / 1000)} k samples/s, insert ${Math.round(median(inserts))} ms; ` +
        `${stats.bytesPerSample?.toFixed(2)} bytes per sample in ${parts} parts; ${memory()}`,
    );
  });
}

/** Six hours at rest: size, and reading 2000 of the series in a worker thread as an evaluator does. */
async function rest(): Promise<void> {
  const fleet = makeFleet(SERIES);
  const start = Math.floor(Date.now() / DAY) * DAY - DAY;
  await withStore(async (store, engine, dataDir) => {
    await store.load([definitions(fleet, 0, SERIES)]);
    for (let n = 0; n < 1440; n += 10) {
      const batches: MetricBatch[] = [];
      for (let k = n; k < n + 10; k++)
        for (let from = 0; from < SERIES; from += BATCH) batches.push(scrape(fleet, from, from + BATCH, k, start));
      await store.load(batches);
    }
    await settled(engine);
    const merged = await store.stats();
    console.log(
      `after background merges: ${merged.bytesPerSample?.toFixed(2)} bytes per sample; ${JSON.stringify(merged.tables)}; ${memory()}`,
    );
    const { port1, port2 } = new MessageChannel();
    serveReader(store, port1);
    const worker = new Worker(new URL(import.meta.url), { workerData: { port: port2, start }, transferList: [port2] });
    await new Promise((resolve) => worker.on('exit', resolve));
    await engine.execute(sql`OPTIMIZE TABLE samples FINAL`);
    console.log(`one part: ${(await store.stats()).bytesPerSample?.toFixed(2)} bytes per sample`);
    const columns = await engine.query(
      sql`SELECT column AS name, toFloat64(sum(column_data_compressed_bytes)) AS bytes FROM system.parts_columns WHERE active AND table = 'samples' GROUP BY column`,
    );
    for (const block of readNative(columns.bytes))
      console.log('bytes of id, ts, value in some order:', [...column(block, 'bytes', 'Float64').values]);
    const cost = performance.now();
    await store.metricStorage(10);
    console.log(`metricStorage: ${Math.round(performance.now() - cost)} ms; ${memory()}`);
    await engine.close();
    const opening = performance.now();
    const again = await openEmbeddedEngine({ dataDir, memoryBytes: 512 * MIB, clock: systemClock });
    const reopened = await openMetricStore({ engine: again, clock: systemClock, log: silentLogger, retention: { ageMs: 0, bytes: 0 } });
    console.log(`reopened in ${Math.round(performance.now() - opening)} ms with ${reopened.seriesCount} series`);
    await again.close();
  });
}

async function readInWorker({ port, start }: { port: MessagePort; start: number }): Promise<void> {
  const reader = connectReader(port);
  const signal = new AbortController().signal;
  const bounds = { series: 100_000, samples: 50_000_000 };
  const cases: [string, Matcher[], number][] = [
    ['1 metric, 500 series, 6 h', [{ name: '__name__', operator: '=', value: 'node_bench_metric_0_total' }], 6],
    ['4 metrics, 2000 series, 6 h', [{ name: '__name__', operator: '=~', value: 'node_bench_metric_[4-7]_total' }], 6],
    ['10 hosts, 2000 series, 6 h', [{ name: 'instance', operator: '=~', value: 'host-1[0-9].example.com:9100' }], 6],
    [
      '1 host and metric, 5 series, 6 h',
      [
        { name: '__name__', operator: '=', value: 'node_bench_metric_0_total' },
        { name: 'instance', operator: '=', value: 'host-5.example.com:9100' },
      ],
      6,
    ],
    ['1 metric, 500 series, 5 min', [{ name: '__name__', operator: '=', value: 'node_bench_metric_0_total' }], 1 / 12],
    ['all, 20,000 series, 5 min', [{ name: '__name__', operator: '=~', value: '.+' }], 1 / 12],
  ];
  for (const [name, matchers, hours] of cases) {
    const times: number[] = [];
    let samples = 0;
    let series = 0;
    for (let turn = 0; turn < 9; turn++) {
      const before = performance.now();
      const set = await reader.select({ matchers, start: start + (6 - hours) * 3_600_000, end: start + 6 * 3_600_000 - 1 }, bounds, signal);
      times.push(performance.now() - before);
      samples = set.values.length;
      series = set.labels.length;
    }
    console.log(
      `select ${name}: ${median(times).toFixed(1)} ms, fastest ${Math.min(...times).toFixed(1)}, first ${times[0]?.toFixed(1)} (${series} series, ${samples} samples)`,
    );
  }
  port.close();
}

function index(): void {
  const series = new SeriesIndex();
  const hash: Hash64 = { low: 0, high: 0 };
  const count = 1_000_000;
  let cpu = 0;
  for (let i = 0; i < count; i++) {
    const host = Math.floor(i / 1000);
    const bytes = encodeLabels(
      labelsOf({
        __name__: `metric_${i % 200}`,
        instance: `host-${host}.example.com:9100`,
        job: `job-${host % 10}`,
        datacenter: `dc-${host % 3}`,
        rack: `rack-${host % 40}`,
        os: 'linux',
        arch: host % 5 === 0 ? 'arm64' : 'amd64',
        device: `dev${i % 1000}`,
        environment: host % 4 === 0 ? 'staging' : 'production',
        id: `${i}`,
      }),
    );
    hashBytes(bytes, 0, bytes.length, 0, hash);
    const before = performance.now();
    series.begin();
    series.labelsOf(bytes, 0, bytes.length);
    series.commit(hash.low, hash.high);
    series.touch(series.lastSlot, 20_000);
    cpu += performance.now() - before;
  }
  console.log(
    `index: ${count} series registered in ${Math.round(cpu)} ms, ${Math.round(series.memoryBytes / count)} bytes per series; ${memory()}`,
  );
  const cases: Matcher[][] = [
    [{ name: '__name__', operator: '=', value: 'metric_7' }],
    [
      { name: '__name__', operator: '=', value: 'metric_7' },
      { name: 'job', operator: '=~', value: 'job-[1-3]' },
      { name: 'environment', operator: '!=', value: 'staging' },
    ],
    [
      { name: 'job', operator: '=', value: 'job-1' },
      { name: 'os', operator: '=', value: 'linux' },
      { name: 'arch', operator: '!=', value: 'arm64' },
    ],
    [
      { name: 'instance', operator: '=~', value: 'host-1.*' },
      { name: 'environment', operator: '!~', value: 'stag.*' },
    ],
    [{ name: 'os', operator: '=', value: 'linux' }],
    [{ name: '__name__', operator: '=~', value: '.+' }],
    [
      { name: '__name__', operator: '=~', value: 'metric_(1|2)[0-9]' },
      { name: 'nothing', operator: '=', value: '' },
    ],
    [{ name: 'id', operator: '=~', value: '.*99999.*' }],
    [{ name: 'id', operator: '=~', value: '[0-9]*99999' }],
  ];
  for (const matchers of cases) {
    const times: number[] = [];
    let found = 0;
    for (let turn = 0; turn < 5; turn++) {
      const before = performance.now();
      found = matchSeries(series, matchers, 19_000, 21_000).length;
      times.push(performance.now() - before);
    }
    const text = matchers.map(({ name, operator, value }) => `${name}${operator}"${value}"`).join(',');
    console.log(`match {${text}}: ${median(times).toFixed(1)} ms, ${found} series`);
  }
}

/** Half a million series: start, load, query, rest. */
async function big(): Promise<void> {
  const count = 500_000;
  const start = Math.floor(Date.now() / DAY) * DAY;
  console.log(`before: ${memory()}`);
  await withStore(async (store, engine, dataDir) => {
    console.log(`idle, empty: ${memory()}`);
    let fleet = makeFleet(count);
    for (let from = 0; from < count; from += BATCH * 10) await store.load([definitions(fleet, from, from + BATCH * 10)]);
    console.log(`${count} series defined: ${memory()}`);
    const cpu = cpuSeconds();
    for (let n = 0; n < 8; n++) {
      for (let from = 0; from < count; from += BATCH * 50) {
        const batches: MetricBatch[] = [];
        for (let at = from; at < from + BATCH * 50; at += BATCH) batches.push(scrape(fleet, at, at + BATCH, n, start));
        await store.load(batches);
      }
    }
    console.log(`4 M samples loaded, 100 k at once: ${(cpuSeconds() - cpu).toFixed(1)} CPU-s with generating them; ${memory()}`);
    await settled(engine);
    console.log(`settled: ${memory()}`);
    fleet = { labels: [], fingerprints: new Uint32Array(0) };
    globalThis.gc?.();
    await sleep(1000);
    console.log(`at rest: ${memory()}; index ${Math.round(store.cardinality(1).indexBytes / MIB)} MiB`);
    await engine.close();
    const child = spawnSync(process.execPath, ['--expose-gc', import.meta.filename, 'reopen', dataDir], { encoding: 'utf8' });
    console.log(child.stdout.trim(), child.stderr.trim());
  });
}

async function reopen(dataDir: string): Promise<void> {
  const started = performance.now();
  const engine = await openEmbeddedEngine({ dataDir, memoryBytes: 512 * MIB, clock: systemClock });
  const store = await openMetricStore({ engine, clock: systemClock, log: silentLogger, retention: { ageMs: 0, bytes: 0 } });
  console.log(`reopened in ${Math.round(performance.now() - started)} ms with ${store.seriesCount} series; ${memory()}`);
  await sleep(5000);
  globalThis.gc?.();
  console.log(`idle: ${memory()}`);
  await engine.close();
}

if (!isMainThread) {
  await readInWorker(workerData as { port: MessagePort; start: number });
} else {
  const [mode, argument] = process.argv.slice(2);
  if (mode === 'load') await load(Number(argument ?? 200_000), 4_000_000);
  else if (mode === 'rest') await rest();
  else if (mode === 'index') index();
  else if (mode === 'memory') await big();
  else if (mode === 'reopen') await reopen(argument as string);
  else {
    for (const args of [['load', '20000'], ['load', '200000'], ['load', '1000000'], ['rest'], ['index'], ['memory']]) {
      spawnSync(process.execPath, ['--expose-gc', import.meta.filename, ...args], { stdio: 'inherit' });
    }
  }
}
