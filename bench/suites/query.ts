/** Sixteen queries as dashboards ask them, over 2,000 series × 6 h, each program on the same data, caches defeated. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeConnections, timeQuery } from '../ask.ts';
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

/** Loads the same samples everywhere, then asks all queries of all in turn, round by round; each round's range is shifted so that no cache has seen it. */
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
    const times = new Map<string, Map<string, number[]>>();
    for (const what of Object.keys(QUERIES)) times.set(what, new Map(peers.map(({ name }) => [name, []])));
    for (let round = 0; round < rounds; round++) {
      const shift = (round * 7 + 3) * 1000;
      const range = { start: start + shift, end: start + steps * STEP_MS - 60_000 + shift, step: 60_000 };
      for (const [what, query] of Object.entries(QUERIES)) {
        for (const { peer, program } of running) {
          times
            .get(what)
            ?.get(peer.name)
            ?.push(await timeQuery(peer, program, { query, ...range }));
        }
      }
    }
    const figures: Figure[] = [];
    for (const [what, byPeer] of times) {
      for (const [program, values] of byPeer) figures.push({ what: `query, ${what}`, unit: 'ms', program, values });
    }
    for (const { name } of peers) {
      const all = [...times.values()].map((byPeer) => byPeer.get(name) ?? []);
      figures.push({ what: 'query, median of all', unit: 'ms', program: name, values: all.map(median) });
      // What a user sees who opens a dashboard right after a start.
      figures.push({
        what: 'query, median of all when first asked',
        unit: 'ms',
        program: name,
        values: all.map(([first]) => first ?? NaN),
      });
    }
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
    closeConnections();
    for (const { program, data } of running) {
      await program.stop('SIGKILL');
      rmSync(data, { recursive: true, force: true });
    }
  }
}
