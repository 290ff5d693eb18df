/** Start on existing data, kill -9 to ready, and memory at rest. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Figure } from '../figures.ts';
import type { Peer } from '../peers.ts';
import { sendLoad } from '../send-load.ts';

const REST_MS = 20_000;

/** Loads 2 M samples of 20,000 series, then kills and starts again, `rounds` times. */
export async function measureStartup(peers: readonly Peer[], { rounds }: { readonly rounds: number }): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const peer of peers) {
    const data = mkdtempSync(path.join(tmpdir(), 'atalaya-bench-'));
    let program = await peer.start({ data });
    const ready: number[] = [];
    try {
      const start = Date.now() - 100 * 15_000;
      await sendLoad({
        url: program.url + peer.writePath,
        series: 20_000,
        samplesPerRequest: 2000,
        steps: 100,
        stepMs: 15_000,
        start,
        inFlight: 4,
      });
      for (let round = 0; round < rounds; round++) {
        await program.stop('SIGKILL');
        const begun = performance.now();
        program = await peer.start({ data });
        ready.push(performance.now() - begun);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      const cpu = program.cpuSeconds();
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      figures.push(
        { what: 'kill -9 to ready', unit: 's', program: peer.name, values: ready.map((ms) => ms / 1000) },
        { what: 'memory at rest, 20,000 series', unit: 'MiB', program: peer.name, values: [program.residentBytes() / 2 ** 20] },
        { what: 'CPU at rest', unit: '% of a core', program: peer.name, values: [(program.cpuSeconds() - cpu) * 10] },
      );
    } finally {
      await program.stop('SIGKILL');
      rmSync(data, { recursive: true });
    }
  }
  return figures;
}
