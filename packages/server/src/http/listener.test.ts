import { AtalayaError } from '@atalaya/model';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { ACCESS } from './access.ts';
import { buildHttp } from './listener.ts';
import { fakeParts, type FakeEngine } from './parts-for-tests.ts';

let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function serve(overrides: Parameters<typeof fakeParts>[0] = {}): Promise<{ app: FastifyInstance; engine: FakeEngine }> {
  const { parts, engine } = fakeParts(overrides);
  app = await buildHttp(parts);
  return { app, engine };
}

const LOCAL = { host: 'localhost:3002' };
const form = (body: string): InjectOptions => ({
  method: 'POST',
  payload: body,
  headers: { ...LOCAL, 'content-type': 'application/x-www-form-urlencoded' },
});

describe('the access table', () => {
  test('names every route, and nothing that is no route', async () => {
    const { app } = await serve();
    await app.ready();
    expect([...app.registeredRoutes].sort()).toEqual(Object.keys(ACCESS).sort());
  });

  test('a route without an entry cannot be registered', async () => {
    const { app } = await serve();
    expect(() => app.get('/secret', async () => 'x')).toThrow(/access table/);
  });
});

describe('compression', () => {
  const ask = async (remoteAddress: string, more: Record<string, string> = {}): Promise<string | undefined> => {
    const { app, engine } = await serve();
    engine.answers['query'] = { bytes: Buffer.alloc(10_000, 'a') };
    const headers = { ...LOCAL, 'accept-encoding': 'gzip', ...more };
    const answer = await app.inject({ url: '/api/v1/query?query=up', headers, remoteAddress });
    await app.close();
    expect(answer.statusCode).toBe(200);
    return answer.headers['content-encoding'];
  };

  test('spares clients on this machine, and nobody else', async () => {
    expect(await ask('127.0.0.1')).toBeUndefined();
    expect(await ask('::ffff:127.0.0.1')).toBeUndefined();
    expect(await ask('192.0.2.7')).toBe('gzip');
    expect(await ask('127.0.0.1', { 'x-forwarded-for': '192.0.2.7' })).toBe('gzip');
    expect(await ask('127.0.0.1', { via: '1.1 gateway' })).toBe('gzip');
  });
});

describe('queries', () => {
  test('GET and POST give the engine the same task, in milliseconds', async () => {
    const { app, engine } = await serve();
    engine.answers['query'] = { bytes: Buffer.from('{"status":"success"}') };
    const get = await app.inject({ url: '/api/v1/query?query=up&time=1435781451.781&timeout=5s&limit=3', headers: LOCAL });
    const post = await app.inject({ url: '/api/v1/query', ...form('query=up&time=2015-07-01T20:10:51.781Z&timeout=5&limit=3') });
    expect(get.json()).toEqual({ status: 'success' });
    expect(get.headers['content-type']).toMatch('application/json');
    expect(post.statusCode).toBe(200);
    expect(engine.asked[0]?.params).toEqual({ kind: 'instant', query: 'up', timeMs: 1_435_781_451_781, timeoutMs: 5000, limit: 3 });
    expect(engine.asked[1]?.params).toEqual(engine.asked[0]?.params);
  });

  test('a range query goes past the step cache when the client says so', async () => {
    const { app, engine } = await serve();
    engine.answers['query'] = { bytes: Buffer.from('{}') };
    const url = '/api/v1/query_range?query=up&start=1&end=2&step=1';
    await app.inject({ url, headers: LOCAL });
    await app.inject({ url: `${url}&nocache=1`, headers: LOCAL });
    await app.inject({ url, headers: { ...LOCAL, 'cache-control': 'max-age=0, no-store' } });
    expect(engine.asked.map(({ params }) => (params as { fresh?: boolean }).fresh)).toEqual([undefined, true, true]);
  });

  test('an explanation is asked for with the parameters of a query or of a range query', async () => {
    const { app, engine } = await serve();
    engine.answers['query'] = { bytes: Buffer.from('{"query":"up"}') };
    const instant = await app.inject({ url: '/api/atalaya/explain?query=up&time=2', headers: LOCAL });
    const range = await app.inject({ url: '/api/atalaya/explain', ...form('query=up&start=1&end=2&step=1') });
    expect(instant.json()).toEqual({ query: 'up' });
    expect(range.statusCode).toBe(200);
    expect(engine.asked[0]?.params).toMatchObject({ kind: 'instant', timeMs: 2000, explain: true });
    expect(engine.asked[1]?.params).toMatchObject({ kind: 'range', startMs: 1000, endMs: 2000, stepMs: 1000, explain: true });
  });

  test('while the engine is away the answer is 503 with the reason and Retry-After', async () => {
    const { app } = await serve();
    const answer = await app.inject({ url: '/api/v1/query?query=up', headers: LOCAL });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({
      errorType: 'unavailable',
      error: 'the storage engine is not available: it is starting',
      retry: true,
    });
  });
});

describe('guards', () => {
  test.each([
    [{ host: 'evil.example' }, 403],
    [{ host: '127.0.0.1:3002', origin: 'http://evil.example' }, 403],
    [{ host: '127.0.0.1:3002', origin: 'null' }, 403],
    [{ host: '127.0.0.1:3002', origin: 'http://127.0.0.1:3002' }, 200],
    [{ host: '[::1]:3002' }, 200],
    [{ host: 'obs.localhost' }, 200],
  ])('a reload asked with %j is answered %d', async (headers, status) => {
    const { app } = await serve();
    const answer = await app.inject({ method: 'POST', url: '/-/reload', headers });
    expect(answer.statusCode).toBe(status);
  });

  test('every answer carries a strict content security policy', async () => {
    const { app } = await serve();
    const answer = await app.inject({ url: '/health/live', headers: LOCAL });
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  test.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/assets/..%5c..%5cpackage.json',
    '//etc/passwd.txt',
    '/%00.js',
  ])('%s leads to no file', async (url) => {
    const { app } = await serve();
    const answer = await app.inject({ url, headers: LOCAL });
    expect([400, 404]).toContain(answer.statusCode);
  });

  test('an unknown API path is 404 as JSON, not the page', async () => {
    const { app } = await serve();
    const answer = await app.inject({ url: '/api/v1/nothing', headers: LOCAL });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ status: 'error', code: 'NOT_FOUND' });
  });
});

describe('operation', () => {
  test('a bad configuration is a 400 with its reason, and nothing else changes', async () => {
    const { app } = await serve({
      reload: () => Promise.reject(new AtalayaError('BAD_CONFIG', { file: 'prometheus.yml', reason: 'line 3: no' })),
    });
    const answer = await app.inject({ method: 'POST', url: '/-/reload', headers: LOCAL });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: 'failed to reload config: prometheus.yml: line 3: no' });
  });

  test('readiness is 503 while a part is away, and feeds the readiness metrics', async () => {
    const { parts } = fakeParts();
    app = await buildHttp({
      ...parts,
      dependencies: () => [{ name: 'engine', up: false, message: 'starting' }],
    });
    expect((await app.inject({ url: '/health/ready', headers: LOCAL })).statusCode).toBe(503);
    expect((await app.inject({ url: '/-/ready', headers: LOCAL })).statusCode).toBe(503);
    const metrics = (await app.inject({ url: '/metrics/prometheus', headers: LOCAL })).body;
    expect(metrics).toContain('dependency_up{name="engine"} 0');
    expect(metrics).toContain('readiness_up 0');
    expect(metrics).toContain('readiness_last_check_timestamp 1700000000');
  });

  test('own metrics are text, or the pipeline as JSON when asked for', async () => {
    const { app } = await serve();
    const text = (await app.inject({ url: '/metrics', headers: LOCAL })).body;
    for (const line of [
      'buffer_size 50',
      'buffer_utilization_percent 25',
      'events_enqueued_total 90',
      'atalaya_histograms_written_total 7',
      'events_dropped_total 10',
      'events_drop_rate_percent 10',
      'circuit_breaker_state 2',
    ]) {
      expect(text).toContain(`\n${line}\n`);
    }
    const json = (await app.inject({ url: '/metrics', headers: { ...LOCAL, accept: 'application/json' } })).json();
    expect(json).toMatchObject({
      totalEnqueued: 7,
      totalDropped: 2,
      lastEnqueueTime: null,
      totalBatchesProcessed: 0,
      averageBatchProcessingTimeMs: 0,
    });
  });

  test('writes arrive as bytes whatever their content type, and are refused while stopping', async () => {
    let body: Uint8Array | undefined;
    const remoteWrite = {
      stats: () => ({}) as never,
      handle: async (request: { body: Uint8Array }) => {
        body = request.body;
        return { status: 204, headers: { 'x-a': 'b' }, body: '' };
      },
    };
    const { app } = await serve({ remoteWrite });
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/write',
      headers: { ...LOCAL, 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
      payload: Buffer.from([1, 2]),
    });
    expect([answer.statusCode, answer.headers['x-a'], [...(body ?? [])]]).toEqual([204, 'b', [1, 2]]);
    await app.close();
    const stopping = await serve({ stopping: () => true });
    expect((await stopping.app.inject({ method: 'POST', url: '/api/v1/write', headers: LOCAL, payload: 'x' })).statusCode).toBe(503);
  });

  test('a body over the limit is a 413 that names the setting', async () => {
    const { parts } = fakeParts();
    app = await buildHttp({ ...parts, settings: { ...parts.settings, 'limits.body': 10 } });
    const answer = await app.inject({ method: 'POST', url: '/api/v1/write', headers: LOCAL, payload: 'x'.repeat(11) });
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ error: expect.stringContaining('limits.body') as string });
  });
});
