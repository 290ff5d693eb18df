import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { buildHttp } from './listener.ts';
import { fakeParts, type FakeEngine } from './parts-for-tests.ts';

const LOCAL = { host: 'localhost:3002' };
/** The fake clock's time, 1,700,000,000 s, in nanoseconds; and an hour. */
const NOW = 1_700_000_000_000_000_000n;
const HOUR = 3_600_000_000_000n;
const hoursAgo = (hours: number): string => String(NOW - BigInt(hours) * HOUR);

let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function serve(answers: FakeEngine['answers'] = { query: { bytes: Buffer.from('{"status":"success"}') } }): Promise<FakeEngine> {
  const { parts, engine } = fakeParts();
  engine.answers = answers;
  app = await buildHttp(parts);
  return engine;
}

const ask = async (
  url: string,
  query: Record<string, string | string[]> = {},
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> =>
  (app as FastifyInstance).inject({ url: `/loki/api/v1/${url}`, query, headers: { ...LOCAL, ...headers } });

describe('queries', () => {
  test('get the defaults of Loki', async () => {
    const engine = await serve();
    const answer = await ask('query_range', { query: '{a="b"}' });
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([200, 'application/json', '{"status":"success"}']);
    await ask('query', { query: 'vector(1)' });
    expect(engine.asked).toEqual([
      {
        method: 'query',
        params: {
          kind: 'log-range',
          query: '{a="b"}',
          timeoutMs: 120_000,
          start: hoursAgo(1),
          end: String(NOW),
          step: '14000000000',
          interval: '0',
          limit: 100,
          direction: 'backward',
          categorised: false,
        },
      },
      {
        method: 'query',
        params: {
          kind: 'log-instant',
          query: 'vector(1)',
          timeoutMs: 120_000,
          time: String(NOW),
          limit: 100,
          direction: 'backward',
          categorised: false,
        },
      },
    ]);
  });

  test('get what the request says, from a form as well', async () => {
    const engine = await serve();
    const form = new URLSearchParams({
      query: '{a="b"}',
      start: '1',
      end: '2023-11-14T00:00:00Z',
      step: '1h',
      interval: '5s',
      limit: '7',
      direction: 'FORWARD',
    });
    await (app as FastifyInstance).inject({
      method: 'POST',
      url: '/loki/api/v1/query_range',
      payload: form.toString(),
      headers: {
        ...LOCAL,
        'content-type': 'application/x-www-form-urlencoded',
        'x-scope-orgid': 'tenant',
        'x-loki-response-encoding-flags': 'other, categorize-labels',
      },
    });
    // A range that is too long for its step is refused before anybody is asked.
    expect(engine.asked).toEqual([]);
    form.set('start', '2023-11-13T00:00:00Z');
    await (app as FastifyInstance).inject({
      method: 'POST',
      url: '/loki/api/v1/query_range',
      payload: form.toString(),
      headers: { ...LOCAL, 'content-type': 'application/x-www-form-urlencoded', 'x-loki-response-encoding-flags': 'categorize-labels' },
    });
    expect(engine.asked[0]?.params).toMatchObject({
      start: '1699833600000000000',
      end: '1699920000000000000',
      step: '3600000000000',
      interval: '5000000000',
      limit: 7,
      direction: 'forward',
      categorised: true,
    });
  });

  test.each([
    ['query_range', { start: 't' }, `could not parse 'start' parameter: strconv.ParseInt: parsing "t": invalid syntax`],
    ['query_range', { start: '2', end: '1' }, 'end timestamp must not be before or equal to start time'],
    ['query_range', { limit: 'h' }, 'strconv.Atoi: parsing "h": invalid syntax'],
    ['query_range', { direction: 'up' }, "invalid direction 'up'"],
    ['query_range', { step: '-1' }, 'zero or negative query resolution step widths are not accepted. Try a positive integer'],
    ['query', { time: 'x' }, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['patterns', { step: '0' }, 'zero or negative query resolution step widths are not accepted. Try a positive integer'],
    ['detected_fields', { line_limit: '0' }, 'limit must be a positive value'],
    ['index/volume', { aggregateBy: 'x' }, 'invalid aggregation option'],
    ['index/volume_range', { limit: '-1' }, 'limit must be a positive value'],
    ['labels', { query: '{a=' }, 'parse error at line 1, col 4: syntax error: unexpected $end, expecting STRING'],
    ['tail', {}, 'websocket: the client is not using the websocket protocol'],
    ['format_query', { query: '{a="b"' }, 'parse error at line 1, col 7: syntax error: unexpected $end, expecting } or ,'],
  ])('%s with %j is refused in plain text', async (url, query, reason) => {
    const engine = await serve();
    const answer = await ask(url, query);
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([400, 'text/plain; charset=utf-8', `${reason}\n`]);
    expect(engine.asked).toEqual([]);
  });

  test.each([
    [new AtalayaError('QUERY_LIMIT', { setting: 's', limit: 1, reason: 'r' }), 400],
    [new AtalayaError('QUERY_TIMEOUT', { phase: 'p', limit: '1s' }), 504],
    [new AtalayaError('OVERLOADED', { reason: 'r' }), 429],
    [new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'r' }), 503],
  ])('%s is answered with %i', async (error, status) => {
    const { parts } = fakeParts();
    const engine = { request: async () => Promise.reject(error) };
    app = await buildHttp({ ...parts, engine } as unknown as typeof parts);
    const answer = await ask('query_range', { query: '{a="b"}' });
    expect([answer.statusCode, answer.body]).toEqual([status, `${error.message}\n`]);
  });

  test.each([
    ['patterns', {}, { kind: 'log-patterns', step: '14000000000' }],
    ['patterns', { step: '30s' }, { kind: 'log-patterns', step: '30000000000' }],
    ['detected_fields', {}, { kind: 'log-fields', lineLimit: 1000, limit: 1000 }],
    ['detected_fields', { line_limit: '99999', field_limit: '5' }, { lineLimit: 5000, limit: 5 }],
    ['detected_field/status/values', { limit: '3' }, { kind: 'log-fields', field: 'status', limit: 3 }],
    ['index/volume', { targetLabels: 'a,b' }, { kind: 'log-volume', limit: 100, targetLabels: ['a', 'b'], aggregateBy: 'series' }],
    ['index/volume_range', { step: '1m', aggregateBy: 'labels' }, { step: '60000000000', aggregateBy: 'labels' }],
  ])('%s with %j', async (url, query, params) => {
    const engine = await serve();
    expect((await ask(url, { query: '{a="b"}', ...(query as Record<string, string>) })).statusCode).toBe(200);
    expect(engine.asked[0]?.params).toMatchObject(params);
  });
});

describe('streams', () => {
  const matchers = [{ name: 'a', operator: '=', value: 'b' }];

  test('labels look back six hours unless the request says it', async () => {
    const engine = await serve({ logLabelNames: { value: ['app'] }, logLabelValues: { value: ['x', 'y'] } });
    expect((await ask('labels')).json()).toEqual({ status: 'success', data: ['app'] });
    expect((await ask('label/app/values', { query: '{a="b"}', since: '1h' })).json()).toEqual({ status: 'success', data: ['x', 'y'] });
    expect(engine.asked).toEqual([
      { method: 'logLabelNames', params: { matcherSets: [], start: hoursAgo(6), end: String(NOW) } },
      { method: 'logLabelValues', params: { name: 'app', request: { matcherSets: [matchers], start: hoursAgo(1), end: String(NOW) } } },
    ]);
  });

  test('series are those of any selector', async () => {
    const engine = await serve({ logSeries: { bytes: Buffer.from('{}') } });
    await ask('series', { 'match[]': ['{a="b"}', '{c=~"d"}'] });
    expect(engine.asked[0]?.params).toMatchObject({ matcherSets: [matchers, [{ name: 'c', operator: '=~', value: 'd' }]] });
    await ask('series', { 'match[]': ['{a="b"}', '{}'] });
    expect(engine.asked[1]?.params).toMatchObject({ matcherSets: [] });
  });

  test('statistics and detected labels', async () => {
    const stats = { streams: 1, chunks: 2, entries: 3, bytes: 4 };
    await serve({ logStats: { value: stats }, logDetectedLabels: { value: [{ label: 'app', cardinality: 2 }] } });
    expect((await ask('index/stats', { query: '{a="b"}' })).json()).toEqual(stats);
    expect((await ask('detected_labels')).json()).toEqual({ detectedLabels: [{ label: 'app', cardinality: 2 }] });
  });
});

describe('what clients ask first', () => {
  test('the version, readiness, limits', async () => {
    await serve();
    expect((await ask('status/buildinfo')).json()).toMatchObject({ version: expect.stringMatching(/^3\.\d+\.\d+$/) as unknown });
    expect((await ask('drilldown-limits')).json()).toMatchObject({
      limits: { volume_enabled: true, max_entries_limit_per_query: 5000, retention_period: '15d' },
      pattern_ingester_enabled: true,
    });
    const ready = await (app as FastifyInstance).inject({ url: '/ready', headers: LOCAL });
    expect([ready.statusCode, ready.body]).toEqual([200, 'ready\n']);
  });

  test('LogQL laid out', async () => {
    await serve();
    const answer = await ask('format_query', { query: 'sum(rate({a="b"}|="c"[5m]))by(x)' });
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'success', data: 'sum by (x) (rate({a="b"} |= "c" [5m]))' }]);
  });
});
