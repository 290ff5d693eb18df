/** What Grafana's data sources for Tempo and for Jaeger, and Jaeger's page, ask, in the form in which they ask, and the shape of answer that they read. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { discard, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { MICROSECONDS, OTHER_SPANS, RESOURCE_SPANS, SECONDS, sendTraces, TRACE_ID } from './example-trace.ts';

/** Headers that Grafana's backend adds to every call. */
const GRAFANA = { 'User-Agent': 'Grafana/12.1.0', 'Accept-Encoding': 'gzip', 'X-Grafana-Org-Id': '1' };
const JSON_WANTED = { ...GRAFANA, Accept: 'application/json' };
const PROTOBUF_WANTED = { ...GRAFANA, Accept: 'application/protobuf' };
const JAEGER_PAGE = { Accept: 'application/json', 'User-Agent': 'Mozilla/5.0' };

const anyValue = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.string() }),
  z.strictObject({ doubleValue: z.union([z.number(), z.string()]) }),
]);
const keyValues = z.array(z.strictObject({ key: z.string(), value: anyValue }));
const whole = z.string().regex(/^\d+$/);
const spanSet = z.strictObject({
  spans: z.array(
    z.strictObject({
      spanID: z.string().length(16),
      name: z.string(),
      startTimeUnixNano: whole,
      durationNanos: whole,
      attributes: keyValues,
    }),
  ),
  matched: z.number(),
  attributes: keyValues.optional(),
});
const search = z.strictObject({
  traces: z
    .array(
      z.strictObject({
        traceID: z.string(),
        rootServiceName: z.string(),
        rootTraceName: z.string(),
        startTimeUnixNano: whole,
        durationMs: z.int(),
        spanSet: spanSet.optional(),
        spanSets: z.array(spanSet),
        serviceStats: z.record(z.string(), z.strictObject({ spanCount: z.int(), errorCount: z.int().optional() })),
      }),
    )
    .nonempty(),
  metrics: z.looseObject({ inspectedTraces: z.int() }),
});
const tags = z.strictObject({
  scopes: z.array(z.strictObject({ name: z.string(), tags: z.array(z.string()) })),
  metrics: z.strictObject({}),
});
const tagValues = z.strictObject({
  tagValues: z.array(z.strictObject({ type: z.enum(['string', 'int', 'float', 'bool', 'keyword']), value: z.string() })).nonempty(),
  metrics: z.strictObject({}),
});
// Grafana reads these with Tempo's own protobuf definitions, and refuses fields that are not in them.
const metrics = z.strictObject({ inspectedTraces: z.int() });
const overTime = z.strictObject({
  series: z
    .array(
      z.strictObject({
        labels: keyValues,
        samples: z.array(z.strictObject({ timestampMs: whole, value: z.number() })).nonempty(),
        exemplars: z.array(z.strictObject({ labels: keyValues, value: z.number(), timestampMs: whole })).optional(),
      }),
    )
    .nonempty(),
  metrics,
});
const instant = z.strictObject({ series: z.array(z.strictObject({ labels: keyValues, value: z.number() })).nonempty(), metrics });

const envelope = <Data extends z.ZodType>(data: Data) =>
  z.strictObject({ data, total: z.int(), limit: z.int(), offset: z.int(), errors: z.null() });
const tag = z.union([
  z.strictObject({ key: z.string(), type: z.enum(['string', 'binary']), value: z.string() }),
  z.strictObject({ key: z.string(), type: z.literal('bool'), value: z.boolean() }),
  z.strictObject({ key: z.string(), type: z.enum(['int64', 'float64']), value: z.union([z.number(), z.string()]) }),
]);
const jaegerTraces = envelope(
  z
    .array(
      z.strictObject({
        traceID: z.string(),
        spans: z
          .array(
            z.strictObject({
              traceID: z.string(),
              spanID: z.string().length(16),
              flags: z.int().optional(),
              operationName: z.string(),
              references: z.array(
                z.strictObject({ refType: z.enum(['CHILD_OF', 'FOLLOWS_FROM']), traceID: z.string(), spanID: z.string() }),
              ),
              startTime: z.int(),
              duration: z.int(),
              tags: z.array(tag),
              logs: z.array(z.strictObject({ timestamp: z.int(), fields: z.array(tag) })),
              processID: z.string().regex(/^p\d+$/),
              warnings: z.null(),
            }),
          )
          .nonempty(),
        processes: z.record(z.string(), z.strictObject({ serviceName: z.string(), tags: z.array(tag) })),
        warnings: z.null(),
      }),
    )
    .nonempty(),
);
const metricFamily = z.strictObject({
  name: z.string(),
  type: z.literal('GAUGE'),
  help: z.string(),
  metrics: z.array(
    z.strictObject({
      labels: z.array(z.strictObject({ name: z.string(), value: z.string() })),
      metricPoints: z.array(z.strictObject({ gaugeValue: z.strictObject({ doubleValue: z.number() }), timestamp: z.string() })),
    }),
  ),
});

interface Call {
  readonly what: string;
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly schema: z.ZodType;
  /** What the answer has to hold, besides its shape. */
  readonly holds?: unknown;
}

const range = { start: String(SECONDS.start), end: String(SECONDS.end) };

const TEMPO_CALLS: readonly Call[] = [
  {
    what: 'the version',
    path: 'status/buildinfo',
    schema: z.looseObject({ version: z.string().regex(/^2\.\d+\.\d+$/), goVersion: z.string() }),
  },
  {
    what: 'the builder: names',
    path: 'v2/search/tags',
    parameters: { limit: '5000', ...range },
    schema: tags,
    holds: {
      scopes: expect.arrayContaining([
        expect.objectContaining({ name: 'resource' }),
        expect.objectContaining({ name: 'intrinsic' }),
      ]) as unknown,
    },
  },
  { what: 'the builder: services', path: 'v2/search/tag/resource.service.name/values', parameters: { limit: '5000' }, schema: tagValues },
  {
    what: 'the builder: names of spans of a service',
    path: `v2/search/tag/${encodeURIComponent(encodeURIComponent('name'))}/values`,
    parameters: { limit: '5000', q: '{resource.service.name="cart"}' },
    schema: tagValues,
    holds: { tagValues: expect.arrayContaining([{ type: 'string', value: 'compute' }]) as unknown },
  },
  {
    what: 'the editor: values while the query is being written',
    path: 'v2/search/tag/span.http.request.method/values',
    parameters: { limit: '5000', q: '{resource.service.name="web" && span.http.request.method=}' },
    schema: tagValues,
    holds: { tagValues: [{ type: 'string', value: 'GET' }] },
  },
  { what: 'states', path: 'v2/search/tag/status/values', parameters: { limit: '5000' }, schema: tagValues },
  {
    what: 'Explore: a search',
    path: 'search',
    parameters: { q: '{resource.service.name="web" && duration>100ms}', limit: '20', spss: '3', ...range },
    schema: search,
    holds: { traces: [{ traceID: TRACE_ID, rootServiceName: 'web' }] },
  },
  { what: 'Explore: everything', path: 'search', parameters: { q: '{}', limit: '20', ...range }, schema: search },
  {
    what: 'Explore: rates',
    path: 'metrics/query_range',
    parameters: { q: '{} | rate() by(resource.service.name)', ...range, step: '15s', exemplars: '100' },
    schema: overTime,
  },
  {
    what: 'Traces Drilldown: durations',
    path: 'metrics/query_range',
    parameters: { q: '{nestedSetParent<0 && true} | quantile_over_time(duration, 0.9)', ...range, step: '30s' },
    schema: overTime,
  },
  {
    what: 'a table',
    path: 'metrics/query',
    parameters: { q: '{} | count_over_time() by (resource.service.name)', ...range },
    schema: instant,
  },
];

const names = envelope(z.array(z.string()));
const GRAFANA_JAEGER_CALLS: readonly Call[] = [
  { what: 'the health check and services', path: 'services', schema: names, holds: { data: ['cart', 'night/shift', 'web'] } },
  { what: 'operations', path: 'services/web/operations', schema: names, holds: { data: ['GET /cart', 'POST'] } },
  {
    what: 'a search',
    path: 'traces',
    parameters: {
      service: 'web',
      operation: 'GET /cart',
      tags: '{"http.request.method":"GET"}',
      minDuration: '1ms',
      maxDuration: '10s',
      limit: '20',
      start: String(MICROSECONDS.start),
      end: String(MICROSECONDS.end),
    },
    schema: jaegerTraces,
    holds: { data: [{ traceID: TRACE_ID }] },
  },
  { what: 'a trace', path: `traces/${TRACE_ID}`, schema: jaegerTraces },
  {
    what: 'a trace with the time of the panel',
    path: `traces/${TRACE_ID}`,
    parameters: { start: String(MICROSECONDS.start), end: String(MICROSECONDS.end) },
    schema: jaegerTraces,
  },
];

const monitor = {
  service: 'web',
  groupByOperation: 'true',
  endTs: String(SECONDS.end * 1000),
  lookback: '3600000',
  step: '60000',
  ratePer: '600000',
  spanKind: 'server',
};
const JAEGER_PAGE_CALLS: readonly Call[] = [
  { what: 'services', path: 'services', schema: names },
  { what: 'operations', path: 'services/night%2Fshift/operations', schema: names, holds: { data: ['sweep'] } },
  {
    what: 'operations of servers',
    path: 'operations',
    parameters: { service: 'web', spanKind: 'server' },
    schema: envelope(z.array(z.strictObject({ name: z.string(), spanKind: z.string() }))),
    holds: { data: [{ name: 'GET /cart', spanKind: 'server' }] },
  },
  {
    what: 'a search',
    path: 'traces',
    parameters: {
      end: String(MICROSECONDS.end),
      limit: '20',
      lookback: '1h',
      maxDuration: '',
      minDuration: '',
      service: 'web',
      start: String(MICROSECONDS.start),
      tags: '{"error":"true"}',
    },
    schema: jaegerTraces,
  },
  { what: 'traces to compare', path: 'traces', parameters: { traceID: TRACE_ID }, schema: jaegerTraces },
  { what: 'a trace', path: `traces/${TRACE_ID}`, parameters: { prettyPrint: 'true', raw: 'true' }, schema: jaegerTraces },
  { what: 'latencies', path: 'metrics/latencies', parameters: { ...monitor, quantile: '0.95' }, schema: metricFamily },
  { what: 'calls', path: 'metrics/calls', parameters: monitor, schema: metricFamily },
  { what: 'errors', path: 'metrics/errors', parameters: monitor, schema: metricFamily },
  { what: 'the shortest step', path: 'metrics/minstep', schema: envelope(z.int()) },
];

describe('clients of Tempo and Jaeger', () => {
  let program: RunningAtalaya;

  beforeAll(async () => {
    program = await startAtalaya({ environment: { ATALAYA_LOGS_OWN: 'false' } });
    await sendTraces(program.url, { resourceSpans: [...RESOURCE_SPANS, ...OTHER_SPANS] });
  });
  afterAll(() => discard(program));

  const get = (path: string, parameters: Readonly<Record<string, string>>, headers: Record<string, string>): Promise<Response> =>
    fetch(`${program.url}${path}?${new URLSearchParams(parameters).toString()}`, { headers });
  const check = async (root: string, { path, parameters = {}, schema, holds }: Call, headers: Record<string, string>): Promise<void> => {
    const answer = await get(`${root}/api/${path}`, parameters, headers);
    const text = await answer.text();
    expect(`${answer.status} ${answer.headers.get('content-type')} ${text}`).toMatch(/^200 application\/json/);
    const body = schema.parse(JSON.parse(text)) as object;
    expect(body).toMatchObject(holds ?? body);
  };

  test.each(TEMPO_CALLS)("Grafana's Tempo data source, $what: $path", (call) => check('/tempo', call, JSON_WANTED));
  test.each(GRAFANA_JAEGER_CALLS)("Grafana's Jaeger data source, $what: $path", (call) => check('', call, GRAFANA));
  test.each(JAEGER_PAGE_CALLS)("Jaeger's page, $what: $path", (call) => check('', call, JAEGER_PAGE));

  test("Grafana's Tempo data source: the health check", async () => {
    const answer = await get('/tempo/api/echo', {}, GRAFANA);
    expect([answer.status, await answer.text()]).toEqual([200, 'echo']);
  });

  test("Grafana's Tempo data source: a trace, by the second version and by the first", async () => {
    for (const path of [`/tempo/api/v2/traces/${TRACE_ID}`, `/tempo/api/traces/${TRACE_ID}`, `/api/traces/${TRACE_ID}`]) {
      const answer = await get(path, range, PROTOBUF_WANTED);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/protobuf']);
      const content = Buffer.from(await answer.arrayBuffer());
      expect(content.includes(Buffer.from(TRACE_ID, 'hex'))).toBe(true);
    }
  });

  test('what is wrong is told as they show it', async () => {
    const tempo = await get('/tempo/api/search', { q: '{ .a = }' }, JSON_WANTED);
    expect([tempo.status, tempo.headers.get('content-type')]).toEqual([400, 'text/plain; charset=utf-8']);
    expect(await tempo.text()).toMatch(/^invalid TraceQL query: parse error at line 1, col 8: syntax error/);
    const jaeger = await get('/api/traces', { service: 'web', maxDuration: 'x' }, GRAFANA);
    expect([jaeger.status, await jaeger.json()]).toMatchObject([
      400,
      { errors: [{ code: 400, msg: expect.stringContaining("'maxDuration'") as string }] },
    ]);
  });

  test('who calls whom, when the metrics of spans have been written', async () => {
    const dependencies = z.strictObject({
      data: z.array(z.strictObject({ parent: z.string(), child: z.string(), callCount: z.int().positive() })),
      total: z.int(),
      limit: z.int(),
      offset: z.int(),
      errors: z.null(),
    });
    for (;;) {
      const answer = await get('/api/dependencies', { endTs: String(Date.now()), lookback: '604800000' }, JAEGER_PAGE);
      const { data } = dependencies.parse(await answer.json());
      if (data.some(({ parent, child }) => parent === 'web' && child === 'cart')) break;
      await pause(500);
    }
  }, 60_000);
});
