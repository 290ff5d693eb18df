/**
 * Lets the usual kinds of queries run over made-up samples, so that the machine code for them is there before anybody asks: whoever opens a
 * dashboard right after a start has not to wait for the compiler.
 */

import { type CancelSignal, type Clock, labelsOf } from '@atalaya/model';
import { createMemoryReader, type MemorySeries } from './memory-reader.ts';
import { encodeAnswer } from './promql/encode.ts';
import { createPromqlEngine } from './promql/engine.ts';

const SERIES = 48;
const SAMPLES = 480;
const SCRAPE_MS = 15_000;
/** How often each expression runs: enough for the optimizing compiler to take its loops. */
const ROUNDS = 4;

const EXPRESSIONS = [
  'warm_bytes',
  'rate(warm_total[5m])',
  'sum by (instance) (rate(warm_total{mode!="idle"}[5m]))',
  'sum(increase(warm_total[1h]))',
  'count by (job) (warm_bytes)',
  'topk(5, rate(warm_total[5m]))',
  'max_over_time(sum(rate(warm_total{mode="a"}[5m]))[30m:1m])',
  'label_replace(warm_bytes, "host", "$1", "instance", "host-(.*)")',
  'sum by (instance) (warm_bytes) / sum by (instance) (warm_total)',
  'avg by (mode) (avg_over_time(warm_bytes[10m]))',
  'quantile_over_time(0.95, warm_bytes[30m])',
  'predict_linear(warm_bytes[1h], 3600)',
  'histogram_quantile(0.9, sum by (le) (rate(warm_bucket[5m])))',
  'warm_bytes > 1e6',
];

const never: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };

/** Counters, gauges and buckets; nothing about them matters but their shapes. */
function madeUpSeries(): MemorySeries[] {
  const timestamps = Float64Array.from({ length: SAMPLES }, (_, i) => i * SCRAPE_MS);
  return Array.from({ length: SERIES * 3 }, (_, index): MemorySeries => {
    const kind = index % 3;
    const own = Math.floor(index / 3);
    const labels = { job: 'warm', device: String(own), instance: `host-${own % 8}`, mode: 'abcdef'[own % 6] as string };
    const name = { __name__: (['warm_total', 'warm_bytes', 'warm_bucket'] as const)[kind as 0 | 1 | 2] };
    const bucket = kind === 2 ? { le: own % 6 === 5 ? '+Inf' : String(2 ** (own % 6)) } : {};
    const values = Float64Array.from(timestamps, (time, i) =>
      kind === 1 ? ((i * 7919) % 1000) * 4096 : Math.round(time / 7 + own * i) / 100,
    );
    return { labels: labelsOf({ ...labels, ...name, ...bucket }), timestamps, values };
  });
}

/** Runs each expression a few times; `pause` is awaited in between, and ends the work by resolving with false. */
export async function warmUp(clock: Clock, pause: () => Promise<boolean>): Promise<void> {
  const limits = { series: 10_000, samples: 10_000_000, points: 11_000, timeMs: 60_000 };
  const engine = createPromqlEngine(createMemoryReader(madeUpSeries()), { lookbackMs: 300_000, limits, clock });
  const endMs = (SAMPLES - 1) * SCRAPE_MS;
  for (let round = 0; round < ROUNDS; round++) {
    for (const query of EXPRESSIONS) {
      if (!(await pause())) return;
      encodeAnswer(await engine.range({ query, startMs: endMs / 2, endMs, stepMs: SCRAPE_MS }, never));
    }
  }
}
