import { type Labels, labelsOf, ManualClock } from '@atalaya/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogqlResult } from './answer.ts';
import { createLogqlEngine } from './engine.ts';
import type { LogReader } from './log-reader.ts';
import { createMemoryLogReader, type MemoryStream } from './memory-log-reader.ts';

const NEVER = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const limits = { series: 1000, entries: 5000, lines: 1e6, points: 11_000, timeMs: 1e6 };
const SECOND = 1_000_000_000n;

const line = fc.record({
  timestamp: fc.integer({ min: 0, max: 240 }).map((half) => (BigInt(half) * SECOND) / 2n),
  text: fc.constantFrom('GET /a', 'POST /b', 'error: ü', '', 'GET error'),
  attributes: fc.constantFrom<Labels>([], ['pod', '1'], ['pod', ''], ['app', 'x', 'pod', '2']),
  level: fc.constantFrom('info' as const, 'error' as const),
});

const streams = fc.array(
  fc.record({
    labels: fc
      .record({ app: fc.constantFrom('a', 'b'), env: fc.constantFrom('x', 'y') })
      .map((pairs): Labels => labelsOf({ ...pairs, job: 'all' })),
    lines: fc.array(line, { maxLength: 20 }),
  }),
  { maxLength: 4 },
);

const stages = fc.constantFrom(
  '',
  '|= "GET"',
  '!= "GET" or "POST"',
  '|~ "GET|err.r"',
  '!~ "^G"',
  '| app="a"',
  '| pod="1" != "x"',
  '| detected_level="error"',
  '| app=~"a|x", env!="y"',
);
const operation = fc.constantFrom('count_over_time', 'rate', 'bytes_over_time', 'bytes_rate', 'absent_over_time');
const range = fc.constantFrom('7s', '10s', '30s', '1m', '1500ms');
const offset = fc.constantFrom('', ' offset 10s', ' offset -5s');
const around = fc.constantFrom(
  (inner: string) => inner,
  (inner: string) => `sum(${inner})`,
  (inner: string) => `sum by (app, pod) (${inner})`,
  (inner: string) => `sum by (detected_level) (${inner})`,
  (inner: string) => `sum by (app_extracted) (${inner})`,
  (inner: string) => `sum without (env) (${inner})`,
  (inner: string) => `max by (app) (${inner})`,
  (inner: string) => `topk(2, ${inner})`,
);
const query = fc.tuple(around, operation, stages, range, offset).map(([wrap, name, filter, width, shift]) => {
  return wrap(`${name}({job="all"} ${filter} [${width}]${shift})`);
});

/** A reader that tells whether it was asked to count. */
function watched(reader: LogReader): { reader: LogReader; counted: () => boolean } {
  let counted = false;
  const counts: LogReader['counts'] = (...asked) => {
    counted = true;
    return reader.counts(...asked);
  };
  return { counted: () => counted, reader: { counts, lines: reader.lines.bind(reader), cost: reader.cost } };
}

async function ask(stored: readonly MemoryStream[], text: string, times: { end: number; step: number } | undefined, pushesDown: boolean) {
  const { reader, counted } = watched(createMemoryLogReader(stored, { blockRows: 3 }));
  const engine = createLogqlEngine(reader, { clock: new ManualClock(), limits, pushesDown });
  const answer =
    times === undefined
      ? await engine.instant({ query: text, timeNs: 60n * SECOND }, NEVER)
      : await engine.range(
          { query: text, startNs: 10n * SECOND, endNs: BigInt(times.end) * SECOND, stepNs: BigInt(times.step) * SECOND },
          NEVER,
        );
  return { result: answer.result, counted: counted() };
}

test('what the store counts is what counting line by line gives', async () => {
  let pushed = 0;
  const times = fc.option(fc.record({ end: fc.integer({ min: 10, max: 130 }), step: fc.constantFrom(1, 10, 15, 60) }), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(streams, query, times, async (stored, text, asked) => {
      const counted = await ask(stored, text, asked, true);
      const streamed = await ask(stored, text, asked, false);
      expect(streamed.counted).toBe(false);
      expect(counted.result).toEqual(streamed.result);
      if (counted.counted) pushed++;
    }),
    { numRuns: 300 },
  );
  expect(pushed).toBeGreaterThan(150);
});

const stored: readonly MemoryStream[] = [
  { labels: labelsOf({ job: 'all', app: 'a' }), lines: [{ timestamp: 5n * SECOND, text: 'GET /', level: 'error' }] },
];

test.each([
  ['count_over_time({job="all"}[1m])', true],
  ['sum by (detected_level) (rate({job="all"} |= "GET" [1m]))', true],
  ['sum by (app) (bytes_rate({job="all"} |~ "G.T" | app="a" [1m]))', true],
  // Only the lines themselves tell.
  ['count_over_time({job="all"} | decolorize [1m])', false],
  ['sum by (app_extracted) (count_over_time({job="all"}[1m]))', false],
  ['count_over_time({job="all"} |= "GET" |= ip("10.0.0.1") [1m])', false],
  // Falls apart by level, which counts by all labels do not tell.
  ['max by (detected_level) (count_over_time({job="all"}[1m]))', false],
  ['sum_over_time({job="all"} | unwrap x [1m])', false],
])('%s: counted by the store: %s', async (text, wanted) => {
  const { counted } = await ask(stored, text, undefined, true);
  expect(counted).toBe(wanted);
});

test('steps and a range that have hardly anything in common are counted line by line', async () => {
  const { reader, counted } = watched(createMemoryLogReader(stored));
  const engine = createLogqlEngine(reader, { clock: new ManualClock(), limits });
  const asked = { query: 'count_over_time({job="all"}[1m])', startNs: 0n, endNs: 600n * SECOND, stepNs: 59_999_999_999n };
  const { result } = await engine.range(asked, NEVER);
  expect(counted()).toBe(false);
  expect(resultSize(result)).toBe(1);
});

function resultSize(result: LogqlResult): number {
  return result.resultType === 'matrix' ? result.values.length : -1;
}
