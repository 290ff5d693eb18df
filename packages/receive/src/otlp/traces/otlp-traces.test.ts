import { gzipSync } from 'node:zlib';
import { AtalayaError, ManualClock, silentLogger } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import type { SpanLimits } from '../../span-writer.ts';
import { createSpanWriter } from '../../traces/create-span-writer.ts';
import { RecordingSpanJournal } from '../../traces/read-batch-for-tests.ts';
import { bytes, encodeValue, textAttribute, type TestValue } from '../encode-for-tests.ts';
import { encodeSpan, encodeTraces, requestOf, type TestRequest, type TestSpan } from './encode-for-tests.ts';
import { createOtlpTraces } from './otlp-traces.ts';

const NOW = Date.UTC(2026, 0, 15);
const START = BigInt(NOW) * 1_000_000n;
const LIMIT = 1 << 20;
const SPAN: TestSpan = {
  traceId: '0123456789abcdef0123456789abcdef',
  spanId: '0123456789abcdef',
  name: 'GET /',
  startTimeUnixNano: String(START + 123_456_789n),
  endTimeUnixNano: String(START + 223_456_790n),
};

type Way = 'protobuf' | 'json';
const WAYS: Way[] = ['protobuf', 'json'];

function start(limits: Partial<SpanLimits> = {}) {
  const journal = new RecordingSpanJournal();
  const writer = createSpanWriter({ journal, limits });
  const receiver = createOtlpTraces({ writer, clock: new ManualClock(NOW), log: silentLogger, limits: { bodyBytes: LIMIT } });
  const send = async (way: Way, request: TestRequest | string | Uint8Array, contentEncoding?: string) => {
    const encoded = (given: TestRequest): Uint8Array => (way === 'json' ? Buffer.from(JSON.stringify(given)) : encodeTraces(given));
    const body = typeof request === 'string' ? Buffer.from(request) : request instanceof Uint8Array ? request : encoded(request);
    const contentType = way === 'json' ? 'application/json' : 'application/x-protobuf';
    return receiver.handle({ contentType, contentEncoding, body });
  };
  return { journal, writer, receiver, send };
}

const text = (body: Uint8Array | string): string => Buffer.from(body as Uint8Array).toString('latin1');

describe.each(WAYS)('OTLP traces as %s', (way) => {
  test('a span arrives whole', async () => {
    const { journal, send, receiver } = start();
    const answer = await send(way, {
      resourceSpans: [
        {
          resource: {
            attributes: [textAttribute('service.name', 'shop'), { key: 'n', value: { intValue: '7' } }],
            droppedAttributesCount: 1,
          },
          schemaUrl: 'https://schema/resource',
          scopeSpans: [
            {
              scope: { name: 'lib', version: '1.2', attributes: [textAttribute('kind', 'k')], droppedAttributesCount: 4 },
              schemaUrl: 'https://schema/scope',
              spans: [
                {
                  ...SPAN,
                  parentSpanId: 'fedcba9876543210',
                  traceState: 'vendor=1',
                  flags: 0x301,
                  kind: 2,
                  attributes: [textAttribute('a', 'é'), textAttribute('a', 'twice')],
                  droppedAttributesCount: 1,
                  events: [
                    {
                      timeUnixNano: String(START + 5n),
                      name: 'exception',
                      attributes: [textAttribute('exception.type', 'E')],
                      droppedAttributesCount: 9,
                    },
                    { timeUnixNano: String(2n ** 64n - 1n), name: '' },
                  ],
                  droppedEventsCount: 2,
                  links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceState: 'l=1', attributes: [textAttribute('of', 'x')] }],
                  droppedLinksCount: 3,
                  status: { code: 2, message: 'no' },
                },
              ],
            },
          ],
        },
      ],
    });
    expect([answer.status, text(answer.body)]).toEqual([200, way === 'json' ? '{}' : '']);
    expect(answer.headers).toEqual({ 'Content-Type': way === 'json' ? 'application/json' : 'application/x-protobuf' });
    expect(journal.spans).toEqual([
      {
        service: 'shop',
        resource: [
          ['service.name', 's', 'shop'],
          ['n', 'i', '7'],
        ],
        resourceSchemaUrl: 'https://schema/resource',
        resourceDropped: 1,
        scopeName: 'lib',
        scopeVersion: '1.2',
        scope: [['kind', 's', 'k']],
        scopeSchemaUrl: 'https://schema/scope',
        scopeDropped: 4,
        traceId: SPAN.traceId,
        spanId: SPAN.spanId,
        parentSpanId: 'fedcba9876543210',
        traceState: 'vendor=1',
        flags: 0x301,
        name: 'GET /',
        kind: 2,
        start: START + 123_456_789n,
        duration: 100_000_001n,
        status: 2,
        statusMessage: 'no',
        attributes: [
          ['a', 's', 'é'],
          ['a', 's', 'twice'],
        ],
        dropped: [1, 2, 3],
        events: [
          {
            time: START + 5n,
            name: 'exception',
            attributes: [
              ['exception.type', 's', 'E'],
              ['otel.dropped_attributes_count', 'i', '9'],
            ],
          },
          { time: 2n ** 63n - 1n, name: '', attributes: [] },
        ],
        links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceState: 'l=1', attributes: [['of', 's', 'x']] }],
      },
    ]);
    const requests = { 'http/protobuf': Number(way === 'protobuf'), 'http/json': Number(way === 'json'), grpc: 0 };
    expect(receiver.stats()).toEqual({ requests, refused: {}, failedRequests: 0, records: 1 });
  });

  test.each<[TestValue, string, string]>([
    [{ stringValue: 'a "text"' }, 's', 'a "text"'],
    [{ stringValue: '' }, 's', ''],
    [{ stringValue: 'x'.repeat(127) }, 's', 'x'.repeat(127)],
    [{ stringValue: 'x'.repeat(128) }, 's', 'x'.repeat(128)],
    [{ stringValue: 'é'.repeat(20_000) }, 's', 'é'.repeat(20_000)],
    [{ stringValue: 'a\0b' }, 's', 'a\0b'],
    [{ boolValue: true }, 'b', 'true'],
    [{ boolValue: false }, 'b', 'false'],
    [{ intValue: '0' }, 'i', '0'],
    [{ intValue: '9' }, 'i', '9'],
    [{ intValue: '10' }, 'i', '10'],
    [{ intValue: '-1' }, 'i', '-1'],
    [{ intValue: '-1000000' }, 'i', '-1000000'],
    [{ intValue: '999999999' }, 'i', '999999999'],
    [{ intValue: '1000000000' }, 'i', '1000000000'],
    [{ intValue: '-1000000000' }, 'i', '-1000000000'],
    [{ intValue: '9007199254740993' }, 'i', '9007199254740993'],
    [{ intValue: '9223372036854775807' }, 'i', '9223372036854775807'],
    [{ intValue: '-9223372036854775808' }, 'i', '-9223372036854775808'],
    [{ doubleValue: 0.1 }, 'd', '0.1'],
    [{ doubleValue: 3 }, 'd', '3'],
    [{ doubleValue: 1e300 }, 'd', '1e+300'],
    [{ doubleValue: 'NaN' }, 'd', 'NaN'],
    [{ doubleValue: '-Infinity' }, 'd', '-Inf'],
    [{ bytesValue: 'AAEC/w==' }, 'x', 'AAEC/w=='],
    [{}, 'n', ''],
    [{ arrayValue: { values: [{ intValue: '1' }, { stringValue: '"' }, {}, { boolValue: false }] } }, 'a', '[1,"\\"",null,false]'],
    [{ kvlistValue: { values: [{ key: 'a', value: { arrayValue: { values: [] } } }] } }, 'm', '{"a":[]}'],
  ])('the attribute %j has type %s', async (value, type, expected) => {
    const { journal, send } = start();
    const attributes = [{ key: 'before', value: { intValue: '1' } }, { key: '__proto__', value }, textAttribute('behind', 'b')];
    expect(
      (await send(way, requestOf([{ ...SPAN, attributes, events: [{ attributes }], links: [{ attributes }] }], attributes))).status,
    ).toBe(200);
    const stored = [
      ['before', 'i', '1'],
      ['__proto__', type, expected],
      ['behind', 's', 'b'],
    ];
    const [span] = journal.spans;
    expect([span?.attributes, span?.events[0]?.attributes, span?.links[0]?.attributes, span?.resource]).toEqual([
      stored,
      stored,
      stored,
      stored,
    ]);
  });

  test('spans with bad ids are refused, their neighbours are taken, and nothing of one gets into the other', async () => {
    const { journal, send, writer } = start();
    const good = (n: number): TestSpan => ({
      ...SPAN,
      spanId: `000000000000000${n}`,
      name: `good ${n}`,
      attributes: [textAttribute('n', String(n))],
      events: [{ name: `event ${n}` }],
      links: [{ traceId: 'ab'.repeat(16), spanId: `0${n}`.repeat(8) }],
    });
    const { traceId: _traceId, ...withoutTrace } = good(9);
    const { spanId: _spanId, ...withoutId } = good(9);
    const bad: TestSpan[] = [
      withoutTrace,
      withoutId,
      { ...good(9), traceId: '' },
      { ...good(9), traceId: '00'.repeat(16) },
      { ...good(9), traceId: 'ab'.repeat(8) },
      { ...good(9), spanId: '00'.repeat(8) },
      { ...good(9), spanId: 'ab'.repeat(16) },
      { ...good(9), parentSpanId: 'abcd' },
      { ...good(9), links: [{ traceId: 'abcd' }] },
    ];
    const answer = await send(way, requestOf([good(1), ...bad, good(2)]));
    expect(answer.status).toBe(200);
    expect(text(answer.body)).toContain('9 of 11 spans were refused: 9 invalid_id');
    const told = journal.spans.map(({ spanId, name, attributes, events, links }) => [spanId, name, attributes, events, links]);
    expect(told).toEqual(
      [1, 2].map((n) => [
        `000000000000000${n}`,
        `good ${n}`,
        [['n', 's', String(n)]],
        [{ time: 0n, name: `event ${n}`, attributes: [] }],
        [{ traceId: 'ab'.repeat(16), spanId: `0${n}`.repeat(8), traceState: '', attributes: [] }],
      ]),
    );
    expect(writer.stats()).toMatchObject({ spansWritten: 2, rejected: { invalid_id: 9 } });
  });

  test('a parent of no bytes or of zeros is none; a span that ends before it starts takes no time; unknown kinds are unspecified', async () => {
    const { journal, send } = start();
    const span: TestSpan = { ...SPAN, endTimeUnixNano: '1', kind: 17, status: { code: 9 } };
    await send(
      way,
      requestOf([
        { ...span, parentSpanId: '' },
        { ...span, parentSpanId: '00'.repeat(8) },
      ]),
    );
    const told = journal.spans.map(({ parentSpanId, duration, kind, status }) => [parentSpanId, duration, kind, status]);
    expect(told).toEqual([
      ['0'.repeat(16), 0n, 0, 0],
      ['0'.repeat(16), 0n, 0, 0],
    ]);
  });

  test('times out of bounds and what is too much is refused with its reason', async () => {
    const limits = { attributes: 3, attributeBytes: 40, events: 2, links: 2, spanBytes: 500 };
    const { journal, send, writer } = start(limits);
    const many = ['1', '2', '3', '4'].map((key) => textAttribute(key, ''));
    const long = [textAttribute('k', 'x'.repeat(40))];
    const spans: TestSpan[] = [
      { ...SPAN, startTimeUnixNano: '0' },
      { ...SPAN, startTimeUnixNano: String(START - 16n * 86_400_000_000_000n) },
      { ...SPAN, startTimeUnixNano: String(START + 3_601_000_000_000n) },
      { ...SPAN, startTimeUnixNano: String(2n ** 64n - 1n) },
      { ...SPAN, attributes: many },
      { ...SPAN, attributes: long },
      { ...SPAN, events: [{ attributes: many }] },
      { ...SPAN, links: [{}, { attributes: long }] },
      { ...SPAN, events: [{}, {}, {}] },
      { ...SPAN, links: [{}, {}, {}] },
      { ...SPAN, attributes: [textAttribute('k', 'x'.repeat(500))] },
      { ...SPAN, attributes: many.slice(1), events: [{}, {}] },
    ];
    const answer = await send(way, requestOf(spans));
    expect(text(answer.body)).toContain('11 of 12 spans were refused');
    expect(journal.spans.map(({ attributes }) => attributes.length)).toEqual([3]);
    expect(writer.stats().rejected).toEqual({ invalid_id: 0, too_old: 2, too_far_in_future: 2, attribute_limit: 4, span_too_large: 3 });
  });

  test('the spans of a resource with too many attributes are refused, those of the next one are not', async () => {
    const { journal, send, writer } = start({ attributes: 1 });
    const [first] = requestOf([SPAN, SPAN], [textAttribute('a', ''), textAttribute('b', '')]).resourceSpans ?? [];
    const [second] = requestOf([SPAN]).resourceSpans ?? [];
    await send(way, { resourceSpans: [first, second].filter((each) => each !== undefined) });
    expect([journal.spans.length, writer.stats().rejected.attribute_limit]).toEqual([1, 2]);
  });

  test('the same resource sent again and again is one origin', async () => {
    const { journal, send } = start();
    const groups = ['a', 'b', 'a', 'a'].flatMap(
      (service) => requestOf([SPAN], [textAttribute('service.name', service)]).resourceSpans ?? [],
    );
    await send(way, { resourceSpans: groups });
    expect(journal.batches[0]?.origins.map(({ serviceName }) => serviceName)).toEqual(['a', 'b']);
    expect(journal.spans.map(({ service }) => service)).toEqual(['a', 'b', 'a', 'a']);
  });

  test('a value nested too deeply is a 400 and nothing is stored', async () => {
    const { journal, send, receiver } = start();
    let value: TestValue = { stringValue: 'x' };
    for (let i = 0; i < 101; i++) value = { arrayValue: { values: [value] } };
    const answer = await send(way, requestOf([SPAN, { ...SPAN, attributes: [{ key: 'deep', value }] }]));
    expect(answer.status).toBe(400);
    expect([journal.batches.length, receiver.stats().failedRequests]).toEqual([0, 1]);
  });

  test('a bomb is a 413; a full journal is a 503 with a time to wait', async () => {
    const { journal, send } = start();
    expect((await send(way, gzipSync(Buffer.alloc(LIMIT + 1)), 'gzip')).status).toBe(413);
    journal.fail = new AtalayaError('JOURNAL_FULL', { reason: 'full' }, { retryAfterSeconds: 7 });
    const answer = await send(way, requestOf([SPAN]));
    expect([answer.status, answer.headers['Retry-After']]).toEqual([503, '7']);
    journal.fail = undefined;
    await send(way, requestOf([SPAN]));
    expect(journal.spans).toHaveLength(1);
  });

  test('nothing but refused spans is no record', async () => {
    const { journal, send } = start();
    expect((await send(way, requestOf([{}]))).status).toBe(200);
    expect((await send(way, { resourceSpans: [{ scopeSpans: [{}] }] })).status).toBe(200);
    expect(journal.batches).toEqual([]);
  });

  test('requests at the same time do not mix', async () => {
    const { journal, send } = start();
    await Promise.all(
      Array.from({ length: 5 }, async (_, i) => {
        const spans = Array.from({ length: 700 }, (): TestSpan => ({
          ...SPAN,
          name: `of ${i}`,
          attributes: [textAttribute('i', String(i))],
        }));
        await send(way, requestOf(spans, [textAttribute('service.name', String(i))]));
      }),
    );
    expect(journal.batches).toHaveLength(5);
    for (const { service, name, attributes } of journal.spans) expect([name, attributes]).toEqual([`of ${service}`, [['i', 's', service]]]);
  });
});

describe('what only protobuf can say', () => {
  test('bytes that are no UTF-8 stay as they are', async () => {
    const { journal, send } = start();
    const attribute = bytes(9, Buffer.concat([bytes(1, Buffer.from([0x6b, 0xff])), bytes(2, bytes(1, Buffer.from([0xc3, 0x28])))]));
    const span = Buffer.concat([encodeSpan(SPAN), attribute]);
    expect((await send('protobuf', bytes(1, bytes(2, bytes(2, span))))).status).toBe(200);
    const { names, values } = journal.batches[0]?.attributes ?? {};
    expect([names, values]).toEqual([Uint8Array.of(2, 0x6b, 0xff), Uint8Array.of(2, 0xc3, 0x28)]);
  });

  test('of a field that comes twice the last one counts, of a value too', async () => {
    const { journal, send } = start();
    const whole = encodeSpan({ ...SPAN, name: 'longer than the next', traceState: 'a', status: { message: 'm', code: 1 } });
    const value = Buffer.concat([encodeValue({ stringValue: 'first' }), encodeValue({ intValue: '2' })]);
    const more = Buffer.concat([
      bytes(5, Buffer.from('short')),
      bytes(9, Buffer.concat([bytes(2, value), bytes(1, Buffer.from('k'))])),
      bytes(15, Buffer.from([0x18, 2])),
    ]);
    expect((await send('protobuf', bytes(1, bytes(2, bytes(2, Buffer.concat([whole, more])))))).status).toBe(200);
    const [span] = journal.spans;
    expect([span?.name, span?.traceState, span?.status, span?.statusMessage]).toEqual(['short', 'a', 2, 'm']);
    expect(span?.attributes).toEqual([['k', 'i', '2']]);
  });
});

describe('what only JSON can say', () => {
  test('numbers as texts or numbers, enumerations by name, unknown fields, null', async () => {
    const { journal, send } = start();
    const spans = [
      {
        ...SPAN,
        traceId: SPAN.traceId?.toUpperCase(),
        kind: 'SPAN_KIND_CLIENT',
        status: { code: 'STATUS_CODE_ERROR' },
        unknown: { a: [1] },
      },
      { ...SPAN, attributes: null, events: null, links: null, status: null, parentSpanId: null, name: null, kind: null },
    ];
    const exact = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }).replaceAll(/"(\d{19})"/g, '$1');
    expect(await send('json', exact)).toMatchObject({ status: 200, body: '{}' });
    const told = journal.spans.map(({ traceId, start: begin, duration, kind, status, name }) => [
      traceId,
      begin,
      duration,
      kind,
      status,
      name,
    ]);
    expect(told).toEqual([
      [SPAN.traceId, START + 123_456_789n, 100_000_001n, 3, 2, 'GET /'],
      [SPAN.traceId, START + 123_456_789n, 100_000_001n, 0, 0, ''],
    ]);
  });

  test('the count of refused spans is a text, as 64-bit numbers are', async () => {
    const { send } = start();
    const { body } = await send('json', requestOf([{}, SPAN, {}]));
    expect(JSON.parse(body as string)).toMatchObject({ partialSuccess: { rejectedSpans: '2' } });
  });

  test('an integer that no int64 holds is a double, as the SDK of JavaScript means it', async () => {
    const { journal, send } = start();
    const numbers = ['1e300', '9223372036854775808', '-9223372036854775809', '9223372036854775807', '-9223372036854775808'];
    const attributes = numbers.map((number) => `{"key":"k","value":{"intValue":${number}}}`).join(',');
    const request = JSON.stringify(requestOf([{ ...SPAN, attributes: [] }]));
    expect((await send('json', request.replace(/"attributes":\[\]\}\]\}/, `"attributes":[${attributes}]}]}`))).status).toBe(200);
    expect(journal.spans[0]?.attributes.map(([, type, value]) => `${type} ${value}`)).toEqual([
      'd 1e+300',
      'd 9223372036854776000',
      'd -9223372036854776000',
      'i 9223372036854775807',
      'i -9223372036854775808',
    ]);
  });

  test('an id that is not hexadecimal refuses its span only', async () => {
    const { journal, send } = start();
    const answer = await send(
      'json',
      requestOf([{ ...SPAN, spanId: 'EjRWeJCrze8=' }, { ...SPAN, parentSpanId: 'xy' }, { ...SPAN, traceId: 'é'.repeat(32) }, SPAN]),
    );
    expect(answer.body).toContain('3 invalid_id');
    expect(journal.spans).toHaveLength(1);
  });

  test('names of fields as protobuf has them are told about', async () => {
    const { send } = start();
    const answer = await send('json', JSON.stringify({ resource_spans: [] }));
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('\\"resourceSpans\\"')]);
  });
});
