/**
 * How fast queries are evaluated when their samples are in memory already: 2000 series × 1440 samples, 6 h at 60 s.
 * Run with `node packages/query/bench/evaluate.ts [rounds]`; prints the median milliseconds of each query by phase.
 */

import { type Labels, labelsOf, systemClock } from '@atalaya/model';
import { createMemoryReader, createPromqlEngine, encodeAnswer, type MemorySeries } from '@atalaya/query';

const SERIES = 2000;
const SAMPLES = 1440;
const SCRAPE_MS = 15_000;
const START = 1_700_000_000_000;
const END = START + SAMPLES * SCRAPE_MS;
const BOUNDS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf'];

const QUERIES = [
  'requests_total{instance="host-7",path="/3"}',
  'requests_total',
  'rate(requests_total[5m])',
  'sum by (job)(rate(requests_total[5m]))',
  'increase(requests_total[1h])',
  'sum(requests_total)',
  'count by (job, path)(requests_total)',
  'topk(5, rate(requests_total[5m]))',
  'avg_over_time(requests_total[10m])',
  'max_over_time(requests_total[1h])',
  'max_over_time(rate(requests_total{job="job-1"}[5m])[1h:1m])',
  'quantile_over_time(0.9, requests_total{job="job-1"}[10m])',
  'predict_linear(requests_total{job="job-1"}[1h], 3600)',
  'histogram_quantile(0.9, sum by (le)(rate(latency_seconds_bucket[5m])))',
  'sum by (job)(rate(requests_total[5m])) / sum by (job)(requests_total)',
  'requests_total / on (instance, path) requests_total',
  'label_replace(requests_total, "host", "$1", "instance", "host-(.*)")',
  'requests_total{path=~"/1.*"} > 1000',
];

/** Numbers that are the same in every run. */
function randomNumbers(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

function counter(labels: Labels, random: () => number): MemorySeries {
  const timestamps = new Float64Array(SAMPLES);
  const values = new Float64Array(SAMPLES);
  let value = Math.floor(random() * 1000);
  for (let i = 0; i < SAMPLES; i++) {
    timestamps[i] = START + i * SCRAPE_MS + Math.floor(random() * 50);
    value = random() < 0.001 ? 0 : value + Math.floor(random() * 20);
    values[i] = value;
  }
  return { labels, timestamps, values };
}

function makeSeries(): MemorySeries[] {
  const random = randomNumbers();
  const series: MemorySeries[] = [];
  for (let i = 0; i < SERIES; i++) {
    const labels = { job: `job-${i % 10}`, instance: `host-${i % 100}`, path: `/${Math.floor(i / 100)}` };
    series.push(counter(labelsOf({ __name__: 'requests_total', ...labels }), random));
  }
  for (let i = 0; i < 200; i++) {
    const labels = { __name__: 'latency_seconds_bucket', instance: `host-${Math.floor(i / 10)}`, le: BOUNDS[i % 10] as string };
    series.push(counter(labelsOf(labels), random));
  }
  return series;
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

const engine = createPromqlEngine(createMemoryReader(makeSeries()), {
  lookbackMs: 300_000,
  limits: { series: 500_000, samples: 50_000_000, points: 11_000, timeMs: 120_000 },
  clock: systemClock,
});
const rounds = Number(process.argv[2] ?? 7);
const { signal } = new AbortController();
console.log(
  `${'read'.padStart(8)}${'evaluate'.padStart(10)}${'encode'.padStart(8)}${'bytes'.padStart(10)}   query (ms, median of ${rounds})`,
);
for (const query of QUERIES) {
  const read: number[] = [];
  const evaluate: number[] = [];
  const encode: number[] = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const answer = await engine.range({ query, startMs: START, endMs: END, stepMs: 60_000 }, signal);
    const before = performance.now();
    bytes = encodeAnswer(answer).length;
    encode.push(performance.now() - before);
    read.push(answer.stats.timings.read);
    evaluate.push(answer.stats.timings.evaluate);
  }
  const columns = [median(read).toFixed(1).padStart(8), median(evaluate).toFixed(1).padStart(10), median(encode).toFixed(1).padStart(8)];
  console.log(`${columns.join('')}${String(bytes).padStart(10)}   ${query}`);
}
