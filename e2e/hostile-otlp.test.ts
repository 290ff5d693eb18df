import { connect as connectTcp, type Socket } from 'node:net';
import zlib from 'node:zlib';
import { encodeLogs, protobufField, type TestRecord } from '@atalaya/receive/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discard, otlpGrpcAddress, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { exportLogs, grpcFrame } from './grpc-call.ts';
import { nestedList } from './nested-values.ts';
import { type ReadLine, readLines } from './read-logs.ts';

const NOW = Date.now();
const NANOS = `${NOW}000000`;
const HOUR = 3_600_000_000_000n;
const DAY_MS = 86_400_000;
const MIB = 1_048_576;

let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya();
});
afterAll(async () => discard(program));

const PROTOBUF = { 'Content-Type': 'application/x-protobuf' };
const JSON_TYPE = { 'Content-Type': 'application/json' };

function post(body: Uint8Array | string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${program.url}/v1/logs`, { method: 'POST', headers, body: Uint8Array.from(Buffer.from(body)) });
}

const requestOf = (service: string, records: TestRecord[]) => ({
  resourceLogs: [
    { resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] }, scopeLogs: [{ logRecords: records }] },
  ],
});

async function lines(selector: string): Promise<ReadLine[]> {
  const middle = BigInt(NANOS);
  return readLines(program.url, selector, middle - HOUR, middle + HOUR);
}

async function isWell(): Promise<void> {
  expect((await fetch(`${program.url}/health/live`)).status).toBe(200);
  expect((await program.status()).engine.state).toBe('ready');
}

const callGrpc = async (payload: Uint8Array, headers: Record<string, string> = {}): Promise<string> =>
  exportLogs(await otlpGrpcAddress(program), payload, headers);

const recordsOf = (...fields: Uint8Array[]): Uint8Array => protobufField(1, protobufField(2, protobufField(2, Buffer.concat(fields))));

describe('records that ask too much', () => {
  const many = Array.from({ length: 3000 }, (_, i) => ({ key: `a${i}`, value: { stringValue: 'x' } }));

  test.each<[string, TestRecord, RegExp]>([
    ['a line of two megabytes', { timeUnixNano: NANOS, body: { stringValue: 'x'.repeat(2_000_000) } }, /1 line_too_long/],
    ['3,000 attributes', { timeUnixNano: NANOS, attributes: many }, /1 attribute_limit/],
    [
      'an attribute of a megabyte',
      { timeUnixNano: NANOS, attributes: [{ key: 'a', value: { stringValue: 'x'.repeat(MIB) } }] },
      /1 attribute_limit/,
    ],
    ['a time ten years ahead', { timeUnixNano: `${NOW + 3650 * DAY_MS}000000` }, /1 too_far_in_future/],
    ['a time beyond all calendars', { timeUnixNano: '18446744073709551615' }, /1 too_far_in_future/],
    ['a time before the retention', { timeUnixNano: `${NOW - 16 * DAY_MS}000000` }, /1 too_old/],
    ['a time in 1970', { timeUnixNano: '1' }, /1 too_old/],
  ])('%s: is refused with the reason, by both encodings, and what else is in it is stored', async (name, record, reason) => {
    const good = (way: string): TestRecord => ({ timeUnixNano: NANOS, body: { stringValue: `${name} ${way}` } });
    const json = await post(JSON.stringify(requestOf('good', [good('json'), record])), JSON_TYPE);
    expect(json.status).toBe(200);
    const { partialSuccess } = (await json.json()) as { partialSuccess: { rejectedLogRecords: string; errorMessage: string } };
    expect(partialSuccess).toEqual({ rejectedLogRecords: '1', errorMessage: expect.stringMatching(reason) as string });
    const protobuf = await post(encodeLogs(requestOf('good', [good('protobuf'), record])), PROTOBUF);
    expect(protobuf.status).toBe(200);
    expect(await protobuf.text()).toMatch(reason);
    const texts = (await lines('{service_name="good"}')).map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining([`${name} json`, `${name} protobuf`]));
    await isWell();
  });

  test('5,000 resource attributes refuse what is under them', async () => {
    const attributes = Array.from({ length: 5000 }, (_, i) => ({ key: `r${i}`, value: { stringValue: 'x' } }));
    const request = { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [{ timeUnixNano: NANOS }] }] }] };
    const answer = await post(JSON.stringify(request), JSON_TYPE);
    expect([answer.status, await answer.text()]).toEqual([
      200,
      expect.stringContaining('1 of 1 log records were refused: 1 attribute_limit'),
    ]);
  });
});

describe('requests that would do harm', () => {
  test.each<[string, () => Uint8Array | string, Record<string, string>, number]>([
    ['a gzip bomb', () => zlib.gzipSync(Buffer.alloc(300 * MIB)), { ...PROTOBUF, 'Content-Encoding': 'gzip' }, 413],
    ['a deflate bomb', () => zlib.deflateSync(Buffer.alloc(300 * MIB)), { ...JSON_TYPE, 'Content-Encoding': 'deflate' }, 413],
    ['a zstd bomb', () => zlib.zstdCompressSync(Buffer.alloc(300 * MIB)), { ...JSON_TYPE, 'Content-Encoding': 'zstd' }, 413],
    ['gzip within gzip', () => zlib.gzipSync(zlib.gzipSync(Buffer.alloc(MIB))), { ...PROTOBUF, 'Content-Encoding': 'gzip' }, 400],
    ['a body beyond the limit', () => Buffer.alloc(33 * MIB), PROTOBUF, 413],
    ['JSON of 100,000 brackets', () => '['.repeat(100_000), JSON_TYPE, 400],
    [
      'a body nested 100,000 deep in JSON',
      () => {
        const [open, close] = ['{"arrayValue":{"values":[', ']}}'].map((part) => part.repeat(100_000));
        return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${open}{"intValue":1}${close}}]}]}]}`;
      },
      JSON_TYPE,
      400,
    ],
    ['a body nested 100,000 deep in protobuf', () => recordsOf(protobufField(5, nestedList(100_000))), PROTOBUF, 400],
    ['lengths beyond the message', () => Buffer.from([10, 0xff, 0xff, 0xff, 0x7f]), PROTOBUF, 400],
    ['damaged gzip', () => Buffer.from('no gzip at all'), { ...PROTOBUF, 'Content-Encoding': 'gzip' }, 400],
  ])('%s', async (_name, body, headers, status) => {
    const memory = async (): Promise<number> => (await program.status()).processes.find(({ name }) => name === 'main')?.memoryBytes ?? 0;
    const before = await memory();
    const answer = await post(body(), headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, headers['Content-Type']]);
    // The limit is 32 MiB: what was refused may have taken twice as much for a moment, not what it would have grown to.
    expect((await memory()) - before).toBeLessThan(128 * MIB);
    await isWell();
  });

  test('unknown JSON nested 100,000 deep is passed over like anything unknown', async () => {
    const answer = await post(`{"unknown":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, JSON_TYPE);
    expect(answer.status).toBe(200);
  });

  test.each<[string, () => Uint8Array, Record<string, string>, RegExp]>([
    ['a message beyond the limit', () => grpcFrame(Buffer.alloc(33 * MIB)), {}, /^8$/],
    ['a bomb', () => grpcFrame(zlib.gzipSync(Buffer.alloc(300 * MIB)), 1), { 'grpc-encoding': 'gzip' }, /^8$/],
    ['a body nested 100,000 deep', () => grpcFrame(recordsOf(protobufField(5, nestedList(100_000)))), {}, /^3$/],
    ['no protobuf', () => grpcFrame(Buffer.from([1, 2, 3])), {}, /^3$/],
    ['half a frame', () => grpcFrame(Buffer.alloc(100)).subarray(0, 50), {}, /^13$/],
  ])('by gRPC: %s', async (_name, payload, headers, status) => {
    expect(await callGrpc(payload(), headers)).toMatch(status);
    expect(await callGrpc(grpcFrame(new Uint8Array()))).toBe('0');
  });

  test('by gRPC: 30 MB in one message are taken', async () => {
    const unknown = protobufField(15, Buffer.alloc(30 * MIB));
    expect(await callGrpc(grpcFrame(unknown))).toBe('0');
  });

  test('500 connections that say nothing do not keep others from the gRPC listener', async () => {
    const address = new URL(`http://${await otlpGrpcAddress(program)}`);
    const sockets: Socket[] = [];
    try {
      await Promise.all(
        Array.from({ length: 500 }, () => {
          const socket = connectTcp(Number(address.port), address.hostname).on('error', () => undefined);
          sockets.push(socket);
          return new Promise((resolve) => socket.once('connect', resolve));
        }),
      );
      expect(await callGrpc(grpcFrame(new Uint8Array()))).toBe('0');
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    await isWell();
  });
});

describe('what is unusual but right', () => {
  test('bytes that are no UTF-8 are kept and shown as U+FFFD; NUL is a character like others', async () => {
    const broken = Buffer.from([0x61, 0xff, 0x00, 0x62]);
    const attribute = protobufField(6, Buffer.concat([protobufField(1, Buffer.from('k')), protobufField(2, protobufField(1, broken))]));
    const service = protobufField(
      1,
      Buffer.concat([protobufField(1, Buffer.from('service.name')), protobufField(2, protobufField(1, Buffer.from('bytes')))]),
    );
    const record = Buffer.concat([protobufField(5, protobufField(1, broken)), attribute]);
    const body = protobufField(1, Buffer.concat([protobufField(1, service), protobufField(2, protobufField(2, record))]));
    expect((await post(body, PROTOBUF)).status).toBe(200);
    const [line] = await lines('{service_name="bytes"}');
    expect([line?.text, line?.labels['k']]).toEqual(['a\uFFFD\u0000b', 'a\uFFFD\u0000b']);
  });

  test.each(['json', 'protobuf'])('names that are things of JavaScript are data, in %s', async (way) => {
    const names = ['__proto__', 'constructor', 'toString', 'valueOf'];
    const attributes = names.map((key) => ({ key, value: { stringValue: `v-${key}` } }));
    const request = requestOf(`proto-${way}`, [{ timeUnixNano: NANOS, severityText: 'valueOf', body: { stringValue: 'x' }, attributes }]);
    const answer = way === 'json' ? await post(JSON.stringify(request), JSON_TYPE) : await post(encodeLogs(request), PROTOBUF);
    expect(answer.status).toBe(200);
    const [line] = await lines(`{service_name="proto-${way}"} | __proto__="v-__proto__" | toString="v-toString"`);
    expect(Object.entries(line?.labels ?? {})).toEqual(expect.arrayContaining(names.map((name) => [name, `v-${name}`])));
    expect(({} as Record<string, unknown>)['v-toString']).toBeUndefined();
    await isWell();
  });

  test('the same request twice is stored once', async () => {
    const request = requestOf('twice', [{ timeUnixNano: NANOS, body: { stringValue: 'once' } }]);
    for (const body of [encodeLogs(request), encodeLogs(request)]) expect((await post(body, PROTOBUF)).status).toBe(200);
    expect(await lines('{service_name="twice"}')).toHaveLength(1);
  });
});
