import { AtalayaError, formatLabels, type Labels, labelsOf, ManualClock } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogqlResult } from './answer.ts';
import { createLogqlEngine } from './engine.ts';
import { createMemoryLogReader, type MemoryStream } from './memory-log-reader.ts';

const NEVER = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const limits = { series: 1000, entries: 5000, lines: 1e6, points: 11_000, timeMs: 1e6 };
const SECOND = 1_000_000_000n;

const streams = fc.array(
  fc.record({
    labels: fc
      .record({ app: fc.constantFrom('a', 'b'), pod: fc.constantFrom('1', '2', '3') })
      .map((pairs): Labels => labelsOf({ ...pairs, job: 'all' })),
    lines: fc.array(
      fc.record({
        timestamp: fc.integer({ min: 0, max: 160 }).map((half) => (BigInt(half) * SECOND) / 2n),
        text: fc.constantFrom('v=1 k=x', 'v=2.5 k=y', 'v=-3 k=x', 'v=NaN', 'v=Inf k=y', 'v=abc', 'k=y', 'none'),
      }),
      { maxLength: 14 },
    ),
  }),
  { maxLength: 4 },
);

const range = fc.constantFrom('5s', '10s', '30s', '45s');
const offset = fc.constantFrom('', ' offset 7s');
const lines = fc
  .tuple(
    fc.constantFrom('count_over_time', 'rate', 'bytes_over_time', 'absent_over_time'),
    fc.constantFrom('', '| logfmt', '|= "v"'),
    range,
    offset,
  )
  .map(([name, stages, width, shift]) => `${name}({job="all"} ${stages} [${width}]${shift})`);
const OPERATIONS = ['avg', 'min', 'max', 'first', 'last', 'stddev', 'stdvar'].map((name) => `${name}_over_time(`);
const numbers = fc
  .tuple(
    fc.constantFrom(...OPERATIONS, 'quantile_over_time(0.3, '),
    range,
    offset,
    fc.constantFrom('', ' by (app)', ' without (k, v)', ' by (k, pod)'),
  )
  .map(([name, width, shift, group]) => `${name}{job="all"} | logfmt | unwrap v | __error__="" [${width}]${shift})${group}`);
const others = fc
  .tuple(fc.constantFrom('sum_over_time', 'rate', 'rate_counter'), range)
  .map(([name, width]) => `${name}({job="all"} | logfmt | unwrap v | __error__="" [${width}])`);
const leaf = fc.oneof(lines, numbers, others);
const one = fc
  .tuple(
    leaf,
    fc.constantFrom(
      (inner: string) => inner,
      (inner: string) => `sum by (app) (${inner})`,
      (inner: string) => `avg without (pod, k, v) (${inner})`,
      (inner: string) => `stddev(${inner})`,
      (inner: string) => `topk(2, ${inner})`,
      (inner: string) => `bottomk by (app) (1, ${inner})`,
      (inner: string) => `label_replace(${inner}, "p", "$1", "pod", "(1|2)")`,
      (inner: string) => `${inner} > 1`,
    ),
  )
  .map(([inner, wrap]) => wrap(inner));
const query = fc.oneof(
  one,
  fc
    .tuple(one, fc.constantFrom('+', '/', '>', '== bool', 'and on (app)', 'or', 'unless on (app)', '* on (app) group_left'), one)
    .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
);

/** Values by labels, at one step. */
function pointsOf(result: LogqlResult, timeMs: number): Record<string, number> {
  const points: Record<string, number> = {};
  if (result.resultType === 'vector') for (const [i, labels] of result.labels.entries()) points[formatLabels(labels)] = result.values[i]!;
  if (result.resultType !== 'matrix') return points;
  for (const [series, labels] of result.labels.entries()) {
    for (let i = result.offsets[series]!; i < result.offsets[series + 1]!; i++) {
      if (result.timestamps[i] === timeMs) points[formatLabels(labels)] = result.values[i]!;
    }
  }
  return points;
}

/** The outcome, or the error's code: a query may fail at any of its steps. */
async function outcome(work: Promise<{ result: LogqlResult }>): Promise<LogqlResult | string> {
  try {
    return (await work).result;
  } catch (error) {
    if (error instanceof AtalayaError) return error.code;
    throw error;
  }
}

test('every step of a range is what asking at that instant gives', async () => {
  const times = fc.record({
    start: fc.integer({ min: 0, max: 20 }),
    count: fc.integer({ min: 1, max: 9 }),
    step: fc.constantFrom(3, 10, 20),
  });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(streams, query, times, fc.boolean(), async (stored: MemoryStream[], text, { start, count, step }, pushesDown) => {
      const engine = createLogqlEngine(createMemoryLogReader(stored, { blockRows: 5 }), { clock: new ManualClock(), limits, pushesDown });
      const instants = Array.from({ length: count }, (_, i) => BigInt(start + i * step) * SECOND);
      const window = { startNs: instants[0]!, endNs: instants.at(-1)!, stepNs: BigInt(step) * SECOND };
      const whole = await outcome(engine.range({ query: text, ...window }, NEVER));
      const parts = await Promise.all(instants.map((timeNs) => outcome(engine.instant({ query: text, timeNs }, NEVER))));
      const failed = parts.find((part) => typeof part === 'string');
      const ofRange = instants.map((time) => (typeof whole === 'string' ? whole : pointsOf(whole, Number(time / 1_000_000n))));
      const ofInstants = parts.map((part) => failed ?? pointsOf(part as LogqlResult, 0));
      expect(ofRange).toEqual(ofInstants);
      if (failed === undefined && ofInstants.some((points) => Object.keys(points).length > 0)) answered++;
    }),
    { numRuns: 400 },
  );
  // Most of the questions have to be about something.
  expect(answered).toBeGreaterThan(150);
});
