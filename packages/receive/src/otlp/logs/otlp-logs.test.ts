import { gzipSync, deflateSync, zstdCompressSync } from 'node:zlib';
import { AtalayaError, ManualClock, silentLogger } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import type { LogLimits } from '../../log-writer.ts';
import { createLogWriter } from '../../logs/create-log-writer.ts';
import { RecordingLogJournal } from '../../logs/read-batch-for-tests.ts';
import { createOtlpLogs } from './otlp-logs.ts';
import { bytes, encodeValue, textAttribute, type TestValue } from '../encode-for-tests.ts';
import { encodeLogs, requestOf, type TestRequest } from './encode-for-tests.ts';

const NOW = Date.UTC(2026, 0, 15);
const NANOS = `${NOW}000000`;
const LIMIT = 1 << 20;

type Way = 'protobuf' | 'json';
const WAYS: Way[] = ['protobuf', 'json'];

function start(limits: Partial<LogLimits> = {}) {
  const journal = new RecordingLogJournal();
  const clock = new ManualClock(NOW);
  const writer = createLogWriter({ journal, clock, limits });
  const receiver = createOtlpLogs({ writer, clock, log: silentLogger, limits: { bodyBytes: LIMIT } });
  const send = async (
    way: Way,
    request: TestRequest | string | Uint8Array,
    headers: { contentEncoding?: string; contentType?: string } = {},
  ) => {
    const body =
      request instanceof Uint8Array
        ? request
        : typeof request === 'string'
          ? Buffer.from(request)
          : way === 'json'
            ? Buffer.from(JSON.stringify(request))
            : encodeLogs(request);
    const contentType = way === 'json' ? 'application/json' : 'application/x-protobuf';
    return receiver.handle({ contentType, contentEncoding: undefined, body, ...headers });
  };
  return { journal, clock, receiver, send };
}

const text = (body: Uint8Array | string): string => Buffer.from(body as Uint8Array).toString('latin1');

describe.each(WAYS)('OTLP logs as %s', (way) => {
  test('a record arrives whole: time, body, ids, severity, attributes, resource and scope', async () => {
    const { journal, send } = start();
    const answer = await send(way, {
      resourceLogs: [
        {
          resource: {
            attributes: [textAttribute('service.name', 'shop'), textAttribute('k8s.pod.name', 'shop-1'), textAttribute('host.name', 'h1')],
          },
          schemaUrl: 'https://schema/resource',
          scopeLogs: [
            {
              scope: { name: 'lib', version: '1.2', attributes: [textAttribute('kind', 'k')], droppedAttributesCount: 4 },
              schemaUrl: 'https://schema/scope',
              logRecords: [
                {
                  timeUnixNano: `${NOW / 1000}123456789`,
                  observedTimeUnixNano: `${NOW / 1000}987654321`,
                  severityNumber: 17,
                  severityText: 'Error',
                  body: { stringValue: 'it börst' },
                  attributes: [textAttribute('http.method', 'GET')],
                  droppedAttributesCount: 2,
                  flags: 1,
                  traceId: '0123456789abcdef0123456789abcdef',
                  spanId: '0123456789abcdef',
                  eventName: 'burst',
                },
              ],
            },
          ],
        },
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.headers).toEqual({ 'Content-Type': way === 'json' ? 'application/json' : 'application/x-protobuf' });
    expect(text(answer.body)).toBe(way === 'json' ? '{}' : '');
    expect(journal.lines).toEqual([
      {
        labels: { k8s_pod_name: 'shop-1', service_name: 'shop' },
        details: {
          serviceName: 'shop',
          resourceSchemaUrl: 'https://schema/resource',
          resourceAttributes: { 'service.name': 'shop', 'k8s.pod.name': 'shop-1', 'host.name': 'h1' },
          scopeSchemaUrl: 'https://schema/scope',
          scopeName: 'lib',
          scopeVersion: '1.2',
          scopeAttributes: { kind: 'k', scope_dropped_attributes_count: '4' },
        },
        timestamp: BigInt(NOW / 1000) * 1_000_000_000n + 123_456_789n,
        level: 'error',
        severityNumber: 17,
        severityText: 'Error',
        traceId: '0123456789abcdef0123456789abcdef',
        spanId: '0123456789abcdef',
        traceFlags: 1,
        body: 'it börst',
        attributes: [
          ...['http.method', 'GET'],
          ...['dropped_attributes_count', '2'],
          ...['event_name', 'burst'],
          ...['observed_timestamp', `${NOW / 1000}987654321`],
        ],
      },
    ]);
  });

  test.each<[TestValue, string]>([
    [{ stringValue: 'a "text"' }, 'a "text"'],
    [{ stringValue: '' }, ''],
    [{ boolValue: true }, 'true'],
    [{ boolValue: false }, 'false'],
    [{ intValue: '42' }, '42'],
    [{ intValue: '-1' }, '-1'],
    [{ intValue: '9223372036854775807' }, '9223372036854775807'],
    [{ intValue: '-9223372036854775808' }, '-9223372036854775808'],
    [{ intValue: '9007199254740993' }, '9007199254740993'],
    [{ doubleValue: 0.1 }, '0.1'],
    [{ doubleValue: 1e21 }, '1e+21'],
    [{ doubleValue: 1.5e-7 }, '1.5e-7'],
    [{ doubleValue: 'NaN' }, 'NaN'],
    [{ doubleValue: '-Infinity' }, '-Inf'],
    [{ bytesValue: 'AAH/' }, 'AAH/'],
    [{ arrayValue: { values: [] } }, '[]'],
    [
      {
        arrayValue: {
          values: [{ stringValue: 'ü\n' }, { intValue: '9007199254740993' }, { doubleValue: 'NaN' }, {}, { bytesValue: '/w==' }],
        },
      },
      '["ü\\n",9007199254740993,"NaN",null,"/w=="]',
    ],
    [
      {
        arrayValue: { values: [{ kvlistValue: { values: [textAttribute('__proto__', 'x'), { key: 'b', value: { boolValue: true } }] } }] },
      },
      '[{"__proto__":"x","b":true}]',
    ],
    [{}, ''],
  ])('the value %j is the text %j, in attributes and as body', async (value, expected) => {
    const { journal, send } = start();
    await send(way, requestOf([{ timeUnixNano: NANOS, body: value, attributes: [{ key: 'a', value }] }]));
    expect(journal.lines).toMatchObject([{ body: expected, attributes: ['a', expected] }]);
  });

  test('maps are attributes of their own, and JSON in a body', async () => {
    const { journal, send } = start();
    const map: TestValue = {
      kvlistValue: {
        values: [
          textAttribute('method', 'GET'),
          { key: 'size', value: { kvlistValue: { values: [{ key: 'in', value: { intValue: '7' } }] } } },
        ],
      },
    };
    const long = 'n'.repeat(300);
    await send(
      way,
      requestOf(
        [
          {
            body: map,
            attributes: [
              { key: 'http', value: map },
              { key: 'none', value: { kvlistValue: { values: [] } } },
              { key: long, value: map },
            ],
          },
        ],
        [{ key: 'host', value: map }],
      ),
    );
    const json = '{"method":"GET","size":{"in":7}}';
    expect(journal.lines).toMatchObject([
      {
        body: json,
        attributes: ['http.method', 'GET', 'http.size.in', '7', long, json],
        details: { resourceAttributes: { 'host.method': 'GET', 'host.size.in': '7' } },
      },
    ]);
  });

  test('the time is the record’s, else when it was observed, else now', async () => {
    const { journal, send } = start();
    const records = [
      { timeUnixNano: `${NOW - 1000}000001` },
      { timeUnixNano: '0', observedTimeUnixNano: `${NOW - 500}999999` },
      { body: { stringValue: 'x' } },
    ];
    await send(way, requestOf(records));
    expect(journal.lines.map(({ timestamp, attributes }) => [timestamp, attributes])).toEqual([
      [BigInt(NOW - 1000) * 1_000_000n + 1n, []],
      [BigInt(NOW - 500) * 1_000_000n + 999_999n, []],
      [BigInt(NOW) * 1_000_000n, []],
    ]);
  });

  test('a request without anything is taken', async () => {
    const { journal, send } = start();
    expect((await send(way, {})).status).toBe(200);
    expect((await send(way, { resourceLogs: [] })).status).toBe(200);
    expect((await send(way, { resourceLogs: [{ scopeLogs: [{}] }, {}] })).status).toBe(200);
    expect(journal.batches).toEqual([]);
  });

  test('records without resource attributes have a stream as well', async () => {
    const { journal, send } = start();
    for (const name of ['host.name', 'service.name']) {
      await send(way, requestOf([{ body: { stringValue: 'x' } }], [textAttribute(name, '')]));
    }
    const unknown = { labels: { service_name: 'unknown_service' }, details: { serviceName: '' } };
    expect(journal.lines).toMatchObject([unknown, unknown]);
  });

  test('labels that tell the service are enough for the store to find it', async () => {
    const { journal, send } = start();
    await send(way, requestOf([{ body: { stringValue: 'x' } }], [textAttribute('k8s.container.name', 'web')]));
    expect(journal.lines).toMatchObject([{ labels: { k8s_container_name: 'web' } }]);
  });

  test('refused records are counted and explained; the others are kept', async () => {
    const { journal, send, receiver } = start({ lineBytes: 10, attributes: 3 });
    const many = Array.from({ length: 4 }, (_, i) => textAttribute(`a${i}`, 'v'));
    const answer = await send(
      way,
      requestOf([
        { timeUnixNano: NANOS, body: { stringValue: 'kept' } },
        { timeUnixNano: NANOS, body: { stringValue: 'far too long for that' } },
        { timeUnixNano: '1000000000', body: { stringValue: 'ancient' } },
        { timeUnixNano: `${NOW + 11 * 365 * 86_400_000}000000`, body: { stringValue: 'future' } },
        { timeUnixNano: '18446744073709551615', body: { stringValue: 'future' } },
        { timeUnixNano: NANOS, attributes: many },
        { timeUnixNano: NANOS, body: { stringValue: 'kept too' } },
      ]),
    );
    expect(answer.status).toBe(200);
    const message =
      '5 of 7 log records were refused: 1 line_too_long (a body of more than 10 bytes), 1 too_old (older than the retention of logs), ' +
      '2 too_far_in_future (more than 3600 s ahead of the clock), 1 attribute_limit (more than 3 attributes or 262144 bytes of them)';
    const partial = {
      json: JSON.stringify({ partialSuccess: { rejectedLogRecords: '5', errorMessage: message } }),
      protobuf: text(bytes(1, Buffer.concat([Buffer.from([8, 5]), bytes(2, Buffer.from(message))]))),
    };
    expect(text(answer.body)).toBe(partial[way]);
    expect(journal.lines.map(({ body }) => body)).toEqual(['kept', 'kept too']);
    expect(receiver.stats()).toMatchObject({
      records: 7,
      refused: { line_too_long: 1, too_old: 1, too_far_in_future: 2, attribute_limit: 1 },
    });
  });

  test('too many resource attributes refuse the records under them, and no others', async () => {
    const { journal, send } = start({ attributes: 2 });
    const record = { body: { stringValue: 'x' } };
    const many = Array.from({ length: 3 }, (_, i) => textAttribute(`a${i}`, 'v'));
    const answer = await send(way, {
      resourceLogs: [
        { resource: { attributes: many }, scopeLogs: [{ logRecords: [record, record] }] },
        { scopeLogs: [{ logRecords: [record] }] },
      ],
    });
    expect(text(answer.body)).toContain('2 of 3 log records were refused: 2 attribute_limit');
    expect(journal.lines).toHaveLength(1);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
    ['GZIP', gzipSync],
  ] as const)('bodies may be compressed: %s', async (contentEncoding, compress) => {
    const { journal, send } = start();
    const request = requestOf([{ body: { stringValue: 'x' } }]);
    const plain = way === 'json' ? Buffer.from(JSON.stringify(request)) : encodeLogs(request);
    expect((await send(way, compress(plain), { contentEncoding })).status).toBe(200);
    expect(journal.lines).toHaveLength(1);
  });

  test('a bomb, a body that is too large, damage and unknown encodings are refused in the type of the request', async () => {
    const { journal, send } = start();
    const refused = async (body: Uint8Array, contentEncoding: string, status: number, part: string): Promise<void> => {
      const answer = await send(way, body, { contentEncoding });
      expect([answer.status, answer.headers['Content-Type']]).toEqual([
        status,
        way === 'json' ? 'application/json' : 'application/x-protobuf',
      ]);
      expect(text(answer.body)).toContain(part);
    };
    await refused(gzipSync(new Uint8Array(LIMIT + 1)), 'gzip', 413, 'after decompression');
    await refused(zstdCompressSync(new Uint8Array(100 * LIMIT)), 'zstd', 413, 'after decompression');
    await refused(new Uint8Array(LIMIT + 1), '', 413, 'as sent');
    await refused(Buffer.from('no gzip'), 'gzip', 400, 'not gzip');
    await refused(gzipSync(gzipSync(Buffer.from('{}'))), 'gzip', 400, 'malformed');
    await refused(new Uint8Array(1), 'br', 415, 'supported: gzip, deflate, zstd');
    expect(journal.batches).toEqual([]);
  });

  test('the journal’s failure is answered with 503 and when to try again', async () => {
    const { journal, send } = start();
    journal.fail = new AtalayaError('JOURNAL_FULL', { reason: 'the disk is full' }, { retryAfterSeconds: 6.5 });
    const answer = await send(way, requestOf([{ body: { stringValue: 'x' } }]));
    expect([answer.status, answer.headers['Retry-After']]).toEqual([503, '7']);
    const message = 'the journal cannot take more: the disk is full';
    const type = 'type.googleapis.com/google.rpc.RetryInfo';
    const retryInfo = bytes(3, Buffer.concat([bytes(1, Buffer.from(type)), bytes(2, bytes(1, Buffer.from([8, 7])))]));
    const status = {
      json: JSON.stringify({ code: 14, message, details: [{ '@type': type, retryDelay: '7s' }] }),
      protobuf: text(Buffer.concat([Buffer.from([8, 14]), bytes(2, Buffer.from(message)), retryInfo])),
    };
    expect(text(answer.body)).toBe(status[way]);
  });

  test('a failure that is nobody’s is 500 and not to be repeated', async () => {
    const { journal, send } = start();
    journal.append = () => Promise.reject(new TypeError('a bug'));
    const answer = await send(way, requestOf([{ body: { stringValue: 'x' } }]));
    expect([answer.status, answer.headers['Retry-After']]).toEqual([500, undefined]);
  });

  test('values nested too deep are refused', async () => {
    const { send } = start();
    const nested = (depth: number, wrap: (inner: TestValue) => TestValue): TestValue => {
      let value: TestValue = { stringValue: 'x' };
      for (let i = 0; i < depth; i++) value = wrap(value);
      return value;
    };
    const list = (inner: TestValue): TestValue => ({ arrayValue: { values: [inner] } });
    const map = (inner: TestValue): TestValue => ({ kvlistValue: { values: [{ key: 'k', value: inner }] } });
    for (const wrap of [list, map]) {
      expect((await send(way, requestOf([{ body: nested(90, wrap), attributes: [{ key: 'a', value: nested(90, wrap) }] }]))).status).toBe(
        200,
      );
      const tooDeep = nested(110, wrap);
      expect((await send(way, requestOf([{ body: tooDeep }]))).status).toBe(400);
      expect((await send(way, requestOf([{ attributes: [{ key: 'a', value: tooDeep }] }]))).status).toBe(400);
    }
  });

  test('__proto__ and its like are names like any other', async () => {
    const { journal, send } = start();
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((name) => textAttribute(name, 'v'));
    await send(way, requestOf([{ attributes: names }], names));
    const [line] = journal.lines;
    expect(line?.attributes).toEqual(names.flatMap(({ key }) => [key, 'v']));
    expect(Object.entries(line?.details?.resourceAttributes ?? {})).toEqual(names.map(({ key }) => [key, 'v']));
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('more records than are taken at once', async () => {
    const { journal, send } = start();
    const records = Array.from({ length: 1234 }, (_, i) => ({ body: { stringValue: String(i) } }));
    await send(way, requestOf(records));
    expect(journal.batches).toHaveLength(1);
    expect(journal.lines.map(({ body }) => body)).toEqual(records.map(({ body }) => body.stringValue));
  });
});

describe('OTLP logs as JSON', () => {
  const record = (fields: string): string => `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{${fields}}]}]}]}`;

  test.each([
    ['{"resourceLogs":[],"unknown":{"deep":[1,{}]}}', 0],
    ['{"resourceLogs":[{"future":1,"scopeLogs":[{"more":[],"logRecords":[{"body":{"stringValue":"x","futureValue":1},"new":null}]}]}]}', 1],
    ['{"resourceLogs":null}', 0],
    ['\uFEFF{"resourceLogs":[]}', 0],
    [record('"timeUnixNano":null,"body":null,"attributes":null,"traceId":"","spanId":null,"severityNumber":null'), 1],
    [record('"traceId":"0123456789ABCDEF0123456789ABCDEF"'), 1],
    [record('"attributes":[{"key":"a"},{"key":"b","value":null},{"value":{"stringValue":"x"}}]'), 1],
  ])('what is unknown or null is passed over: %s', async (body, lines) => {
    const { journal, send } = start();
    expect((await send('json', body)).status).toBe(200);
    expect(journal.lines).toHaveLength(lines);
  });

  test('64-bit numbers may be numbers, and keep their digits', async () => {
    const { journal, send } = start();
    const value = '{"intValue":9007199254740993}';
    const fields = `"timeUnixNano":${NOW / 1000}123456789,"attributes":[{"key":"a","value":${value}},{"key":"b","value":{"doubleValue":1e300}}]`;
    expect((await send('json', record(fields))).status).toBe(200);
    expect(journal.lines).toMatchObject([
      { timestamp: BigInt(NOW / 1000) * 1_000_000_000n + 123_456_789n, attributes: ['a', '9007199254740993', 'b', '1e+300'] },
    ]);
  });

  test('64-bit numbers may be written with an exponent', async () => {
    const { journal, send } = start();
    expect((await send('json', record('"timeUnixNano":1.7684352e18,"body":{"intValue":2e16}'))).status).toBe(200);
    expect(journal.lines).toMatchObject([{ timestamp: 1_768_435_200_000_000_000n, body: '20000000000000000' }]);
  });

  test.each([
    ['{"resource_logs":[]}', '"resource_logs" is spelled "resourceLogs"'],
    ['{"resourceLogs":[{"scope_logs":[]}]}', '"scope_logs" is spelled "scopeLogs"'],
    ['{"resourceLogs":[{"scopeLogs":[{"log_records":[]}]}]}', '"log_records" is spelled "logRecords"'],
    [record('"time_unix_nano":"1"'), '"time_unix_nano" is spelled "timeUnixNano"'],
    [record('"body":{"string_value":"x"}'), '"string_value" is spelled "stringValue"'],
    [record('"attributes":[{"key":"a","value":{"kvlist_value":{}}}]'), '"kvlist_value" is spelled "kvlistValue"'],
    [record('"traceId":"W47/95gDgQPSabYzgT/GDA=="'), 'traceId: an id of 32 hexadecimal digits is wanted, not "W47/95'],
    [record('"spanId":"7uGbfsPBsXM="'), 'spanId: an id of 16 hexadecimal digits'],
    [record('"traceId":"abc"'), 'traceId: an id of 32 hexadecimal digits'],
    [record('"severityNumber":"SEVERITY_NUMBER_INFO"'), 'severityNumber: a whole number of 32 bits is wanted, not "SEVERITY_NUMBER_INFO"'],
    [record('"severityNumber":1.5'), 'severityNumber'],
    [record('"timeUnixNano":"yesterday"'), 'timeUnixNano: a whole number is wanted, not "yesterday"'],
    [record('"timeUnixNano":"-1"'), 'timeUnixNano: a number of 64 bits'],
    [record('"timeUnixNano":"18446744073709551616"'), 'timeUnixNano: a number of 64 bits'],
    [record('"timeUnixNano":1.5'), 'timeUnixNano: a whole number'],
    [record('"body":{"intValue":"9223372036854775808"}'), 'intValue: a number of 64 bits'],
    [record('"body":{"intValue":"-1000000000000000000000"}'), 'intValue: a number of 64 bits is wanted, not "-1000000000000000000000"'],
    [record(`"body":{"intValue":${'9'.repeat(500)}}`), 'intValue: a whole number'],
    [record('"body":{"bytesValue":"*"}'), 'bytesValue: base64'],
    [record('"body":{"boolValue":"true"}'), 'boolValue: true or false'],
    [record('"body":{"doubleValue":"much"}'), 'doubleValue: a number'],
    [record('"body":"x"'), 'body: an object is wanted, not "x"'],
    [record('"attributes":{}'), 'attributes: a list is wanted, not "object"'],
    ['[]', 'the request: an object'],
    ['{"resourceLogs":[', 'malformed JSON'],
    ['', 'malformed JSON: the body is empty'],
    ['['.repeat(100_000), 'malformed JSON'],
    ['['.repeat(100_000) + ']'.repeat(100_000), 'the request: an object'],
  ])('what OTLP does not allow is refused: %.80s', async (body, part) => {
    const { journal, send } = start();
    const answer = await send('json', body);
    expect(answer.status).toBe(400);
    const { code, message } = JSON.parse(answer.body as string) as { code: number; message: string };
    expect(code).toBe(3);
    expect(message).toContain(part);
    expect(journal.batches).toEqual([]);
  });
});

describe('OTLP logs as protobuf', () => {
  test('bytes of a body stay as they are, in names and values those that are no UTF-8 are shown as U+FFFD', async () => {
    const { journal, send } = start();
    const broken = Buffer.from([0x61, 0xff, 0x00, 0x62]);
    const attribute = bytes(6, Buffer.concat([bytes(1, broken), bytes(2, bytes(1, broken))]));
    const record = Buffer.concat([bytes(5, bytes(1, broken)), attribute]);
    expect((await send('protobuf', bytes(1, bytes(2, bytes(2, record))))).status).toBe(200);
    expect(Buffer.from(journal.batches[0]?.bodies as Uint8Array)).toEqual(Buffer.concat([Buffer.from([4]), broken]));
    expect(journal.lines[0]?.attributes).toEqual(['a\uFFFD\u0000b', 'a\uFFFD\u0000b']);
  });

  test.each([
    ['an id of a wrong length', bytes(9, new Uint8Array(8))],
    ['a length beyond the message', Buffer.from([5 * 8 + 2, 100])],
    ['a number that is cut off', Buffer.from([1 * 8 + 1, 0, 0])],
    ['flags that are cut off', Buffer.from([8 * 8 + 5, 0])],
    ['a group', Buffer.from([20 * 8 + 3])],
    ['a double that is cut off', bytes(5, Buffer.from([4 * 8 + 1, 0]))],
  ])('%s is refused with a status', async (_, field) => {
    const { journal, send } = start();
    const answer = await send('protobuf', bytes(1, bytes(2, bytes(2, field))));
    expect(answer.status).toBe(400);
    expect([...(answer.body as Uint8Array).subarray(0, 3)]).toEqual([8, 3, 2 * 8 + 2]);
    expect(text(answer.body)).toContain('malformed protobuf');
    expect(journal.batches).toEqual([]);
  });

  test('ids of zeros are none, unknown fields are passed over', async () => {
    const { journal, send } = start();
    const unknown = Buffer.concat([Buffer.from([30 * 8 + 0 - 128 + 0x80, 0x01, 7]), bytes(15, Buffer.from('future'))]);
    const record = Buffer.concat([
      bytes(9, new Uint8Array(16)),
      bytes(10, new Uint8Array(8)),
      unknown,
      bytes(5, encodeValue({ stringValue: 'x' })),
    ]);
    expect((await send('protobuf', bytes(1, bytes(2, bytes(2, record))))).status).toBe(200);
    expect(journal.lines).toMatchObject([{ body: 'x', traceId: '', spanId: '' }]);
  });

  test('other media types are refused, parameters of the right ones are not', async () => {
    const { send, receiver } = start();
    for (const contentType of ['text/plain', '', 'application/grpc']) {
      const answer = await send('protobuf', new Uint8Array(), { contentType });
      expect([answer.status, answer.headers['Content-Type']]).toEqual([415, 'application/json']);
    }
    expect((await send('protobuf', new Uint8Array(), { contentType: 'Application/X-Protobuf; charset=utf-8' })).status).toBe(200);
    expect(receiver.stats()).toMatchObject({ requests: { 'http/protobuf': 1 }, failedRequests: 3 });
  });

  test('by gRPC a message goes in and one comes out; failures reject', async () => {
    const { receiver, journal } = start({ lineBytes: 3 });
    expect(await receiver.export(encodeLogs(requestOf([{ body: { stringValue: 'x' } }])))).toHaveLength(0);
    expect(text(await receiver.export(encodeLogs(requestOf([{ body: { stringValue: 'long' } }]))))).toContain('1 of 1 log records');
    await expect(receiver.export(Buffer.from([1]))).rejects.toMatchObject({ code: 'BAD_ENCODING' });
    expect(journal.lines).toHaveLength(1);
    expect(receiver.stats()).toMatchObject({ requests: { grpc: 3 }, failedRequests: 1 });
  });
});
