import { ManualClock, silentLogger } from '@atalaya/model';
import { createSpanWriter, createZipkin } from '@atalaya/receive';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { buildHttp } from './listener.ts';
import { fakeParts } from './parts-for-tests.ts';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

const NOW = 1_700_000_000_000;

async function post(url: string, payload: string, contentType: string): Promise<{ answer: LightMyRequestResponse; rows: number[] }> {
  const rows: number[] = [];
  const journal = { append: async (_signal: number, count: number): Promise<void> => void rows.push(count) };
  const writer = createSpanWriter({ journal });
  const zipkin = createZipkin({ writer, clock: new ManualClock(NOW), log: silentLogger, limits: { bodyBytes: 1000 } });
  app = await buildHttp({ ...fakeParts().parts, zipkin });
  const headers = { host: '127.0.0.1:3002', 'content-type': contentType };
  return { answer: await app.inject({ method: 'POST', url, headers, payload }), rows };
}

test("Zipkin's spans are taken and answered 202", async () => {
  const spans = JSON.stringify([{ traceId: 'ab'.repeat(16), id: 'cd'.repeat(8), timestamp: NOW * 1000 }]);
  const { answer, rows } = await post('/api/v2/spans', spans, 'application/json');
  expect([answer.statusCode, answer.body, rows]).toEqual([202, '', [1]]);
});

test.each([
  ['/api/v2/spans', 'application/x-protobuf'],
  ['/api/v1/spans', 'application/x-thrift'],
  ['/api/traces', 'application/x-thrift'],
])('%s as %s is a 415 that says what to send instead', async (url, type) => {
  const { answer, rows } = await post(url, 'x', type);
  expect([answer.statusCode, rows]).toEqual([415, []]);
  expect(answer.body).toContain('POST /v1/traces');
});
