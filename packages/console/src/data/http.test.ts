import { afterEach, describe, expect, test, vi } from 'vitest';

import { ApiError, failureOf, requestJson, toApiError } from './http.ts';

describe('failures', () => {
  test('carry the server’s words and whether waiting helps', () => {
    const away = failureOf(503, '{"status":"error","errorType":"unavailable","error":"the engine restarts"}');
    expect(away).toMatchObject({ kind: 'unavailable', message: 'the engine restarts', type: 'unavailable', retry: true });
    expect(failureOf(400, '{"status":"error","errorType":"bad_data","error":"1:3: parse error"}')).toMatchObject({
      kind: 'rejected',
      retry: false,
    });
    expect(failureOf(500, '{"message":"boom"}')).toMatchObject({ kind: 'server', message: 'boom' });
  });

  test('a proxy’s page is reduced to its first line without markup', () => {
    expect(failureOf(502, '<h1>Bad Gateway</h1>\nnginx')).toMatchObject({ kind: 'unavailable', message: 'Bad Gateway' });
  });

  test('anything thrown becomes one', () => {
    expect(toApiError('x')).toMatchObject({ kind: 'server', message: 'x' });
  });
});

describe('requests', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('repeat a parameter that is a list and leave out what is undefined', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url);
      return new Response('{}');
    });
    await requestJson('/x', { parameters: { 'match[]': ['a', 'b'], limit: undefined, n: 1 } });
    expect(asked).toEqual(['/x?match%5B%5D=a&match%5B%5D=b&n=1']);
  });

  test('without an answer they fail as network, and a wrong body as a fault of the server', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('Failed to fetch');
    });
    await expect(requestJson('/x')).rejects.toMatchObject({ kind: 'network', retry: true });
    vi.stubGlobal('fetch', async () => new Response('<html>'));
    await expect(requestJson('/x')).rejects.toBeInstanceOf(ApiError);
  });

  test('an abort stays an abort', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new DOMException('stopped', 'AbortError');
    });
    const controller = new AbortController();
    controller.abort();
    await expect(requestJson('/x', { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
