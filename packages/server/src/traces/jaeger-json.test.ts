import { plainSpan } from '@atalaya/query/testing';
import { expect, test } from 'vitest';
import { exampleSpans, TRACE_ID } from './example-for-tests.ts';
import { jaegerTraceJson } from './jaeger-json.ts';

const text = (key: string, value: string): object => ({ key, type: 'string', value });

test("a trace is told as the Collector's translator makes it for Jaeger", () => {
  expect(JSON.parse(jaegerTraceJson(TRACE_ID, exampleSpans()))).toEqual({
    traceID: TRACE_ID,
    spans: [
      {
        traceID: TRACE_ID,
        spanID: '00f067aa0ba902b7',
        flags: 1,
        operationName: 'GET /',
        references: [
          { refType: 'FOLLOWS_FROM', traceID: '0000000000000001', spanID: '0000000000000002' },
          { refType: 'CHILD_OF', traceID: TRACE_ID, spanID: '0000000000000003' },
        ],
        startTime: 1_700_000_000_123_456,
        duration: 2_000_500,
        tags: [
          text('otel.scope.name', 'http'),
          text('otel.scope.version', '1.2'),
          text('text', 'a "quoted"\ntext ✓'),
          { key: 'yes', type: 'bool', value: true },
          { key: 'no', type: 'bool', value: false },
          { key: 'int', type: 'int64', value: 42 },
          { key: 'big int', type: 'int64', value: '9007199254740993' },
          { key: 'least int', type: 'int64', value: '-9223372036854775808' },
          { key: 'double', type: 'float64', value: 0.1 },
          { key: 'large double', type: 'float64', value: 1e21 },
          { key: 'negative zero', type: 'float64', value: -0 },
          { key: 'nan', type: 'float64', value: 'NaN' },
          { key: 'infinity', type: 'float64', value: '-Inf' },
          { key: 'bytes', type: 'binary', value: 'AP+A' },
          text('list', '["a",1,2.5,true,null,["x"],{"k":9007199254740993}]'),
          text('map', '{"b":1,"a":{"c":[]}}'),
          text('empty', ''),
          text('span.kind', 'server'),
          text('otel.status_code', 'ERROR'),
          { key: 'error', type: 'bool', value: true },
          text('otel.status_description', 'it broke'),
          text('w3c.tracestate', 'a=b'),
        ],
        logs: [
          { timestamp: 1_700_000_000_123_457, fields: [text('event', 'exception'), text('exception.type', 'E')] },
          { timestamp: 1_700_000_000_123_456, fields: [{ key: 'otel.dropped_attributes_count', type: 'int64', value: 5 }] },
        ],
        processID: 'p1',
        warnings: null,
      },
      {
        traceID: TRACE_ID,
        spanID: '000000000000000b',
        operationName: 'work',
        references: [{ refType: 'CHILD_OF', traceID: TRACE_ID, spanID: '00f067aa0ba902b7' }],
        startTime: 1_700_000_000_123_456,
        duration: 0,
        tags: [text('span.kind', 'internal')],
        logs: [],
        processID: 'p1',
        warnings: null,
      },
      {
        traceID: TRACE_ID,
        spanID: '000000000000000c',
        operationName: 'SELECT',
        references: [{ refType: 'CHILD_OF', traceID: TRACE_ID, spanID: '000000000000000b' }],
        startTime: 1_700_000_000_123_456,
        duration: 0,
        tags: [text('span.kind', 'client'), text('otel.status_code', 'OK')],
        logs: [],
        processID: 'p2',
        warnings: null,
      },
    ],
    processes: {
      p1: { serviceName: 'shop', tags: [text('host.name', 'a'), { key: 'process.pid', type: 'int64', value: 7 }] },
      p2: { serviceName: 'OTLPResourceNoServiceName', tags: [] },
    },
    warnings: null,
  });
});

test('of a trace id of 64 bits only those are told', () => {
  const trace = JSON.parse(jaegerTraceJson('000000000000000000000000000000ab', [plainSpan({ trace: 'ab', id: '1' })])) as object;
  expect(trace).toMatchObject({ traceID: '00000000000000ab', spans: [{ traceID: '00000000000000ab' }] });
});
