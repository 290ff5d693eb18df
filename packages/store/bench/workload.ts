/** Samples as a fleet of node exporters gives them: 10 labels a series, counters, noisy gauges, constants, sizes, fractions. */

import type { MetricBatch } from '@atalaya/journal';
import { encodeLabels, type Hash64, hashBytes, type Labels, labelsOf } from '@atalaya/model';

/** Metrics per host; a host has `SERIES_PER_HOST` series. */
const METRICS = 40;
const SERIES_PER_HOST = 200;

export interface Fleet {
  readonly labels: readonly Labels[];
  /** Two words a series. */
  readonly fingerprints: Uint32Array;
}

/** A fleet with this many series. */
export function makeFleet(series: number): Fleet {
  const labels: Labels[] = [];
  const fingerprints = new Uint32Array(series * 2);
  const hash: Hash64 = { low: 0, high: 0 };
  for (let i = 0; i < series; i++) {
    const host = Math.floor(i / SERIES_PER_HOST);
    const inHost = i % SERIES_PER_HOST;
    const set = labelsOf({
      __name__: `node_bench_metric_${inHost % METRICS}_total`,
      instance: `host-${host}.example.com:9100`,
      job: 'node',
      datacenter: `dc-${host % 3}`,
      rack: `rack-${host % 40}`,
      os: 'linux',
      arch: host % 5 === 0 ? 'arm64' : 'amd64',
      device: `dev${Math.floor(inHost / METRICS)}`,
      environment: host % 4 === 0 ? 'staging' : 'production',
      team: `team-${host % 12}`,
    });
    labels.push(set);
    const bytes = encodeLabels(set);
    hashBytes(bytes, 0, bytes.length, 0, hash);
    fingerprints[i * 2] = hash.low;
    fingerprints[i * 2 + 1] = hash.high;
  }
  return { labels, fingerprints };
}

/** The definitions of series `[from, to)` without samples. */
export function definitions(fleet: Fleet, from: number, to: number): MetricBatch {
  const forms = fleet.labels.slice(from, to).map(encodeLabels);
  let end = 0;
  return {
    series: {
      count: forms.length,
      fingerprints: fleet.fingerprints.slice(from * 2, to * 2),
      ends: Uint32Array.from(forms, ({ length }) => (end += length)),
      labels: Buffer.concat(forms),
    },
    samples: { count: 0, fingerprints: new Uint32Array(0), timestamps: new Float64Array(0), values: new Float64Array(0) },
    metadata: [],
  };
}

const NO_SERIES = { count: 0, fingerprints: new Uint32Array(0), ends: new Uint32Array(0), labels: new Uint8Array(0) };

/** The value of series `i` in scrape `n`. */
function valueOf(i: number, n: number): number {
  switch (i % 8) {
    case 0:
      return n * ((i % 97) + 1) + Math.floor(Math.random() * 20); // a counter that is hardly ever still
    case 1:
      return Math.floor(n / 40) * (i % 5); // a counter of rare events
    case 2:
      return i % 3; // a constant
    case 3:
      return 4096 * (100_000 + (i % 977) + Math.floor(Math.random() * 200)); // memory
    case 4:
      return Math.round(n * 15 * 100 * (0.3 + (i % 7) / 10) + Math.random() * 40) / 100; // CPU seconds
    case 5:
      return Math.round((40 + 10 * Math.sin(n / 50 + i)) * 10 + Math.random() * 5) / 10; // a temperature
    case 6:
      return 0;
    default:
      return n * 1500 * ((i % 13) + 1) + Math.floor(Math.random() * 1500); // bytes of a network device
  }
}

/** Samples of series `[from, to)` in scrape `n`, 15 s apart, each host at its own moment with a jitter of a millisecond. */
export function scrape(fleet: Fleet, from: number, to: number, n: number, start: number): MetricBatch {
  const count = to - from;
  const timestamps = new Float64Array(count);
  const values = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const i = from + k;
    const host = Math.floor(i / SERIES_PER_HOST);
    timestamps[k] = start + n * 15_000 + ((host * 37) % 15_000) + ((n * 7 + host) % 11 === 0 ? 1 : 0);
    values[k] = valueOf(i, n);
  }
  return {
    series: NO_SERIES,
    samples: { count, fingerprints: fleet.fingerprints.slice(from * 2, to * 2), timestamps, values },
    metadata: [],
  };
}
