import { describe, expect, test } from 'vitest';

import type { LogLine } from '../logs/line.ts';
import { placesOfSpan, promqlOfHost, traceOfLine, traceqlOf, traceqlOfEdge } from './addresses.ts';
import { around, spanning } from './place.ts';
import { subjectOf, withoutPort } from './subject.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('what labels are about', () => {
  test.each([
    [{ service_name: 'checkout', job: 'shop' }, { service: 'checkout' }],
    [
      { job: 'shop/checkout', instance: 'a1' },
      { service: 'checkout', host: 'a1', instance: 'a1' },
    ],
    [
      { job: 'node', instance: 'edge-1.lan:9100' },
      { service: 'node', host: 'edge-1.lan', instance: 'edge-1.lan:9100' },
    ],
    [
      { 'service.name': 'cart', 'host.name': 'app-1' },
      { service: 'cart', host: 'app-1' },
    ],
    [{ client: 'web', server: 'cart' }, { service: 'cart' }],
    [{ service_name: '', host: 'db' }, { host: 'db' }],
    [{ mode: 'idle' }, {}],
  ])('%j is %j', (labels, subject) => {
    expect(subjectOf(labels as Record<string, string>)).toEqual(subject);
  });

  test('a path in a service’s own name is no namespace', () => {
    expect(subjectOf({ service_name: 'team/cart' }).service).toBe('team/cart');
  });

  test('a port is not part of a host, colons of an address are', () => {
    expect(['db:5432', '[::1]:9100', '::1', 'db', '10.0.0.1:80'].map(withoutPort)).toEqual(['db', '::1', '::1', 'db', '10.0.0.1']);
  });
});

describe('ranges', () => {
  test('reach as far before a moment as after', () => {
    expect(around(1_000_000, 1000)).toEqual({ from: '999000', to: '1001000' });
  });

  test('a stretch gets a tenth on either side, a minute at least', () => {
    expect(spanning(10_000_000, 10_000_050)).toEqual({ from: '9940000', to: '10060050' });
    expect(spanning(10_000_000, 20_000_000)).toEqual({ from: '9000000', to: '21000000' });
  });
});

describe('a line’s trace', () => {
  const line = (parts: Partial<LogLine>): LogLine => ({
    id: 1,
    time: 1_700_000_000_000_000_000n,
    text: 'x',
    stream: {},
    metadata: {},
    parsed: {},
    level: 'info',
    ...parts,
  });

  test('is opened at the span that wrote the line, around its time', () => {
    expect(traceOfLine(line({ metadata: { trace_id: TRACE, span_id: SPAN } }))).toEqual({
      to: '/traces/$traceId',
      params: { traceId: TRACE },
      search: { from: '1699999550000', to: '1700000450000', span: SPAN },
    });
  });

  test('may be named by the fields of its text; what is no id names none', () => {
    expect(traceOfLine(line({ parsed: { traceId: TRACE } }))?.params).toEqual({ traceId: TRACE });
    expect(traceOfLine(line({ parsed: { trace: 'on' } }))).toBeUndefined();
  });
});

describe('a span’s places', () => {
  const span = { traceId: TRACE, spanId: SPAN, start: 1_700_000_000_000, end: 1_700_000_000_080 };

  test('are its lines, those of its trace and service, and the metrics of its service and host', () => {
    const places = placesOfSpan({ ...span, resource: { 'service.name': 'cart', 'host.name': 'app-1' } });
    expect(places.logsOfSpan.search['q']).toBe(`{service_name=~".+"} | trace_id="${TRACE}" | span_id="${SPAN}"`);
    expect(places.logsOfTrace.search['q']).toBe(`{service_name=~".+"} | trace_id="${TRACE}"`);
    expect(places.logsOfService?.search['q']).toBe('{service_name="cart"}');
    expect(places.service).toMatchObject({ to: '/services/$name', params: { name: 'cart' } });
    expect(places.host?.search['q']).toEqual([promqlOfHost('app-1')]);
    expect(places.logsOfSpan.search).toMatchObject({ from: '1699999940000', to: '1700000060080' });
  });

  test('are fewer where the resource says nothing', () => {
    expect(Object.keys(placesOfSpan({ ...span, resource: {} }))).toEqual(['logsOfSpan', 'logsOfTrace']);
  });
});

describe('traces behind a series', () => {
  test('have its service, operation, kind and status', () => {
    expect(
      traceqlOf({ service_name: 'cart', span_name: 'GET "/"', span_kind: 'SPAN_KIND_SERVER', status_code: 'STATUS_CODE_ERROR', le: '0.1' }),
    ).toBe(String.raw`{resource.service.name="cart" && name="GET \"/\"" && kind=server && status=error}`);
    expect(traceqlOf({ mode: 'idle' })).toBeUndefined();
  });

  test('of an edge are those in which one calls the other; what sends no spans is known by its callers’ attributes', () => {
    expect(traceqlOf({ client: 'web', server: 'cart', connection_type: '' })).toBe(
      '{resource.service.name="web"} > {resource.service.name="cart"}',
    );
    expect(traceqlOfEdge('cart', 'orders', 'database')).toMatch(
      /^\{resource\.service\.name="cart" && \(span\.peer\.service="orders" \|\| .*span\.db\.name="orders"/,
    );
  });
});
