/** What the store does for a LogQL query is what going through the lines one by one does: the same question is asked in two ways. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { askLoki, push, type StreamsData } from './push.ts';

const SECOND = 1_000_000_000n;
const END = BigInt(Math.floor(Date.now() / 60_000) * 60) * SECOND;
const START = END - 120n * SECOND;
const TEXTS = ['GET /a 200', 'POST größe', 'error: lost', '', 'level=warn\nsecond line', 'GET error "quoted" 500'];
const METADATA = [{}, { pod: '1' }, { pod: '' }, { app: 'own', pod: '2' }, { level: 'error' }, { 'a.b': 'c', trace_id: 'abc' }];

let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya({ environment: { ATALAYA_LOGS_OWN: 'false' } });
  const streams = ['web', 'db'].map((app) => ({
    labels: { app, job: 'test', env: app === 'web' ? 'prod' : 'dev' },
    // Times that now and then fall on the borders of windows.
    lines: Array.from({ length: 300 }, (_, i) => {
      const at = START + (BigInt(i) * SECOND * 2n) / 5n + BigInt(i % 2);
      return [at, TEXTS[i % TEXTS.length]!, METADATA[(i * 7) % METADATA.length]!] as const;
    }),
  }));
  await push(program.url, streams);
});
afterAll(() => discard(program));

const FILTERS = [
  '',
  '|= "GET"',
  '!= "GET" or "POST"',
  '|= "größe"',
  '|= "\\""',
  '|~ "err.r|warn"',
  '|~ "(?i)ERROR"',
  '|~ "(?i)GRÖSSE|(?i)GRÖßE"',
  '|~ "warn.second"',
  '|~ "^second"',
  '|~ "\\\\d{3}$"',
  '!~ "^[GP]"',
  '!~ "x$" |= "e"',
  '| app=~"web|own"',
  '| pod="1"',
  '| pod=""',
  '| pod!="1"',
  '| pod=~".*"',
  '| app="own"',
  '| a_b="c"',
  '| detected_level="error"',
  '| detected_level!="info" |= "e"',
];
const OPERATIONS = ['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate', 'absent_over_time'];
const AROUND: readonly ((inner: string) => string)[] = [
  (inner) => inner,
  (inner) => `sum(${inner})`,
  (inner) => `sum by (app, pod) (${inner})`,
  (inner) => `sum by (detected_level) (${inner})`,
  (inner) => `sum without (app) (${inner})`,
  (inner) => `sum by (app_extracted) (${inner})`,
  (inner) => `max by (env) (${inner})`,
];
const RANGES = ['[10s]', '[20s]', '[35s] offset 5s'];

test.each(FILTERS)('numbers: %s', async (filter) => {
  const place = FILTERS.indexOf(filter);
  for (const [k, around] of AROUND.entries()) {
    if ((k + place) % 2 === 1) continue;
    const operation = OPERATIONS[(k * 3 + place) % OPERATIONS.length]!;
    const range = RANGES[(k + place) % RANGES.length]!;
    const ask = async (stages: string): Promise<unknown> => {
      const query = around(`${operation}({job="test"} ${stages} ${range})`);
      const times = { start: String(START + 10n * SECOND), end: String(END), step: '10' };
      const { data } = await askLoki<{ data: { result: unknown } }>(program.url, 'query_range', { query, ...times });
      return data.result;
    };
    // A condition that always holds, and that no store can be told.
    expect(await ask(filter), `${operation} ${range}`).toEqual(await ask(`${filter} !> "<_>in no line<_>"`));
  }
});

test.each(FILTERS)('lines: %s', async (filter) => {
  for (const direction of ['forward', 'backward']) {
    for (const limit of ['7', '1000']) {
      const ask = async (stages: string): Promise<StreamsData['data']['result']> => {
        const parameters = { query: `{job="test"} ${stages}`, start: String(START), end: String(END), direction, limit };
        return (await askLoki<StreamsData>(program.url, 'query_range', parameters)).data.result;
      };
      // Filters behind what changes labels and text can be left to nobody.
      const later = `| label_format x="{{.app}}" | drop x | line_format "{{__line__}}" ${filter}`;
      expect(await ask(filter), `${direction} ${limit}`).toEqual(await ask(later));
    }
  }
});

test('the questions are about something', async () => {
  const times = { start: String(START + 10n * SECOND), end: String(END), step: '10' };
  const count = async (query: string): Promise<number> =>
    (await askLoki<{ data: { result: readonly unknown[] } }>(program.url, 'query_range', { query, ...times })).data.result.length;
  expect(await count('sum by (app, pod) (count_over_time({job="test"}[10s]))')).toBe(6);
  expect(await count('sum by (detected_level) (count_over_time({job="test"}[10s]))')).toBeGreaterThan(1);
});
