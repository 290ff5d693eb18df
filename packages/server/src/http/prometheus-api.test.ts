import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { buildHttp } from './listener.ts';
import { fakeParts, type FakeEngine } from './parts-for-tests.ts';

const LOCAL = { host: 'localhost:3002' };
let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function serve(answers: FakeEngine['answers'] = {}): Promise<FakeEngine> {
  const { parts, engine } = fakeParts();
  engine.answers = answers;
  app = await buildHttp(parts);
  return engine;
}

const get = async (url: string): Promise<LightMyRequestResponse> => (app as FastifyInstance).inject({ url, headers: LOCAL });
const post = async (url: string, payload: string): Promise<LightMyRequestResponse> =>
  (app as FastifyInstance).inject({
    method: 'POST',
    url,
    payload,
    headers: { ...LOCAL, 'content-type': 'application/x-www-form-urlencoded' },
  });
const timestamps = 'to a valid timestamp';

describe('what is wrong with a request is said in the words of Prometheus', () => {
  test.each([
    ['query?query=up&limit=x', 'invalid parameter "limit": strconv.Atoi: parsing "x": invalid syntax'],
    ['query?query=up&limit=-1', 'invalid parameter "limit": limit must be non-negative'],
    ['query?query=up&time=noon', `invalid parameter "time": invalid time value for 'time': cannot parse "noon" ${timestamps}`],
    ['query?query=up&timeout=x', 'invalid parameter "timeout": cannot parse "x" to a valid duration'],
    ['query?query=up&lookback_delta=x', 'error parsing lookback delta duration: cannot parse "x" to a valid duration'],
    ['query_range?query=up', `invalid parameter "start": cannot parse "" ${timestamps}`],
    [
      'query_range?query=up&start=2023-02-30T00:00:00Z&end=1&step=1',
      `invalid parameter "start": cannot parse "2023-02-30T00:00:00Z" ${timestamps}`,
    ],
    ['query_range?query=up&start=2&end=1&step=1', 'invalid parameter "end": end timestamp must not be before start time'],
    ['query_range?query=up&start=1&end=2', 'invalid parameter "step": cannot parse "" to a valid duration'],
    [
      'query_range?query=up&start=1&end=2&step=1e11',
      'invalid parameter "step": cannot parse "1e11" to a valid duration. It overflows int64',
    ],
    [
      'query_range?query=up&start=1&end=2&step=0',
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    ],
    [
      'query_range?query=up&start=0&end=11001&step=1',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    ],
    ['query_exemplars?query=up&start=2&end=1', 'end timestamp must not be before start timestamp'],
    ['query_exemplars?query=up%2B', '1:4: parse error: unexpected end of input'],
    ['format_query', 'invalid parameter "query": unknown position: parse error: no expression found in input'],
    ['parse_query?query=foo(', 'invalid parameter "query": 1:5: parse error: unclosed left parenthesis'],
    ['series', 'no match[] parameter provided'],
    ['series?match[]=up%2B1', 'invalid parameter "match[]": 1:3: parse error: unexpected <op:+>'],
    ['series?match[]={a=~".*"}', 'invalid parameter "match[]": match[] must contain at least one non-empty matcher'],
    ['labels?match[]={}', 'match[] must contain at least one non-empty matcher'],
    ['labels?match[]=up%2B1', '1:3: parse error: unexpected <op:+>'],
    ['labels?start=x', `invalid parameter "start": invalid time value for 'start': cannot parse "x" ${timestamps}`],
    ['label/U__/values', 'invalid label name: ""'],
    ['metadata?limit=x', 'limit must be a number'],
    ['metadata?limit_per_metric=x', 'limit_per_metric must be a number'],
    ['rules?type=x', 'invalid parameter "type": not supported value "x"'],
    [
      'rules?exclude_alerts=x',
      'invalid parameter "exclude_alerts": error converting exclude_alerts: strconv.ParseBool: parsing "x": invalid syntax',
    ],
    ['rules?group_limit=0', 'invalid parameter "group_limit": group_limit needs to be greater than 0'],
    [
      'rules?group_limit=x',
      'invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      'rules?group_next_token=x',
      'invalid parameter "group_next_token": group_limit needs to be present in order to paginate over the groups',
    ],
    [
      'rules?group_limit=1&group_next_token=x',
      'invalid parameter "group_next_token": invalid group_next_token \'x\'. were rule groups changed?',
    ],
    ['status/tsdb?limit=0', 'limit must be a positive number'],
  ])('%s', async (url, error) => {
    await serve();
    const answer = await get(`/api/v1/${url}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ status: 'error', errorType: 'bad_data', error, retry: false });
  });

  test('no other method and no other path is there', async () => {
    await serve();
    expect((await get('/api/v1/nothing')).json()).toMatchObject({ status: 'error', errorType: 'not_found' });
    expect((await (app as FastifyInstance).inject({ method: 'OPTIONS', url: '/api/v1/query', headers: LOCAL })).statusCode).toBe(204);
  });
});

describe('parameters', () => {
  test('times are seconds with decimals, RFC 3339 or the borders of time; of a repeated one the form comes first', async () => {
    const engine = await serve({ labelNames: { value: [] }, query: { bytes: Buffer.from('{}') } });
    await get('/api/v1/labels?start=1435781451.781&end=2015-07-01T20:10:51.781-02:00');
    await get('/api/v1/labels?start=-292273086-05-16T16:47:06Z&end=292277025-08-18T07:12:54.999999999Z');
    await post('/api/v1/query?query=b&time=2', 'query=a&time=1.0006&lookback_delta=1m');
    expect(engine.asked[0]?.params).toMatchObject({ startMs: 1_435_781_451_781, endMs: 1_435_788_651_781 });
    expect(engine.asked[1]?.params).toMatchObject({ startMs: -Number.MAX_SAFE_INTEGER, endMs: Number.MAX_SAFE_INTEGER });
    await get('/api/v1/query?query=a&stats=all');
    expect(engine.asked[2]?.params).toMatchObject({ query: 'a', timeMs: 1001, lookbackMs: 60_000 });
    expect(engine.asked[3]?.params).toMatchObject({ stats: 'all' });
  });

  test('a list is cut at its limit and says so', async () => {
    const engine = await serve({ labelNames: { value: ['a', 'b', 'c'] } });
    const answer = await get('/api/v1/labels?limit=2');
    expect(answer.json()).toEqual({ status: 'success', data: ['a', 'b'], warnings: ['results truncated due to limit'] });
    expect(engine.asked[0]?.params).toMatchObject({ limit: 3 });
  });

  test('a range that ends before it starts holds nothing', async () => {
    const engine = await serve();
    for (const url of ['labels?start=2&end=1', 'label/a/values?start=2&end=1', 'series?match[]=up&start=2&end=1'])
      expect((await get(`/api/v1/${url}`)).json()).toEqual({ status: 'success', data: [] });
    expect(engine.asked).toEqual([]);
  });

  test('a name that is no valid path part comes escaped', async () => {
    const engine = await serve({ labelValues: { value: [] } });
    await get('/api/v1/label/U__http_2e_status_2e_a__b/values');
    expect(engine.asked[0]?.params).toMatchObject({ name: 'http.status.a_b' });
  });

  test('metadata is limited in metrics and per metric', async () => {
    const entry = (help: string): object => ({ type: 'gauge', help, unit: '' });
    const engine = await serve({ metadata: { value: { up: [entry('a'), entry('b')] } } });
    expect((await get('/api/v1/metadata?limit=0')).json()).toEqual({ status: 'success', data: {} });
    expect((await get('/api/v1/metadata?limit=-1&limit_per_metric=1&metric=up')).json()).toEqual({
      status: 'success',
      data: { up: [entry('a')] },
    });
    expect(engine.asked).toEqual([{ method: 'metadata', params: { metric: 'up', limit: undefined } }]);
  });
});

describe('answers have the shape that clients of Prometheus expect', () => {
  test.each([
    ['rules?type=alert&rule_name[]=a&rule_group[]=b&file[]=c&exclude_alerts=true&match[]=up&group_limit=5', { groups: [] }],
    ['alerts', { alerts: [] }],
    ['alertmanagers', { activeAlertmanagers: [], droppedAlertmanagers: [] }],
    ['notifications', []],
    ['status/walreplay', { min: 0, max: 0, current: 0 }],
    ['targets?state=nothing', { activeTargets: [], droppedTargets: [], droppedTargetCounts: null }],
    ['targets', { activeTargets: [], droppedTargets: [], droppedTargetCounts: {} }],
    ['format_query?query=sum(a)by(b)', 'sum by (b) (a)'],
    ['parse_query?query=1', { type: 'numberLiteral', val: '1' }],
  ])('%s', async (url, data) => {
    await serve();
    const answer = await get(`/api/v1/${url}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: 'success', data });
  });

  test('exemplars are asked for by every selector of an expression', async () => {
    const answer = Buffer.from('{"status":"success","data":[]}');
    const engine = await serve({ exemplars: { bytes: answer } });
    const reply = await get('/api/v1/query_exemplars?query=rate(a[5m])%2Bsum(b{c="d"})&start=1&end=2');
    expect(reply.json()).toEqual({ status: 'success', data: [] });
    const [a, b] = [
      { name: '__name__', operator: '=', value: 'a' },
      { name: '__name__', operator: '=', value: 'b' },
    ];
    const matcherSets = [[a], [b, { name: 'c', operator: '=', value: 'd' }]];
    expect(engine.asked).toEqual([{ method: 'exemplars', params: { startMs: 1000, endMs: 2000, matcherSets } }]);
  });

  test('exemplars of an expression without selectors: no content', async () => {
    await serve();
    expect((await post('/api/v1/query_exemplars', 'query=1')).statusCode).toBe(204);
    expect((await get('/api/v1/notifications/live')).statusCode).toBe(204);
  });

  test('cardinality comes in the form of the TSDB status, empty stores with the borders of time', async () => {
    const ranked = [{ name: 'up', value: 3 }];
    const cardinality = {
      series: 3,
      labelPairs: 5,
      labelNames: 2,
      seriesByMetric: ranked,
      valuesByLabel: ranked,
      memoryByLabel: ranked,
      seriesByPair: [{ name: 'job=a', value: 3 }],
      indexBytes: 1,
      parts: 4,
      oldestSample: 1000,
      newestSample: 2000,
    };
    const engine = await serve({ cardinality: { value: cardinality } });
    expect((await get('/api/v1/status/tsdb?limit=3')).json()).toEqual({
      status: 'success',
      data: {
        headStats: { numSeries: 3, numLabelPairs: 5, chunkCount: 4, minTime: 1000, maxTime: 2000 },
        seriesCountByMetricName: ranked,
        labelValueCountByLabelName: ranked,
        memoryInBytesByLabelName: ranked,
        seriesCountByLabelValuePair: [{ name: 'job=a', value: 3 }],
      },
    });
    expect(engine.asked[0]?.params).toBe(3);
    engine.answers['cardinality'] = { value: { ...cardinality, oldestSample: undefined, newestSample: undefined } };
    expect((await get('/api/v1/status/tsdb')).body).toContain('"minTime":9223372036854775807,"maxTime":-9223372036854775808');
  });
});
