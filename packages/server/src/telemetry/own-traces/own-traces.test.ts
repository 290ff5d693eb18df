import { decodeSpanBatch, eachText, type SpanBatch } from '@atalaya/journal';
import { ManualClock } from '@atalaya/model';
import { createSpanWriter } from '@atalaya/receive';
import { expect, test } from 'vitest';
import { OwnTraces, type OwnWork } from './own-traces.ts';
import { parseTraceparent } from './trace-context.ts';

const TRACE = 'ab'.repeat(16);
const CALLER = 'cd'.repeat(8);
const WORK: OwnWork = {
  name: 'GET /x',
  durationMs: 5,
  attributes: { 'http.response.status_code': 200, share: 0.5, ok: true, none: undefined },
};

/** Traces of a clock that stands still, and what they wrote. */
function start(perSecond = 1) {
  const clock = new ManualClock(1_700_000_000_000);
  const batches: SpanBatch[] = [];
  const journal = { failing: false, append: async (_signal: number, _rows: number, bytes: Uint8Array) => keep(bytes) };
  const keep = (bytes: Uint8Array): void => {
    if (journal.failing) throw new Error('full');
    batches.push(decodeSpanBatch(bytes));
  };
  const traces = new OwnTraces(clock);
  traces.start(createSpanWriter({ journal }), perSecond);
  const written = async () => {
    await traces.stop();
    return batches.flatMap(told);
  };
  const answer = (work: Partial<OwnWork> = {}, traceparent?: string): void => {
    const trace = traces.begin(parseTraceparent(traceparent));
    const { name, durationMs, attributes, failure } = { ...WORK, ...work };
    if (trace !== undefined && traces.end(trace, durationMs, failure)) traces.keep(trace, name, durationMs, attributes, failure);
  };
  return { clock, traces, journal, written, answer };
}

/** Name and ids of each span. */
function told(batch: SpanBatch): { name: string; traceId: string; spanId: string; parent: string }[] {
  const names: string[] = [];
  eachText(batch.names, (from, to) => names.push(Buffer.from(batch.names).toString('utf8', from, to)));
  const hex = (column: Uint8Array, width: number, row: number): string =>
    Buffer.from(column).toString('hex', row * width, (row + 1) * width);
  return names.map((name, row) => ({
    name,
    traceId: hex(batch.traceIds, 16, row),
    spanId: hex(batch.spanIds, 8, row),
    parent: hex(batch.parentSpanIds, 8, row),
  }));
}

test('the trace of a request has its own span, what was done below it, and what the engine tells of that', async () => {
  const { traces, written } = start();
  const trace = traces.begin(undefined);
  if (trace === undefined) throw new Error('no trace');
  await traces.within(trace, async () => {
    await traces.current?.during('query instant', {}, async (context) => {
      traces.engineDid([{ parent: context, name: 'evaluate', startMs: 1_700_000_000_000, durationMs: 1, attributes: {} }]);
    });
    await expect(traces.current?.during('fails', {}, () => Promise.reject(new Error('why')))).rejects.toThrow('why');
  });
  expect(traces.end(trace, 5, undefined)).toBe(true);
  traces.keep(trace, 'GET /x', 5, {}, undefined);
  const spans = await written();
  const by = (name: string) => spans.find((span) => span.name === name);
  expect(spans).toHaveLength(4);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect([by('GET /x')?.parent, by('query instant')?.parent]).toEqual(['0'.repeat(16), by('GET /x')?.spanId]);
  expect([by('evaluate')?.parent, by('fails')?.parent]).toEqual([by('query instant')?.spanId, by('GET /x')?.spanId]);
});

test("a caller's trace goes on, and whether it records decides", async () => {
  const { written, answer } = start();
  answer({ name: 'sampled' }, `00-${TRACE}-${CALLER}-01`);
  answer({ name: 'sampled, too' }, `00-${TRACE}-${CALLER}-01`);
  answer({ name: 'not sampled' }, `00-${TRACE}-${CALLER}-00`);
  answer({ name: 'not sampled, failed', failure: 'answered 500' }, `00-${TRACE}-${CALLER}-00`);
  const spans = await written();
  expect(spans.map(({ name }) => name)).toEqual(['sampled', 'sampled, too', 'not sampled, failed']);
  expect(spans.map(({ traceId, parent }) => [traceId, parent])).toEqual(spans.map(() => [TRACE, CALLER]));
});

test('there are so many a second; slow, failed and logged ones come on top, within bounds', async () => {
  const { clock, traces, written, answer } = start(2);
  for (let i = 0; i < 5; i++) answer({ name: `usual ${i}` });
  answer({ name: 'slow', durationMs: 1000 });
  answer({ name: 'failed', failure: 'answered 503' });
  const logged = traces.begin(undefined);
  if (logged === undefined) throw new Error('no trace');
  logged.wanted = true;
  expect(traces.end(logged, 5, undefined)).toBe(true);
  traces.keep(logged, 'logged', 5, {}, undefined);
  await clock.advance(1000);
  for (let i = 0; i < 100; i++) answer({ name: 'storm', failure: 'answered 503' });
  const names = (await written()).map(({ name }) => name);
  expect(names.slice(0, 5)).toEqual(['usual 0', 'usual 1', 'slow', 'failed', 'logged']);
  expect(names.filter((name) => name === 'storm')).toHaveLength(22);
  expect(traces.stats()).toEqual({ written: 27, dropped: 0, leftOut: 3 + 78 });
});

test('what is done all the time is told once in ten seconds, each kind for itself', async () => {
  const { clock, traces, written } = start();
  for (let second = 0; second < 25; second++) {
    for (const name of ['load', 'POST /v1/traces']) if (traces.wants(name, 5, undefined)) traces.did({ ...WORK, name }, 'server');
    await clock.advance(1000);
  }
  expect((await written()).map(({ name }) => name)).toEqual([
    'load',
    'POST /v1/traces',
    'load',
    'POST /v1/traces',
    'load',
    'POST /v1/traces',
  ]);
});

test('attributes keep their types; those without a value are none', async () => {
  const batches: SpanBatch[] = [];
  const traces = new OwnTraces(new ManualClock(1_700_000_000_000));
  const append = async (_signal: number, _rows: number, bytes: Uint8Array): Promise<void> => void batches.push(decodeSpanBatch(bytes));
  traces.start(createSpanWriter({ journal: { append } }), 1);
  traces.did(WORK);
  await traces.stop();
  expect(Buffer.from(batches[0]?.attributes.types ?? []).toString()).toBe('idb');
  expect(batches[0]?.origins[0]).toMatchObject({ serviceName: 'atalaya', scopeName: 'atalaya' });
});

test('what could not be written is written later, and not twice', async () => {
  const { clock, journal, traces, written, answer } = start(10);
  journal.failing = true;
  answer({ name: 'first' });
  await clock.advance(1000);
  journal.failing = false;
  answer({ name: 'second' });
  expect((await written()).map(({ name }) => name)).toEqual(['first', 'second']);
  expect(traces.stats()).toMatchObject({ written: 2, dropped: 0 });
});

test('switched off, nothing begins and nothing is kept', async () => {
  const { traces, written } = start();
  traces.switchOff();
  expect(traces.begin(undefined)).toBeUndefined();
  traces.did(WORK);
  expect(await written()).toEqual([]);
});

test.each([
  [undefined],
  [''],
  [`00-${TRACE}-${CALLER}`],
  [`00-${'0'.repeat(32)}-${CALLER}-01`],
  [`00-${TRACE}-${'0'.repeat(16)}-01`],
  [`ff-${TRACE}-${CALLER}-01`],
  [`00-${TRACE}-${CALLER}-01-more`],
  [`00-${TRACE.toUpperCase()}-${CALLER}-01`],
])('the header %s is no trace context', (header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});

test('a later version of the header may say more', () => {
  expect(parseTraceparent(`01-${TRACE}-${CALLER}-03-more`)).toEqual({ traceId: TRACE, spanId: CALLER, sampled: true });
});
