import { labelsOf, systemClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import { createMemoryReader } from '../memory-reader.ts';
import { encodeAnswer } from './encode.ts';
import { createPromqlEngine, type InstantQuery } from './engine.ts';

const never = new AbortController().signal;
const INTERVAL = 10_000;

/** One series and three more with a sample every ten seconds, as in Prometheus' own documentation of the figures. */
const reader = createMemoryReader(
  ['one', 'three', 'three', 'three'].map((name, i) => ({
    labels: labelsOf({ __name__: name, n: String(i) }),
    timestamps: Float64Array.from({ length: 100 }, (_, at) => at * INTERVAL),
    values: Float64Array.from({ length: 100 }, (_, at) => at),
  })),
);
const engine = createPromqlEngine(reader, {
  lookbackMs: 300_000,
  clock: systemClock,
  limits: { series: 1000, samples: 1_000_000, points: 11_000, timeMs: 60_000 },
});

interface Stats {
  readonly timings: Readonly<Record<string, number>>;
  readonly samples: { totalQueryableSamplesPerStep?: [number, number][]; totalQueryableSamples: number; peakSamples: number };
}

async function statsOf(
  query: string,
  stats: InstantQuery['stats'] & string,
  range?: { start: number; end: number; step: number },
): Promise<Stats> {
  const answer =
    range === undefined
      ? await engine.instant({ query, timeMs: 201_000, stats }, never)
      : await engine.range({ query, startMs: range.start * 1000, endMs: range.end * 1000, stepMs: range.step * 1000, stats }, never);
  return (JSON.parse(new TextDecoder().decode(encodeAnswer(answer, 1500))) as { data: { stats: Stats } }).data.stats;
}

test.each([
  ['1', 0],
  ['one', 1],
  ['sum(three)', 3],
  ['timestamp(one)', 1],
  ['one[60s]', 6],
  ['rate(three[60s])', 18],
  ['one + three', 4],
  // The windows of a function over a subquery count, its steps do not.
  ['max_over_time(one[60s:5s])', 12],
  ['max_over_time(three[60s:5s])', 36],
])('%s looks at %s samples', async (query, total) => {
  const { samples } = await statsOf(query, 'all');
  expect(samples.totalQueryableSamples).toBe(total);
  expect(samples.totalQueryableSamplesPerStep).toEqual([[201, total]]);
});

test('a range query counts at each of its steps, what @ pins too', async () => {
  const range = { start: 201, end: 220, step: 5 };
  const rates = await statsOf('rate(three[60s])', 'all', range);
  expect(rates.samples.totalQueryableSamplesPerStep).toEqual([
    [201, 18],
    [206, 18],
    [211, 18],
    [216, 18],
  ]);
  expect(rates.samples.totalQueryableSamples).toBe(72);
  expect((await statsOf('one @ 10', 'all', range)).samples.totalQueryableSamples).toBe(4);
  // Series that are not there yet do not count.
  expect((await statsOf('one', 'all', { start: -5, end: 0, step: 5 })).samples.totalQueryableSamplesPerStep).toEqual([
    [-5, 0],
    [0, 1],
  ]);
});

test('times are seconds; the steps are told only when all was asked for', async () => {
  const { timings, samples } = await statsOf('one', 'total');
  expect(Object.keys(timings)).toEqual([
    'evalTotalTime',
    'resultSortTime',
    'queryPreparationTime',
    'innerEvalTime',
    'execQueueTime',
    'execTotalTime',
  ]);
  expect(timings['execQueueTime']).toBe(1.5);
  expect(timings['execTotalTime']).toBeGreaterThanOrEqual(1.5);
  expect(Object.keys(samples)).toEqual(['totalQueryableSamples', 'peakSamples']);
  expect(samples.peakSamples).toBeGreaterThan(0);
});

test('of many warnings ten are shown', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `rate(m${i}[1m])`);
  const many = createMemoryReader(
    names.map((_, i) => ({
      labels: labelsOf({ __name__: `m${i}` }),
      timestamps: Float64Array.of(1000, 2000),
      values: Float64Array.of(1, 2),
    })),
  );
  const other = createPromqlEngine(many, {
    lookbackMs: 300_000,
    clock: systemClock,
    limits: { series: 1000, samples: 1_000_000, points: 11_000, timeMs: 60_000 },
  });
  const answer = await other.instant({ query: names.join(' or '), timeMs: 2000 }, never);
  const { infos } = JSON.parse(new TextDecoder().decode(encodeAnswer(answer))) as { infos: string[] };
  expect(infos).toHaveLength(11);
  expect(infos.at(-1)).toBe('2 more info annotations omitted');
});
