import { gzipSync } from 'node:zlib';
import { ManualClock, silentLogger } from '@atalaya/model';
import {
  createLogWriter,
  createMetricWriter,
  createOtlpLogs,
  createOtlpMetrics,
  createOtlpTraces,
  createSpanWriter,
  DEFAULT_METRIC_LIMITS,
  DEFAULT_OTLP_TRANSLATION,
} from '@atalaya/receive';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { buildHttp } from './listener.ts';
import { fakeParts } from './parts-for-tests.ts';
import type { Parts } from './parts.ts';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

const NOW = 1_700_000_000_000;
const ONE = {
  logs: '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}',
  traces: `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${'ab'.repeat(16)}","spanId":"${'cd'.repeat(8)}","startTimeUnixNano":"${NOW}000000"}]}]}]}`,
  metrics: `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{"timeUnixNano":"${NOW}000000","asInt":"1"}]}}]}]}]}`,
};

async function serve(signal: keyof typeof ONE, limit: number, overrides: Partial<Parts> = {}) {
  const { parts } = fakeParts(overrides);
  const rows: number[] = [];
  const clock = new ManualClock(NOW);
  const journal = { append: async (_signal: number, count: number): Promise<void> => void rows.push(count) };
  const writer = createLogWriter({ journal, clock });
  const receiving = { clock, log: silentLogger, limits: { bodyBytes: limit } };
  const otlp = {
    ...parts.otlp,
    logs: createOtlpLogs({ writer, ...receiving }),
    traces: createOtlpTraces({ writer: createSpanWriter({ journal }), ...receiving }),
    metrics: createOtlpMetrics({
      writer: createMetricWriter({ journal, clock, limits: DEFAULT_METRIC_LIMITS }),
      ...receiving,
      limits: { ...receiving.limits, ...DEFAULT_METRIC_LIMITS, deltaSeries: 10 },
      convertDelta: true,
      translation: () => DEFAULT_OTLP_TRANSLATION,
    }),
  };
  const built = await buildHttp({ ...parts, otlp, settings: { ...parts.settings, 'limits.body': limit } });
  app = built;
  const post = async (
    payload: string | Buffer,
    headers: Record<string, string>,
    url = `/v1/${signal}`,
  ): Promise<LightMyRequestResponse> => {
    const options: InjectOptions = { method: 'POST', url, headers: { host: '127.0.0.1:3002', ...headers }, payload };
    return built.inject(options);
  };
  return { post, rows };
}

describe.each(['logs', 'traces', 'metrics'] as const)('POST /v1/%s', (signal) => {
  test('takes JSON and protobuf, compressed or not, there and below /otlp', async () => {
    const { post, rows } = await serve(signal, 10_000);
    const json = { 'content-type': 'application/json' };
    const protobuf = { 'content-type': 'application/x-protobuf' };
    const answer = await post(ONE[signal], json);
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([200, 'application/json', '{}']);
    expect((await post(gzipSync(ONE[signal]), { ...json, 'content-encoding': 'gzip' }, `/otlp/v1/${signal}`)).statusCode).toBe(200);
    const empty = await post(Buffer.alloc(0), protobuf);
    expect([empty.statusCode, empty.headers['content-type'], empty.rawPayload.length]).toEqual([200, 'application/x-protobuf', 0]);
    expect((await post(Buffer.from([10, 0]), protobuf)).statusCode).toBe(200);
    // A sample that is repeated is known at once, and not written again.
    expect(rows).toEqual(signal === 'metrics' ? [1] : [1, 1]);
  });

  test('a body over the limit is a 413 with a status in the type of the request, before and after decompression', async () => {
    const { post } = await serve(signal, 100);
    const tooLong = await post(Buffer.alloc(101), { 'content-type': 'application/x-protobuf' });
    expect([tooLong.statusCode, tooLong.headers['content-type']]).toEqual([413, 'application/x-protobuf']);
    expect(tooLong.rawPayload.subarray(0, 2)).toEqual(Buffer.from([8, 8]));
    const bomb = await post(gzipSync(Buffer.alloc(50_000)), { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    expect([bomb.statusCode, bomb.json()]).toMatchObject([413, { code: 8, message: expect.stringContaining('limits.body') as string }]);
  });

  test('while stopping, requests are to be sent again', async () => {
    const { post } = await serve(signal, 100, { stopping: () => true });
    const answer = await post('{}', { 'content-type': 'application/json' });
    expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toMatchObject([503, '5', { code: 14 }]);
  });

  test('without a content type it is a 415', async () => {
    const { post } = await serve(signal, 100);
    expect((await post('{}', {})).statusCode).toBe(415);
  });
});

test('metrics are taken where Prometheus takes them, too', async () => {
  const { post, rows } = await serve('metrics', 10_000);
  const answer = await post(ONE.metrics, { 'content-type': 'application/json' }, '/api/v1/otlp/v1/metrics');
  expect([answer.statusCode, answer.body, rows]).toEqual([200, '{}', [1]]);
});
