import zlib from 'node:zlib';
import { encodeTraces, protobufField, type TestSpan } from '@atalaya/receive/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discard, otlpGrpcAddress, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { callUnary, grpcFrame } from './grpc-call.ts';
import { nestedList } from './nested-values.ts';

const NOW = Date.now();
const NANOS = `${NOW}000000`;
const DAY_MS = 86_400_000;
const MIB = 1_048_576;
const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const PROTOBUF = { 'Content-Type': 'application/x-protobuf' };
const JSON_TYPE = { 'Content-Type': 'application/json' };

let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya();
});
afterAll(async () => discard(program));

let ids = 0;
const newId = (bytes: number): string => (++ids).toString(16).padStart(bytes * 2, '0');
const goodSpan = (fields: TestSpan = {}): TestSpan => ({
  traceId: newId(16),
  spanId: newId(8),
  name: 'good',
  startTimeUnixNano: NANOS,
  endTimeUnixNano: NANOS,
  ...fields,
});
const requestOf = (spans: TestSpan[]) => ({
  resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'hostile' } }] }, scopeSpans: [{ spans }] }],
});
const spanOf = (...fields: Uint8Array[]): Uint8Array => protobufField(1, protobufField(2, protobufField(2, Buffer.concat(fields))));

function post(body: Uint8Array | string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${program.url}/v1/traces`, { method: 'POST', headers, body: Uint8Array.from(Buffer.from(body)) });
}

const callGrpc = async (payload: Uint8Array, headers: Record<string, string> = {}): Promise<string> =>
  callUnary(await otlpGrpcAddress(program), EXPORT, payload, headers);

interface ReadTrace {
  readonly spans: readonly {
    readonly operationName: string;
    readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  }[];
}

/** The names of the spans of a trace, and the attributes of all of them. */
async function readTrace(id: string | undefined): Promise<{ names: string[]; tags: Map<string, unknown> }> {
  const answer = await fetch(`${program.url}/api/traces/${id}`);
  const { data } = (await answer.json()) as { data: ReadTrace[] | null };
  const spans = data?.[0]?.spans ?? [];
  const tags = spans.flatMap((span) => span.tags.map(({ key, value }) => [key, value] as const));
  return { names: spans.map(({ operationName }) => operationName), tags: new Map(tags) };
}

async function isWell(): Promise<void> {
  expect((await fetch(`${program.url}/health/live`)).status).toBe(200);
  expect((await program.status()).engine.state).toBe('ready');
}

describe('spans that ask too much', () => {
  const many = Array.from({ length: 3000 }, (_, i) => ({ key: `a${i}`, value: { stringValue: 'x' } }));

  test.each<[string, TestSpan, RegExp]>([
    ['3,000 attributes', { attributes: many }, /1 attribute_limit/],
    ['3,000 attributes of an event', { events: [{ attributes: many }] }, /1 attribute_limit/],
    ['an attribute of a megabyte', { attributes: [{ key: 'a', value: { stringValue: 'x'.repeat(MIB) } }] }, /1 attribute_limit/],
    ['20,000 events', { events: Array.from({ length: 20_000 }, () => ({ name: 'e' })) }, /1 span_too_large/],
    [
      'three megabytes',
      { events: [{ attributes: [{ key: 'a', value: { stringValue: 'x'.repeat(3 * MIB) } }] }] },
      /1 (span_too_large|attribute_limit)/,
    ],
    ['a start ten years ahead', { startTimeUnixNano: `${NOW + 3650 * DAY_MS}000000` }, /1 too_far_in_future/],
    ['a start beyond all calendars', { startTimeUnixNano: '18446744073709551615' }, /1 too_far_in_future/],
    ['a start before the retention', { startTimeUnixNano: `${NOW - 16 * DAY_MS}000000` }, /1 too_old/],
    ['no ids', { traceId: '', spanId: '' }, /1 invalid_id/],
    ['ids of zeros', { traceId: '0'.repeat(32) }, /1 invalid_id/],
  ])('%s: is refused with the reason, by both encodings, and what else is in it is stored', async (_name, fields, reason) => {
    const [first, second] = [goodSpan(), goodSpan()];
    const json = await post(JSON.stringify(requestOf([first, goodSpan(fields)])), JSON_TYPE);
    expect(json.status).toBe(200);
    const { partialSuccess } = (await json.json()) as { partialSuccess: { rejectedSpans: string; errorMessage: string } };
    expect(partialSuccess).toEqual({ rejectedSpans: '1', errorMessage: expect.stringMatching(reason) as string });
    const protobuf = await post(encodeTraces(requestOf([second, goodSpan(fields)])), PROTOBUF);
    expect(protobuf.status).toBe(200);
    expect(await protobuf.text()).toMatch(reason);
    for (const { traceId } of [first, second]) expect((await readTrace(traceId)).names).toEqual(['good']);
    await isWell();
  });

  test('an end beyond all calendars, and events there, are kept as far as times go', async () => {
    const span = goodSpan({ endTimeUnixNano: '18446744073709551615', events: [{ name: 'e', timeUnixNano: '18446744073709551615' }] });
    expect((await post(encodeTraces(requestOf([span])), PROTOBUF)).status).toBe(200);
    expect((await readTrace(span.traceId)).names).toEqual(['good']);
    await isWell();
  });
});

describe('requests that would do harm', () => {
  test.each<[string, () => Uint8Array | string, Record<string, string>, number]>([
    ['a gzip bomb', () => zlib.gzipSync(Buffer.alloc(300 * MIB)), { ...PROTOBUF, 'Content-Encoding': 'gzip' }, 413],
    ['a zstd bomb', () => zlib.zstdCompressSync(Buffer.alloc(300 * MIB)), { ...JSON_TYPE, 'Content-Encoding': 'zstd' }, 413],
    ['a body beyond the limit', () => Buffer.alloc(33 * MIB), PROTOBUF, 413],
    ['JSON of 100,000 brackets', () => '['.repeat(100_000), JSON_TYPE, 400],
    [
      'an attribute nested 100,000 deep in JSON',
      () => {
        const [open, close] = ['{"arrayValue":{"values":[', ']}}'].map((part) => part.repeat(100_000));
        return `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"value":${open}{"intValue":1}${close}}]}]}]}]}`;
      },
      JSON_TYPE,
      400,
    ],
    ['an attribute nested 100,000 deep in protobuf', () => spanOf(protobufField(9, protobufField(2, nestedList(100_000)))), PROTOBUF, 400],
    ['lengths beyond the message', () => Buffer.from([10, 0xff, 0xff, 0xff, 0x7f]), PROTOBUF, 400],
    ['damaged gzip', () => Buffer.from('no gzip at all'), { ...PROTOBUF, 'Content-Encoding': 'gzip' }, 400],
  ])('%s', async (_name, body, headers, status) => {
    const memory = async (): Promise<number> => (await program.status()).processes.find(({ name }) => name === 'main')?.memoryBytes ?? 0;
    const before = await memory();
    // Whoever is answered while still sending may be told by a closed connection first: as real senders do, it is tried again.
    const told = async (): Promise<unknown> => {
      const answer = await post(body(), headers);
      return [answer.status, answer.headers.get('content-type')];
    };
    await expect.poll(told, { timeout: 30_000 }).toEqual([status, headers['Content-Type']]);
    expect((await memory()) - before).toBeLessThan(128 * MIB);
    await isWell();
  });

  test.each<[string, () => Uint8Array, Record<string, string>, string]>([
    ['a message beyond the limit', () => grpcFrame(Buffer.alloc(33 * MIB)), {}, '8'],
    ['a bomb', () => grpcFrame(zlib.gzipSync(Buffer.alloc(300 * MIB)), 1), { 'grpc-encoding': 'gzip' }, '8'],
    ['no protobuf', () => grpcFrame(Buffer.from([1, 2, 3])), {}, '3'],
  ])('by gRPC: %s', async (_name, payload, headers, status) => {
    expect(await callGrpc(payload(), headers)).toBe(status);
    expect(await callGrpc(grpcFrame(new Uint8Array()))).toBe('0');
  });
});

describe('what is unusual but right', () => {
  test('bytes that are no UTF-8 and NUL break no answer', async () => {
    const broken = Buffer.from([0x61, 0xff, 0x00, 0x62]);
    const traceId = newId(16);
    const start = Buffer.alloc(9);
    start[0] = 7 * 8 + 1;
    start.writeBigUInt64LE(BigInt(NANOS), 1);
    const attribute = protobufField(9, Buffer.concat([protobufField(1, broken), protobufField(2, protobufField(1, broken))]));
    const id = [protobufField(1, Buffer.from(traceId, 'hex')), protobufField(2, Buffer.from(newId(8), 'hex'))];
    expect((await post(spanOf(...id, start, protobufField(5, broken), attribute), PROTOBUF)).status).toBe(200);
    const { names, tags } = await readTrace(traceId);
    expect([names, tags.get('a\uFFFD\u0000b')]).toEqual([['a\uFFFD\u0000b'], 'a\uFFFD\u0000b']);
    expect((await fetch(`${program.url}/api/services`)).status).toBe(200);
    await isWell();
  });

  test.each(['json', 'protobuf'])('names that are things of JavaScript are data, in %s', async (way) => {
    const names = ['__proto__', 'constructor', 'toString', 'valueOf'];
    const span = goodSpan({ name: '__proto__', attributes: names.map((key) => ({ key, value: { stringValue: `v-${key}` } })) });
    const answer =
      way === 'json' ? await post(JSON.stringify(requestOf([span])), JSON_TYPE) : await post(encodeTraces(requestOf([span])), PROTOBUF);
    expect(answer.status).toBe(200);
    const { tags } = await readTrace(span.traceId);
    for (const name of names) expect(tags.get(name)).toBe(`v-${name}`);
    expect(({} as Record<string, unknown>)['v-toString']).toBeUndefined();
    await isWell();
  });

  test('the same request twice is stored once', async () => {
    const span = goodSpan();
    const body = encodeTraces(requestOf([span]));
    for (let i = 0; i < 2; i++) expect((await post(body, PROTOBUF)).status).toBe(200);
    expect((await readTrace(span.traceId)).names).toEqual(['good']);
  });

  test('2,000 attributes and a thousand events of one span are all there', async () => {
    const attributes = Array.from({ length: 2000 }, (_, i) => ({ key: `a${i}`, value: { intValue: String(i) } }));
    const span = goodSpan({ attributes, events: Array.from({ length: 1000 }, (_, i) => ({ name: `e${i}`, timeUnixNano: NANOS })) });
    expect((await post(encodeTraces(requestOf([span])), PROTOBUF)).status).toBe(200);
    const { tags } = await readTrace(span.traceId);
    expect(attributes.every(({ key }, i) => tags.get(key) === i)).toBe(true);
  });
});
