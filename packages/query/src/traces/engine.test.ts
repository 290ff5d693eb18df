import { type CancelSignal, ManualClock, type Span } from '@atalaya/model';
import { expect, test } from 'vitest';
import { plainSpan } from '../../test/traces/plain-span.ts';
import type { TraceSearchAnswer } from './answer.ts';
import { createTraceqlEngine, type TraceqlEngine } from './engine.ts';
import type { TraceqlLimits } from './limits.ts';
import { createMemoryTraceReader } from './memory-trace-reader.ts';
import type { TraceReader } from './trace-reader.ts';

const NEVER: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const LIMITS: TraceqlLimits = { traces: 1000, spans: 100_000, series: 100, points: 1000, timeMs: 1000 };
const RANGE = { start: 0n, end: 1_000_000_000_000n };
const SECOND = 1_000_000_000n;

/** A hundred traces, a second after each other; of three spans each, every tenth with an error. */
const SPANS: Span[] = Array.from({ length: 100 }, (_, i) => {
  const start = BigInt(i) * SECOND;
  const trace = `f${i}`;
  const status = i % 10 === 0 ? 'error' : 'unset';
  return [
    plainSpan({ trace, id: '1', service: 'web', name: 'GET', start, duration: SECOND, attributes: { i, word: `w${i}` } }),
    plainSpan({ trace, id: '2', parent: '1', service: 'db', name: 'SELECT', start: start + 10n, duration: 20n, status }),
    plainSpan({ trace, id: '3', parent: '2', service: 'db', name: 'fetch', start: start + 11n, duration: 2n }),
  ];
}).flat();

function engineWith(
  limits: Partial<TraceqlLimits> = {},
  reader: TraceReader = createMemoryTraceReader(SPANS),
  pushesDown = true,
): TraceqlEngine {
  return createTraceqlEngine(reader, { clock: new ManualClock(), limits: { ...LIMITS, ...limits }, pushesDown });
}

const traceIds = ({ traces }: TraceSearchAnswer): string[] => traces.map(({ traceId }) => traceId.replace(/^0+/, ''));

test('a found trace, in full', async () => {
  const { traces, next, stats } = await engineWith().search({ ...RANGE, query: '{ .i = 30 } >> { status = error }' }, NEVER);
  expect(traces).toEqual([
    {
      traceId: 'f30'.padStart(32, '0'),
      rootServiceName: 'web',
      rootTraceName: 'GET',
      start: 30n * SECOND,
      duration: SECOND,
      services: new Map([
        ['web', { spans: 1, errors: 0 }],
        ['db', { spans: 2, errors: 1 }],
      ]),
      spanSets: [
        {
          matched: 1,
          attributes: [],
          spans: [
            {
              spanId: '0000000000000002',
              name: 'SELECT',
              start: 30n * SECOND + 10n,
              duration: 20n,
              attributes: [{ name: 'status', type: 'string', value: 'error' }],
            },
          ],
        },
      ],
    },
  ]);
  expect(next).toBeUndefined();
  // Only the trace that has both was looked at: all of it, and in detail what may be chosen.
  expect(stats).toEqual({ inspectedTraces: 1, inspectedSpans: 3 + 2, execMs: 0 });
});

test.each([true, false])('the newest first, portion by portion (pushed down: %s)', async (pushesDown) => {
  const engine = engineWith({}, undefined, pushesDown);
  const first = await engine.search({ ...RANGE, query: '{ status = error }', limit: 4 }, NEVER);
  expect(traceIds(first)).toEqual(['f90', 'f80', 'f70', 'f60']);
  const second = await engine.search({ ...RANGE, query: '{ status = error }', limit: 4, before: first.next! }, NEVER);
  expect(traceIds(second)).toEqual(['f50', 'f40', 'f30', 'f20']);
  const third = await engine.search({ ...RANGE, query: '{ status = error }', limit: 4, before: second.next! }, NEVER);
  expect(traceIds(third)).toEqual(['f10', 'f0']);
  expect(third.next).toBeUndefined();
});

test('of traces of one instant none is lost', async () => {
  const spans = Array.from({ length: 3000 }, (_, i) => plainSpan({ trace: String(i), id: '1', start: 5n, duration: BigInt(i) }));
  const engine = engineWith({ traces: 5000 }, createMemoryTraceReader(spans));
  expect((await engine.search({ ...RANGE, query: '{ traceDuration >= 0 }', limit: 5000 }, NEVER)).traces).toHaveLength(3000);
  // A field of the trace: the store cannot choose.
  expect((await engine.search({ ...RANGE, query: '{ traceDuration > 2989ns }', limit: 50 }, NEVER)).traces).toHaveLength(10);
});

test('a search ends as soon as it has found enough', async () => {
  const { stats } = await engineWith().search({ ...RANGE, query: '{ }', limit: 2 }, NEVER);
  expect(stats.inspectedTraces).toBeLessThan(10);
});

test('spans of a spanset: as many as asked for', async () => {
  const spansOf = async (spansPerSpanset?: number): Promise<number | undefined> => {
    const asked = { ...RANGE, query: '{ }', limit: 1, ...(spansPerSpanset === undefined ? {} : { spansPerSpanset }) };
    const { traces } = await engineWith().search(asked, NEVER);
    expect(traces[0]?.spanSets[0]?.matched).toBe(3);
    return traces[0]?.spanSets[0]?.spans.length;
  };
  expect([await spansOf(), await spansOf(2), await spansOf(0)]).toEqual([3, 2, 3]);
});

test.each([true, false])('exemplars are spread over the time and over the series (pushed down: %s)', async (pushesDown) => {
  const engine = engineWith({}, undefined, pushesDown);
  const range = { start: 0n, end: 100n * SECOND, step: 10n * SECOND };
  const { series, timestamps } = await engine.metrics({ ...range, query: '{ } | rate() by (name)', exemplars: 30 }, NEVER);
  const exemplars = series.flatMap((one) => one.exemplars);
  expect(exemplars.length).toBeGreaterThan(15);
  expect(exemplars.length).toBeLessThanOrEqual(30);
  const stretches = new Set(exemplars.map(({ timestampMs }) => Math.floor(timestampMs / 20_000)));
  expect(stretches.size).toBe(5);
  expect(exemplars.every(({ traceId }) => /^0+f\d+$/.test(traceId))).toBe(true);
  expect([...timestamps].slice(0, 2)).toEqual([10_000, 20_000]);
  const none = await engine.metrics({ ...range, query: '{ } | rate() with (exemplars = false)' }, NEVER);
  expect(none.series[0]?.exemplars).toEqual([]);
  const few = await engine.metrics({ ...range, query: '{ } | rate() with (exemplars = 3)' }, NEVER);
  expect(few.series[0]?.exemplars.length).toBeLessThanOrEqual(3);
});

test('what filters alone choose is counted without a span being looked at', async () => {
  const engine = engineWith({ spans: 1 });
  const asked = { start: 0n, end: 100n * SECOND, step: 50n * SECOND, exemplars: 0 };
  const { series, stats } = await engine.metrics({ ...asked, query: '{ status = error } | count_over_time()' }, NEVER);
  expect([...series[0]!.values]).toEqual([5, 5]);
  expect(stats.inspectedSpans).toBe(0);
});

test.each([
  ['too many traces', {}, { query: '{ }', limit: 1001 }, 'query.traces'],
  ['too many spans', { spans: 200 }, { query: '{ traceDuration < 0 }' }, 'query.trace_spans'],
  ['too much memory', { memoryBytes: 10_000 }, { query: '{ }', limit: 90 }, 'query.memory'],
] as const)('%s', async (_what, limits, query, setting) => {
  const search = engineWith(limits).search({ ...RANGE, ...query }, NEVER);
  await expect(search).rejects.toMatchObject({ code: 'QUERY_LIMIT', details: { setting, limit: Object.values(limits)[0] ?? 1000 } });
});

test.each([
  ['too many series, counted', { series: 50 }, '{ } | rate() by (.word)', 'query.trace_series'],
  ['too many series, looked at', { series: 50 }, '{ } | max_over_time(.i) by (.word)', 'query.trace_series'],
  ['too many buckets', { series: 2 }, '{ } | histogram_over_time(.i)', 'query.trace_series'],
  ['too many series of a comparison', { series: 10 }, '{ } | compare({ status = error })', 'query.trace_series'],
  ['too many steps', { points: 9 }, '{ } | rate()', 'query.points'],
  ['too many spans', { spans: 20 }, '{ } | max_over_time(.i)', 'query.trace_spans'],
] as const)('%s', async (_what, limits, query, setting) => {
  const asked = { start: 0n, end: 100n * SECOND, step: 10n * SECOND, query };
  await expect(engineWith(limits).metrics(asked, NEVER)).rejects.toMatchObject({ code: 'QUERY_LIMIT', details: { setting } });
});

test('queries that cannot be asked so', async () => {
  const engine = engineWith();
  await expect(engine.search({ ...RANGE, query: '{ a }' }, NEVER)).rejects.toMatchObject({ code: 'BAD_QUERY' });
  await expect(engine.search({ ...RANGE, query: '{ } | rate()' }, NEVER)).rejects.toMatchObject({ code: 'BAD_QUERY' });
  await expect(engine.metrics({ ...RANGE, query: '{ }' }, NEVER)).rejects.toMatchObject({ code: 'BAD_QUERY' });
  await expect(engine.search({ start: 2n, end: 1n, query: '{ }' }, NEVER)).rejects.toMatchObject({ code: 'BAD_PARAMETER' });
  await expect(engine.metrics({ start: 2n, end: 1n, query: '{ } | rate()' }, NEVER)).rejects.toMatchObject({ code: 'BAD_PARAMETER' });
  await expect(engine.metrics({ ...RANGE, step: 0n, query: '{ } | rate()' }, NEVER)).rejects.toMatchObject({ code: 'BAD_PARAMETER' });
});

test('time and cancelling', async () => {
  const clock = new ManualClock();
  const memory = createMemoryTraceReader(SPANS);
  const slow: TraceReader = {
    ...memory,
    async traces(request, signal) {
      await clock.advance(600);
      return memory.traces(request, signal);
    },
  };
  const engine = createTraceqlEngine(slow, { clock, limits: LIMITS });
  await expect(engine.search({ ...RANGE, query: '{ traceDuration < 0 }' }, NEVER)).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
  await expect(engineWith().search({ ...RANGE, query: '{ }' }, { ...NEVER, aborted: true })).rejects.toMatchObject({
    code: 'QUERY_CANCELED',
  });
});

test('a trace of 20,000 spans in a row, and one with as many children', async () => {
  const many = 20_000;
  const spans = Array.from({ length: many }, (_, i) => [
    plainSpan({
      trace: 'a',
      id: i.toString(16),
      parent: i === 0 ? '' : (i - 1).toString(16),
      start: BigInt(i),
      duration: 1n,
      name: i % 2 === 0 ? 'even' : 'odd',
    }),
    plainSpan({
      trace: 'b',
      id: i.toString(16),
      parent: i === 0 ? '' : '0',
      start: BigInt(i),
      duration: 1n,
      name: i % 2 === 0 ? 'even' : 'odd',
    }),
  ]).flat();
  const engine = engineWith({ spans: 10 * many, timeMs: 60_000 }, createMemoryTraceReader(spans));
  for (const operator of ['>', '>>', '<', '<<', '~', '!~', '&>>', '&~']) {
    const { traces } = await engine.search({ ...RANGE, query: `{ name = "even" } ${operator} { name = "odd" && childCount >= 0 }` }, NEVER);
    expect(traces.length).toBeGreaterThan(0);
  }
  const { traces } = await engine.search({ ...RANGE, query: `{ nestedSetLeft = ${many} }` }, NEVER);
  expect(traces.map(({ spanSets }) => spanSets[0]?.matched)).toEqual([1, 1]);
});
