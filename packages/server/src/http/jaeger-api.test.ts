import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { buildHttp } from './listener.ts';
import { fakeParts, type FakeEngine } from './parts-for-tests.ts';

const LOCAL = { host: 'localhost:3002' };
/** The fake clock's time, 1,700,000,000 s, in nanoseconds. */
const NOW = 1_700_000_000_000_000_000n;
const HOUR = 3_600_000_000_000n;
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function serve(answer = '{"data":[]}'): Promise<FakeEngine> {
  const { parts, engine } = fakeParts();
  engine.answers = { query: { bytes: Buffer.from(answer) } };
  app = await buildHttp(parts);
  return engine;
}

async function refuse(error: AtalayaError): Promise<void> {
  const { parts } = fakeParts();
  const engine = { state: 'ready', request: () => Promise.reject(error) };
  app = await buildHttp({ ...parts, engine: engine as unknown as typeof parts.engine });
}

const ask = (url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
  (app as FastifyInstance).inject({ url, headers: { ...LOCAL, ...headers } });
const asked = (engine: FakeEngine): unknown => engine.asked.at(-1)?.params;
const failureOf = async (url: string): Promise<unknown> => {
  await serve();
  const answer = await ask(url);
  return [answer.statusCode, ...(answer.json<{ errors: { code: number; msg: string }[] }>().errors ?? [])];
};

describe.each(['', '/jaeger'])("Jaeger's API under %s/api", (prefix) => {
  test('a search gets the defaults of Jaeger', async () => {
    const engine = await serve();
    const answer = await ask(`${prefix}/api/traces?service=shop`);
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([200, 'application/json', '{"data":[]}']);
    expect(asked(engine)).toEqual({
      kind: 'trace-jaeger-search',
      query: 'service=shop',
      timeoutMs: 120_000,
      service: 'shop',
      operation: '',
      tags: {},
      start: String(NOW - 48n * HOUR),
      end: String(NOW + 1n),
      minDuration: '0',
      maxDuration: '0',
      limit: 100,
    });
  });

  test('a search gets what the page says', async () => {
    const engine = await serve();
    const query = new URLSearchParams({
      end: '1700000000123456',
      limit: '20',
      lookback: '1h',
      maxDuration: '1.5s',
      minDuration: '100us',
      operation: 'GET /',
      service: 'shop',
      start: '1699996400000000',
      tags: '{"http.status_code":"500","error":"true"}',
    });
    query.append('tag', 'url:http://x');
    query.append('tag', 'error:false');
    await ask(`${prefix}/api/traces?${query.toString()}`);
    expect(asked(engine)).toMatchObject({
      operation: 'GET /',
      start: '1699996400000000000',
      end: '1700000000123456001',
      minDuration: '100000',
      maxDuration: '1500000000',
      limit: 20,
      tags: { 'http.status_code': '500', error: 'true', url: 'http://x' },
    });
  });

  test('traces may be named, with or without leading zeros', async () => {
    const engine = await serve();
    await ask(`${prefix}/api/traces?traceID=AB&traceID=${TRACE_ID}`);
    expect(asked(engine)).toMatchObject({ kind: 'trace-jaeger-traces', traceIds: ['ab'.padStart(32, '0'), TRACE_ID] });
  });

  test('one trace', async () => {
    const engine = await serve();
    await ask(`${prefix}/api/traces/${TRACE_ID}?start=1&end=2&raw=true&prettyPrint=true`);
    expect(asked(engine)).toMatchObject({ kind: 'trace-by-id', traceId: TRACE_ID, form: 'jaeger' });
  });

  test('services and operations, whose names may be escaped twice', async () => {
    const engine = await serve();
    await ask(`${prefix}/api/services`);
    expect(asked(engine)).toMatchObject({ kind: 'trace-jaeger-services', start: '0' });
    await ask(`${prefix}/api/services/${encodeURIComponent(encodeURIComponent('a/b c'))}/operations`);
    expect(asked(engine)).toMatchObject({ kind: 'trace-jaeger-operations', service: 'a/b c', withKinds: false });
    await ask(`${prefix}/api/operations?service=shop&spanKind=server`);
    expect(asked(engine)).toMatchObject({ service: 'shop', spanKind: 'server', withKinds: true });
  });

  test('dependencies are calls by client and server', async () => {
    const result = [
      { metric: { client: 'web', server: 'shop' }, value: [1, '41.7'] },
      { metric: { client: 'shop', server: 'db' }, value: [1, '3'] },
      { metric: { client: 'shop', server: 'idle' }, value: [1, '0.2'] },
    ];
    const engine = await serve(JSON.stringify({ data: { result } }));
    const answer = await ask(`${prefix}/api/dependencies?endTs=1700000000000&lookback=60000`);
    expect(asked(engine)).toMatchObject({
      kind: 'instant',
      timeMs: 1_700_000_000_000,
      query: 'sum by (client, server) (increase(traces_service_graph_request_total[60000ms] anchored))',
    });
    expect(answer.json()).toEqual({
      data: [
        { parent: 'web', child: 'shop', callCount: 42 },
        { parent: 'shop', child: 'db', callCount: 3 },
      ],
      total: 0,
      limit: 0,
      offset: 0,
      errors: null,
    });
    expect((await ask(`${prefix}/api/dependencies?service=db`)).json()).toMatchObject({ data: [{ parent: 'shop', child: 'db' }] });
  });

  test('the page Monitor gets metric families', async () => {
    const result = [
      {
        metric: { service_name: 'a.b', span_name: 'GET' },
        values: [
          [1_700_000_000, '0.5'],
          [1_700_000_060, 'NaN'],
        ],
      },
    ];
    const engine = await serve(JSON.stringify({ data: { result } }));
    const parameters = 'service=a.b&endTs=1700000000000&lookback=3600000&step=60000&ratePer=600000&spanKind=server&groupByOperation=true';
    const answer = await ask(`${prefix}/api/metrics/latencies?quantile=0.95&${parameters}`);
    expect(asked(engine)).toMatchObject({
      kind: 'range',
      startMs: 1_699_996_400_000,
      endMs: 1_700_000_000_000,
      stepMs: 60_000,
      query:
        '1000 * histogram_quantile(0.95, sum by (service_name, span_name, le) (rate(traces_spanmetrics_duration_seconds_bucket{service_name=~"a\\\\.b",span_kind=~"SPAN_KIND_SERVER"}[600000ms])))',
    });
    expect(answer.json()).toEqual({
      name: 'service_operation_latencies',
      type: 'GAUGE',
      help: '0.95th quantile latency, grouped by service & operation',
      metrics: [
        {
          labels: [
            { name: 'operation', value: 'GET' },
            { name: 'service_name', value: 'a.b' },
          ],
          metricPoints: [{ gaugeValue: { doubleValue: 0.5 }, timestamp: '2023-11-14T22:13:20.000Z' }],
        },
      ],
    });
    await ask(`${prefix}/api/metrics/errors?${parameters}`);
    expect(asked(engine)).toMatchObject({ query: expect.stringContaining('status_code="STATUS_CODE_ERROR"') as string });
    await ask(`${prefix}/api/metrics/calls?${parameters}`);
    expect(asked(engine)).toMatchObject({
      query: expect.stringMatching(/^sum by \(service_name, span_name\) \(rate\(traces_spanm/) as string,
    });
    expect((await ask(`${prefix}/api/metrics/minstep`)).json()).toMatchObject({ data: 1 });
  });

  test('archiving is told to be none', async () => {
    await serve();
    const answer = await (app as FastifyInstance).inject({ method: 'POST', url: `${prefix}/api/archive/1`, headers: LOCAL });
    expect(answer.statusCode).toBe(501);
    expect(answer.json()).toMatchObject({ data: null, errors: [{ code: 501 }] });
  });
});

describe("failures have Jaeger's form and words", () => {
  test.each([
    ['traces', "parameter 'service' is required"],
    ['operations', "parameter 'service' is required"],
    ['traces?service=a&start=x', 'unable to parse param \'start\': strconv.ParseInt: parsing "x": invalid syntax'],
    ['traces?service=a&start=2&end=1', 'invalid parameter: start time must be before end time'],
    ['traces?service=a&limit=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['traces?service=a&limit=0', 'invalid parameter: limit must be greater than 0'],
    ['traces?service=a&minDuration=5', 'unable to parse param \'minDuration\': time: missing unit in duration "5"'],
    ['traces?service=a&minDuration=2s&maxDuration=1s', "'maxDuration' should be greater than 'minDuration'"],
    ['traces?service=a&tag=x', "malformed 'tag' parameter, expecting key:value, received: x"],
    ['traces?service=a&tags={', expect.stringMatching(/^malformed 'tags' parameter, cannot unmarshal JSON: ./)],
    ['traces?service=a&tags={"a":1}', expect.stringMatching(/^malformed 'tags' parameter, cannot unmarshal JSON: ./)],
    ['traces?traceID=x', 'cannot parse traceID param: strconv.ParseUint: parsing "x": invalid syntax'],
    ['traces?service=a&raw=maybe', 'unable to parse param \'raw\': strconv.ParseBool: parsing "maybe": invalid syntax'],
    ['traces/xyz', 'strconv.ParseUint: parsing "xyz": invalid syntax'],
    [`traces/${'1'.repeat(33)}`, `TraceID cannot be longer than 32 hex characters: ${'1'.repeat(33)}`],
    ['dependencies?endTs=x', 'unable to parse param \'endTs\': strconv.ParseInt: parsing "x": invalid syntax'],
    ['metrics/calls', "unable to parse param 'service': please provide at least one service name"],
    ['metrics/calls?service=a&spanKind=x', "unable to parse param 'spanKind': unsupported span kind: 'x'"],
    ['metrics/latencies?service=a', 'unable to parse param \'quantile\': strconv.ParseFloat: parsing "": invalid syntax'],
  ])('%s', async (path, msg) => {
    expect(await failureOf(`/api/${path}`)).toEqual([400, { code: 400, msg }]);
  });

  test('a trace that is not there', async () => {
    await refuse(new AtalayaError('NOT_FOUND', { what: `trace ${TRACE_ID}` }));
    const answer = await ask(`/api/traces/${TRACE_ID}`);
    expect([answer.statusCode, answer.json()]).toEqual([
      404,
      { data: null, total: 0, limit: 0, offset: 0, errors: [{ code: 404, msg: 'trace not found' }] },
    ]);
  });

  test('the engine is away', async () => {
    const { parts } = fakeParts();
    app = await buildHttp(parts);
    const answer = await ask('/api/services');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(answer.json()).toMatchObject({ errors: [{ code: 503, msg: expect.stringContaining('it is starting') as string }] });
  });
});
