import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { buildHttp } from './listener.ts';
import { fakeParts, type FakeEngine } from './parts-for-tests.ts';

const LOCAL = { host: 'localhost:3002' };
const DURABLE = { segment: 3, offset: 40 };
let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function serve(admin: boolean): Promise<FakeEngine> {
  const { parts, engine } = fakeParts();
  const journal = { ...parts.journal, durable: DURABLE } as never;
  app = await buildHttp({ ...parts, journal, settings: { ...parts.settings, 'api.admin': admin } });
  engine.answers = { deleteSeries: {}, cleanTombstones: {}, snapshot: { value: 'name' } };
  return engine;
}

const order = async (url: string, method: 'POST' | 'PUT' = 'POST'): Promise<{ status: number; body: unknown }> => {
  const answer = await (app as FastifyInstance).inject({ method, url: `/api/v1/admin/tsdb/${url}`, headers: LOCAL });
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
};

test.each(['delete_series?match[]=up', 'clean_tombstones', 'snapshot'])('%s does nothing unless it is switched on', async (url) => {
  const engine = await serve(false);
  const { status, body } = await order(url);
  expect(status).toBe(503);
  expect(body).toMatchObject({ status: 'error', errorType: 'unavailable', error: 'admin APIs disabled', retry: false });
  expect(engine.asked).toEqual([]);
});

test('an order to delete tells what, and how far the journal was', async () => {
  const engine = await serve(true);
  expect(await order('delete_series?match[]=up&match[]={a="b"}&start=1&end=2', 'PUT')).toEqual({ status: 204, body: undefined });
  expect(engine.asked).toEqual([
    {
      method: 'deleteSeries',
      params: {
        matcherSets: [[{ name: '__name__', operator: '=', value: 'up' }], [{ name: 'a', operator: '=', value: 'b' }]],
        startMs: 1000,
        endMs: 2000,
        durable: DURABLE,
      },
    },
  ]);
  // A range that ends before it starts holds nothing to delete.
  expect((await order('delete_series?match[]=up&start=2&end=1')).status).toBe(204);
  expect(engine.asked).toHaveLength(1);
});

test.each([
  ['delete_series', 'no match[] parameter provided'],
  ['delete_series?match[]=up%2B1', 'invalid parameter "match[]": 1:3: parse error: unexpected <op:+>'],
  [
    'delete_series?match[]=up&start=x',
    'invalid parameter "start": invalid time value for \'start\': cannot parse "x" to a valid timestamp',
  ],
  ['snapshot?skip_head=x', 'invalid parameter "skip_head": unable to parse boolean: strconv.ParseBool: parsing "x": invalid syntax'],
])('%s is refused', async (url, error) => {
  const engine = await serve(true);
  expect(await order(url)).toMatchObject({ status: 400, body: { errorType: 'bad_data', error } });
  expect(engine.asked).toEqual([]);
});

test('a snapshot waits for the journal unless it may skip what is there', async () => {
  const engine = await serve(true);
  expect(await order('snapshot')).toEqual({ status: 200, body: { status: 'success', data: { name: 'name' } } });
  await order('snapshot?skip_head=true');
  expect(engine.asked.map(({ params }) => params)).toEqual([{ durable: DURABLE }, {}]);
  expect((await order('clean_tombstones')).status).toBe(204);
});
