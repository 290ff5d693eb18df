/** Loki's HTTP API of the whole program: what was pushed is found again, told and counted. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { askLoki, push, type StreamsData } from './push.ts';

const SECOND = 1_000_000_000n;
/** Lines lie in the ten minutes before this time. */
const END = BigInt(Math.floor(Date.now() / 60_000) * 60) * SECOND;
const at = (seconds: number): bigint => END - 600n * SECOND + BigInt(seconds) * SECOND;
const RANGE = { start: String(at(0)), end: String(END) };

let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya({ environment: { ATALAYA_LOGS_OWN: 'false' } });
  await push(program.url, [
    {
      labels: { app: 'web', env: 'prod' },
      lines: [
        [at(10), 'level=info status=200 took=12ms user=alice', { trace_id: 't1' }],
        [at(70), 'level=error status=500 took=1.5s user=bob', { trace_id: 't2' }],
        [at(130), 'level=info status=200 took=7ms user=carol', { trace_id: 't3' }],
      ],
    },
    { labels: { app: 'web', env: 'dev' }, lines: [[at(20), '{"level":"debug","size":"10KB","ok":true}']] },
    {
      labels: { app: 'db', env: 'prod', zone: 'z1' },
      lines: Array.from({ length: 50 }, (_, i) => [at(300 + i), `checkpoint ${i} complete`] as const),
    },
  ]);
});
afterAll(() => discard(program));

const ask = <Answer>(route: string, parameters: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  askLoki(program.url, route, { ...RANGE, ...parameters }, headers);
const linesOf = ({ data }: StreamsData): string[] => data.result.flatMap(({ values }) => values.map(([, line]) => line));

describe('lines', () => {
  test('in both directions, up to the limit, the end exclusive', async () => {
    const query = '{app="db"}';
    expect(linesOf(await ask('query_range', { query, limit: '2' }))).toEqual(['checkpoint 49 complete', 'checkpoint 48 complete']);
    expect(linesOf(await ask('query_range', { query, limit: '2', direction: 'forward' }))).toEqual([
      'checkpoint 0 complete',
      'checkpoint 1 complete',
    ]);
    expect(linesOf(await ask('query_range', { query, start: String(at(310)), end: String(at(312)), direction: 'forward' }))).toEqual([
      'checkpoint 10 complete',
      'checkpoint 11 complete',
    ]);
    expect(linesOf(await ask('query_range', { query, interval: '20s', direction: 'forward' }))).toHaveLength(3);
  });

  test('with labels as they are, or by where they came from', async () => {
    const query = '{app="web", env="prod"} | logfmt status | status=500';
    const plain = await ask<StreamsData>('query_range', { query });
    expect(plain.data.result[0]).toMatchObject({
      stream: { app: 'web', env: 'prod', detected_level: 'error', status: '500', trace_id: 't2' },
      values: [[String(at(70)), 'level=error status=500 took=1.5s user=bob']],
    });
    const told = await ask<StreamsData & { data: { encodingFlags: string[] } }>(
      'query_range',
      { query },
      { 'x-loki-response-encoding-flags': 'categorize-labels' },
    );
    expect(told.data.encodingFlags).toEqual(['categorize-labels']);
    expect(told.data.result).toEqual([
      {
        stream: { app: 'web', env: 'prod' },
        values: [
          [
            String(at(70)),
            'level=error status=500 took=1.5s user=bob',
            { structuredMetadata: { detected_level: 'error', trace_id: 't2' }, parsed: { status: '500' } },
          ],
        ],
      },
    ]);
  });

  test('with statistics', async () => {
    const { data } = await ask<StreamsData>('query_range', { query: '{app="db"}' });
    expect(data.stats).toMatchObject({ summary: { totalEntriesReturned: 50 } });
  });

  test('numbers of them, at an instant and over time', async () => {
    interface Numbers {
      data: { resultType: string; result: { metric: object; value?: [number, string]; values?: [number, string][] }[] };
    }
    const instant = await ask<Numbers>('query', { query: 'sum by (app) (count_over_time({env="prod"}[10m]))', time: String(END) });
    expect(instant.data).toMatchObject({ resultType: 'vector', result: [{ metric: { app: 'db' } }, { metric: { app: 'web' } }] });
    expect(instant.data.result.map(({ value }) => value?.[1])).toEqual(['50', '3']);
    const range = await ask<Numbers>('query_range', { query: 'sum(count_over_time({app="db"}[1m]))', step: '60' });
    // A window holds its end, and not its begin.
    expect(range.data.result[0]?.values?.map(([, count]) => count)).toEqual(['1', '49']);
    await expect(ask('query', { query: '{app="db"}' })).rejects.toThrow(
      /^query: 400 log queries are not supported as an instant query type/,
    );
  });

  test.each([
    ['{', /400 parse error at line 1, col 2/],
    ['{}', /400 parse error: queries require at least one/],
    ['{a="b"} | json | unknown_stage', /400 parse error/],
    ['sum(1', /400 parse error/],
  ])('%s is refused', async (query, reason) => {
    await expect(ask('query_range', { query })).rejects.toThrow(reason);
  });

  test('more than may be asked for are refused', async () => {
    await expect(ask('query_range', { query: '{app="db"}', limit: '5001' })).rejects.toThrow(/400 .*max_entries_limit/);
  });
});

describe('streams', () => {
  test('labels and their values', async () => {
    expect(await ask('labels')).toEqual({ status: 'success', data: ['app', 'env', 'service_name', 'zone'] });
    expect(await ask('labels', { query: '{app="web"}' })).toEqual({ status: 'success', data: ['app', 'env', 'service_name'] });
    expect(await ask('label/env/values', { query: '{app="web"}' })).toEqual({ status: 'success', data: ['dev', 'prod'] });
    expect(await ask('label/nothing/values')).toEqual({ status: 'success', data: [] });
  });

  test('series of several selectors', async () => {
    const asked = [['match[]', '{app="db"}'], ['match[]', '{env="dev"}'], ...Object.entries(RANGE)] as [string, string][];
    const { data } = await askLoki<{ data: object[] }>(program.url, 'series', asked);
    expect(data).toHaveLength(2);
    expect(data).toContainEqual({ app: 'db', env: 'prod', zone: 'z1', service_name: 'db' });
  });

  test('how many streams, lines and bytes there are', async () => {
    expect(await ask('index/stats', { query: '{app="web"}' })).toMatchObject({ streams: 2, entries: 4, bytes: 165 });
    expect(await ask('detected_labels', { query: '{app="web"}' })).toEqual({
      detectedLabels: [
        { label: 'app', cardinality: 1 },
        { label: 'env', cardinality: 2 },
        { label: 'service_name', cardinality: 1 },
      ],
    });
  });

  test('volumes by labels of the query, by others, by names, and over time', async () => {
    interface Volumes {
      data: { resultType: string; result: { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[] };
    }
    const volumes = async (route: string, parameters: Record<string, string>): Promise<[string, object, string[]]> => {
      const { data } = await ask<Volumes>(route, parameters);
      return [
        data.resultType,
        data.result.map(({ metric }) => metric),
        data.result.map(({ value, values }) => value?.[1] ?? String(values?.length)),
      ];
    };
    const bytes = String(Array.from({ length: 50 }, (_, i) => `checkpoint ${i} complete`.length).reduce((a, b) => a + b));
    expect(await volumes('index/volume', { query: '{app=~".+"}' })).toEqual(['vector', [{ app: 'db' }, { app: 'web' }], [bytes, '165']]);
    expect(await volumes('index/volume', { query: '{app=~".+"}', targetLabels: 'zone' })).toEqual(['vector', [{ zone: 'z1' }], [bytes]]);
    expect(await volumes('index/volume', { query: '{app="web"}', targetLabels: 'detected_level' })).toEqual([
      'vector',
      [{ detected_level: 'info' }, { detected_level: 'debug' }, { detected_level: 'error' }],
      ['83', '41', '41'],
    ]);
    expect((await volumes('index/volume', { query: '{app="db", zone=~".+"}', aggregateBy: 'labels' }))[1]).toEqual([
      { app: '' },
      { zone: '' },
    ]);
    expect(await volumes('index/volume_range', { query: '{app="db"}', step: '30s' })).toEqual(['matrix', [{ app: 'db' }], ['2']]);
    expect((await volumes('index/volume', { query: '{app=~".+"}', limit: '1' }))[1]).toEqual([{ app: 'db' }]);
  });
});

describe('what lines are made of', () => {
  test('patterns with counts over time', async () => {
    interface Patterns {
      data: { pattern: string; level: string; samples: [number, number][] }[];
      stats: { sampled: boolean; lines: number };
    }
    const { data, stats } = await ask<Patterns>('patterns', { query: '{app=~"db|web"}', step: '60' });
    expect(stats).toMatchObject({ sampled: false, lines: 54 });
    expect(data[0]).toMatchObject({ pattern: 'checkpoint <_> complete', level: 'unknown' });
    expect(data[0]?.samples).toEqual([[Number(at(300) / SECOND), 50]]);
    // A pattern is LogQL that finds its lines again.
    const query = `{app="db"} |> ${JSON.stringify(data[0]?.pattern)}`;
    expect(linesOf(await ask('query_range', { query }))).toHaveLength(50);
  });

  test('fields with their types, parsers and values', async () => {
    interface Fields {
      fields: { label: string; type: string; cardinality: number; parsers: string[] | null }[];
    }
    const { fields } = await ask<Fields>('detected_fields', { query: '{app="web"}' });
    const field = (label: string): unknown => fields.find((one) => one.label === label);
    expect(field('status')).toEqual({ label: 'status', type: 'int', cardinality: 2, parsers: ['logfmt'] });
    expect(field('took')).toEqual({ label: 'took', type: 'duration', cardinality: 3, parsers: ['logfmt'] });
    expect(field('size')).toEqual({ label: 'size', type: 'bytes', cardinality: 1, parsers: ['json'] });
    expect(field('ok')).toEqual({ label: 'ok', type: 'boolean', cardinality: 1, parsers: ['json'] });
    expect(field('trace_id')).toEqual({ label: 'trace_id', type: 'string', cardinality: 3, parsers: null });
    expect(field('detected_level')).toMatchObject({ cardinality: 3, parsers: null });
    expect(await ask('detected_field/user/values', { query: '{app="web"}' })).toEqual({ values: ['alice', 'bob', 'carol'], limit: 1000 });
    expect(await ask('detected_field/user/values', { query: '{app="web"} |= "bob"', limit: '5' })).toEqual({ values: ['bob'], limit: 5 });
  });
});

test('what was acknowledged is found at once', async () => {
  for (let i = 0; i < 20; i++) {
    const time = BigInt(Date.now()) * 1_000_000n;
    await push(program.url, [{ labels: { app: 'fresh' }, lines: [[time, `line ${i}`]] }]);
    const found = await askLoki<StreamsData>(program.url, 'query_range', { query: '{app="fresh"}', limit: '1', end: String(time + 1n) });
    expect(linesOf(found)).toEqual([`line ${i}`]);
  }
});
