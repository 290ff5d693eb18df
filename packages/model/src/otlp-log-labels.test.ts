import { expect, test } from 'vitest';
import { otlpLabelName, otlpLineMetadata, otlpOriginMetadata, plainLineMetadata } from './otlp-log-labels.ts';

test.each([
  ['service.name', 'service_name'],
  ['http.request.header.x-id', 'http_request_header_x_id'],
  ['plain_name', 'plain_name'],
  ['4xx', 'key_4xx'],
  ['_private', 'key_private'],
  ['__meta', '__meta'],
  ['.dotted', 'key_dotted'],
  ['größe', 'gr__e'],
  ['a😀b', 'a_b'],
  ['', ''],
])('the attribute %j is the label %j', (attribute, label) => expect(otlpLabelName(attribute)).toBe(label));

test('resource attributes that are no stream labels, scope and line come together, sorted', () => {
  const origin = otlpOriginMetadata({
    resourceAttributes: { 'service.name': 'shop', 'host.name': 'h1', shared: 'resource' },
    scopeName: 'lib',
    scopeVersion: '',
    scopeAttributes: { 'scope.kind': 'k', shared: 'scope' },
  });
  const line = {
    attributes: ['http.method', 'GET', 'trace_id', 'an attribute', 'host_name', 'h2', 'empty', ''],
    severityText: 'INFO',
    severityNumber: 9,
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: '',
    traceFlags: 1,
  };
  expect(otlpLineMetadata(origin, line)).toEqual([
    ...['flags', '1'],
    ...['host_name', 'h2'],
    ...['http_method', 'GET'],
    ...['scope_kind', 'k'],
    ...['scope_name', 'lib'],
    ...['severity_number', '9'],
    ...['severity_text', 'INFO'],
    ...['shared', 'scope'],
    ...['trace_id', '0123456789abcdef0123456789abcdef'],
  ]);
});

test('lines that came in another way keep their attributes, empty ones too', () => {
  expect(plainLineMetadata(['z.last', '1', 'empty', '', 'a', 'x', '', 'nameless', 'a', 'y'])).toEqual([
    'a',
    'y',
    'empty',
    '',
    'z_last',
    '1',
  ]);
});

test('an attribute named __proto__ is data', () => {
  const origin = otlpOriginMetadata({
    resourceAttributes: JSON.parse('{"__proto__":"p"}') as Record<string, string>,
    scopeName: '',
    scopeVersion: '',
    scopeAttributes: {},
  });
  const bare = { attributes: [], severityText: '', severityNumber: 0, traceId: '', spanId: '', traceFlags: 0 };
  expect(otlpLineMetadata(origin, bare)).toEqual(['__proto__', 'p']);
});
