import { type Labels, labelsOf, ManualClock, type NativeHistogram, STALE_HISTOGRAM } from '@atalaya/model';
import { expect, test } from 'vitest';
import { createMemoryReader, type MemorySeries } from '../../memory-reader.ts';
import { encodeAnswer } from '../encode.ts';
import { createPromqlEngine } from '../engine.ts';

const NEVER = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const LIMITS = { series: 100, samples: 10_000, points: 1000, timeMs: 60_000 };
const NONE = new Float64Array(0);

function histogram(count: number): NativeHistogram {
  return {
    schema: 0,
    counterReset: 'unknown',
    zeroThreshold: 0,
    zeroCount: 0,
    count,
    sum: count / 2,
    positiveSpans: [{ offset: 0, length: 1 }],
    positiveBuckets: Float64Array.of(count),
    negativeSpans: [],
    negativeBuckets: NONE,
    customBounds: NONE,
  };
}

function series(name: string, floats: [number, number][], histograms: [number, NativeHistogram][]): MemorySeries {
  const labels: Labels = labelsOf({ __name__: name });
  return {
    labels,
    timestamps: Float64Array.from(floats, ([time]) => time),
    values: Float64Array.from(floats, ([, value]) => value),
    histograms: {
      timestamps: Float64Array.from(histograms, ([time]) => time),
      values: histograms.map(([, value]) => value),
    },
  };
}

const STORED = [
  series(
    'a',
    [[0, 7]],
    [
      [60_000, histogram(2)],
      [120_000, histogram(4)],
    ],
  ),
  series(
    'b',
    [],
    [
      [60_000, histogram(3)],
      [90_000, STALE_HISTOGRAM],
    ],
  ),
  series('c', [[60_000, 1]], []),
];
const engine = createPromqlEngine(createMemoryReader(STORED), { lookbackMs: 300_000, limits: LIMITS, clock: new ManualClock() });

async function data(answer: ReturnType<typeof engine.instant>): Promise<unknown> {
  return (JSON.parse(new TextDecoder().decode(encodeAnswer(await answer))) as { data: { result: unknown } }).data.result;
}

const two = { count: '2', sum: '1', buckets: [[0, '0.5', '1', '2']] };
const three = { count: '3', sum: '1.5', buckets: [[0, '0.5', '1', '3']] };
const four = { count: '4', sum: '2', buckets: [[0, '0.5', '1', '4']] };

test('an instant answer has `histogram` in the place of `value`', async () => {
  expect(await data(engine.instant({ query: '{__name__=~".+"}', timeMs: 60_000 }, NEVER))).toEqual([
    { metric: { __name__: 'a' }, histogram: [60, two] },
    { metric: { __name__: 'b' }, histogram: [60, three] },
    { metric: { __name__: 'c' }, value: [60, '1'] },
  ]);
});

test('a series of a range answer has `values`, `histograms` or both', async () => {
  const query = { query: '{__name__=~".+"}', startMs: 0, endMs: 120_000, stepMs: 60_000 };
  expect(await data(engine.range(query, NEVER))).toEqual([
    {
      metric: { __name__: 'a' },
      values: [[0, '7']],
      histograms: [
        [60, two],
        [120, four],
      ],
    },
    { metric: { __name__: 'b' }, histograms: [[60, three]] },
    {
      metric: { __name__: 'c' },
      values: [
        [60, '1'],
        [120, '1'],
      ],
    },
  ]);
});

test('the stored samples of a range selector come with their own times, without stale markers', async () => {
  expect(await data(engine.instant({ query: '{__name__=~"a|b"}[2m]', timeMs: 119_999 }, NEVER))).toEqual([
    { metric: { __name__: 'a' }, values: [[0, '7']], histograms: [[60, two]] },
    { metric: { __name__: 'b' }, histograms: [[60, three]] },
  ]);
});

test('a limit of series counts series of histograms too', async () => {
  const instant = await engine.instant({ query: '{__name__=~"b|c"}', timeMs: 60_000, limit: 1 }, NEVER);
  expect(instant).toMatchObject({ warnings: ['results truncated due to limit'], result: { labels: [['__name__', 'b']] } });
  expect(await data(Promise.resolve(instant))).toEqual([{ metric: { __name__: 'b' }, histogram: [60, three] }]);
  const range = engine.range({ query: '{__name__=~"a|b"}', startMs: 60_000, endMs: 60_000, stepMs: 60_000, limit: 1 }, NEVER);
  expect(await data(range)).toEqual([{ metric: { __name__: 'a' }, histograms: [[60, two]] }]);
});

test('histograms count against the limit of samples', async () => {
  const narrow = createPromqlEngine(createMemoryReader(STORED), {
    lookbackMs: 300_000,
    limits: { ...LIMITS, samples: 2 },
    clock: new ManualClock(),
  });
  await expect(narrow.instant({ query: 'a[5m]', timeMs: 120_000 }, NEVER)).rejects.toMatchObject({ code: 'QUERY_LIMIT' });
});
