import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { buildHttp } from './listener.ts';
import { fakeParts, type FakeEngine } from './parts-for-tests.ts';

const LOCAL = { host: 'localhost:3002' };
/** The fake clock's time, 1,700,000,000 s, in nanoseconds. */
const NOW = 1_700_000_000_000_000_000n;
const SECOND = 1_000_000_000n;
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function serve(): Promise<FakeEngine> {
  const { parts, engine } = fakeParts();
  engine.answers = { query: { bytes: Buffer.from('{}') } };
  app = await buildHttp(parts);
  return engine;
}

const ask = (url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
  (app as FastifyInstance).inject({ url, headers: { ...LOCAL, ...headers } });
const asked = (engine: FakeEngine): unknown => engine.asked.at(-1)?.params;
const PROTOBUF = { accept: 'application/protobuf' };

describe.each(['', '/tempo'])("Tempo's API under %s/api", (prefix) => {
  const searchOf = async (query: Record<string, string>): Promise<unknown> => {
    const engine = await serve();
    await ask(`${prefix}/api/search?${new URLSearchParams(query).toString()}`);
    return asked(engine);
  };

  test('a search gets the defaults', async () => {
    expect(await searchOf({})).toEqual({
      kind: 'trace-search',
      query: '{ }',
      timeoutMs: 120_000,
      start: String(NOW + SECOND - 24n * 3600n * SECOND),
      end: String(NOW + SECOND + 1n),
      limit: 20,
      spansPerSet: 3,
    });
  });

  test('a search gets what the request says', async () => {
    expect(await searchOf({ q: ' { .a = 1 } ', start: '1699990000', end: '1700000000', limit: '5', spss: '0' })).toMatchObject({
      query: '{ .a = 1 }',
      start: '1699990000000000000',
      end: '1700000000000000001',
      limit: 5,
      spansPerSet: 0,
    });
  });

  test.each([
    ['service.name=shop', '{ ."service.name" =~ "(?is).*shop.*" }'],
    [
      'http.status_code=500 name="GET /"',
      '{ ."http.status_code" =~ "(?is).*500.*" || ."http.status_code" = 500 } && { name =~ "(?is).*GET /.*" }',
    ],
    ['error=true', '{ status = error }'],
    ['status.code=ok', '{ status = ok }'],
    ['a="x.\\"y\\\\"', String.raw`{ ."a" =~ "(?is).*x\\.\"y\\\\.*" }`],
  ])('tags are TraceQL: %s', async (tags, query) => {
    expect(await searchOf({ tags })).toMatchObject({ query });
  });

  test('durations are TraceQL', async () => {
    expect(await searchOf({ minDuration: '1.5s', maxDuration: '2m' })).toMatchObject({
      query: '{ traceDuration >= 1500000000ns } && { traceDuration <= 120000000000ns }',
    });
  });

  test('names and values of attributes', async () => {
    const engine = await serve();
    await ask(`${prefix}/api/search/tags?scope=span`);
    expect(asked(engine)).toMatchObject({ kind: 'trace-tags', scope: 'span', byScope: false, limit: 10_000 });
    await ask(`${prefix}/api/v2/search/tags?limit=7`);
    expect(asked(engine)).toMatchObject({ kind: 'trace-tags', scope: 'none', byScope: true, limit: 7 });
    await ask(`${prefix}/api/search/tag/service.name/values`);
    expect(asked(engine)).toMatchObject({ kind: 'trace-tag-values', tag: 'service.name', typed: false, query: '' });
    await ask(`${prefix}/api/v2/search/tag/${encodeURIComponent(encodeURIComponent('span.a/b'))}/values?q=%7B.x%3D1%7D`);
    expect(asked(engine)).toMatchObject({ tag: 'span.a/b', typed: true, query: '{.x=1}' });
  });

  test('metrics get a step of a 240th of the range, in units of five seconds', async () => {
    const engine = await serve();
    const metrics = async (path: string): Promise<unknown> => {
      await ask(`${prefix}/api/metrics/${path}`);
      return asked(engine);
    };
    const q = encodeURIComponent('{} | rate()');
    const hour = { start: String(NOW - 3600n * SECOND), end: String(NOW) };
    expect(await metrics(`query_range?q=${q}`)).toMatchObject({ kind: 'trace-metrics', ...hour, step: '15000000000', exemplars: 100 });
    expect(await metrics(`query_range?q=${q}&since=5m`)).toMatchObject({ step: '1000000000' });
    expect(await metrics(`query_range?q=${q}&step=30s&exemplars=5`)).toMatchObject({ step: '30000000000', exemplars: 5 });
    expect(await metrics(`query_range?q=${q}&step=0.5`)).toMatchObject({ step: '500000000' });
    const instant = await metrics(`query?q=${q}&start=1699999000&end=1700000000000000000`);
    expect(instant).toMatchObject({ start: '1699999000000000000', end: String(NOW), exemplars: 0 });
    expect(instant).not.toHaveProperty('step');
  });

  test('the second version of a trace is JSON or protobuf', async () => {
    const engine = await serve();
    const json = await ask(`${prefix}/api/v2/traces/AB`);
    expect([json.headers['content-type'], asked(engine)]).toMatchObject([
      'application/json',
      { traceId: 'ab'.padStart(32, '0'), form: 'tempo-v2-json' },
    ]);
    const protobuf = await ask(`${prefix}/api/v2/traces/${TRACE_ID}?start=1&end=2`, PROTOBUF);
    expect([protobuf.headers['content-type'], asked(engine)]).toMatchObject(['application/protobuf', { form: 'tempo-v2-protobuf' }]);
  });

  test('what tells that it is there', async () => {
    await serve();
    expect((await ask(`${prefix}/api/echo`)).body).toBe('echo');
    expect((await ask(`${prefix}/api/status/buildinfo`)).json()).toMatchObject({ version: '2.8.0' });
  });

  test.each([
    ['search?start=x', 'invalid start: strconv.ParseInt: parsing "x": invalid syntax'],
    ['search?start=20&end=10', 'http parameter start must be before end. received start=20 end=10'],
    ['search?limit=x', 'invalid limit: strconv.Atoi: parsing "x": invalid syntax'],
    ['search?limit=0', 'invalid limit: must be a positive number'],
    ['search?spss=-1', 'invalid spss: must be a non-negative number'],
    ['search?minDuration=5', 'invalid minDuration: time: missing unit in duration "5"'],
    ['search?minDuration=2s&maxDuration=1s', 'invalid maxDuration: must be greater than minDuration'],
    ['search?tags=a%3D1%20a%3D2', 'invalid tags: tag a has been set twice'],
    ['search?tags=%3D', expect.stringMatching(/^invalid tags: .* : unexpected '='$/)],
    ['search/tags?scope=x', 'invalid scope: x'],
    ['metrics/query_range', 'invalid TraceQL query: it is empty'],
    ['metrics/query_range?q=x&step=0', 'invalid step: must be greater than 0'],
    ['v2/traces/xyz', "trace IDs can only contain hex characters: invalid character 'x' at position 1"],
    [`v2/traces/${'1'.repeat(33)}`, "trace IDs can't be larger than 128 bits"],
  ])("failures are Tempo's: %s", async (path, text) => {
    await serve();
    const answer = await ask(`${prefix}/api/${path}`);
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([400, 'text/plain; charset=utf-8', text]);
  });
});

test("at the root a trace is Jaeger's, unless the client accepts protobuf", async () => {
  const engine = await serve();
  await ask(`/api/traces/${TRACE_ID}`, { accept: 'application/json, */*' });
  expect(asked(engine)).toMatchObject({ form: 'jaeger' });
  const protobuf = await ask(`/api/traces/${TRACE_ID}`, PROTOBUF);
  expect([protobuf.headers['content-type'], asked(engine)]).toMatchObject(['application/protobuf', { form: 'tempo-protobuf' }]);
  const wrong = await ask('/api/traces/xyz', PROTOBUF);
  expect([wrong.statusCode, wrong.headers['content-type']]).toEqual([400, 'text/plain; charset=utf-8']);
  await ask(`/jaeger/api/traces/${TRACE_ID}`, PROTOBUF);
  expect(asked(engine)).toMatchObject({ form: 'jaeger' });
  await ask(`/tempo/api/traces/${TRACE_ID}`);
  expect(asked(engine)).toMatchObject({ form: 'tempo-json' });
  await ask(`/tempo/api/traces/${TRACE_ID}`, PROTOBUF);
  expect(asked(engine)).toMatchObject({ form: 'tempo-protobuf' });
});

test('readiness under the prefix', async () => {
  await serve();
  expect((await ask('/tempo/ready')).body).toBe('ready\n');
});

test.each([
  [new AtalayaError('NOT_FOUND', { what: `trace ${TRACE_ID}` }), 404, 'trace not found'],
  [
    new AtalayaError('BAD_QUERY', { reason: 'parse error at line 1, col 2: x' }),
    400,
    'invalid TraceQL query: parse error at line 1, col 2: x',
  ],
  [new AtalayaError('QUERY_TIMEOUT', { phase: 'execution', limit: '2m' }), 504, expect.stringMatching(/^query timed out/)],
])('what the engine refuses: %s', async (error, status, text) => {
  const { parts } = fakeParts();
  const engine = { state: 'ready', request: () => Promise.reject(error) };
  app = await buildHttp({ ...parts, engine: engine as unknown as typeof parts.engine });
  const answer = await ask(`/tempo/api/v2/traces/${TRACE_ID}`);
  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([status, 'text/plain; charset=utf-8', text]);
});
