import zlib from 'node:zlib';
import * as fc from 'fast-check';
import { AtalayaError, ManualClock, silentLogger } from '@atalaya/model';
import { describe, expect, it } from 'vitest';
import type { LogLimits } from '../../log-writer.ts';
import { createLogWriter } from '../create-log-writer.ts';
import { RecordingLogJournal } from '../read-batch-for-tests.ts';
import { createLokiPush, type LokiPushAnswer } from './create-loki-push.ts';
import { encodeProtobufPush, encodeSnappyPush } from './encode-for-tests.ts';

const NOW = 1_700_000_000_000;
const TIME = BigInt(NOW) * 1_000_000n + 7n;
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' };

function start(limits: Partial<LogLimits> = {}, bodyBytes = 1 << 20) {
  const journal = new RecordingLogJournal();
  const clock = new ManualClock(NOW);
  const writer = createLogWriter({ journal, clock, limits });
  const push = createLokiPush({ writer, clock, log: silentLogger, limits: { bodyBytes } });
  const reserved: number[] = [];
  const send = (headers: Record<string, string>, body: Uint8Array | string | object): Promise<LokiPushAnswer> => {
    const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    return push.handle({ headers, body: bytes, reserve: (size) => reserved.push(size) });
  };
  const stored = (): unknown[] => journal.lines.map(({ labels, timestamp, body, attributes }) => [labels, timestamp, body, attributes]);
  return { journal, clock, writer, push, send, stored, reserved };
}

const labels = { app: 'shop' };
const request = (...values: unknown[]): object => ({ streams: [{ stream: { app: 'shop' }, values }] });

describe('pushing logs as Loki takes them', () => {
  it('takes JSON, with structured metadata and times to the nanosecond', async () => {
    const { send, stored, journal } = start();
    const body = {
      streams: [
        {
          stream: { app: 'shop' },
          values: [
            [String(TIME), 'one'],
            [String(TIME + 1n), 'two \u0000 世界', { user: 'ana', __proto__x: '1' }],
          ],
        },
        { stream: { job: 'db' }, values: [[String(TIME), '']] },
      ],
    };
    expect(await send(JSON_TYPE, body)).toEqual({ status: 204, headers: {}, body: '' });
    expect(stored()).toEqual([
      [labels, TIME, 'one', []],
      [labels, TIME + 1n, 'two \u0000 世界', ['user', 'ana', '__proto__x', '1']],
      [{ job: 'db' }, TIME, '', []],
    ]);
    expect(journal.batches).toHaveLength(1);
    expect(journal.batches[0]?.repetitionsDropped).toBe(true);
  });

  it('takes the older JSON with labels as text and times as RFC 3339', async () => {
    const { send, stored } = start();
    const entries = [
      { ts: '2023-11-14T22:13:20.000000007Z', line: 'one' },
      { ts: '2023-11-14T23:13:20.5+01:00', line: 'two' },
      { ts: '2023-11-14T22:13:20Z', line: 'three' },
    ];
    expect(await send(JSON_TYPE, { streams: [{ labels: '{app="shop"}', entries }] })).toMatchObject({ status: 204 });
    expect(stored()).toEqual([
      [labels, TIME, 'one', []],
      [labels, TIME + 499_999_993n, 'two', []],
      [labels, TIME - 7n, 'three', []],
    ]);
  });

  it('takes snappy-compressed protobuf, lines byte by byte', async () => {
    const { send, stored, journal } = start();
    const lines = [
      { time: TIME, line: 'one', metadata: { user: 'ana', 'http.method': 'GET' } },
      { time: TIME + 1n, line: Uint8Array.of(0x61, 0xff, 0x00, 0xc3) },
    ];
    expect(await send(PROTOBUF_TYPE, encodeSnappyPush([{ labels: '{ app="shop" }', lines }]))).toMatchObject({ status: 204, body: '' });
    expect(stored()).toEqual([
      [labels, TIME, 'one', ['user', 'ana', 'http.method', 'GET']],
      [labels, TIME + 1n, 'a\uFFFD\u0000\uFFFD', []],
    ]);
    expect([...(journal.batches[0]?.bodies ?? [])]).toEqual([3, 0x6f, 0x6e, 0x65, 4, 0x61, 0xff, 0x00, 0xc3]);
  });

  it.each([
    ['gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['zstd', zlib.zstdCompressSync],
  ])('takes bodies compressed with %s', async (encoding, compress) => {
    const { send, stored } = start();
    const json = Buffer.from(JSON.stringify(request([String(TIME), 'json'])));
    expect(await send({ ...JSON_TYPE, 'content-encoding': encoding }, compress(json))).toMatchObject({ status: 204 });
    const protobuf = encodeProtobufPush([{ labels: '{app="shop"}', lines: [{ time: TIME, line: 'protobuf' }] }]);
    expect(await send({ ...PROTOBUF_TYPE, 'content-encoding': encoding }, compress(protobuf))).toMatchObject({ status: 204 });
    expect(stored()).toEqual([
      [labels, TIME, 'json', []],
      [labels, TIME, 'protobuf', []],
    ]);
  });

  it.each([
    ['{app="a", b = "c" ,}', { app: 'a', b: 'c' }],
    [String.raw`{app="C:\\x \"y\"\n\u00e9\x41\101"}`, { app: 'C:\\x "y"\néAA' }],
    ['{app=`raw\\n`}', { app: 'raw\\n' }],
    ["{app='single'}", { app: 'single' }],
    ['{app="a",empty=""}', { app: 'a' }],
  ])('reads the labels %s', async (text, expected) => {
    const { send, journal } = start();
    await send(PROTOBUF_TYPE, encodeSnappyPush([{ labels: text, lines: [{ time: TIME, line: 'x' }] }]));
    expect(journal.lines[0]?.labels).toEqual(expected);
  });

  it.each([
    '',
    'app="a"',
    '{app}',
    '{app=a}',
    '{app="a"',
    '{app="a" b="c"}',
    '{1a="b"}',
    '{a="b"} x',
    '{a="\\q"}',
    '{a="1", a="2"}',
    '{,}',
  ])('refuses the labels %s, and stores nothing of the request', async (text) => {
    const { send, stored } = start();
    const good = { labels: '{app="shop"}', lines: [{ time: TIME, line: 'x' }] };
    const answer = await send(PROTOBUF_TYPE, encodeSnappyPush([good, { labels: text, lines: [] }]));
    expect(answer).toMatchObject({ status: 400, headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
    expect(answer.body).toContain('error parsing labels');
    expect(stored()).toEqual([]);
  });

  it.each([
    ['nothing', JSON_TYPE, '', 400, 'the body is empty'],
    ['no JSON', JSON_TYPE, '{"streams":', 400, 'no JSON'],
    ['JSON that is no object', JSON_TYPE, '[1]', 400, 'the body is no JSON object'],
    ['no streams', JSON_TYPE, '{"streams":[]}', 422, 'error at least one valid stream is required for ingestion'],
    ['no streams at all', JSON_TYPE, '{}', 422, 'at least one valid stream'],
    ['streams that are no list', JSON_TYPE, '{"streams":{}}', 400, 'streams is no list'],
    ['labels that are no texts', JSON_TYPE, '{"streams":[{"stream":{"a":1},"values":[]}]}', 400, 'streams[0].stream.a is no string'],
    ['a time that is a number', JSON_TYPE, request([1, 'x']), 400, 'streams[0].values[0] has no time'],
    ['a line that is no text', JSON_TYPE, request([String(TIME), 5]), 400, 'streams[0].values[0] has no line'],
    ['metadata that is no text', JSON_TYPE, request([String(TIME), 'x', { a: 1 }]), 400, 'structured metadata a is no string'],
    ['no content type', {}, request([String(TIME), 'x']), 415, 'no Content-Type'],
    ['another content type', { 'content-type': 'text/xml' }, 'x', 415, 'text/xml'],
    ['snappy that is none', PROTOBUF_TYPE, 'not snappy at all', 400, 'cannot decode'],
    ['another encoding', { ...JSON_TYPE, 'content-encoding': 'snappy' }, zlib.gzipSync('{}'), 415, 'snappy'],
    ['gzip that is none', { ...JSON_TYPE, 'content-encoding': 'gzip' }, '{}', 400, 'not gzip'],
    [
      'a bomb',
      { ...JSON_TYPE, 'content-encoding': 'gzip' },
      zlib.gzipSync(Buffer.alloc(1 << 24)),
      413,
      'larger than 1048576 bytes after decompression',
    ],
    ['a snappy bomb', PROTOBUF_TYPE, Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x01), 413, 'after decompression'],
    ['too much', JSON_TYPE, 'x'.repeat((1 << 20) + 1), 413, 'as sent'],
    ['deep JSON', JSON_TYPE, '['.repeat(100_000), 400, 'no JSON'],
  ])('answers %s plainly and stores nothing', async (_what, headers, body, status, text) => {
    const { send, stored } = start();
    const answer = await send(headers, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(text);
    expect(stored()).toEqual([]);
  });

  it("stores what is valid and tells in Loki's words what is not", async () => {
    const { send, stored, writer } = start({
      lineBytes: 10,
      attributes: 2,
      attributeBytes: 20,
      retentionMs: 86_400_000,
      maxFutureMs: 3_600_000,
    });
    const values = [
      [String(TIME), 'good'],
      [String(TIME - 100_000_000_000_000n), 'old'],
      ['-5', 'ancient'],
      [String(TIME + 4_000_000_000_000n), 'new'],
      [String(TIME), 'x'.repeat(11)],
      [String(TIME), 'many', { a: '1', b: '2', c: '3' }],
      [String(TIME), 'large', { a: 'x'.repeat(50) }],
    ];
    const answer = await send(JSON_TYPE, {
      streams: [
        { stream: { app: 'shop' }, values },
        { stream: {}, values: [[String(TIME), 'x']] },
      ],
    });
    expect(answer.status).toBe(400);
    expect(answer.body.split('\n')).toEqual([
      `entry for stream '{app="shop"}' has timestamp too old: 2023-11-13T18:26:40Z, oldest acceptable timestamp is: 2023-11-13T22:13:20Z`,
      `entry for stream '{app="shop"}' has timestamp too old: 1969-12-31T23:59:59Z, oldest acceptable timestamp is: 2023-11-13T22:13:20Z`,
      `entry for stream '{app="shop"}' has timestamp too new: 2023-11-14T23:20:00Z`,
      `Max entry size '10' bytes exceeded for stream '{app="shop"}' while adding an entry with length '11' bytes`,
      `stream '{app="shop"}' has too many structured metadata labels: '3', limit: '2'`,
      `stream '{app="shop"}' has structured metadata too large: '51' bytes, limit: '20' bytes`,
      'error at least one label pair is required per stream',
    ]);
    expect(stored()).toEqual([[labels, TIME, 'good', []]]);
    expect(writer.stats().rejected).toMatchObject({
      too_old: 2,
      missing_labels: 1,
      line_too_long: 1,
      attribute_limit: 2,
      too_far_in_future: 1,
    });
  });

  it('answers 429 when there are too many streams, and limits what it says of many refusals', async () => {
    const { send } = start({ streams: 1, lineBytes: 1 });
    const streams = [...Array(20).keys()].map((i) => ({ stream: { app: String(i) }, values: [[String(TIME), 'long']] }));
    const answer = await send(JSON_TYPE, { streams });
    expect(answer.status).toBe(429);
    expect(answer.body).toContain('Maximum active stream limit exceeded when trying to create stream {app="1"}');
    expect(answer.body.split('\n')).toHaveLength(11);
    expect(answer.body).toMatch(/and 10 more$/);
  });

  it('answers 503 with the time to wait when the journal cannot take it', async () => {
    const { send, journal, push } = start();
    journal.fail = new AtalayaError('JOURNAL_FULL', { reason: 'disk' }, { retryAfterSeconds: 9 });
    const answer = await send(JSON_TYPE, request([String(TIME), 'x']));
    expect(answer).toMatchObject({ status: 503, headers: { 'Retry-After': '9' } });
    expect(push.stats().answers).toEqual({ 503: 1 });
  });

  it('reserves memory for what decompression adds, before it is there', async () => {
    const { send, reserved } = start();
    const body = encodeSnappyPush([{ labels: '{app="shop"}', lines: [{ time: TIME, line: 'x'.repeat(5000) }] }]);
    await send(PROTOBUF_TYPE, body);
    expect(reserved).toEqual([expect.toSatisfy((bytes: number) => bytes > 5000)]);
  });

  it("keeps the objects' prototype as it is, whatever the keys", async () => {
    const { send, journal } = start();
    const body = `{"__proto__":{"polluted":1},"streams":[{"stream":{"__proto__":"x","constructor":"y"},"values":[["${TIME}","z",{"__proto__":"m"}]]}]}`;
    expect(await send(JSON_TYPE, body)).toMatchObject({ status: 204 });
    expect(Object.entries(journal.lines[0]?.labels ?? {})).toContainEqual(['constructor', 'y']);
    expect(journal.lines[0]?.attributes).toEqual(['__proto__', 'm']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('never fails on bytes that are damaged', async () => {
    const { send } = start();
    const good = encodeProtobufPush([
      {
        labels: '{app="shop"}',
        lines: [
          { time: TIME, line: 'a line', metadata: { a: 'b' } },
          { time: TIME, line: '' },
        ],
      },
    ]);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), fc.boolean(), async (place, byte, cut) => {
        const body = cut ? good.slice(0, place) : good.slice();
        body[place] = byte;
        const { status } = await send({ ...PROTOBUF_TYPE, 'content-encoding': 'identity' }, body);
        expect([204, 400, 422]).toContain(status);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
