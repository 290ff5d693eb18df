/**
 * Measures selections out of the arena: `node packages/store/bench/hot.ts`. 2000 series of six hours each, asked for through a port
 * as a query worker does, with the cache and without, interleaved; then what taking samples in costs. Prints, asserts nothing.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { MetricBatch } from '@atalaya/journal';
import { type Matcher, silentLogger, systemClock } from '@atalaya/model';
import { connectReader, type MetricStore, openEmbeddedEngine, openMetricStore, type PortReader, serveReader } from '../src/index.ts';
import { definitions, makeFleet, scrape } from './workload.ts';

const SERIES = 2000;
const STEPS = 1440;
const HOUR = 3_600_000;
const MIB = 2 ** 20;
const never = new AbortController().signal;

const median = (numbers: number[]): string => (numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number).toFixed(2);
const resident = (): string => {
  const kib = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  return `${Math.round(kib('VmRSS') / 1024)} MiB resident, ${Math.round(kib('RssShmem') / 1024)} of them shared`;
};

const ports: MessagePort[] = [];

function readerOf(store: MetricStore): PortReader {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1);
  serveReader(store, port1);
  return connectReader(port2);
}

async function times(reader: PortReader, matchers: readonly Matcher[], end: number, rounds: number): Promise<number[]> {
  const measured: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const set = await reader.select({ matchers, start: end - 6 * HOUR + round * 1000, end }, { series: 1e6, samples: 1e8 }, never);
    measured.push(performance.now() - begun);
    set.release?.();
  }
  return measured;
}

const folder = mkdtempSync(join(tmpdir(), 'atalaya-bench-'));
const engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 512 * MIB, clock: systemClock });
try {
  const common = { engine, clock: systemClock, log: silentLogger, retention: { ageMs: 0, bytes: 0 } };
  console.log(`at the start: ${resident()}`);
  const store = await openMetricStore({ ...common, cacheBytes: 1024 * MIB });
  console.log(`1 GiB reserved: ${resident()}`);
  const fleet = makeFleet(SERIES);
  const start = Date.now() - 6 * HOUR;
  await store.load([definitions(fleet, 0, SERIES)]);
  for (let step = 0; step < STEPS; step += 240) {
    await store.load(Array.from({ length: 240 }, (_, i) => scrape(fleet, 0, SERIES, step + i, start)));
  }
  const plain = await openMetricStore(common);
  const all: Matcher[] = [{ name: '__name__', operator: '=~', value: '.+' }];
  const name = (await store.series({ matcherSets: [], start: 0, end: Date.now(), limit: 1 }))[0] as readonly string[];
  const one: Matcher[] = [];
  for (let i = 0; i < name.length; i += 2) one.push({ name: name[i] as string, operator: '=', value: name[i + 1] as string });
  const end = Date.now();
  const hot = readerOf(store);
  const cold = readerOf(plain);
  for (const [what, matchers] of [
    ['all series', all],
    ['one series', one],
  ] as const) {
    const first = await times(hot, matchers, end, 1);
    const [withCache, without] = [await times(hot, matchers, end, 30), await times(cold, matchers, end, 10)];
    console.log(`${what} × 6 h: first ${median(first)} ms, from the arena ${median(withCache)} ms, without a cache ${median(without)} ms`);
  }
  console.log(`read: ${resident()}; ${JSON.stringify(store.hotStats)}`);
  for (const [what, target] of [
    ['all series hot', store],
    ['no cache', plain],
  ] as const) {
    const batches: MetricBatch[] = Array.from({ length: 500 }, (_, i) => scrape(fleet, 0, SERIES, STEPS + i, start));
    const begun = process.cpuUsage();
    for (const batch of batches) target.take(batch);
    const { user, system } = process.cpuUsage(begun);
    console.log(`taking in a million samples, ${what}: ${((user + system) / 1000).toFixed(0)} ms CPU`);
  }
} finally {
  for (const port of ports) port.close();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}
