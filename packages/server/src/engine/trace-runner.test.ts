import { ManualClock, type CancelSignal } from '@atalaya/model';
import { createMemoryTraceReader, type TraceReader } from '@atalaya/query';
import { plainSpan } from '@atalaya/query/testing';
import { describe, expect, test } from 'vitest';
import { exampleSpans, TRACE_ID } from '../traces/example-for-tests.ts';
import type { TraceTask } from './query-task.ts';
import { TooCostly } from './too-costly.ts';
import { TraceRunner } from './trace-runner.ts';

const LIMITS = {
  timeoutMs: 60_000,
  lookbackMs: 300_000,
  series: 1000,
  samples: 1e6,
  points: 11_000,
  logSeries: 1000,
  logEntries: 1000,
  logLines: 1_000_000,
  logConcurrency: 6,
  traces: 10,
  traceSpans: 100,
  traceSeries: 10,
  traceConcurrency: 6,
  concurrency: 4,
  memoryBytes: 1e9,
  answerBytes: 1e6,
  stepCacheBytes: 0,
  features: [],
};
const OTHER = plainSpan({
  trace: 'ab',
  id: '1',
  service: 'a b',
  name: 'GET',
  kind: 'server',
  start: 5000n,
  duration: 7000n,
  attributes: { n: 1 },
});
const never = new AbortController().signal;
const EVER = { start: '0', end: '2000000000000000000', query: '', timeoutMs: 1000 };

const runnerOf = (reader: TraceReader = createMemoryTraceReader([...exampleSpans(), OTHER]), clock = new ManualClock()): TraceRunner =>
  new TraceRunner(LIMITS, reader, clock);
const answerTo = async (task: TraceTask): Promise<unknown> =>
  JSON.parse(Buffer.from(await runnerOf().run(task, Number.POSITIVE_INFINITY, never)).toString());

describe('one trace', () => {
  const byId = (traceId: string, form: 'jaeger' | 'tempo-json' | 'tempo-v2-json'): TraceTask => ({
    kind: 'trace-by-id',
    ...EVER,
    traceId,
    form,
  });

  test('in every form', async () => {
    expect(await answerTo(byId(TRACE_ID, 'jaeger'))).toMatchObject({
      data: [{ traceID: TRACE_ID, spans: [{}, {}, {}], processes: { p1: {}, p2: {} } }],
      total: 0,
      limit: 0,
      offset: 0,
      errors: null,
    });
    expect(await answerTo(byId(TRACE_ID, 'tempo-json'))).toMatchObject({ batches: [{ scopeSpans: [{}, {}] }, {}] });
    expect(await answerTo(byId(TRACE_ID, 'tempo-v2-json'))).toMatchObject({ trace: { resourceSpans: [{ scopeSpans: [{}, {}] }, {}] } });
  });

  test('that nobody knows', async () => {
    await expect(answerTo(byId('f'.repeat(32), 'jaeger'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `trace ${'f'.repeat(32)} not found`,
    });
  });

  test('that is too long to be told', async () => {
    const small = new TraceRunner({ ...LIMITS, answerBytes: 100 }, createMemoryTraceReader(exampleSpans()), new ManualClock());
    const told = small.run(byId(TRACE_ID, 'jaeger'), Number.POSITIVE_INFINITY, never);
    await expect(told).rejects.toMatchObject({ code: 'QUERY_LIMIT', details: { setting: 'query.answer' } });
  });
});

describe("Jaeger's questions", () => {
  test('traces by their ids, those that are not known as errors', async () => {
    const unknown = 'f'.repeat(32);
    const wanted = ['ab'.padStart(32, '0'), unknown, TRACE_ID, TRACE_ID];
    expect(await answerTo({ kind: 'trace-jaeger-traces', ...EVER, traceIds: wanted })).toMatchObject({
      data: [{ traceID: '00000000000000ab' }, { traceID: TRACE_ID }],
      errors: [{ msg: 'trace not found', traceID: unknown }],
    });
  });

  test('a search', async () => {
    const search = (asked: Partial<Extract<TraceTask, { kind: 'trace-jaeger-search' }>>): Promise<unknown> =>
      answerTo({
        kind: 'trace-jaeger-search',
        ...EVER,
        service: 'a b',
        operation: '',
        tags: {},
        minDuration: '0',
        maxDuration: '0',
        limit: 10,
        ...asked,
      });
    const found = { data: [{ traceID: '00000000000000ab' }], errors: null };
    const none = { data: [], total: 0, limit: 0, offset: 0, errors: null };
    expect(await search({})).toMatchObject(found);
    expect(
      await search({ operation: 'GET', tags: { n: '1', 'span.kind': 'server' }, minDuration: '7000', maxDuration: '7000' }),
    ).toMatchObject(found);
    expect(await search({ operation: 'POST' })).toEqual(none);
    expect(await search({ minDuration: '7001' })).toEqual(none);
    expect(await search({ end: '5000' })).toEqual(none);
    expect(await search({ service: 'OTLPResourceNoServiceName' })).toMatchObject({ data: [{ traceID: TRACE_ID }] });
  });

  test('services and operations', async () => {
    expect(await answerTo({ kind: 'trace-jaeger-services', ...EVER })).toEqual({
      data: ['a b', 'shop'],
      total: 2,
      limit: 0,
      offset: 0,
      errors: null,
    });
    const operations = { kind: 'trace-jaeger-operations', ...EVER, service: 'shop' } as const;
    expect(await answerTo({ ...operations, withKinds: false })).toMatchObject({ data: ['GET /', 'work'], total: 2 });
    expect(await answerTo({ ...operations, withKinds: true })).toMatchObject({
      data: [
        { name: 'GET /', spanKind: 'server' },
        { name: 'work', spanKind: 'internal' },
      ],
    });
    expect(await answerTo({ ...operations, withKinds: true, spanKind: 'server' })).toMatchObject({ data: [{ name: 'GET /' }], total: 1 });
    expect(await answerTo({ ...operations, service: 'OTLPResourceNoServiceName', withKinds: false })).toMatchObject({ data: ['SELECT'] });
  });
});

describe("Tempo's questions for names and values", () => {
  test('names by scope', async () => {
    const tags = { kind: 'trace-tags', ...EVER, limit: 100, byScope: true } as const;
    const { scopes } = (await answerTo({ ...tags, scope: 'none' })) as { scopes: { name: string; tags: string[] }[] };
    expect(scopes.map(({ name }) => name)).toEqual(['event', 'link', 'instrumentation', 'resource', 'span', 'intrinsic']);
    expect(scopes[3]).toEqual({ name: 'resource', tags: ['host.name', 'process.pid', 'service.name'] });
    expect(await answerTo({ ...tags, scope: 'instrumentation' })).toEqual({
      scopes: [{ name: 'instrumentation', tags: ['in'] }],
      metrics: {},
    });
    expect(await answerTo({ ...tags, scope: 'intrinsic' })).toMatchObject({
      scopes: [{ name: 'intrinsic', tags: expect.arrayContaining(['span:name']) as unknown }],
    });
    expect(await answerTo({ ...tags, scope: 'resource', byScope: false })).toEqual({
      tagNames: ['host.name', 'process.pid', 'service.name'],
      metrics: {},
    });
  });

  test.each([
    [
      '.service.name',
      [
        { type: 'string', value: 'shop' },
        { type: 'string', value: 'a b' },
      ],
    ],
    [
      'resource.service.name',
      [
        { type: 'string', value: 'shop' },
        { type: 'string', value: 'a b' },
      ],
    ],
    ['span."big int"', [{ type: 'int', value: '9007199254740993' }]],
    ['span.double', [{ type: 'float', value: '0.1' }]],
    [
      'status',
      [
        { type: 'keyword', value: 'unset' },
        { type: 'keyword', value: 'error' },
        { type: 'keyword', value: 'ok' },
      ],
    ],
    [
      'span:name',
      [
        { type: 'string', value: 'GET' },
        { type: 'string', value: 'GET /' },
        { type: 'string', value: 'SELECT' },
        { type: 'string', value: 'work' },
      ],
    ],
    [
      'trace:rootName',
      [
        { type: 'string', value: 'GET' },
        { type: 'string', value: 'GET /' },
      ],
    ],
    [
      'rootServiceName',
      [
        { type: 'string', value: 'a b' },
        { type: 'string', value: 'shop' },
      ],
    ],
    [
      'event:name',
      [
        { type: 'string', value: '' },
        { type: 'string', value: 'exception' },
      ],
    ],
    ['duration', []],
  ])('values with types: %s', async (tag, tagValues) => {
    const answer = await answerTo({ kind: 'trace-tag-values', ...EVER, tag, limit: 10, typed: true });
    expect(answer).toEqual({ tagValues, metrics: {} });
  });

  test('values of spans that fulfil what a query says so far', async () => {
    const values = (query: string): Promise<unknown> =>
      answerTo({ kind: 'trace-tag-values', ...EVER, query, tag: 'span:name', limit: 10, typed: true });
    const named = (...names: string[]): unknown => ({ tagValues: names.map((value) => ({ type: 'string', value })), metrics: {} });
    expect(await values('{ resource.service.name = "a b" && kind = }')).toEqual(named('GET'));
    expect(await values('{ status = error || kind = client }')).toEqual(named('GET /', 'SELECT'));
    expect(await values('{ nonsense')).toEqual(named('GET', 'GET /', 'SELECT', 'work'));
  });

  test('values without types, of names without scopes', async () => {
    const values = (tag: string): Promise<unknown> => answerTo({ kind: 'trace-tag-values', ...EVER, tag, limit: 10, typed: false });
    expect(await values('service.name')).toEqual({ tagValues: ['shop', 'a b'], metrics: {} });
    expect(await values('n')).toEqual({ tagValues: ['1'], metrics: {} });
    await expect(answerTo({ kind: 'trace-tag-values', ...EVER, tag: 'x', limit: 1, typed: true })).rejects.toMatchObject({
      code: 'BAD_QUERY',
    });
  });
});

describe('where only cheap questions are answered', () => {
  /** A reader that answers when its signal aborts, as a store does that is busy. */
  const slow = (): TraceReader =>
    ({
      services: (_range: unknown, signal: CancelSignal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    }) as unknown as TraceReader;
  const task: TraceTask = { kind: 'trace-jaeger-services', ...EVER };

  test('one that takes long is given back', async () => {
    const clock = new ManualClock();
    const asked = runnerOf(slow(), clock)
      .run(task, 1, never)
      .catch((error: unknown) => error);
    await clock.advance(1000);
    expect(await asked).toBeInstanceOf(TooCostly);
  });

  test('one that nobody wants any more is not', async () => {
    const leave = new AbortController();
    const asked = runnerOf(slow()).run(task, 1, leave.signal);
    leave.abort();
    await expect(asked).rejects.toThrow('aborted');
  });

  test('one that is quick is answered', async () => {
    expect(Buffer.from(await runnerOf().run(task, 1, never)).toString()).toMatch(/^\{"data":\["a b","shop"\]/);
  });
});
