/** Sixteen queries as dashboards ask them, over 2,000 series × 6 h, each program on the same data, caches defeated. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Figure, median } from '../figures.ts';
import type { Peer } from '../peers.ts';
import type { Program } from '../processes.ts';
import { sendLoad } from '../send-load.ts';
import { diskBytes } from './ingest.ts';

const STEP_MS = 15_000;
const HOURS = 6;
/** Long enough for merges to end and for merged-away files to be deleted, everywhere. */
const SETTLE_MS = 100_000;

/** The queries, by the name they are reported under. */
export const QUERIES: Readonly<Record<string, string>> = {
  selector: 'node_memory_MemFree_bytes',
  'one series': 'node_network_receive_bytes_total{instance="host-0000.example.internal:9100",device="eth0"}',
  rate: 'rate(node_network_receive_bytes_total[5m])',
  'sum by rate': 'sum by (instance) (rate(node_cpu_seconds_total[5m]))',
  'sum by mode': 'sum by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[5m]))',
  increase: 'sum(increase(node_disk_read_bytes_total[1h]))',
  topk: 'topk(5, rate(node_disk_written_bytes_total[5m]))',
  'max over subquery': 'max_over_time(sum(rate(node_cpu_seconds_total{mode="user"}[5m]))[30m:1m])',
  label_replace: 'label_replace(node_filesystem_avail_bytes, "disk", "$1", "device", "/dev/mapper/(.*)")',
  regex: 'sum(rate(node_network_transmit_bytes_total{device=~"eth(1|2|3).*"}[5m]))',
  'count by': 'count by (rack) (node_systemd_unit_state)',
  'ratio of aggregates': 'sum by (instance) (node_filesystem_avail_bytes) / sum by (instance) (node_filesystem_size_bytes)',
  predict_linear: 'predict_linear(node_filesystem_free_bytes[1h], 86400)',
  quantile_over_time: 'quantile_over_time(0.95, node_memory_Cached_bytes[30m])',
  avg_over_time: 'avg by (datacenter) (avg_over_time(node_memory_Active_bytes[10m]))',
  comparison: 'node_filesystem_avail_bytes > 4e9',
};

export interface QueryOptions {
  readonly rounds: number;
}

/** Loads the same samples everywhere, then asks in turn; every answer's range is shifted so that no cache has seen it. */
export async function measureQueries(peers: readonly Peer[], { rounds }: QueryOptions): Promise<Figure[]> {
  const steps = (HOURS * 3_600_000) / STEP_MS;
  const start = Math.floor((Date.now() - (steps + 40) * STEP_MS) / STEP_MS) * STEP_MS;
  const running: { peer: Peer; program: Program; data: string }[] = [];
  try {
    for (const peer of peers) {
      const data = mkdtempSync(path.join(tmpdir(), 'atalaya-bench-'));
      const program = await peer.start({ data });
      running.push({ peer, program, data });
      await sendLoad({
        url: program.url + peer.writePath,
        series: 2000,
        samplesPerRequest: 2000,
        steps,
        stepMs: STEP_MS,
        start,
        inFlight: 2,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const figures: Figure[] = [];
    const all = new Map<string, number[]>(peers.map(({ name }) => [name, []]));
    for (const [what, query] of Object.entries(QUERIES)) {
      const times = new Map<string, number[]>(peers.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round++) {
        for (const { peer, program } of running) {
          const shift = (round * 7 + 3) * 1000;
          times.get(peer.name)?.push(await timeQuery(program, query, start + shift, start + steps * STEP_MS - 60_000 + shift));
        }
      }
      for (const [program, values] of times) {
        figures.push({ what: `query, ${what}`, unit: 'ms', program, values });
        all.get(program)?.push(median(values));
      }
    }
    for (const [program, values] of all) figures.push({ what: 'query, median of all', unit: 'ms', program, values });
    for (const { peer, program, data } of running) {
      await program.stop();
      figures.push({
        what: 'disk, 6 h of 2,000 series',
        unit: 'bytes per sample',
        program: peer.name,
        values: [diskBytes(data) / (2000 * steps)],
      });
    }
    return figures;
  } finally {
    for (const { program, data } of running) {
      await program.stop('SIGKILL');
      rmSync(data, { recursive: true, force: true });
    }
  }
}

async function timeQuery(program: Program, query: string, start: number, end: number): Promise<number> {
  const parameters = new URLSearchParams({ query, start: String(start / 1000), end: String(end / 1000), step: '60' });
  const begun = performance.now();
  const answer = await fetch(`${program.url}/api/v1/query_range?${parameters.toString()}`);
  const text = await answer.text();
  const elapsed = performance.now() - begun;
  if (!answer.ok || !text.includes('"values"')) throw new Error(`${program.name}: ${query}: ${answer.status} ${text.slice(0, 300)}`);
  return elapsed;
}
