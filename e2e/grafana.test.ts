/** What Grafana's Prometheus data source asks, in the form in which it asks, and the shape of answer that it reads. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { write } from './write.ts';

const NOW = Math.floor(Date.now() / 1000);
const START = NOW - 600;

/** Headers that its backend adds to every call. */
const HEADERS = {
  'User-Agent': 'Grafana/12.1.0',
  'Accept-Encoding': 'gzip',
  'X-Dashboard-Title': 'Shop',
  'X-Dashboard-Uid': 'abc',
  'X-Datasource-Uid': 'P123',
  'X-Grafana-Org-Id': '1',
  'X-Panel-Id': '7',
  'X-Query-Group-Id': '0a1b',
  'X-Plugin-Id': 'prometheus',
};

const labels = z.record(z.string(), z.string());
const point = z.tuple([z.number(), z.string()]);
const envelope = <Data extends z.ZodType>(data: Data) =>
  z.strictObject({
    status: z.literal('success'),
    data,
    warnings: z.array(z.string()).optional(),
    infos: z.array(z.string()).optional(),
  });
const matrix = z.strictObject({
  resultType: z.literal('matrix'),
  result: z.array(z.strictObject({ metric: labels, values: z.array(point).nonempty() })),
});
const vector = z.strictObject({
  resultType: z.literal('vector'),
  result: z.array(z.strictObject({ metric: labels, value: point })),
});
const scalar = z.strictObject({ resultType: z.literal('scalar'), result: point });
const names = z.array(z.string());
const metadata = z.record(z.string(), z.array(z.strictObject({ type: z.string(), help: z.string(), unit: z.string() })));
const failure = z.looseObject({ status: z.literal('error'), errorType: z.string(), error: z.string() });

interface Call {
  readonly what: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly parameters?: readonly (readonly [string, string])[];
  readonly schema: z.ZodType;
  /** What the data has to hold, besides its shape. */
  readonly holds?: unknown;
}

const range = [
  ['start', String(START)],
  ['end', String(NOW)],
] as const;
const name = expect.arrayContaining(['shop_requests_total']) as unknown;

const CALLS: readonly Call[] = [
  {
    what: 'the health check',
    method: 'POST',
    path: '/api/v1/query',
    parameters: [
      ['query', '1+1'],
      ['time', String(NOW)],
    ],
    schema: envelope(scalar),
    holds: { resultType: 'scalar', result: [NOW, '2'] },
  },
  {
    what: 'which flavour and version it is',
    method: 'GET',
    path: '/api/v1/status/buildinfo',
    schema: envelope(
      z.looseObject({ version: z.string().regex(/^\d+\.\d+\.\d+$/), revision: z.string(), branch: z.string(), goVersion: z.string() }),
    ),
  },
  {
    what: 'a panel',
    method: 'POST',
    path: '/api/v1/query_range',
    parameters: [['query', 'sum by (code) (rate(shop_requests_total{host=~"a|b"}[1m0s]))'], ...range, ['step', '15']],
    schema: envelope(matrix),
    holds: { result: [{ metric: { code: '200' } }] },
  },
  {
    what: 'a panel, times with milliseconds, the step as a duration, a time limit in the URL',
    method: 'POST',
    path: '/api/v1/query_range?timeout=60s',
    parameters: [
      ['query', 'shop_requests_total'],
      ['start', `${START}.123`],
      ['end', `${NOW}.123`],
      ['step', '15s'],
    ],
    schema: envelope(matrix),
  },
  {
    what: 'a table or a stat',
    method: 'POST',
    path: '/api/v1/query',
    parameters: [
      ['query', 'shop_requests_total'],
      ['time', `${NOW}.5`],
    ],
    schema: envelope(vector),
    holds: { result: [{ metric: { host: 'a' } }, { metric: { host: 'b' } }] },
  },
  {
    what: 'a panel by GET',
    method: 'GET',
    path: '/api/v1/query_range',
    parameters: [['query', 'shop_requests_total'], ...range, ['step', '60']],
    schema: envelope(matrix),
  },
  {
    what: 'exemplars beside a panel',
    method: 'POST',
    path: '/api/v1/query_exemplars',
    parameters: [['query', 'shop_requests_total'], ...range],
    schema: envelope(z.array(z.never())),
  },
  {
    what: 'names of labels',
    method: 'POST',
    path: '/api/v1/labels',
    parameters: [...range, ['limit', '40000']],
    schema: envelope(names),
    holds: ['__name__', 'code', 'host', 'http.status'],
  },
  {
    what: 'names of labels of a metric',
    method: 'GET',
    path: '/api/v1/labels',
    parameters: [...range, ['match[]', 'shop_requests_total']],
    schema: envelope(names),
    holds: ['__name__', 'code', 'host'],
  },
  {
    what: 'names of metrics',
    method: 'GET',
    path: '/api/v1/label/__name__/values',
    parameters: [...range, ['limit', '40000']],
    schema: envelope(names),
    holds: name,
  },
  {
    what: 'values of a label',
    method: 'GET',
    path: '/api/v1/label/host/values',
    parameters: [...range, ['match[]', '{__name__="shop_requests_total",code="200"}']],
    schema: envelope(names),
    holds: ['a', 'b'],
  },
  {
    what: 'values of a label in UTF-8',
    method: 'GET',
    path: '/api/v1/label/U__http_2e_status/values',
    parameters: [...range],
    schema: envelope(names),
    holds: ['ok'],
  },
  {
    what: 'series',
    method: 'POST',
    path: '/api/v1/series',
    parameters: [...range, ['match[]', 'shop_requests_total{host="a"}'], ['match[]', '{"shop.utf8"}'], ['limit', '40000']],
    schema: envelope(z.array(labels)),
    holds: expect.arrayContaining([
      { __name__: 'shop_requests_total', code: '200', host: 'a' },
      { __name__: 'shop.utf8', 'http.status': 'ok' },
    ]),
  },
  {
    what: 'metadata',
    method: 'GET',
    path: '/api/v1/metadata',
    parameters: [
      ['limit', '100'],
      ['limit_per_metric', '1'],
    ],
    schema: envelope(metadata),
  },
  { what: 'rules', method: 'GET', path: '/api/v1/rules', schema: envelope(z.strictObject({ groups: z.array(z.never()) })) },
  { what: 'alerts', method: 'GET', path: '/api/v1/alerts', schema: envelope(z.strictObject({ alerts: z.array(z.never()) })) },
  {
    what: 'the formatter of the editor',
    method: 'POST',
    path: '/api/v1/format_query',
    parameters: [['query', 'sum(rate(shop_requests_total[5m]))by(code)']],
    schema: envelope(z.string()),
    holds: 'sum by (code) (rate(shop_requests_total[5m]))',
  },
  {
    what: 'the tree of a query',
    method: 'POST',
    path: '/api/v1/parse_query',
    parameters: [['query', 'sum(up)']],
    schema: envelope(z.looseObject({ type: z.string() })),
    holds: { type: 'aggregation', op: 'sum', expr: { type: 'vectorSelector', name: 'up' } },
  },
  {
    what: 'an annotation',
    method: 'POST',
    path: '/api/v1/query_range',
    parameters: [['query', 'ALERTS{alertstate="firing"}'], ...range, ['step', '60s']],
    schema: envelope(matrix),
    holds: { resultType: 'matrix', result: [] },
  },
];

describe("Grafana's Prometheus data source", () => {
  let program: RunningAtalaya;

  beforeAll(async () => {
    program = await startAtalaya();
    const samples = Array.from({ length: 40 }, (_, i) => ({ timestamp: (NOW - 15 * i) * 1000, value: 1000 - i }));
    const answer = await write(program.url, [
      { labels: ['__name__', 'shop_requests_total', 'code', '200', 'host', 'a'], samples },
      { labels: ['__name__', 'shop_requests_total', 'code', '200', 'host', 'b'], samples },
      { labels: ['__name__', 'shop.utf8', 'http.status', 'ok'], samples },
    ]);
    expect(answer.status).toBe(204);
  });
  afterAll(async () => discard(program));

  const call = (method: string, path: string, parameters: readonly (readonly [string, string])[]): Promise<Response> => {
    const text = new URLSearchParams(parameters.map((pair) => [...pair])).toString();
    if (method === 'GET') return fetch(`${program.url}${path}${text === '' ? '' : `?${text}`}`, { headers: HEADERS });
    const headers = { ...HEADERS, 'Content-Type': 'application/x-www-form-urlencoded' };
    return fetch(program.url + path, { method, headers, body: text });
  };

  test.each(CALLS)('$what: $method $path', async ({ method, path, parameters = [], schema, holds }) => {
    const answer = await call(method, path, parameters);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const body = schema.parse(await answer.json()) as { data: unknown };
    expect(body).toMatchObject({ data: holds ?? body.data });
  });

  test.each([
    ['a query that is none', '/api/v1/query', [['query', 'sum(']], 400, 'bad_data'],
    [
      'a panel with too many points',
      '/api/v1/query_range',
      [
        ['query', 'up'],
        ['start', '0'],
        ['end', '100000'],
        ['step', '1'],
      ],
      400,
      'bad_data',
    ],
    ['matching that is ambiguous', '/api/v1/query', [['query', 'shop_requests_total + on (code) shop_requests_total']], 422, 'execution'],
  ] as const)('%s is refused in the form that it shows', async (_what, path, parameters, status, errorType) => {
    const answer = await call('POST', path, parameters);
    expect(answer.status).toBe(status);
    expect(failure.parse(await answer.json()).errorType).toBe(errorType);
  });
});
