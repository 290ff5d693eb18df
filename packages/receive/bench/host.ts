/** Cost of one round of the host collector: wall-clock time, CPU time, and each part's share. `node packages/receive/bench/host.ts [rounds]` */

import { silentLogger, systemClock } from '@atalaya/model';
import { createHostCollector } from '../src/host/collector.ts';

const rounds = Number(process.argv[2] ?? 200);
const collector = createHostCollector({ clock: systemClock, log: silentLogger });

let text = '';
const durations = new Map<string, number[]>();
const walls: number[] = [];
const cpus: number[] = [];

for (let round = 0; round < rounds + 20; round++) {
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const bytes = await collector.collect();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuBefore);
  // The first rounds warm up.
  if (round < 20) continue;
  walls.push(wall);
  cpus.push((user + system) / 1000);
  text = new TextDecoder().decode(bytes);
  for (const [, name = '', seconds] of text.matchAll(/^node_scrape_collector_duration_seconds\{collector="(\w+)"\} (\S+)$/gm)) {
    durations.getOrInsertComputed(name, () => []).push(Number(seconds) * 1000);
  }
  // Rounds are apart from each other in practice: give caches and the event loop a chance to be cold.
  await systemClock.sleep(5);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function quantile99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? NaN;
}

const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
console.log(`${rounds} rounds, ${samples} series, ${text.length} bytes`);
console.log(`wall: median ${median(walls).toFixed(2)} ms, p99 ${quantile99(walls).toFixed(2)} ms`);
console.log(`CPU:  median ${median(cpus).toFixed(2)} ms, p99 ${quantile99(cpus).toFixed(2)} ms`);
const slowest = [...durations].map(([name, values]) => [name, median(values)] as const).toSorted((a, b) => b[1] - a[1]);
for (const [name, milliseconds] of slowest.slice(0, 12)) console.log(`  ${name.padEnd(18)} ${milliseconds.toFixed(3)} ms`);
