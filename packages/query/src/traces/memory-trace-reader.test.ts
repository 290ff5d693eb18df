import { type CancelSignal, ManualClock, type SpanPredicate } from '@atalaya/model';
import { expect, test } from 'vitest';
import { plainSpan } from '../../test/traces/plain-span.ts';
import { createTraceqlEngine } from './engine.ts';
import { createMemoryTraceReader } from './memory-trace-reader.ts';

const NEVER: CancelSignal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const ALL = { start: 0n, end: 1000n };
const SPANS = [
  plainSpan({ trace: 'a', id: '1', service: 'web', name: 'GET', kind: 'server', start: 10n, duration: 90n, attributes: { code: 200 } }),
  plainSpan({ trace: 'a', id: '2', parent: '1', service: 'db', name: 'SELECT', start: 20n, duration: 8n, status: 'error' }),
  plainSpan({ trace: 'b', id: '3', service: 'web', name: 'GET', kind: 'server', start: 30n, duration: 1n, attributes: { code: 500 } }),
  plainSpan({
    trace: 'c',
    id: '4',
    service: 'web',
    name: 'PUT',
    kind: 'server',
    start: 30n,
    events: [{ name: 'log', attributes: { level: 'warn' } }],
  }),
];
const reader = createMemoryTraceReader(SPANS);
const named = (value: string): SpanPredicate => ({
  kind: 'compare',
  field: { kind: 'intrinsic', name: 'name' },
  operator: '=',
  value: { type: 'string', value },
});
const ids = (traces: readonly { readonly traceId: string }[]): string[] => traces.map(({ traceId }) => traceId.replace(/^0+/, ''));

test('traces: each predicate by some span, the newest first', async () => {
  expect(ids(await reader.traces({ ...ALL, having: [], limit: 10 }, NEVER))).toEqual(['b', 'c', 'a']);
  expect(ids(await reader.traces({ ...ALL, having: [], limit: 10, before: 30n }, NEVER))).toEqual(['a']);
  const both = await reader.traces({ ...ALL, having: [named('GET'), named('SELECT')], limit: 10 }, NEVER);
  expect(both).toMatchObject([{ newest: 20n, start: 10n, end: 21n }]);
  expect(await reader.traces({ start: 0n, end: 20n, having: [named('SELECT')], limit: 10 }, NEVER)).toEqual([]);
});

test('spans: in order, brief, only some, not too many', async () => {
  const traceIds = SPANS.map(({ traceId }) => traceId);
  expect((await reader.spans({ traceIds, limit: 10 }, NEVER)).map(({ start }) => start)).toEqual([10n, 20n, 30n, 30n]);
  const [brief] = await reader.spans({ traceIds, brief: true, having: named('GET'), limit: 10 }, NEVER);
  expect(brief).toMatchObject({ attributes: [], origin: { serviceName: 'web' } });
  await expect(reader.spans({ traceIds, limit: 3 }, NEVER)).rejects.toMatchObject({ code: 'QUERY_LIMIT' });
});

test('counts: by time, fields and powers of the duration', async () => {
  const by = [
    { kind: 'attribute', scope: 'any', name: 'code' },
    { kind: 'intrinsic', name: 'kind' },
  ] as const;
  const counts = await reader.counts({ ...ALL, having: named('GET'), width: 20n, by, durations: true, groups: 9 }, NEVER);
  expect(counts).toEqual([
    { values: ['200', 'server'], buckets: [{ at: 0, spans: 1, sum: 90, min: 90, max: 90, byPower: [[6, 1]] }] },
    { values: ['500', 'server'], buckets: [{ at: 1, spans: 1, sum: 1, min: 1, max: 1, byPower: [[0, 1]] }] },
  ]);
});

test('what there is: services, operations, names and values', async () => {
  expect(await reader.services(ALL, NEVER)).toEqual(['db', 'web']);
  expect(await reader.operations({ ...ALL, service: 'web', kind: 'server' }, NEVER)).toEqual([
    { name: 'GET', kind: 'server' },
    { name: 'PUT', kind: 'server' },
  ]);
  expect(await reader.attributeNames({ ...ALL, limit: 9 }, NEVER)).toMatchObject({
    span: ['code'],
    resource: ['service.name'],
    event: ['level'],
  });
  const status = { kind: 'intrinsic', name: 'status' } as const;
  expect(await reader.values({ ...ALL, field: status, limit: 9 }, NEVER)).toEqual([
    { type: 'keyword', value: 'unset' },
    { type: 'keyword', value: 'error' },
  ]);
});

test.each([true, false])('what Jaeger asks for (pushed down: %s)', async (pushesDown) => {
  const limits = { traces: 100, spans: 1000, series: 100, points: 1000, timeMs: 1000 };
  const engine = createTraceqlEngine(reader, { clock: new ManualClock(), limits, pushesDown });
  const find = async (query: object): Promise<string[]> => ids(await engine.findTraces({ ...ALL, ...query }, NEVER));
  expect(await find({ service: 'web' })).toEqual(['b', 'c', 'a']);
  expect(await find({ service: 'web', operation: 'GET', limit: 1 })).toEqual(['b']);
  expect(await find({ service: 'web', minDuration: 2n })).toEqual(['a']);
  expect(await find({ maxDuration: 0n })).toEqual(['c']);
  expect(await find({ tags: { code: '200', 'span.kind': 'server' } })).toEqual(['a']);
  expect(await find({ tags: { error: 'true' } })).toEqual(['a']);
  expect(await find({ service: 'web', tags: { error: 'true' } })).toEqual([]);
  expect(await find({ tags: { level: 'warn' } })).toEqual(['c']);
  expect(await find({ tags: { event: 'log' } })).toEqual(['c']);
  const whole = await engine.findTraces({ ...ALL, operation: 'SELECT' }, NEVER);
  expect(whole[0]?.spans).toEqual(SPANS.slice(0, 2));
  await expect(engine.findTraces({ ...ALL, limit: 101 }, NEVER)).rejects.toMatchObject({ code: 'QUERY_LIMIT' });
});
