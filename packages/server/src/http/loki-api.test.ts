import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { buildHttp } from './listener.ts';
import { fakeParts } from './parts-for-tests.ts';

let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

test('LogQL is laid out; what is none gets the complaint as plain text', async () => {
  app = await buildHttp(fakeParts().parts);
  const ask = async (query: string) =>
    (app as FastifyInstance).inject({ url: '/loki/api/v1/format_query', query: { query }, headers: { host: 'localhost:3002' } });
  const answer = await ask('sum(rate({a="b"}|="c"[5m]))by(x)');
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'success', data: 'sum by (x) (rate({a="b"} |= "c" [5m]))' }]);
  const failure = await ask('{a="b"');
  expect(failure.statusCode).toBe(400);
  expect(failure.headers['content-type']).toContain('text/plain');
  expect(failure.body).toBe('parse error at line 1, col 7: syntax error: unexpected $end, expecting } or ,');
});
