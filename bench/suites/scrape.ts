/** Scraping many targets: CPU, memory, and whether any scrape was missed. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Figure } from '../figures.ts';
import type { Peer } from '../peers.ts';
import { type Program, watchPeak } from '../processes.ts';

export interface ScrapeOptions {
  readonly targets: number;
  readonly series: number;
  readonly minutes: number;
}

const INTERVAL_S = 15;

/** Each program scrapes all targets every 15 s for some minutes, one program after the other. */
export async function measureScraping(peers: readonly Peer[], options: ScrapeOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const peer of peers) {
    const fake = await startTargets(options);
    const data = mkdtempSync(path.join(tmpdir(), 'atalaya-bench-'));
    const program = await peer.start({ data, scrape: scrapeConfiguration(fake.port, options.targets) });
    const peak = watchPeak(program);
    try {
      // The first interval registers every series and is not what a running system does all day.
      await wait(2 * INTERVAL_S);
      const [cpu, scrapes, begun] = [program.cpuSeconds(), await fake.scrapes(), performance.now()];
      await wait(options.minutes * 60);
      const seconds = (performance.now() - begun) / 1000;
      const done = (await fake.scrapes()) - scrapes;
      const expected = (options.targets * seconds) / INTERVAL_S;
      figures.push(
        { what: 'scraping, CPU', unit: 'cores', program: peer.name, values: [(program.cpuSeconds() - cpu) / seconds] },
        { what: 'scraping, resident memory at peak', unit: 'MiB', program: peer.name, values: [peak.peak() / 2 ** 20] },
        { what: 'scraping, scrapes done of those due', unit: '%', program: peer.name, values: [(100 * done) / expected] },
        { what: 'scraping, least share of targets up', unit: '%', program: peer.name, values: [await leastUp(program, options)] },
      );
    } finally {
      peak.stop();
      await program.stop();
      fake.stop();
      rmSync(data, { recursive: true });
    }
  }
  return figures;
}

/** The smallest number of samples of `up` that are 1, over all instants of the run, as a share of the targets. */
async function leastUp(program: Program, { targets, minutes }: ScrapeOptions): Promise<number> {
  const end = Date.now() / 1000 - INTERVAL_S;
  const parameters = new URLSearchParams({
    query: 'sum(up{job="fake"})',
    start: String(end - minutes * 60 + INTERVAL_S),
    end: String(end),
    step: String(INTERVAL_S),
  });
  const answer = (await (await fetch(`${program.url}/api/v1/query_range?${parameters.toString()}`)).json()) as {
    data: { result: { values: [number, string][] }[] };
  };
  const values = answer.data.result[0]?.values.map(([, value]) => Number(value)) ?? [0];
  return (100 * Math.min(...values)) / targets;
}

function scrapeConfiguration(port: number, targets: number): string {
  const groups = Array.from({ length: targets }, (_, i) => [
    `      - targets: ['127.0.0.1:${port}']`,
    `        labels: { __metrics_path__: '/target/${i}', instance: 'target-${i}' }`,
  ]);
  return [
    'global:',
    `  scrape_interval: ${INTERVAL_S}s`,
    'scrape_configs:',
    '  - job_name: fake',
    '    static_configs:',
    ...groups.flat(),
    '',
  ].join('\n');
}

async function startTargets({ targets, series }: ScrapeOptions): Promise<{ port: number; scrapes(): Promise<number>; stop(): void }> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../fake-targets.ts'), String(targets), String(series)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())));
  const { port } = JSON.parse(line) as { port: number };
  return {
    port,
    scrapes: async () => Number(await (await fetch(`http://127.0.0.1:${port}/scrapes`)).text()),
    stop: () => child.kill(),
  };
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
