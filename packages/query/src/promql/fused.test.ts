/** What is computed row by row, from prepared windows or from sums that are shared equals the plain way to the last bit. */

import { type CancelSignal, labelsOf, ManualClock } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryReader, type MemorySeries } from '../memory-reader.ts';
import { type SampleReader, SERIES_FLAG } from '../reader.ts';
import type { QueryAnswer } from './answer.ts';
import { createPromqlEngine } from './engine.ts';
import { quantileOf } from './quantile.ts';

const never: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const limits = { series: 1000, samples: 1_000_000, points: 1000, timeMs: 60_000 };

const numbers = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 1000 }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, -0, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324) },
);
const series = fc
  .array(
    fc.record({
      group: fc.constantFrom('a', 'b', 'c'),
      values: fc.array(numbers, { minLength: 1, maxLength: 60 }),
      // Evenly scraped, with gaps, or a little late now and then.
      gaps: fc.array(fc.constantFrom(15_000, 15_000, 15_000, 15_013, 30_000, 400_000), { minLength: 60, maxLength: 60 }),
      even: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((list) =>
    list.map(({ group, values, gaps, even }, index): MemorySeries => {
      let time = 0;
      const timestamps = Float64Array.from(values, (_, i) => (time += even ? 15_000 : gaps[i]!));
      const labels = labelsOf({ __name__: 'm', group, instance: String(index) });
      return { labels, timestamps, values: Float64Array.from(values) };
    }),
  );
const windows = fc.record({
  startMs: fc.integer({ min: 0, max: 600 }).map((seconds) => seconds * 1000),
  stepMs: fc.constantFrom(15_000, 60_000, 7000, 61_234),
  steps: fc.integer({ min: 1, max: 15 }),
});

async function ask(reader: SampleReader, query: string, window: { startMs: number; stepMs: number; steps: number }): Promise<QueryAnswer> {
  const engine = createPromqlEngine(reader, { lookbackMs: 300_000, limits, clock: new ManualClock() });
  const { startMs, stepMs, steps } = window;
  return engine.range({ query, startMs, stepMs, endMs: startMs + (steps - 1) * stepMs }, never);
}

/** The bits of an answer's points, so that -0 is not 0; any NaN is as good as another. */
function bits({ result }: QueryAnswer): unknown {
  if (result.resultType !== 'matrix') throw new Error('not a matrix');
  const values = [...result.values].map((value) => (Number.isNaN(value) ? 'NaN' : Object.is(value, -0) ? '-0' : value));
  return { labels: result.labels, offsets: [...result.offsets], timestamps: [...result.timestamps], values };
}

const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'];
const ARGUMENTS = [
  'm',
  'm offset 1m',
  'rate(m[2m])',
  'increase(m[1m])',
  'max_over_time(m[90s])',
  'avg_over_time(m[2m])',
  'last_over_time(m[1m])',
];

test('an aggregation gives the same whether its argument comes by rows or as a whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      series,
      windows,
      fc.constantFrom(...AGGREGATIONS),
      fc.constantFrom(...ARGUMENTS),
      fc.constantFrom('', 'by (group)', 'without (instance)', 'by (__name__)'),
      async (list, window, aggregation, argument, grouping) => {
        const reader = createMemoryReader(list);
        // The unary plus changes nothing, but is nothing that can be had by rows.
        const rows = await ask(reader, `${aggregation} ${grouping} (${argument})`, window);
        const whole = await ask(reader, `${aggregation} ${grouping} (+${argument})`, window);
        expect(bits(rows)).toEqual(bits(whole));
      },
    ),
    { numRuns: 300 },
  );
});

test('what a reader says of its series makes no difference to what comes out', async () => {
  const monotonic = series.map((list) =>
    list.map((one): MemorySeries => ({ ...one, values: one.values.map((value) => (Number.isFinite(value) ? value : 0)).toSorted() })),
  );
  const saying = (inner: SampleReader, flag: number): SampleReader => ({
    async select(...question) {
      const set = await inner.select(...question);
      return { ...set, flags: new Uint8Array(set.labels.length).fill(flag) };
    },
  });
  await fc.assert(
    fc.asyncProperty(monotonic, windows, fc.constantFrom('rate', 'increase', 'delta', 'sum_over_time'), async (list, window, name) => {
      const reader = createMemoryReader(list);
      const query = `${name}(m[3m])`;
      const known = bits(await ask(saying(reader, 0), query, window));
      expect(known).toEqual(bits(await ask(saying(reader, SERIES_FLAG.mayDecrease | SERIES_FLAG.mayHoldStale), query, window)));
      expect(known).toEqual(bits(await ask(reader, query, window)));
    }),
  );
});

/** The line through a window, compensated sum by compensated sum, as Prometheus computes it. */
function plainPrediction(times: readonly number[], values: readonly number[], origin: number, ahead: number): number {
  const sum = (summands: readonly number[]): number => {
    let total = 0;
    let lost = 0;
    for (const value of summands) {
      const next = total + value;
      if (Math.abs(next) === Infinity) lost = 0;
      else lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
      total = next;
    }
    return total + lost;
  };
  const [first] = values as [number];
  if (values.slice(1).every((value) => value === first)) return Number.isFinite(first) || Number.isNaN(first) ? first : NaN;
  const seconds = times.map((time) => (time - origin) / 1000);
  const n = values.length;
  const x = sum(seconds);
  const y = sum(values);
  const covariance = sum(seconds.map((second, i) => second * values[i]!)) - (x * y) / n;
  const variance = sum(seconds.map((second) => second * second)) - (x * x) / n;
  const slope = covariance / variance;
  return slope * ahead + (y / n - (slope * x) / n);
}

test('a line is the one of plain compensated sums, for even, late and missing scrapes', async () => {
  await fc.assert(
    fc.asyncProperty(series, windows, async (list, window) => {
      const { result } = await ask(createMemoryReader(list), 'predict_linear(m[4m], 120)', window);
      if (result.resultType !== 'matrix') throw new Error('not a matrix');
      for (const [row, labels] of result.labels.entries()) {
        const source = list[Number(labels[labels.indexOf('instance') + 1])]!;
        for (let at = result.offsets[row]!; at < result.offsets[row + 1]!; at++) {
          const end = result.timestamps[at]!;
          const inside = [...source.timestamps.keys()].filter((i) => source.timestamps[i]! > end - 240_000 && source.timestamps[i]! <= end);
          const times = inside.map((i) => source.timestamps[i]!);
          expect(result.values[at]).toEqual(
            plainPrediction(
              times,
              inside.map((i) => source.values[i]!),
              end,
              120,
            ),
          );
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('quantiles of moving windows are those of each window sorted anew', async () => {
  await fc.assert(
    fc.asyncProperty(
      series,
      windows,
      fc.constantFrom(0, 0.3, 0.5, 0.95, 1),
      fc.constantFrom(60, 240, 600),
      async (list, window, q, range) => {
        const { result } = await ask(createMemoryReader(list), `quantile_over_time(${q}, m[${range}s])`, window);
        if (result.resultType !== 'matrix') throw new Error('not a matrix');
        for (const [row, labels] of result.labels.entries()) {
          const { timestamps, values } = list[Number(labels[labels.indexOf('instance') + 1])]!;
          for (let at = result.offsets[row]!; at < result.offsets[row + 1]!; at++) {
            const end = result.timestamps[at]!;
            const inside = values.filter((_, i) => timestamps[i]! > end - range * 1000 && timestamps[i]! <= end);
            expect(result.values[at]! + 0).toEqual(quantileOf(q, inside, inside.length) + 0);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});
