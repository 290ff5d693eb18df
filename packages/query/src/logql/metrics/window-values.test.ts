import { ManualClock } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogqlBudget } from '../limits.ts';
import { windowAccumulator } from './accumulators.ts';
import { kernelOf, quantileKernel, SeparateWindows, SlidingWindows, type WindowValues } from './window-values.ts';

const NEVER = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };

function budget(memoryBytes = Infinity): LogqlBudget {
  const limits = { series: 10, entries: 10, lines: 1e6, points: 10, timeMs: 1e6, memoryBytes };
  return new LogqlBudget(limits, new ManualClock(), NEVER, 0, { cost: { linesRead: 0, bytesRead: 0 } });
}

const OPERATIONS = [
  'rate',
  'rate_counter',
  'sum_over_time',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'stdvar_over_time',
  'stddev_over_time',
  'first_over_time',
  'last_over_time',
] as const;

/** Samples of two rows in ascending order; each lies in some windows of five. */
const samples = fc
  .array(
    fc.record({
      row: fc.constantFrom(0, 1),
      first: fc.integer({ min: 0, max: 4 }),
      more: fc.integer({ min: 0, max: 4 }),
      value: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(NaN, Infinity, -Infinity, 0.1)),
    }),
    { maxLength: 60 },
  )
  .map((list) => {
    list.sort((a, b) => a.first - b.first);
    let last = 0;
    // Later samples never leave earlier windows than those before them.
    return list.map(({ row, first, more, value }, index) => {
      last = Math.max(last, Math.min(4, first + more));
      return { row, first, last, value, time: index / 4 };
    });
  });

const LABELS = [
  ['row', '0'],
  ['row', '1'],
];
const endOf = (window: number): number => 20 + window;

function run(windows: WindowValues, list: readonly { row: number; first: number; last: number; value: number; time: number }[]) {
  // Rows are numbered by their first sample.
  const seen: number[] = [];
  for (const { row, first, last, value, time } of list) {
    if (!seen.includes(row)) seen.push(row);
    windows.add(seen.indexOf(row), first, last, value, time);
  }
  const vector = windows.finish(LABELS.slice(0, seen.length));
  return Array.from({ length: 2 }, (_, row) =>
    Array.from({ length: 5 }, (_unused, i) => {
      const at = seen.indexOf(row) * 5 + i;
      return seen.includes(row) && vector.present[at] === 1 ? vector.values[at] : undefined;
    }),
  );
}

test.each(OPERATIONS)('%s gives for sliding windows what it gives for each of them alone', (operation) => {
  const accumulator = windowAccumulator(operation, 10)!;
  fc.assert(
    fc.property(samples, (list) => {
      const wanted = Array.from({ length: 2 }, (_, row) =>
        Array.from({ length: 5 }, (_unused, window) => {
          const state = new Float64Array(accumulator.width);
          accumulator.start?.(state, 0);
          const own = list.filter((sample) => sample.row === row && sample.first <= window && window <= sample.last);
          for (const { value, time } of own) accumulator.add(state, 0, value, accumulator.timed === true ? time : 0);
          return own.length === 0 ? undefined : accumulator.result(state, 0, endOf(window));
        }),
      );
      const timed = accumulator.timed === true;
      expect(run(new SlidingWindows(kernelOf(accumulator), timed, 5, endOf, budget()), list)).toEqual(wanted);
      const alone = list.map((sample) => ({ ...sample, last: sample.first }));
      const separate = run(new SeparateWindows(accumulator, 5, endOf, budget()), alone);
      expect(separate).toEqual(run(new SlidingWindows(kernelOf(accumulator), timed, 5, endOf, budget()), alone));
    }),
  );
});

test('a quantile lies between the samples of its window', () => {
  const list = [4, 1, 3, 2].map((value, time) => ({ row: 0, first: 0, last: 1, value, time }));
  const result = run(new SlidingWindows(quantileKernel(0.5), false, 5, endOf, budget()), [
    ...list,
    { row: 0, first: 1, last: 1, value: 10, time: 5 },
  ]);
  expect(result[0]).toEqual([2.5, 3, undefined, undefined, undefined]);
});

test('samples that are held count as memory', () => {
  const windows = new SlidingWindows(quantileKernel(0.5), false, 1, endOf, budget(10_000));
  const fill = (): void => {
    for (let i = 0; i < 2000; i++) windows.add(0, 0, 0, i, 0);
  };
  expect(fill).toThrow(/query\.memory/);
});
