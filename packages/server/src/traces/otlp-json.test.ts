import { expect, test } from 'vitest';
import { exampleSpans, TRACE_ID } from './example-for-tests.ts';
import { resourceSpansJson } from './otlp-json.ts';

test('spans are told by resource and scope, typed as they came', () => {
  expect(JSON.parse(resourceSpansJson(exampleSpans()))).toEqual([
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'shop' } },
          { key: 'host.name', value: { stringValue: 'a' } },
          { key: 'process.pid', value: { intValue: '7' } },
        ],
      },
      scopeSpans: [
        {
          scope: { name: 'http', version: '1.2', attributes: [{ key: 'in', value: { stringValue: 'scope' } }] },
          spans: [
            {
              traceId: TRACE_ID,
              spanId: '00f067aa0ba902b7',
              traceState: 'a=b',
              flags: 257,
              name: 'GET /',
              kind: 2,
              startTimeUnixNano: '1700000000123456789',
              endTimeUnixNano: '1700000002123956789',
              attributes: [
                { key: 'text', value: { stringValue: 'a "quoted"\ntext ✓' } },
                { key: 'yes', value: { boolValue: true } },
                { key: 'no', value: { boolValue: false } },
                { key: 'int', value: { intValue: '42' } },
                { key: 'big int', value: { intValue: '9007199254740993' } },
                { key: 'least int', value: { intValue: '-9223372036854775808' } },
                { key: 'double', value: { doubleValue: 0.1 } },
                { key: 'large double', value: { doubleValue: 1e21 } },
                { key: 'negative zero', value: { doubleValue: -0 } },
                { key: 'nan', value: { doubleValue: 'NaN' } },
                { key: 'infinity', value: { doubleValue: '-Infinity' } },
                { key: 'bytes', value: { bytesValue: 'AP+A' } },
                {
                  key: 'list',
                  value: {
                    arrayValue: {
                      values: [
                        { stringValue: 'a' },
                        { intValue: '1' },
                        { doubleValue: 2.5 },
                        { boolValue: true },
                        {},
                        { arrayValue: { values: [{ stringValue: 'x' }] } },
                        { kvlistValue: { values: [{ key: 'k', value: { intValue: '9007199254740993' } }] } },
                      ],
                    },
                  },
                },
                {
                  key: 'map',
                  value: {
                    kvlistValue: {
                      values: [
                        { key: 'b', value: { intValue: '1' } },
                        { key: 'a', value: { kvlistValue: { values: [{ key: 'c', value: { arrayValue: { values: [] } } }] } } },
                      ],
                    },
                  },
                },
                { key: 'empty', value: {} },
              ],
              droppedAttributesCount: 1,
              events: [
                {
                  timeUnixNano: '1700000000123457789',
                  name: 'exception',
                  attributes: [{ key: 'exception.type', value: { stringValue: 'E' } }],
                },
                { timeUnixNano: '1700000000123456789', name: '', droppedAttributesCount: 5 },
              ],
              droppedEventsCount: 2,
              links: [
                {
                  traceId: '00000000000000000000000000000001',
                  spanId: '0000000000000002',
                  attributes: [{ key: 'why', value: { stringValue: 'batch' } }],
                  droppedAttributesCount: 4,
                },
                {
                  traceId: TRACE_ID,
                  spanId: '0000000000000003',
                  attributes: [{ key: 'opentracing.ref_type', value: { stringValue: 'child_of' } }],
                },
              ],
              droppedLinksCount: 3,
              status: { message: 'it broke', code: 2 },
            },
          ],
        },
        {
          scope: {},
          spans: [
            {
              traceId: TRACE_ID,
              spanId: '000000000000000b',
              parentSpanId: '00f067aa0ba902b7',
              name: 'work',
              kind: 1,
              startTimeUnixNano: '1700000000123456799',
              endTimeUnixNano: '1700000000123457798',
              status: {},
            },
          ],
          schemaUrl: 'https://schema/2',
        },
      ],
    },
    {
      resource: {},
      scopeSpans: [
        {
          scope: {},
          spans: [
            {
              traceId: TRACE_ID,
              spanId: '000000000000000c',
              parentSpanId: '000000000000000b',
              name: 'SELECT',
              kind: 3,
              startTimeUnixNano: '1700000000123456809',
              endTimeUnixNano: '1700000000123456809',
              status: { code: 1 },
            },
          ],
        },
      ],
    },
  ]);
});

test('nothing is an empty list', () => {
  expect(resourceSpansJson([])).toBe('[]');
});
