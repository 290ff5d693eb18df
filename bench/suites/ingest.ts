/** Remote write: CPU per sample of the whole process tree, latencies, memory; and what the samples take on disk at rest. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Figure } from '../figures.ts';
import { percentile } from '../figures.ts';
import type { Peer } from '../peers.ts';
import { watchPeak } from '../processes.ts';
import { sendLoad } from '../send-load.ts';

/** Time after the last request in which each program may finish what it put off (merges, flushes). Counted as its work. */
const SETTLE_MS = 15_000;

export interface IngestOptions {
  readonly rounds: number;
  readonly series: number;
  readonly steps: number;
}

/** One round each in turn, every one on an empty folder. */
export async function measureIngest(peers: readonly Peer[], { rounds, series, steps }: IngestOptions): Promise<Figure[]> {
  const collected = new Map<string, Figure & { values: number[] }>();
  const note = (what: string, unit: string, program: string, value: number): void => {
    const key = `${what} ${program}`;
    const figure = collected.get(key) ?? { what, unit, program, values: [] };
    figure.values.push(value);
    collected.set(key, figure);
  };
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) {
      const data = mkdtempSync(path.join(tmpdir(), 'atalaya-bench-'));
      const program = await peer.start({ data });
      const peak = watchPeak(program);
      try {
        const before = program.cpuSeconds();
        const stepMs = 15_000;
        const start = Date.now() - steps * stepMs;
        const result = await sendLoad({
          url: program.url + peer.writePath,
          series,
          samplesPerRequest: 2000,
          steps,
          stepMs,
          start,
          inFlight: 4,
          seed: round + 1,
        });
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        const millions = result.samples / 1e6;
        note('remote write, CPU-seconds per million samples', 's', peer.name, (program.cpuSeconds() - before) / millions);
        note('remote write, latency p50', 'ms', peer.name, percentile(result.latenciesMs, 0.5));
        note('remote write, latency p99', 'ms', peer.name, percentile(result.latenciesMs, 0.99));
        note('remote write, samples per second', '1/s', peer.name, result.samples / result.seconds);
        note('remote write, resident memory at peak', 'MiB', peer.name, peak.peak() / 2 ** 20);
      } finally {
        peak.stop();
        await program.stop();
      }
      note('disk after stop', 'bytes per sample', peer.name, diskBytes(data) / (series * steps));
      rmSync(data, { recursive: true });
    }
  }
  return [...collected.values()];
}

/** What a folder takes on disk, in bytes. */
export function diskBytes(folder: string): number {
  return Number(execFileSync('du', ['-sb', folder], { encoding: 'utf8' }).split('\t')[0]);
}
