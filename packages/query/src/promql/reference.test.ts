/** The evaluator against a slow, obvious reference: one step, one series, one sample at a time. */

import { type CancelSignal, type Labels, labelsOf, labelsToRecord, labelValue, ManualClock } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryReader, type MemorySeries } from '../memory-reader.ts';
import { createPromqlEngine } from './engine.ts';

const never: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const limits = { series: 1000, samples: 1_000_000, points: 1000, timeMs: 60_000 };

interface Sample {
  readonly time: number;
  readonly value: number;
}
interface Source {
  readonly labels: Labels;
  readonly samples: readonly Sample[];
}

const samples = fc
  .uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 40 })
  .chain((times) =>
    fc.tuple(fc.constant(times.sort((a, b) => a - b)), fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 40, maxLength: 40 })),
  )
  .map(([times, values]) => times.map((time, i) => ({ time: time * 5000, value: values[i] as number })));
const sources = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a_total', 'b_total'), fc.constantFrom('x', 'y'), fc.constantFrom('1', '2', '3')), {
    maxLength: 8,
    selector: (parts) => parts.join(),
  })
  .chain((names) =>
    fc.tuple(
      ...names.map(([name, job, instance]) =>
        samples.map((list): Source => ({ labels: labelsOf({ __name__: name, job, instance }), samples: list })),
      ),
    ),
  );
const times = fc.record({
  startMs: fc.integer({ min: 0, max: 900_000 }),
  stepMs: fc.integer({ min: 1000, max: 90_000 }),
  steps: fc.integer({ min: 1, max: 20 }),
});

/** What a reference gives at one time: values by labels. */
type Instant = Map<string, number>;
const keyOf = (labels: Record<string, string>): string => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
const nameless = (labels: Labels): Record<string, string> => ({ job: labelValue(labels, 'job'), instance: labelValue(labels, 'instance') });

async function evaluate(
  list: readonly Source[],
  query: string,
  window: { startMs: number; stepMs: number; steps: number },
): Promise<Instant[]> {
  const series = list.map(({ labels, samples: own }): MemorySeries => ({
    labels,
    timestamps: Float64Array.from(own, ({ time }) => time),
    values: Float64Array.from(own, ({ value }) => value),
  }));
  const engine = createPromqlEngine(createMemoryReader(series), { lookbackMs: 60_000, limits, clock: new ManualClock() });
  const { startMs, stepMs, steps } = window;
  const { result } = await engine.range({ query, startMs, endMs: startMs + (steps - 1) * stepMs, stepMs }, never);
  if (result.resultType !== 'matrix') throw new Error('not a matrix');
  const instants: Instant[] = Array.from({ length: steps }, () => new Map());
  for (const [index, labels] of result.labels.entries()) {
    for (let i = result.offsets[index]!; i < result.offsets[index + 1]!; i++) {
      instants[(result.timestamps[i]! - startMs) / stepMs]?.set(keyOf(labelsToRecord(labels)), result.values[i]!);
    }
  }
  return instants;
}

/** Compares the engine with the reference at every step. */
async function agree(query: string, reference: (list: readonly Source[], time: number) => Instant): Promise<void> {
  await fc.assert(
    fc.asyncProperty(sources, times, async (list, window) => {
      const actual = await evaluate(list, query, window);
      for (const [step, instant] of actual.entries()) {
        const expected = reference(list, window.startMs + step * window.stepMs);
        expect([...instant.keys()].sort()).toEqual([...expected.keys()].sort());
        for (const [key, value] of instant) expect(value).toBeCloseTo(expected.get(key) as number, 9);
      }
    }),
    { numRuns: 60 },
  );
}

function current({ samples: own }: Source, time: number): number | undefined {
  return own.filter((sample) => sample.time <= time && sample.time > time - 60_000).at(-1)?.value;
}

function instantOf(list: readonly Source[], name: string, time: number): Instant {
  const result: Instant = new Map();
  for (const source of list) {
    const value = current(source, time);
    if (labelValue(source.labels, '__name__') === name && value !== undefined) result.set(keyOf(nameless(source.labels)), value);
  }
  return result;
}

/** The definition of increase, said in full. */
function increase({ samples: own }: Source, end: number, range: number): number | undefined {
  const inside = own.filter(({ time }) => time > end - range && time <= end);
  const first = inside[0];
  const last = inside.at(-1);
  if (first === undefined || last === undefined || first === last) return undefined;
  let change = last.value - first.value;
  inside.forEach((sample, i) => {
    const before = inside[i - 1];
    if (before !== undefined && sample.value < before.value) change += before.value;
  });
  const covered = (last.time - first.time) / 1000;
  const average = covered / (inside.length - 1);
  let before = (first.time - (end - range)) / 1000;
  let after = (end - last.time) / 1000;
  if (before >= average * 1.1) before = average / 2;
  if (change > 0) before = Math.min(before, (covered * first.value) / change);
  if (after >= average * 1.1) after = average / 2;
  return (change * (covered + before + after)) / covered;
}

test('rate is the increase by second', () =>
  agree('rate(a_total[2m])', (list, time) => {
    const result: Instant = new Map();
    for (const source of list) {
      const value = labelValue(source.labels, '__name__') === 'a_total' ? increase(source, time, 120_000) : undefined;
      if (value !== undefined) result.set(keyOf(nameless(source.labels)), value / 120);
    }
    return result;
  }));

test('a sum by label adds what is present', () =>
  agree('sum by (job) (a_total)', (list, time) => {
    const result: Instant = new Map();
    for (const [key, value] of instantOf(list, 'a_total', time)) {
      const { job } = Object.fromEntries(JSON.parse(key) as [string, string][]) as { job: string };
      result.set(keyOf({ job }), (result.get(keyOf({ job })) ?? 0) + value);
    }
    return result;
  }));

test('a difference of vectors exists where both sides do', () =>
  agree('a_total - b_total', (list, time) => {
    const right = instantOf(list, 'b_total', time);
    const result: Instant = new Map();
    for (const [key, value] of instantOf(list, 'a_total', time)) if (right.has(key)) result.set(key, value - right.get(key)!);
    return result;
  }));

test('the largest over time is the largest of the window', () =>
  agree('max_over_time(a_total[90s])', (list, time) => {
    const result: Instant = new Map();
    for (const { labels, samples: own } of list) {
      const inside = own.filter((sample) => sample.time <= time && sample.time > time - 90_000).map(({ value }) => value);
      if (labelValue(labels, '__name__') === 'a_total' && inside.length > 0) result.set(keyOf(nameless(labels)), Math.max(...inside));
    }
    return result;
  }));

test.each([
  ['sum_over_time(a_total[90s])', 1],
  ['avg_over_time(a_total[90s])', undefined],
])('%s is what the samples of the window give', (query, divisor) =>
  agree(query, (list, time) => {
    const result: Instant = new Map();
    for (const { labels, samples: own } of list) {
      const inside = own.filter((sample) => sample.time <= time && sample.time > time - 90_000).map(({ value }) => value);
      if (labelValue(labels, '__name__') !== 'a_total' || inside.length === 0) continue;
      const sum = inside.reduce((total, value) => total + value, 0);
      result.set(keyOf(nameless(labels)), sum / (divisor ?? inside.length));
    }
    return result;
  }),
);

test('the mean of thirds is a third of the mean', async () => {
  // Whole numbers and fractions are summed in different ways.
  await fc.assert(
    fc.asyncProperty(sources, times, async (list, window) => {
      const thirds = await evaluate(list, 'avg_over_time((a_total / 3)[90s:5s])', window);
      const wholes = await evaluate(list, 'avg_over_time(a_total[90s:5s])', window);
      for (const [step, instant] of wholes.entries()) {
        expect([...instant.keys()]).toEqual([...thirds[step]!.keys()]);
        for (const [key, value] of instant) expect(thirds[step]!.get(key)).toBeCloseTo(value / 3, 9);
      }
    }),
    { numRuns: 40 },
  );
});

test('a subquery sees its inner expression at multiples of its step', () =>
  agree('sum_over_time(a_total[3m:30s])', (list, time) => {
    const result: Instant = new Map();
    for (let at = Math.floor((time - 180_000) / 30_000 + 1) * 30_000; at <= time; at += 30_000) {
      for (const [key, value] of instantOf(list, 'a_total', at)) result.set(key, (result.get(key) ?? 0) + value);
    }
    return result;
  }));
