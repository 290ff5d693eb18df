/**
 * How fast queries are evaluated when their samples lie decoded in memory: the sixteen queries of `npm run bench -- query`
 * over 2,000 node_exporter-like series × 6 h at 15 s, 361 steps. Run with `node bench/evaluate.ts [rounds] [name part]`;
 * prints the median milliseconds of each query by phase, and the median of all.
 */

import { compileMatcher, labelsOf, type Labels, matchesAll, systemClock } from '@atalaya/model';
import { createPromqlEngine, encodeAnswer, type SampleReader, SERIES_FLAG, warmUp } from '@atalaya/query';
import { makeSeries, ValueMaker } from './node-series.ts';
import { QUERIES } from './suites/query.ts';

const SERIES = 2000;
const SAMPLES = 1440;
const SCRAPE_MS = 15_000;
const START = 1_700_000_000_000;

/** Hands out what the store does: views into one pair of columns, the same label sets from query to query. */
function zeroCopyReader(): SampleReader {
  const made = makeSeries(SERIES);
  const labels = made.map((series) => labelsOf(series.labels));
  const timestamps = new Float64Array(new SharedArrayBuffer(SERIES * SAMPLES * 8));
  const values = new Float64Array(new SharedArrayBuffer(SERIES * SAMPLES * 8));
  const maker = new ValueMaker(made);
  for (let i = 0; i < SAMPLES; i++) {
    for (let series = 0; series < SERIES; series++) {
      timestamps[series * SAMPLES + i] = START + i * SCRAPE_MS;
      values[series * SAMPLES + i] = maker.values[series]!;
    }
    maker.step();
  }
  const selections = new Map<string, number[]>();
  return {
    select({ matchers, start, end }) {
      const key = JSON.stringify(matchers);
      let chosen = selections.get(key);
      if (chosen === undefined) {
        const compiled = matchers.map(compileMatcher);
        chosen = [...labels.keys()].filter((series) => matchesAll(labels[series] as Labels, compiled));
        selections.set(key, chosen);
      }
      const low = Math.min(SAMPLES, Math.max(0, Math.ceil((start - START) / SCRAPE_MS)));
      const high = Math.min(SAMPLES, Math.max(low, Math.floor((end - START) / SCRAPE_MS) + 1));
      return Promise.resolve({
        labels: chosen.map((series) => labels[series] as Labels),
        starts: Uint32Array.from(chosen, (series) => series * SAMPLES + low),
        ends: Uint32Array.from(chosen, (series) => series * SAMPLES + high),
        timestamps,
        values,
        flags: Uint8Array.from(chosen, (series) => (made[series]!.kind === 'level' ? SERIES_FLAG.mayDecrease : 0)),
      });
    },
  };
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

const engine = createPromqlEngine(zeroCopyReader(), {
  lookbackMs: 300_000,
  limits: { series: 500_000, samples: 50_000_000, points: 11_000, timeMs: 120_000 },
  clock: systemClock,
});
const rounds = Number(process.argv[2] ?? 15);
const warming = performance.now();
await warmUp(systemClock, () => Promise.resolve(true));
console.log(`warmed up in ${(performance.now() - warming).toFixed(0)} ms`);
const queries = Object.entries(QUERIES).filter(([name]) => name.includes(process.argv[3] ?? ''));
const phases = ['parse', 'read', 'evaluate', 'encode'] as const;
const times = new Map(queries.map(([name]) => [name, { parse: [], read: [], evaluate: [], encode: [], first: [], whole: [], bytes: [] }]));
const { signal } = new AbortController();
for (let round = 0; round < rounds; round++) {
  for (const [name, query] of queries) {
    const kept = times.get(name) as unknown as Record<string, number[]>;
    const shift = (round * 7 + 3) * 1000;
    const startMs = START + shift;
    const began = performance.now();
    const answer = await engine.range({ query, startMs, endMs: startMs + (SAMPLES - 4) * SCRAPE_MS, stepMs: 60_000 }, signal);
    const evaluated = performance.now();
    kept['bytes']!.push(encodeAnswer(answer).length);
    const whole = performance.now() - began;
    if (round === 0) kept['first']!.push(whole);
    kept['encode']!.push(began + whole - evaluated);
    kept['whole']!.push(whole);
    for (const phase of phases.slice(0, 3)) kept[phase]!.push(answer.stats.timings[phase as 'parse' | 'read' | 'evaluate']);
  }
}
console.log(`${phases.map((phase) => phase.padStart(9)).join('')}    whole    least    first    bytes   (ms, median of ${rounds})`);
for (const [name, kept] of times) {
  const columns = [...phases, 'whole', 'first'].map((phase) =>
    median((kept as Record<string, number[]>)[phase]!)
      .toFixed(2)
      .padStart(9),
  );
  columns.splice(
    5,
    0,
    Math.min(...kept.whole)
      .toFixed(2)
      .padStart(9),
  );
  console.log(`${columns.join('')}${String(median(kept.bytes)).padStart(9)}   ${name}`);
}
const wholes = [...times.values()].map(({ whole }) => median(whole));
console.log(`median of all: ${median(wholes).toFixed(2)} ms, sum ${wholes.reduce((sum, whole) => sum + whole, 0).toFixed(1)} ms`);
