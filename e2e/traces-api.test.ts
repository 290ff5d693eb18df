/** Spans that were sent by OTLP, read back through Jaeger's and Tempo's APIs: they are what was sent. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { JAEGER_TRACE, MICROSECONDS, OTHER_SPANS, RESOURCE_SPANS, SECONDS, sendTraces, SHORT_TRACE_ID, TRACE_ID } from './example-trace.ts';

const ENVIRONMENT = { ATALAYA_LOGS_OWN: 'false' };
const PROTOBUF = { Accept: 'application/protobuf' };

describe('traces that were sent', () => {
  let program: RunningAtalaya;

  beforeAll(async () => {
    program = await startAtalaya({ environment: ENVIRONMENT });
    await sendTraces(program.url, { resourceSpans: [...RESOURCE_SPANS, ...OTHER_SPANS] });
  });
  afterAll(() => discard(program));

  const get = async (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(`${program.url}${path}`, { headers });
  const json = async (path: string): Promise<unknown> => (await get(path)).json();
  const bytes = async (path: string): Promise<Buffer> => {
    const answer = await get(path, PROTOBUF);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/protobuf']);
    return Buffer.from(await answer.arrayBuffer());
  };

  test('are in the very next answer, as OTLP', async () => {
    expect(await json(`/tempo/api/v2/traces/${TRACE_ID}`)).toEqual({ trace: { resourceSpans: RESOURCE_SPANS }, metrics: {} });
    expect(await json(`/api/v2/traces/${TRACE_ID.toUpperCase()}`)).toEqual({ trace: { resourceSpans: RESOURCE_SPANS }, metrics: {} });
    expect(await json(`/tempo/api/traces/${TRACE_ID}`)).toEqual({ batches: RESOURCE_SPANS });
    expect(await json('/tempo/api/traces/123456789abcdef')).toEqual({ batches: OTHER_SPANS });
  });

  test('as Jaeger tells them', async () => {
    const answer = { data: [JAEGER_TRACE], total: 0, limit: 0, offset: 0, errors: null };
    for (const path of [`/api/traces/${TRACE_ID}`, `/jaeger/api/traces/${TRACE_ID}?raw=true`, `/api/traces?traceID=${TRACE_ID}`]) {
      expect(await json(path)).toEqual(answer);
    }
    const { start, end } = MICROSECONDS;
    const tags = encodeURIComponent('{"http.response.status_code":"500","error":"true","span.kind":"server","exception.type":"Timeout"}');
    const query = `service=web&operation=GET%20%2Fcart&start=${start}&end=${end}&minDuration=250ms&maxDuration=0.3s&limit=20&lookback=1h&tags=${tags}`;
    expect(await json(`/api/traces?${query}`)).toEqual(answer);
    expect(await json(`/api/traces?${query}&tag=retry:false`)).toEqual({ ...answer, data: [] });
  });

  test('in protobuf, which sent on is the same once more', async () => {
    const other = await startAtalaya({ environment: ENVIRONMENT });
    try {
      const wrapped = await bytes(`/tempo/api/v2/traces/${TRACE_ID}`);
      const trace = await bytes(`/tempo/api/traces/${TRACE_ID}`);
      expect(await bytes(`/api/traces/${TRACE_ID}`)).toEqual(trace);
      // The second form is the first as field 1 of a message.
      expect([wrapped[0], wrapped.subarray(-trace.length)]).toEqual([0x0a, trace]);
      await sendTraces(other.url, trace);
      const answer = await fetch(`${other.url}/tempo/api/v2/traces/${TRACE_ID}`);
      expect(await answer.json()).toEqual({ trace: { resourceSpans: RESOURCE_SPANS }, metrics: {} });
    } finally {
      await discard(other);
    }
  });

  test('a trace that nobody sent is told in the form of each API', async () => {
    const unknown = 'f'.repeat(32);
    const jaeger = await get(`/api/traces/${unknown}`);
    expect([jaeger.status, await jaeger.json()]).toEqual([
      404,
      { data: null, total: 0, limit: 0, offset: 0, errors: [{ code: 404, msg: 'trace not found' }] },
    ]);
    for (const [path, headers] of [
      [`/tempo/api/v2/traces/${unknown}`, {}],
      [`/tempo/api/traces/${unknown}`, {}],
      [`/api/traces/${unknown}`, PROTOBUF],
    ] as const) {
      const answer = await get(path, headers);
      expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
        404,
        'text/plain; charset=utf-8',
        'trace not found',
      ]);
    }
    expect(await json(`/api/traces?traceID=${unknown}&traceID=123456789abcdef`)).toMatchObject({
      data: [{ traceID: '0123456789abcdef' }],
      errors: [{ msg: 'trace not found', traceID: unknown }],
    });
  });

  test('services and operations', async () => {
    expect(await json('/api/services')).toEqual({ data: ['cart', 'night/shift', 'web'], total: 3, limit: 0, offset: 0, errors: null });
    expect(await json('/api/services/cart/operations')).toMatchObject({ data: ['POST /items/{id}', 'compute'], total: 2 });
    expect(await json('/api/services/night%2Fshift/operations')).toMatchObject({ data: ['sweep'] });
    expect(await json('/api/operations?service=web')).toMatchObject({
      data: [
        { name: 'GET /cart', spanKind: 'server' },
        { name: 'POST', spanKind: 'client' },
      ],
    });
    expect(await json('/api/operations?service=web&spanKind=client')).toMatchObject({ data: [{ name: 'POST' }], total: 1 });
  });

  test('searches by TraceQL', async () => {
    const { start, end } = SECONDS;
    const q = encodeURIComponent('{ resource.service.name = "web" && span.http.response.status_code >= 500 }');
    expect(await json(`/tempo/api/search?q=${q}&start=${start}&end=${end}&limit=20&spss=3`)).toMatchObject({
      traces: [
        {
          traceID: TRACE_ID,
          rootServiceName: 'web',
          rootTraceName: 'GET /cart',
          startTimeUnixNano: RESOURCE_SPANS[0].scopeSpans[0].spans[0].startTimeUnixNano,
          durationMs: 250,
          spanSets: [{ spans: [{ spanID: '00f067aa0ba902b7', durationNanos: '250000999' }], matched: 1 }],
          serviceStats: { web: { spanCount: 2, errorCount: 1 }, cart: { spanCount: 2 } },
        },
      ],
    });
    const both = (await json(`/api/search?start=${start}&end=${end}`)) as { traces: { traceID: string }[] };
    expect(both.traces.map(({ traceID }) => traceID)).toEqual([TRACE_ID, SHORT_TRACE_ID]);
    const tagged = async (tags: string): Promise<number> =>
      ((await json(`/api/search?start=${start}&end=${end}&tags=${encodeURIComponent(tags)}`)) as { traces: unknown[] }).traces.length;
    expect(await tagged('service.name=CAR name=items')).toBe(1);
    expect(await tagged('http.response.status_code=500 error=true')).toBe(1);
    expect(await tagged('http.response.status_code=501')).toBe(0);
  });

  test('names and values of attributes', async () => {
    expect(await json('/tempo/api/v2/search/tags')).toMatchObject({
      scopes: [
        { name: 'event', tags: ['exception.type', 'otel.dropped_attributes_count', 'try'] },
        { name: 'link', tags: ['otel.dropped_attributes_count', 'why'] },
        { name: 'instrumentation', tags: ['scoped'] },
        { name: 'resource', tags: ['process.pid', 'service.name', 'service.namespace'] },
        { name: 'span', tags: expect.arrayContaining(['http.request.method', 'unusual "name" ✓']) as unknown },
        { name: 'intrinsic', tags: expect.arrayContaining(['duration', 'status']) as unknown },
      ],
    });
    expect(await json('/tempo/api/search/tags?scope=resource')).toMatchObject({
      tagNames: ['process.pid', 'service.name', 'service.namespace'],
    });
    const valuesOf = async (tag: string): Promise<unknown[]> =>
      ((await json(`/tempo/api/v2/search/tag/${encodeURIComponent(tag)}/values`)) as { tagValues: unknown[] }).tagValues;
    expect(await valuesOf('resource.service.name')).toHaveLength(3);
    expect(await valuesOf('span.http.response.status_code')).toEqual([{ type: 'int', value: '500' }]);
    expect(await valuesOf('status')).toEqual(expect.arrayContaining([{ type: 'keyword', value: 'error' }]));
    expect(await json('/tempo/api/search/tag/service.name/values')).toMatchObject({
      tagValues: expect.arrayContaining(['cart', 'night/shift', 'web']) as unknown,
    });
  });

  test('status and own metrics count them', async () => {
    const { traces } = await program.status();
    expect(traces).toMatchObject({ services: 3, operations: 5 });
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toMatch(/^atalaya_trace_services 3$/m);
  });

  test('what was acknowledged is there after a kill, once', async () => {
    await sendTraces(program.url, { resourceSpans: RESOURCE_SPANS });
    await program.kill('SIGKILL');
    program = await startAtalaya({ folder: program.folder, environment: ENVIRONMENT });
    expect(await json(`/tempo/api/v2/traces/${TRACE_ID}`)).toEqual({ trace: { resourceSpans: RESOURCE_SPANS }, metrics: {} });
    expect(await json('/api/services')).toMatchObject({ data: ['cart', 'night/shift', 'web'] });
  });
});
