/** The reader over ClickHouse answers as the one over memory does, whatever spans there are and whatever is asked. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSpanBatch, SIGNAL } from '@atalaya/journal';
import { type PlainAttributes, type PlainSpan, spanBatch } from '@atalaya/journal/testing';
import {
  ATTRIBUTE_TYPE,
  type AttributeTypeName,
  type FieldValue,
  silentLogger,
  type Span,
  type SpanField,
  type SpanPredicate,
  systemClock,
} from '@atalaya/model';
import { createMemoryTraceReader, type TraceReader } from '@atalaya/query';
import {
  connectTraceReader,
  directPorts,
  type Engine,
  openEmbeddedEngine,
  openTraceStore,
  readSpanRecord,
  serveTraceReader,
} from '@atalaya/store';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

const never = new AbortController().signal;
const START = BigInt(Date.UTC(2026, 5, 15, 12)) * 1_000_000n;
const SECOND = 1_000_000_000n;
const RANGE = { start: START, end: START + 5000n * SECOND };

const names = fc.constantFrom('a', 'b', 'http.status', "it's", 'service.name');
const texts = fc.constantFrom('', 'x', 'GET', '1', '-7', 'true', 'ä', '😀', "'", '\\', 'a.b', '["x"]', '\u{ff5e}');
const integers = fc.constantFrom(0n, 1n, -7n, 500n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n));
const doubles = fc.constantFrom(0.5, 1, -7, 1e300, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 0.1);
const doubleText = (value: number): string => (Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf');

const value: fc.Arbitrary<string | readonly [AttributeTypeName, string]> = fc.oneof(
  texts,
  integers.map((one) => ['int', String(one)] as const),
  doubles.map((one) => ['double', doubleText(one)] as const),
  fc.boolean().map((one) => ['bool', String(one)] as const),
  fc
    .array(fc.oneof(texts, fc.boolean(), fc.constantFrom(1, 500, -7, 0.5)), { maxLength: 3 })
    .map((one) => ['array', JSON.stringify(one)] as const),
  fc.constantFrom(['map', '[["k","v"]]'] as const, ['bytes', 'AAE='] as const, ['empty', ''] as const),
);
const attributes: fc.Arbitrary<PlainAttributes> = fc.dictionary(names, value, { maxKeys: 3, noNullPrototype: true });
const id = (digits: number): fc.Arbitrary<string> => fc.integer({ min: 1, max: 12 }).map((one) => one.toString(16).padStart(digits, '0'));

const span: fc.Arbitrary<PlainSpan> = fc.record({
  traceId: id(32),
  spanId: fc.integer({ min: 1, max: 2 ** 31 }).map((one) => one.toString(16).padStart(16, '0')),
  parentSpanId: fc.constantFrom('0'.repeat(16), 'ab'.repeat(8)),
  service: fc.constantFrom('x', 'shop', 'cart'),
  resource: fc.dictionary(fc.constantFrom('a', 'host'), value, { maxKeys: 2, noNullPrototype: true }),
  scopeName: fc.constantFrom('', 'lib'),
  scope: attributes,
  name: fc.constantFrom('', 'GET /', 'x'),
  kind: fc.integer({ min: 0, max: 5 }),
  start: fc.integer({ min: 0, max: 4000 }).map((one) => START + BigInt(one) * SECOND),
  duration: fc.constantFrom(0n, 1n, 7n, 500n, 2n ** 53n + 1n, 2n ** 63n),
  status: fc.integer({ min: 0, max: 2 }),
  statusMessage: fc.constantFrom('', 'x'),
  attributes,
  events: fc.array(fc.record({ time: fc.constant(START), name: fc.constantFrom('x', 'retry'), attributes }), { maxLength: 2 }),
  links: fc.array(fc.record({ traceId: id(32), spanId: id(16), attributes }), { maxLength: 2 }),
});

const field: fc.Arbitrary<SpanField> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('attribute' as const),
      scope: fc.constantFrom('any', 'span', 'resource', 'scope', 'event', 'link'),
      name: names,
    }),
  },
  fc.record({
    kind: fc.constant('intrinsic' as const),
    name: fc.constantFrom(
      'name',
      'kind',
      'status',
      'statusMessage',
      'duration',
      'traceId',
      'spanId',
      'parentSpanId',
      'eventName',
      'scopeName',
      'linkTraceId',
      'linkSpanId',
    ),
  }),
);
const literal: fc.Arbitrary<FieldValue> = fc.oneof(
  texts.map((one) => ({ type: 'string' as const, value: one })),
  fc.oneof(integers, doubles, fc.constantFrom(499.5, 2n ** 64n, -(2n ** 64n), 7n)).map((one) => ({ type: 'number' as const, value: one })),
  fc.boolean().map((one) => ({ type: 'bool' as const, value: one })),
  fc.constantFrom(0n, 7n, 500n).map((one) => ({ type: 'duration' as const, value: one })),
  fc.constantFrom('server', 'client', 'unspecified').map((one) => ({ type: 'kind' as const, value: one as 'server' })),
  fc.constantFrom('ok', 'error', 'unset').map((one) => ({ type: 'status' as const, value: one as 'ok' })),
);
const { predicate } = fc.letrec<{ predicate: SpanPredicate; leaf: SpanPredicate }>((tie) => ({
  leaf: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('compare' as const),
        field,
        operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
        value: literal,
      }),
    },
    fc.record({ kind: fc.constant('exists' as const), field }),
    fc.record({ kind: fc.constant('text' as const), field, value: fc.oneof(texts, fc.constantFrom('server', 'error', '7')) }),
    fc.record({
      kind: fc.constant('matches' as const),
      field,
      pattern: fc.constantFrom('x', 'x|GET', '.*', 'G.*', '', '[^a]+', "'", '\\\\'),
      negated: fc.boolean(),
    }),
    fc.constant({ kind: 'root' as const }),
  ),
  predicate: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: tie('leaf') },
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('predicate'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('predicate') }),
  ),
}));

const WORDS = new Map<string, string>(
  Object.entries({ 0: 'unspecified', 1: 'internal', 2: 'server', 3: 'client', 4: 'producer', 5: 'consumer' }),
);
const STATES = ['unset', 'ok', 'error'] as const;

function told(of: PlainAttributes = {}): Span['attributes'] {
  return Object.entries(of).map(([name, one]) =>
    typeof one === 'string' ? { name, type: 'string', value: one } : { name, type: one[0], value: one[1] },
  );
}

/** What a reader has to make of a span. */
function asTold(plain: PlainSpan): Span {
  const { service = '', parentSpanId = '' } = plain;
  return {
    traceId: plain.traceId,
    spanId: plain.spanId,
    parentSpanId: /^0*$/.test(parentSpanId) ? '' : parentSpanId,
    traceState: '',
    flags: 0,
    origin: {
      serviceName: service,
      resourceSchemaUrl: '',
      resource: told({ 'service.name': service, ...plain.resource }),
      resourceDropped: 0,
      scopeSchemaUrl: '',
      scopeName: plain.scopeName ?? '',
      scopeVersion: '',
      scope: told(plain.scope),
      scopeDropped: 0,
    },
    name: plain.name ?? '',
    kind: WORDS.get(String(plain.kind)) as Span['kind'],
    start: plain.start,
    duration: plain.duration ?? 0n,
    status: STATES[plain.status ?? 0] as Span['status'],
    statusMessage: plain.statusMessage ?? '',
    attributes: told(plain.attributes),
    droppedAttributes: 0,
    events: (plain.events ?? []).map(({ time, name, attributes: of }) => ({ time, name, attributes: told(of) })),
    droppedEvents: 0,
    links: (plain.links ?? []).map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      traceState: '',
      attributes: told(link.attributes),
    })),
    droppedLinks: 0,
  };
}

let folder: string;
let engine: Engine;
let stored: TraceReader;
let memory: TraceReader;
let spans: Span[];

beforeAll(async () => {
  expect(Object.keys(ATTRIBUTE_TYPE)).toHaveLength(8);
  folder = await mkdtemp(join(tmpdir(), 'atalaya-trace-readers-'));
  engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
  const store = await openTraceStore({ engine, clock: systemClock, log: silentLogger });
  const sample = fc.sample(fc.uniqueArray(span, { minLength: 200, maxLength: 200, selector: ({ spanId }) => spanId }), {
    seed: 7,
    numRuns: 1,
  })[0]!;
  for (let at = 0; at < sample.length; at += 50) {
    const payload = encodeSpanBatch(spanBatch(sample.slice(at, at + 50)));
    const end = { segment: 1, offset: at };
    await store.load([readSpanRecord({ signal: SIGNAL.traces, batchId: at + 1, rows: 50, appendedAt: 0, payload, end })]);
  }
  spans = sample.map(asTold);
  memory = createMemoryTraceReader(spans);
  const [served, own] = directPorts();
  serveTraceReader(store, served);
  stored = connectTraceReader(own);
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const byIds = (a: Span, b: Span): number => (a.traceId + a.spanId < b.traceId + b.spanId ? -1 : 1);

test('spans come back as they were sent', async () => {
  const traceIds = [...new Set(spans.map(({ traceId }) => traceId))];
  const read = await stored.spans({ traceIds, limit: 1000 }, never);
  expect(read.sort(byIds)).toEqual([...spans].sort(byIds));
});

test('the same traces are found, in the same order, also in portions', { timeout: 300_000 }, async () => {
  const one = async (reader: TraceReader, having: readonly SpanPredicate[], limit: number, before: bigint | undefined): Promise<unknown> =>
    (await reader.traces({ ...RANGE, having, limit, ...(before === undefined ? {} : { before }) }, never)).map(({ traceId, newest }) => [
      traceId,
      newest,
    ]);
  const before = fc.option(
    fc.integer({ min: 0, max: 4000 }).map((seconds) => START + BigInt(seconds) * SECOND),
    { nil: undefined },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(predicate, { maxLength: 3 }), fc.integer({ min: 1, max: 20 }), before, async (having, limit, until) => {
      expect(await one(stored, having, limit, until)).toEqual(await one(memory, having, limit, until));
    }),
    { numRuns: 15, seed: 42 },
  );
});

test('the same spans fulfil a predicate', { timeout: 300_000 }, async () => {
  const traceIds = [...new Set(spans.map(({ traceId }) => traceId))];
  const those = async (reader: TraceReader, having: SpanPredicate): Promise<string[]> =>
    (await reader.spans({ traceIds, having, limit: 1000, brief: true }, never)).map(({ spanId }) => spanId).sort();
  await fc.assert(
    fc.asyncProperty(predicate, async (having) => {
      expect(await those(stored, having)).toEqual(await those(memory, having));
    }),
    { numRuns: 60, seed: 43 },
  );
});

/** Doubles are summed up in some order. */
function roundedSum<T extends { readonly sum: number }>(bucket: T): T {
  return { ...bucket, sum: Number(bucket.sum.toPrecision(12)) };
}

test('the same is counted', { timeout: 300_000 }, async () => {
  const counted = async (reader: TraceReader, having: SpanPredicate, by: SpanField[], durations: boolean): Promise<unknown> => {
    const groups = await reader.counts({ ...RANGE, having, by, durations, width: 600n * SECOND, groups: 1000 }, never);
    return groups
      .map(({ values, buckets }) => [JSON.stringify(values.map((one) => one ?? null)), buckets.map(roundedSum)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  };
  await fc.assert(
    fc.asyncProperty(predicate, fc.array(field, { maxLength: 2 }), fc.boolean(), async (having, by, durations) => {
      expect(await counted(stored, having, by, durations)).toEqual(await counted(memory, having, by, durations));
    }),
    { numRuns: 20, seed: 44 },
  );
});

test('the same names and values are told', { timeout: 300_000 }, async () => {
  const request = { ...RANGE, limit: 1000 };
  expect(await stored.attributeNames(request, never)).toEqual(await memory.attributeNames(request, never));
  expect(await stored.services(RANGE, never)).toEqual(await memory.services(RANGE, never));
  expect(await stored.operations({ ...RANGE, service: 'shop' }, never)).toEqual(
    await memory.operations({ ...RANGE, service: 'shop' }, never),
  );
  const plain = (found: readonly { type: string; value: string }[]): string[] =>
    found.map(({ type, value: text }) => `${type} ${type === 'double' ? Number(text.replace(/Inf$/, 'Infinity')) : text}`).sort();
  await fc.assert(
    fc.asyncProperty(field, fc.option(predicate, { nil: undefined }), async (of, having) => {
      const asked = { ...request, field: of, ...(having === undefined ? {} : { having }) };
      expect(plain(await stored.values(asked, never))).toEqual(plain(await memory.values(asked, never)));
    }),
    { numRuns: 20, seed: 45 },
  );
});
