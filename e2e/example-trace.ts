/** A trace of three services in which everything occurs that OTLP can say of spans, as OTLP's JSON, and the same as Jaeger tells it. */

const NOW_SECONDS = Math.floor(Date.now() / 1000);

/** Nanoseconds since the epoch: half a minute ago, and so many nanoseconds. */
export const at = (nanoseconds: number): string => String(BigInt(NOW_SECONDS - 30) * 1_000_000_000n + BigInt(nanoseconds));
/** Seconds and microseconds since the epoch around the trace. */
export const SECONDS = { start: NOW_SECONDS - 600, end: NOW_SECONDS + 60 };
export const MICROSECONDS = { start: SECONDS.start * 1e6, end: SECONDS.end * 1e6 };

export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
export const SHORT_TRACE_ID = '00000000000000000123456789abcdef';

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

/** Each type that an attribute can have. */
const attributes = [
  text('http.request.method', 'GET'),
  { key: 'http.response.status_code', value: { intValue: '500' } },
  { key: 'int64', value: { intValue: '-9223372036854775808' } },
  { key: 'retry', value: { boolValue: true } },
  { key: 'fresh', value: { boolValue: false } },
  { key: 'ratio', value: { doubleValue: 0.25 } },
  { key: 'tiny', value: { doubleValue: 5e-324 } },
  { key: 'nan', value: { doubleValue: 'NaN' } },
  { key: 'payload', value: { bytesValue: 'AAECgP8=' } },
  {
    key: 'list',
    value: {
      arrayValue: {
        values: [{ stringValue: 'a' }, { intValue: '1' }, { doubleValue: 1.5 }, { boolValue: true }, { arrayValue: { values: [] } }],
      },
    },
  },
  { key: 'map', value: { kvlistValue: { values: [text('z', 'last'), { key: 'a', value: { kvlistValue: { values: [] } } }] } } },
  { key: 'nothing', value: {} },
  text('empty text', ''),
  text('unusual "name" ✓', 'line\nbreak'),
];

/** As OTLP's JSON has it, without anything that is left out when it is empty; spans of a scope are ordered by start. */
export const RESOURCE_SPANS = [
  {
    resource: {
      attributes: [text('service.name', 'web'), text('service.namespace', 'shop'), { key: 'process.pid', value: { intValue: '17' } }],
    },
    scopeSpans: [
      {
        scope: { name: 'http', version: '1.2.3', attributes: [{ key: 'scoped', value: { boolValue: true } }] },
        spans: [
          {
            traceId: TRACE_ID,
            spanId: '00f067aa0ba902b7',
            traceState: 'rojo=1,congo=2',
            flags: 257,
            name: 'GET /cart',
            kind: 2,
            startTimeUnixNano: at(0),
            endTimeUnixNano: at(250_000_999),
            attributes,
            droppedAttributesCount: 1,
            events: [
              {
                timeUnixNano: at(1_000_500),
                name: 'exception',
                attributes: [text('exception.type', 'Timeout'), { key: 'try', value: { intValue: '3' } }],
              },
              { timeUnixNano: at(2_000_000), name: 'again', droppedAttributesCount: 4 },
            ],
            droppedEventsCount: 2,
            links: [
              {
                traceId: SHORT_TRACE_ID,
                spanId: '0000000000000001',
                traceState: 'x=y',
                attributes: [text('why', 'batch')],
                droppedAttributesCount: 5,
              },
              { traceId: TRACE_ID, spanId: '1111111111111111' },
            ],
            droppedLinksCount: 3,
            status: { message: 'it took too long', code: 2 },
          },
        ],
        schemaUrl: 'https://opentelemetry.io/schemas/1.27.0',
      },
      {
        scope: { name: 'client' },
        spans: [
          {
            traceId: TRACE_ID,
            spanId: '1111111111111111',
            parentSpanId: '00f067aa0ba902b7',
            name: 'POST',
            kind: 3,
            startTimeUnixNano: at(10_000_000),
            endTimeUnixNano: at(210_000_000),
            attributes: [text('peer.service', 'cart')],
            status: {},
          },
        ],
      },
    ],
    schemaUrl: 'https://opentelemetry.io/schemas/1.26.0',
  },
  {
    resource: { attributes: [text('service.name', 'cart')] },
    scopeSpans: [
      {
        scope: {},
        spans: [
          {
            traceId: TRACE_ID,
            spanId: '2222222222222222',
            parentSpanId: '1111111111111111',
            name: 'POST /items/{id}',
            kind: 2,
            startTimeUnixNano: at(20_000_000),
            endTimeUnixNano: at(200_000_000),
            status: { code: 1 },
          },
          {
            traceId: TRACE_ID,
            spanId: '3333333333333333',
            parentSpanId: '2222222222222222',
            name: 'compute',
            kind: 1,
            startTimeUnixNano: at(30_000_000),
            endTimeUnixNano: at(30_000_000),
            status: {},
          },
        ],
      },
    ],
  },
] as const;

/** Another trace, whose id has 64 bits only, of a service without operations of the others. */
export const OTHER_SPANS = [
  {
    resource: { attributes: [text('service.name', 'night/shift')] },
    scopeSpans: [
      {
        scope: {},
        spans: [
          {
            traceId: SHORT_TRACE_ID,
            spanId: '00000000000000aa',
            name: 'sweep',
            kind: 5,
            startTimeUnixNano: at(-60_000_000_000),
            endTimeUnixNano: at(-59_000_000_000),
            status: {},
          },
        ],
      },
    ],
  },
] as const;

const microseconds = (nanoseconds: number): number => Number(BigInt(at(nanoseconds)) / 1000n);
const tag = (key: string, value: string): object => ({ key, type: 'string', value });
const child = (spanID: string): object => ({ refType: 'CHILD_OF', traceID: TRACE_ID, spanID });

/** The trace as Jaeger tells it. */
export const JAEGER_TRACE = {
  traceID: TRACE_ID,
  spans: [
    {
      traceID: TRACE_ID,
      spanID: '00f067aa0ba902b7',
      flags: 1,
      operationName: 'GET /cart',
      references: [
        { refType: 'FOLLOWS_FROM', traceID: '0123456789abcdef', spanID: '0000000000000001' },
        { refType: 'FOLLOWS_FROM', traceID: TRACE_ID, spanID: '1111111111111111' },
      ],
      startTime: microseconds(0),
      duration: 250_000,
      tags: [
        tag('otel.scope.name', 'http'),
        tag('otel.scope.version', '1.2.3'),
        tag('http.request.method', 'GET'),
        { key: 'http.response.status_code', type: 'int64', value: 500 },
        { key: 'int64', type: 'int64', value: '-9223372036854775808' },
        { key: 'retry', type: 'bool', value: true },
        { key: 'fresh', type: 'bool', value: false },
        { key: 'ratio', type: 'float64', value: 0.25 },
        { key: 'tiny', type: 'float64', value: 5e-324 },
        { key: 'nan', type: 'float64', value: 'NaN' },
        { key: 'payload', type: 'binary', value: 'AAECgP8=' },
        tag('list', '["a",1,1.5,true,[]]'),
        tag('map', '{"z":"last","a":{}}'),
        tag('nothing', ''),
        tag('empty text', ''),
        tag('unusual "name" ✓', 'line\nbreak'),
        tag('span.kind', 'server'),
        tag('otel.status_code', 'ERROR'),
        { key: 'error', type: 'bool', value: true },
        tag('otel.status_description', 'it took too long'),
        tag('w3c.tracestate', 'rojo=1,congo=2'),
      ],
      logs: [
        {
          timestamp: microseconds(1_000_500),
          fields: [tag('event', 'exception'), tag('exception.type', 'Timeout'), { key: 'try', type: 'int64', value: 3 }],
        },
        {
          timestamp: microseconds(2_000_000),
          fields: [tag('event', 'again'), { key: 'otel.dropped_attributes_count', type: 'int64', value: 4 }],
        },
      ],
      processID: 'p1',
      warnings: null,
    },
    {
      traceID: TRACE_ID,
      spanID: '1111111111111111',
      operationName: 'POST',
      references: [child('00f067aa0ba902b7')],
      startTime: microseconds(10_000_000),
      duration: 200_000,
      tags: [tag('otel.scope.name', 'client'), tag('peer.service', 'cart'), tag('span.kind', 'client')],
      logs: [],
      processID: 'p1',
      warnings: null,
    },
    {
      traceID: TRACE_ID,
      spanID: '2222222222222222',
      operationName: 'POST /items/{id}',
      references: [child('1111111111111111')],
      startTime: microseconds(20_000_000),
      duration: 180_000,
      tags: [tag('span.kind', 'server'), tag('otel.status_code', 'OK')],
      logs: [],
      processID: 'p2',
      warnings: null,
    },
    {
      traceID: TRACE_ID,
      spanID: '3333333333333333',
      operationName: 'compute',
      references: [child('2222222222222222')],
      startTime: microseconds(30_000_000),
      duration: 0,
      tags: [tag('span.kind', 'internal')],
      logs: [],
      processID: 'p2',
      warnings: null,
    },
  ],
  processes: {
    p1: { serviceName: 'web', tags: [tag('service.namespace', 'shop'), { key: 'process.pid', type: 'int64', value: 17 }] },
    p2: { serviceName: 'cart', tags: [] },
  },
  warnings: null,
};

/** Sends spans as an SDK would; rejects with what the program answered when it did not take all. */
export async function sendTraces(url: string, body: Uint8Array | { readonly resourceSpans: readonly unknown[] }): Promise<void> {
  const isProtobuf = body instanceof Uint8Array;
  const answer = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'Content-Type': isProtobuf ? 'application/x-protobuf' : 'application/json' },
    body: isProtobuf ? Uint8Array.from(body) : JSON.stringify(body),
  });
  const content = Buffer.from(await answer.arrayBuffer());
  // All was taken: an empty message, or one that says of no rejection.
  const isComplete = isProtobuf ? content.length === 0 : !/rejectedSpans/.test(content.toString());
  if (!answer.ok || !isComplete) throw new Error(`/v1/traces: ${answer.status} ${content.toString()}`);
}
