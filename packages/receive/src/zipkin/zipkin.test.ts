import { gzipSync } from 'node:zlib';
import { AtalayaError, ManualClock, silentLogger } from '@atalaya/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSpanWriter } from '../traces/create-span-writer.ts';
import { RecordingSpanJournal } from '../traces/read-batch-for-tests.ts';
import { createZipkin } from './create-zipkin.ts';

const NOW = Date.UTC(2026, 0, 15);
const MICROSECONDS = NOW * 1000;
const TRACE = '0123456789abcdef0123456789abcdef';
const ID = '0123456789abcdef';
const LIMIT = 1 << 20;

function start() {
  const journal = new RecordingSpanJournal();
  const writer = createSpanWriter({ journal });
  const receiver = createZipkin({ writer, clock: new ManualClock(NOW), log: silentLogger, limits: { bodyBytes: LIMIT } });
  const send = (body: unknown, headers: { contentType?: string; contentEncoding?: string } = {}) =>
    receiver.handle({
      contentType: headers.contentType ?? 'application/json',
      contentEncoding: headers.contentEncoding,
      body: body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      reserve: () => undefined,
    });
  return { journal, writer, send };
}

const span = (fields: object = {}): object => ({ traceId: TRACE, id: ID, timestamp: MICROSECONDS, ...fields });

describe("Zipkin's spans", () => {
  test('a span arrives whole', async () => {
    const { journal, send } = start();
    const answer = await send([
      span({
        parentId: 'fedcba9876543210',
        name: 'get /',
        kind: 'SERVER',
        timestamp: MICROSECONDS + 7,
        duration: 1500,
        localEndpoint: { serviceName: 'shop', ipv4: '10.0.0.1', port: 8080 },
        remoteEndpoint: { serviceName: 'browser', ipv4: '10.0.0.2', ipv6: '::1', port: 40_000 },
        annotations: [{ timestamp: MICROSECONDS + 9, value: 'ws' }],
        tags: { 'http.path': '/', __proto__x: 'p', 'w3c.tracestate': 'a=1', 'otel.scope.name': 'lib', 'otel.scope.version': '2' },
        debug: true,
        unknown: { a: 1 },
      }),
    ]);
    expect(answer).toEqual({ status: 202, headers: {}, body: '' });
    expect(journal.spans).toEqual([
      {
        service: 'shop',
        resource: [['service.name', 's', 'shop']],
        resourceSchemaUrl: '',
        resourceDropped: 0,
        scopeName: 'lib',
        scopeVersion: '2',
        scope: [],
        scopeSchemaUrl: '',
        scopeDropped: 0,
        traceId: TRACE,
        spanId: ID,
        parentSpanId: 'fedcba9876543210',
        traceState: 'a=1',
        flags: 0,
        name: 'get /',
        kind: 2,
        start: BigInt(MICROSECONDS + 7) * 1000n,
        duration: 1_500_000n,
        status: 0,
        statusMessage: '',
        attributes: [
          ['http.path', 's', '/'],
          ['__proto__x', 's', 'p'],
          ['net.host.ip', 's', '10.0.0.1'],
          ['net.host.port', 'i', '8080'],
          ['peer.service', 's', 'browser'],
          ['net.peer.ip', 's', '::1'],
          ['net.peer.port', 'i', '40000'],
        ],
        dropped: [0, 0, 0],
        events: [{ time: BigInt(MICROSECONDS + 9) * 1000n, name: 'ws', attributes: [] }],
        links: [],
      },
    ]);
  });

  test('ids of 64 bits, without their leading zeros, become as long as those of OTLP; a parent that is the span itself is none', async () => {
    const { journal, send } = start();
    await send([span({ traceId: ID, parentId: ID }), span({ traceId: 'abc', id: '1', parentId: '2' })]);
    expect(journal.spans.map(({ traceId, spanId, parentSpanId }) => [traceId, spanId, parentSpanId])).toEqual([
      [ID.padStart(32, '0'), ID, '0'.repeat(16)],
      ['abc'.padStart(32, '0'), '1'.padStart(16, '0'), '2'.padStart(16, '0')],
    ]);
  });

  test.each([
    ['CLIENT', {}, 3],
    ['PRODUCER', {}, 4],
    ['CONSUMER', {}, 5],
    [undefined, {}, 0],
    [undefined, { 'span.kind': 'internal' }, 1],
    ['UNHEARD', {}, 0],
  ])('kind %s with tags %j is %i', async (kind, tags, expected) => {
    const { journal, send } = start();
    await send([span({ kind, tags })]);
    expect(journal.spans.map((each) => each.kind)).toEqual([expected]);
  });

  test.each([
    [{ error: 'true' }, 2, ''],
    [{ error: '' }, 2, ''],
    [{ error: 'connection refused' }, 2, 'connection refused'],
    [{ error: 'false' }, 0, ''],
    [{ 'otel.status_code': 'OK' }, 1, ''],
    [{ 'otel.status_code': 'ERROR', error: 'short', 'otel.status_description': 'long' }, 2, 'long'],
  ])('tags %j are status %i, "%s"', async (tags, status, message) => {
    const { journal, send } = start();
    await send([span({ tags })]);
    expect(journal.spans.map((each) => [each.status, each.statusMessage])).toEqual([[status, message]]);
  });

  test("the server's half of a shared span is a child of the client's, always with the same id", async () => {
    const { journal, send } = start();
    const halves = [span({ kind: 'CLIENT', parentId: '5' }), span({ kind: 'SERVER', parentId: '5', shared: true })];
    await send(halves);
    await send(halves);
    const [client, server, , again] = journal.spans;
    expect([client?.spanId, client?.parentSpanId]).toEqual([ID, '5'.padStart(16, '0')]);
    expect([server?.parentSpanId, server?.attributes]).toEqual([ID, [['zipkin.shared', 'b', 'true']]]);
    expect(server?.spanId).not.toBe(ID);
    expect(again?.spanId).toBe(server?.spanId);
  });

  test('without a time a span began with its first annotation, or now', async () => {
    const { journal, send } = start();
    const annotations = [2, 1].map((n) => ({ timestamp: MICROSECONDS + n, value: `${n}` }));
    await send([span({ timestamp: undefined, annotations, duration: 3 }), span({ timestamp: 0 })]);
    expect(journal.spans.map(({ start: begin, duration, attributes }) => [begin, duration, attributes])).toEqual([
      [BigInt(MICROSECONDS + 1) * 1000n, 3000n, [['otel.zipkin.absentField.startTime', 'b', 'true']]],
      [BigInt(MICROSECONDS) * 1000n, 0n, [['otel.zipkin.absentField.startTime', 'b', 'true']]],
    ]);
  });

  test('spans of several services in one request keep theirs', async () => {
    const { journal, send } = start();
    await send(['a', 'b', 'a', ''].map((serviceName) => span({ localEndpoint: { serviceName } })));
    expect(journal.spans.map(({ service }) => service)).toEqual(['a', 'b', 'a', '']);
    expect(journal.batches[0]?.origins).toHaveLength(3);
  });

  test('bad ids and times refuse their span only, and are counted', async () => {
    const { journal, writer, send } = start();
    const bad = [
      span({ traceId: 'xyz' }),
      span({ id: '0' }),
      span({ id: undefined }),
      span({ id: '1'.repeat(17) }),
      span({ timestamp: 1 }),
    ];
    expect((await send([...bad, span({ timestamp: 2 ** 53 - 1 }), span()])).status).toBe(202);
    expect(journal.spans).toHaveLength(1);
    expect(writer.stats().rejected).toMatchObject({ invalid_id: 4, too_old: 1, too_far_in_future: 1 });
  });

  test.each([
    ['', 'malformed JSON'],
    ['{}', 'the request: a list of spans is wanted'],
    ['[1]', 'a span: an object is wanted'],
    [JSON.stringify([span({ traceId: 5 })]), 'traceId: a text is wanted'],
    [JSON.stringify([span({ tags: { a: {} } })]), 'the tag a: a text is wanted'],
    [JSON.stringify([span({ timestamp: 'now' })]), 'timestamp: a number of microseconds is wanted'],
    [JSON.stringify([span({ duration: -1 })]), 'duration: a number of microseconds is wanted'],
    [JSON.stringify([span({ localEndpoint: { port: 70_000 } })]), 'port: a port is wanted'],
    ['['.repeat(100_000), 'malformed JSON'],
  ])('%.40s is a 400 that says why, and nothing is stored', async (body, part) => {
    const { journal, send } = start();
    const answer = await send(body);
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining(part)]);
    expect(journal.batches).toEqual([]);
  });

  test.each(['application/x-protobuf', 'application/x-thrift'])('%s is a 415 that says what to send instead', async (contentType) => {
    const answer = await start().send('', { contentType });
    expect([answer.status, answer.body]).toEqual([415, expect.stringContaining('POST /v1/traces')]);
  });

  test('compressed bodies; bombs; a full journal', async () => {
    const { journal, send } = start();
    expect((await send(gzipSync(JSON.stringify([span()])), { contentEncoding: 'gzip' })).status).toBe(202);
    expect((await send(gzipSync(Buffer.alloc(LIMIT + 1)), { contentEncoding: 'gzip' })).status).toBe(413);
    journal.fail = new AtalayaError('JOURNAL_FULL', { reason: 'full' }, { retryAfterSeconds: 7 });
    const answer = await send([span()]);
    expect([answer.status, answer.headers['Retry-After']]).toEqual([503, '7']);
  });

  test('any JSON in any place is taken or refused, never more', async () => {
    const whole = [
      span({
        parentId: '1',
        name: 'n',
        kind: 'SERVER',
        duration: 1,
        shared: true,
        localEndpoint: { serviceName: 's', ipv4: '1', port: 1 },
        annotations: [{ timestamp: 1, value: 'v' }],
        tags: { error: 'e' },
      }),
    ];
    const property = fc.asyncProperty(fc.jsonValue(), fc.nat(20), async (alien, nth) => {
      let left = nth;
      const { status } = await start().send(JSON.stringify(whole, (_key, value: unknown) => (left-- === 0 ? alien : value)));
      expect([202, 400]).toContain(status);
    });
    await fc.assert(property, { numRuns: 500, seed: 9411 });
  });
});
