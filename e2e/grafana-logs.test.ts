/** What Grafana's Loki data source, its app Logs Drilldown and `logcli` ask, in the form in which they ask, and the shape of answer that they read. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { push } from './push.ts';
import { openTail } from './tail-client.ts';

const SECOND = 1_000_000_000n;
const END = BigInt(Math.floor(Date.now() / 1000)) * SECOND;
const START = END - 900n * SECOND;
/** Headers that Grafana's backend adds to every call. */
const GRAFANA = {
  'User-Agent': 'Grafana/12.1.0',
  'Accept-Encoding': 'gzip',
  'X-Query-Tags': 'Source=grafana',
  'X-Loki-Response-Encoding-Flags': 'categorize-labels',
  'X-Grafana-Org-Id': '1',
  'X-Scope-OrgID': 'tenant1',
};
const LOGCLI = { 'User-Agent': 'loki-logcli/3.5.0', 'X-Scope-OrgID': '' };

const labels = z.record(z.string(), z.string());
const nanoseconds = z.string().regex(/^\d{19}$/);
const point = z.tuple([z.number(), z.string()]);
const success = <Data extends z.ZodType>(data: Data) => z.strictObject({ status: z.literal('success'), data });
const stats = z.looseObject({ summary: z.looseObject({ execTime: z.number(), totalBytesProcessed: z.number() }) });
const categorised = z.strictObject({ structuredMetadata: labels.optional(), parsed: labels.optional() });
const lines = success(
  z.strictObject({
    resultType: z.literal('streams'),
    encodingFlags: z.tuple([z.literal('categorize-labels')]),
    result: z.array(z.strictObject({ stream: labels, values: z.array(z.tuple([nanoseconds, z.string(), categorised])) })),
    stats,
  }),
);
const plainLines = success(
  z.strictObject({
    resultType: z.literal('streams'),
    result: z.array(z.strictObject({ stream: labels, values: z.array(z.tuple([nanoseconds, z.string()])) })),
    stats,
  }),
);
const matrix = success(
  z.looseObject({
    resultType: z.literal('matrix'),
    result: z.array(z.strictObject({ metric: labels, values: z.array(point).nonempty() })),
  }),
);
const vector = success(
  z.looseObject({ resultType: z.literal('vector'), result: z.array(z.strictObject({ metric: labels, value: point })) }),
);
const names = success(z.array(z.string()));

interface Call {
  readonly what: string;
  readonly path: string;
  readonly parameters?: readonly (readonly [string, string])[];
  readonly schema: z.ZodType;
  /** What the answer has to hold, besides its shape. */
  readonly holds?: unknown;
}

const range = [
  ['start', String(START)],
  ['end', String(END)],
] as const;
const millisecondRange = [
  ['start', String(START / 1_000_000n)],
  ['end', String(END / 1_000_000n)],
] as const;

const GRAFANA_CALLS: readonly Call[] = [
  {
    what: 'the health check',
    path: 'query',
    parameters: [
      ['direction', 'backward'],
      ['query', 'vector(1)+vector(1)'],
      ['time', '4000000000'],
    ],
    schema: vector,
    holds: { data: { result: [{ metric: {}, value: [4_000_000_000, '2'] }] } },
  },
  {
    what: 'the version',
    path: 'status/buildinfo',
    schema: z.looseObject({ version: z.string(), revision: z.string(), goVersion: z.string() }),
  },
  {
    what: 'Explore: lines',
    path: 'query_range',
    parameters: [['direction', 'backward'], ['limit', '1000'], ['query', '{app="shop"} |= ``'], ...range, ['step', '2000ms']],
    schema: lines,
    holds: { data: { result: [{ stream: { app: 'shop' } }] } },
  },
  {
    what: 'Explore: the histogram above them',
    path: 'query_range',
    parameters: [
      ['direction', 'backward'],
      ['query', 'sum by (level, detected_level) (count_over_time({app="shop"} |= `` | drop __error__[20s]))'],
      ...range,
      ['step', '20000ms'],
    ],
    schema: matrix,
    holds: { data: { result: expect.arrayContaining([expect.objectContaining({ metric: { detected_level: 'error' } })]) as unknown } },
  },
  {
    what: 'Explore: a sample of lines for the builder',
    path: 'query_range',
    parameters: [['direction', 'backward'], ['limit', '10'], ['query', '{app="shop"} | json'], ...range, ['step', '1s']],
    schema: lines,
  },
  {
    what: 'Explore: lines around one',
    path: 'query_range',
    parameters: [['direction', 'forward'], ['limit', '10'], ['query', '{app="shop", service_name="shop"}'], ...range, ['step', '1000ms']],
    schema: lines,
  },
  {
    what: 'how much a query would read',
    path: 'index/stats',
    parameters: [['query', '{app="shop"}'], ...range],
    schema: z.strictObject({ streams: z.number(), chunks: z.number(), entries: z.number(), bytes: z.number() }),
    holds: { entries: 40 },
  },
  { what: 'names of labels', path: 'labels', parameters: range, schema: names, holds: { data: ['app', 'service_name'] } },
  { what: 'names of labels of a selector', path: 'labels', parameters: [...range, ['query', '{app="shop"}']], schema: names },
  { what: 'values of a label', path: 'label/app/values', parameters: range, schema: names, holds: { data: ['other', 'shop'] } },
  {
    what: 'values of a label of a selector',
    path: 'label/app/values',
    parameters: [...range, ['query', '{service_name="shop"}']],
    schema: names,
    holds: { data: ['shop'] },
  },
  { what: 'series', path: 'series', parameters: [...range, ['match[]', '{app=~".+"}']], schema: success(z.array(labels)) },
  {
    what: 'a table',
    path: 'query',
    parameters: [
      ['direction', 'backward'],
      ['query', 'topk(5, sum by (app) (bytes_rate({app=~".+"}[15m])))'],
      ['time', String(END)],
    ],
    schema: vector,
  },
  {
    what: 'Drilldown: what it may ask',
    path: 'drilldown-limits',
    schema: z.looseObject({
      limits: z.looseObject({ volume_enabled: z.literal(true) }),
      pattern_ingester_enabled: z.literal(true),
      version: z.string(),
    }),
  },
  {
    what: 'Drilldown: services by volume',
    path: 'index/volume',
    parameters: [['query', '{service_name=~`.+`}'], ...millisecondRange, ['limit', '5000'], ['targetLabels', 'service_name']],
    schema: vector,
    holds: { data: { result: [] } },
  },
  {
    what: 'Drilldown: services by volume, times in nanoseconds',
    path: 'index/volume',
    parameters: [['query', '{service_name=~`.+`}'], ...range, ['limit', '5000'], ['targetLabels', 'service_name']],
    schema: vector,
    holds: { data: { result: [{ metric: { service_name: 'shop' } }, { metric: { service_name: 'other' } }] } },
  },
  {
    what: 'Drilldown: volume of a service over time',
    path: 'query_range',
    parameters: [
      ['query', 'sum(count_over_time({service_name=`shop`} | detected_level != "" [10s])) by (detected_level)'],
      ...range,
      ['step', '10s'],
    ],
    schema: matrix,
  },
  {
    what: 'Drilldown: labels of a service',
    path: 'detected_labels',
    parameters: [...range, ['query', '{service_name=`shop`}']],
    schema: z.strictObject({ detectedLabels: z.array(z.strictObject({ label: z.string(), cardinality: z.number() })) }),
  },
  {
    what: 'Drilldown: fields of a service',
    path: 'detected_fields',
    parameters: [...range, ['query', '{service_name=`shop`}'], ['limit', '1000'], ['line_limit', '1000']],
    schema: z.strictObject({
      fields: z.array(
        z.strictObject({
          label: z.string(),
          type: z.enum(['string', 'int', 'float', 'boolean', 'duration', 'bytes']),
          cardinality: z.number(),
          parsers: z.array(z.enum(['json', 'logfmt'])).nullable(),
        }),
      ),
      limit: z.number(),
    }),
    holds: { fields: expect.arrayContaining([expect.objectContaining({ label: 'ms', type: 'int', parsers: ['json'] })]) as unknown },
  },
  {
    what: 'Drilldown: values of a field',
    path: 'detected_field/user/values',
    parameters: [...range, ['query', '{service_name=`shop`}']],
    schema: z.looseObject({ values: z.array(z.string()) }),
    holds: { values: ['alice', 'bob'] },
  },
  {
    what: 'Drilldown: a field over time',
    path: 'query_range',
    parameters: [
      [
        'query',
        'sum by (user) (count_over_time({service_name=`shop`} | json user="user" | drop __error__, __error_details__ | user!="" [10s]))',
      ],
      ...range,
      ['step', '10s'],
    ],
    schema: matrix,
  },
  {
    what: 'Drilldown: a field of numbers over time',
    path: 'query_range',
    parameters: [
      [
        'query',
        'avg_over_time({service_name=`shop`} | json ms="ms" | drop __error__, __error_details__ | ms!="" | unwrap ms | __error__="" [10s]) by ()',
      ],
      ...range,
      ['step', '10s'],
    ],
    schema: matrix,
  },
  {
    what: 'Drilldown: patterns',
    path: 'patterns',
    parameters: [...range, ['query', '{service_name=`shop`}'], ['step', '10s']],
    schema: z.looseObject({
      status: z.literal('success'),
      data: z
        .array(z.strictObject({ pattern: z.string(), level: z.string(), samples: z.array(z.tuple([z.number(), z.number()])) }))
        .nonempty(),
    }),
  },
];

const LOGCLI_CALLS: readonly Call[] = [
  { what: 'labels', path: 'labels', parameters: range, schema: names },
  { what: 'labels NAME', path: 'label/app/values', parameters: range, schema: names },
  {
    what: 'series',
    path: 'series',
    parameters: [...range, ['match', '{app="shop"}']],
    schema: success(z.array(labels)),
    holds: { data: [{ app: 'shop' }] },
  },
  {
    what: 'query',
    path: 'query_range',
    parameters: [['direction', 'BACKWARD'], ['limit', '30'], ['query', '{app="shop"}'], ...range],
    schema: plainLines,
  },
  {
    what: 'instant-query',
    path: 'query',
    parameters: [
      ['direction', 'BACKWARD'],
      ['limit', '30'],
      ['query', 'sum(count_over_time({app="shop"}[15m]))'],
      ['time', String(END)],
    ],
    schema: vector,
    holds: { data: { result: [{ value: [Number(END / SECOND), '40'] }] } },
  },
  {
    what: 'stats',
    path: 'index/stats',
    parameters: [...range, ['query', '{app="shop"}']],
    schema: z.looseObject({ entries: z.literal(40) }),
  },
  {
    what: 'volume',
    path: 'index/volume',
    parameters: [...range, ['query', '{app="shop"}'], ['limit', '30'], ['aggregateBy', 'series']],
    schema: vector,
  },
  {
    what: 'volume_range',
    path: 'index/volume_range',
    parameters: [...range, ['query', '{app="shop"}'], ['limit', '30'], ['step', '60']],
    schema: matrix,
  },
  {
    what: 'detected-fields',
    path: 'detected_fields',
    parameters: [...range, ['query', '{app="shop"}'], ['limit', '100'], ['line_limit', '1000'], ['step', '10']],
    schema: z.looseObject({ fields: z.array(z.unknown()).nonempty() }),
  },
];

describe('clients of Loki', () => {
  let program: RunningAtalaya;

  beforeAll(async () => {
    program = await startAtalaya({ environment: { ATALAYA_LOGS_OWN: 'false' } });
    const line = (i: number): string =>
      JSON.stringify({ level: i % 4 === 0 ? 'error' : 'info', msg: 'request handled', user: i % 2 === 0 ? 'alice' : 'bob', ms: i });
    const shop = Array.from({ length: 40 }, (_, i) => [START + SECOND + BigInt(i) * 20n * SECOND, line(i)] as const);
    await push(program.url, [
      { labels: { app: 'shop' }, lines: shop },
      { labels: { app: 'other' }, lines: [[START + SECOND, 'hello']] },
    ]);
  });
  afterAll(() => discard(program));

  const check = async ({ path, parameters = [], schema, holds }: Call, headers: Record<string, string>): Promise<void> => {
    const query = new URLSearchParams(parameters.map((pair) => [...pair])).toString();
    const answer = await fetch(`${program.url}/loki/api/v1/${path}?${query}`, { headers });
    const text = await answer.text();
    expect(`${answer.status} ${answer.headers.get('content-type')} ${text}`).toMatch(/^200 application\/json/);
    const body = schema.parse(JSON.parse(text)) as object;
    expect(body).toMatchObject(holds ?? body);
  };

  test.each(GRAFANA_CALLS)('Grafana, $what: $path', (call) => check(call, GRAFANA));
  test.each(LOGCLI_CALLS)('logcli $what: $path', (call) => check(call, LOGCLI));

  test('logcli query --tail', async () => {
    const tail = await openTail(program.url, { query: '{app="shop"}', limit: '30', delay_for: '0', start: String(START) }, LOGCLI);
    await tail.waitFor(30);
    tail.close();
  });

  test('what is wrong is told as text, which is what they show', async () => {
    const answer = await fetch(`${program.url}/loki/api/v1/query_range?query=%7B`, { headers: GRAFANA });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/plain; charset=utf-8']);
    expect(await answer.text()).toMatch(/^parse error at line 1, col 2: syntax error/);
  });
});
