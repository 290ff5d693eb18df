import { type CancelSignal, labelsOf, ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import { createMemoryReader, type MemorySeries } from '../memory-reader.ts';
import type { ReadEstimate, SampleReader } from '../reader.ts';
import type { QueryLimits } from './context.ts';
import type { QueryCost } from './cost.ts';
import { createPromqlEngine } from './engine.ts';

const never: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const limits: QueryLimits = { series: 1000, samples: 10_000, points: 11_000, timeMs: 60_000 };

/** `count` series `m{host="0"}` … with ten samples each, a second apart. */
function hosts(count: number, name = 'm'): MemorySeries[] {
  return Array.from({ length: count }, (_, host) => ({
    labels: labelsOf({ __name__: name, host: String(host) }),
    timestamps: Float64Array.from({ length: 10 }, (_, i) => i * 1000),
    values: Float64Array.from({ length: 10 }, (_, i) => i * (host + 1)),
  }));
}

/** A reader that must not be read from, and expects to find this much. */
function untouched(estimate: ReadEstimate): SampleReader {
  return {
    select: () => Promise.reject(new Error('something was read')),
    estimate: async () => estimate,
  };
}

function engine(reader: SampleReader, given: Partial<QueryLimits> = {}) {
  return createPromqlEngine(reader, { lookbackMs: 300_000, limits: { ...limits, ...given }, clock: new ManualClock() });
}

const month = { startMs: 0, endMs: 30 * 86_400_000, stepMs: 3_600_000 };

test.each([
  ['m', { series: 1001, samples: 1 }, 'query.series', '1001 series'],
  ['m', { series: 100, samples: 1 }, 'query.samples', '100 series at 721 steps'],
  ['-rate(m[5m])', { series: 100, samples: 1 }, 'query.samples', '100 series at 721 steps'],
  ['topk(3, rate(m[5m]))', { series: 100, samples: 1 }, 'query.samples', '100 series at 721 steps'],
  ['sum(rate(m[5m]))', { series: 100, samples: 20_001 }, 'query.samples', '20001 samples'],
  ['m', { series: 1, samples: 20_001 }, 'query.samples', '20001 samples'],
  ['m + m offset 1h', { series: 1, samples: 10_001 }, 'query.samples', '20002 samples'],
  ['max_over_time(m[1y:1ms])', { series: 0, samples: 0 }, 'query.samples', 'a subquery would be evaluated at'],
  ['max_over_time(m[100m:1s] @ 0)', { series: 4, samples: 1 }, 'query.samples', '4 series at 6000 steps'],
  [
    'max_over_time(sum_over_time(m[2m:1s])[1h:30s])',
    { series: 2, samples: 1 },
    'query.samples',
    'a subquery would be evaluated at 86520 steps',
  ],
])('%s, expected to find %o, is refused before anything is read', async (query, estimate, setting, words) => {
  const failure = engine(untouched(estimate)).range({ query, ...month }, never);
  await expect(failure).rejects.toMatchObject({ code: 'QUERY_LIMIT', details: { setting } });
  await expect(failure).rejects.toThrow(words);
  await expect(failure).rejects.toThrow(`raise ${setting}`);
});

test.each(['m', 'm + m', 'sum(m @ 5)', 'sum(m @ 5 offset 1m) + vector(1)'])(
  '%s is not refused for an estimate near the limit',
  async (query) => {
    const reader = createMemoryReader(hosts(10));
    const doubtful: SampleReader = { ...reader, estimate: async () => ({ series: 20, samples: 15_000 }) };
    await engine(doubtful).range({ query, ...month, startMs: month.endMs - 900 * 3_600_000 + 3_600_000 }, never);
  },
);

test('what a query is expected to cost is told before it reads', async () => {
  const costs: QueryCost[] = [];
  const failure = engine(untouched({ series: 3, samples: 50 })).range({ query: 'm + m + sum(m @ 5)', ...month }, never, (cost) => {
    costs.push(cost);
    throw new RangeError('not here');
  });
  await expect(failure).rejects.toThrow('not here');
  // The two equal selections are one read; the pinned one is another, and evaluated once.
  expect(costs).toEqual([{ samples: 100, points: 2 * 3 * 721 + 3 + 4 * 721 + 2 }]);
});

test.each([
  ['vector(1)', 'instant', 2],
  ['sum_over_time((vector(1))[1d:1s])', 'instant', 80_000],
  ['quantile_over_time(0.5, (vector(1))[1d:1s])', 'range', 62_000_000],
  ['quantile_over_time(0.5, m[1d])', 'range', 700_000],
  ['sum_over_time(m[1d])', 'range', 4000],
])('%s asked as %s is known to cost some work, whatever it reads', async (query, kind, least) => {
  let cost = 0;
  const note = ({ samples, points }: QueryCost): void => void (cost = samples + points);
  const of = engine(
    { ...createMemoryReader(hosts(1)), estimate: async () => ({ series: 1, samples: 30_000 }) },
    { samples: 1e9, timeMs: 0.001 },
  );
  const asked = kind === 'instant' ? of.instant({ query, timeMs: 0 }, never, note) : of.range({ query, ...month }, never, note);
  await asked.catch(() => undefined);
  expect(cost).toBeGreaterThanOrEqual(Math.min(least, 700_000));
  expect(cost).toBeLessThan(least * 20);
});

const MIB = 1_048_576;
const wide = { startMs: 0, endMs: 9000, stepMs: 1 };

test.each([
  ['m', 'a selection'],
  ['count_values("v", m)', 'values that become labels'],
  ['m * on (host) group_left m', 'a join'],
  ['m or label_replace(m, "host", "x$1", "host", "(.*)") or label_replace(m, "host", "y$1", "host", "(.*)")', 'a union'],
  ['max_over_time(m[9s:1ms])', 'a subquery'],
])('%s holds no more memory than allowed', async (query) => {
  const reader = createMemoryReader(hosts(10));
  const ample = { samples: 1e9, memoryBytes: 64 * MIB };
  const explanation = await engine(reader, ample).explain({ query, ...wide }, 0, never);
  expect(explanation.error).toBeUndefined();
  const { peakBytes } = explanation.totals;
  // The result alone takes so much.
  expect(peakBytes).toBeGreaterThan(10 * 9001 * 9);
  const scarce = engine(reader, { samples: 1e9, memoryBytes: peakBytes - 1 }).range({ query, ...wide }, never);
  await expect(scarce).rejects.toMatchObject({ code: 'QUERY_LIMIT', details: { setting: 'query.memory' } });
  await expect(scarce).rejects.toThrow('raise query.memory');
  await engine(reader, { samples: 1e9, memoryBytes: peakBytes }).range({ query, ...wide }, never);
});

test('what is not needed any more does not count', async () => {
  const reader = createMemoryReader(hosts(10));
  const peak = async (query: string): Promise<number> =>
    (await engine(reader).explain({ query, startMs: 0, endMs: 900, stepMs: 1 }, 0, never)).totals.peakBytes;
  const once = await peak('sum(m)');
  const often = await peak(Array.from({ length: 50 }, () => 'sum(m)').join(' + '));
  expect(often).toBeLessThan(once * 2);
});

test('an answer may be too long', async () => {
  const reader = createMemoryReader(hosts(10));
  const failure = engine(reader, { answerBytes: 1000 }).range({ query: 'm', startMs: 0, endMs: 9000, stepMs: 1000 }, never);
  await expect(failure).rejects.toMatchObject({ code: 'QUERY_LIMIT', details: { setting: 'query.answer' } });
  await engine(reader, { answerBytes: 1000 }).range({ query: 'sum(m)', startMs: 0, endMs: 9000, stepMs: 1000 }, never);
});

test('a text of megabytes is no query', async () => {
  const query = `m{host="${'x'.repeat(1_100_000)}"}`;
  await expect(engine(createMemoryReader([])).instant({ query, timeMs: 0 }, never)).rejects.toMatchObject({ code: 'BAD_QUERY' });
});

test('an explanation of a query that would exceed a limit says what was expected', async () => {
  const { plan, error } = await engine(untouched({ series: 100, samples: 7 })).explain({ query: 'abs(m)', ...month }, 0, never);
  expect(error).toMatchObject({ code: 'QUERY_LIMIT' });
  expect(plan.children[0]).toMatchObject({ estimate: { series: 100, samples: 7 }, notes: ['was not read'] });
});
