/** For tests: a trace in which everything occurs that OTLP can say of spans. */

import type { Span } from '@atalaya/model';
import { type PlainAttributes, plainSpan } from '@atalaya/query/testing';

export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const START = 1_700_000_000_123_456_789n;

/** An attribute of each type. */
export const EVERY_TYPE: PlainAttributes = {
  text: 'a "quoted"\ntext ✓',
  yes: true,
  no: false,
  int: 42,
  'big int': 9_007_199_254_740_993n,
  'least int': -(2n ** 63n),
  double: 0.1,
  'large double': { type: 'double', value: '1e+21' },
  'negative zero': { type: 'double', value: '-0' },
  nan: { type: 'double', value: 'NaN' },
  infinity: { type: 'double', value: '-Inf' },
  bytes: { type: 'bytes', value: 'AP+A' },
  list: { type: 'array', value: '["a",1,2.5,true,null,["x"],{"k":9007199254740993}]' },
  map: { type: 'map', value: '{"b":1,"a":{"c":[]}}' },
  empty: { type: 'empty', value: '' },
};

/** The spans, ordered by start: two services, two scopes of the first one. */
export function exampleSpans(): Span[] {
  const shop = { trace: TRACE_ID, service: 'shop', resource: { 'host.name': 'a', 'process.pid': 7 } } as const;
  const root = plainSpan({
    ...shop,
    id: '00f067aa0ba902b7',
    name: 'GET /',
    kind: 'server',
    start: START,
    duration: 2_000_500_000n,
    scopeName: 'http',
    scopeVersion: '1.2',
    scope: { in: 'scope' },
    attributes: EVERY_TYPE,
    events: [
      { name: 'exception', time: START + 1000n, attributes: { 'exception.type': 'E' } },
      { name: '', time: START, attributes: { 'otel.dropped_attributes_count': 5 } },
    ],
    links: [
      { trace: '1', id: '2', attributes: { why: 'batch', 'otel.dropped_attributes_count': 4 } },
      { trace: TRACE_ID, id: '3', attributes: { 'opentracing.ref_type': 'child_of' } },
    ],
    status: 'error',
    statusMessage: 'it broke',
  });
  const child = plainSpan({
    ...shop,
    id: 'b',
    parent: '00f067aa0ba902b7',
    name: 'work',
    kind: 'internal',
    start: START + 10n,
    duration: 999n,
  });
  const other = plainSpan({ trace: TRACE_ID, id: 'c', parent: 'b', name: 'SELECT', kind: 'client', start: START + 20n, status: 'ok' });
  return [
    { ...root, traceState: 'a=b', flags: 0x101, droppedAttributes: 1, droppedEvents: 2, droppedLinks: 3 },
    { ...child, origin: { ...child.origin, resourceDropped: 0, scopeSchemaUrl: 'https://schema/2' } },
    other,
  ];
}
