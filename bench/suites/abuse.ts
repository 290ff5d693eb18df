/** What writers notice while others ask for hopelessly much in a loop: latency of remote write, alone and beside them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Figure } from '../figures.ts';
import { percentile } from '../figures.ts';
import type { Peer } from '../peers.ts';
import { sendLoad } from '../send-load.ts';

const DAY = 86_400;

export interface AbuseOptions {
  readonly rounds: number;
  readonly series: number;
  readonly steps: number;
}

/** Idle and abused in turn, on one running program each. */
export async function measureAbuse(peers: readonly Peer[], { rounds, series, steps }: AbuseOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const peer of peers) {
    const data = mkdtempSync(path.join(tmpdir(), 'atalaya-bench-'));
    const program = await peer.start({ data });
    try {
      const stepMs = 15_000;
      let start = Date.now() - (2 * rounds + 2) * steps * stepMs;
      const send = async (): Promise<readonly number[]> => {
        const url = program.url + peer.writePath;
        const { latenciesMs } = await sendLoad({ url, series, samplesPerRequest: 500, steps, stepMs, start, inFlight: 1, seed: 1 });
        start += steps * stepMs;
        return latenciesMs;
      };
      await send();
      const idle: number[] = [];
      const abused: number[] = [];
      let asked = 0;
      let refused = 0;
      for (let round = 0; round < rounds; round++) {
        idle.push(...(await send()));
        const offenders = abuse(program.url);
        abused.push(...(await send()));
        const answered = await offenders.stop();
        asked += answered.asked;
        refused += answered.refused;
      }
      const note = (what: string, unit: string, value: number): void => {
        figures.push({ what, unit, program: peer.name, values: [value] });
      };
      for (const [name, latencies] of [
        ['idle', idle],
        ['abused', abused],
      ] as const) {
        note(`remote write, ${name}, latency p50`, 'ms', percentile(latencies, 0.5));
        note(`remote write, ${name}, latency p99`, 'ms', percentile(latencies, 0.99));
      }
      note('latency p99, abused ÷ idle', '', percentile(abused, 0.99) / percentile(idle, 0.99));
      note('hopeless queries answered', '', asked);
      note('… with the limit error', '', refused);
    } finally {
      await program.stop();
      rmSync(data, { recursive: true });
    }
  }
  return figures;
}

/** Two clients in a loop: everything over a year, and a subquery of 10⁹ steps. */
function abuse(url: string): { stop(): Promise<{ asked: number; refused: number }> } {
  const state = { stopped: false };
  let asked = 0;
  let refused = 0;
  const end = Math.floor(Date.now() / 1000);
  const everything = new URLSearchParams({ query: '{__name__=~".+"}', start: String(end - 365 * DAY), end: String(end), step: '2900' });
  const subquery = new URLSearchParams({ query: 'max_over_time(vector(1)[1000000000s:1s])', time: String(end) });
  const loop = async (target: string): Promise<void> => {
    while (!state.stopped) {
      const answer = await fetch(target, { signal: AbortSignal.timeout(60_000) });
      const { code } = (await answer.json()) as { code?: string };
      asked++;
      if (code === 'QUERY_LIMIT') refused++;
    }
  };
  const loops = [loop(`${url}/api/v1/query_range?${everything.toString()}`), loop(`${url}/api/v1/query?${subquery.toString()}`)];
  return {
    async stop() {
      state.stopped = true;
      await Promise.allSettled(loops);
      return { asked, refused };
    },
  };
}
