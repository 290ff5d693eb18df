import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { readLines } from './read-logs.ts';

const HOUR = 3_600_000_000_000n;
const START = BigInt(Date.now()) * 1_000_000n - HOUR;
const POLL = { timeout: 20_000, interval: 200 };

let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya({ environment: { ATALAYA_TRACES_OWN: 'true' } });
});
afterAll(async () => discard(program));

interface ReadSpan {
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly spanID: string }[];
  readonly tags: Readonly<Record<string, unknown>>;
}

/** The spans of a trace by name; none while it is not there. */
async function readTrace(id: string): Promise<Record<string, ReadSpan>> {
  const answer = await fetch(`${program.url}/api/traces/${id}`);
  if (answer.status !== 200) return {};
  const { data } = (await answer.json()) as {
    data: { spans: (Omit<ReadSpan, 'tags'> & { tags: { key: string; value: unknown }[] })[] }[];
  };
  const spans = (data[0]?.spans ?? []).map((span): [string, ReadSpan] => [
    span.operationName,
    { ...span, tags: Object.fromEntries(span.tags.map(({ key, value }) => [key, value])) },
  ]);
  return Object.fromEntries(spans);
}

async function read<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(`${program.url}${path}`)).json()) as Answer;
}

/** Answers to a request that is part of a trace which its caller records. */
async function callWithin(
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ traceId: string; caller: string }> {
  const traceId = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex');
  const caller = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex');
  await (await fetch(`${program.url}${path}`, { ...init, headers: { ...init.headers, traceparent: `00-${traceId}-${caller}-01` } })).text();
  return { traceId, caller };
}

describe('the program traces itself', () => {
  test('a fresh start has traces of the service atalaya', async () => {
    const services = async (): Promise<string[]> => (await read<{ data: string[] }>('/api/services')).data;
    await expect.poll(services, POLL).toContain('atalaya');
    // Asked each time: of many requests in a second only some are told.
    const operations = async (): Promise<string[]> => {
      await services();
      return (await read<{ data: string[] }>('/api/services/atalaya/operations')).data;
    };
    await expect.poll(operations, POLL).toEqual(expect.arrayContaining(['start', 'GET /api/services']));
  });

  test.each([
    ['GET', `/api/v1/query?query=${encodeURIComponent('up == 0 or vector(1)')}`, {}],
    [
      'POST',
      '/api/v1/query',
      { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'query=up == 0 or vector(1)' },
    ],
  ])("a query by %s goes on with its caller's trace: request, query, evaluation", async (method, path, init) => {
    const { traceId, caller } = await callWithin(path, init);
    await expect.poll(async () => Object.keys(await readTrace(traceId)), POLL).toContain(`${method} /api/v1/query`);
    const spans = await readTrace(traceId);
    const [request, query, evaluation] = [spans[`${method} /api/v1/query`], spans['query instant'], spans['evaluate']];
    const parents = [request, query, evaluation].map((span) => span?.references.map(({ spanID }) => spanID));
    expect(parents).toEqual([[caller], [request?.spanID], [query?.spanID]]);
    expect(request?.tags).toMatchObject({
      'span.kind': 'server',
      'http.request.method': method,
      'http.route': '/api/v1/query',
      'http.response.status_code': 200,
      'url.path': '/api/v1/query',
    });
    expect(query?.tags).toMatchObject({ 'db.query.text': 'up == 0 or vector(1)' });
  });

  test('a line of the log leads to the request that it was written for', async () => {
    const { traceId } = await callWithin('/-/reload', { method: 'POST' });
    const lines = async (): Promise<string[]> =>
      (await readLines(program.url, `{job="atalaya"} | trace_id="${traceId}"`, START, START + 2n * HOUR)).map(({ text }) => text);
    await expect.poll(lines, POLL).toContain('configuration reloaded');
    await expect.poll(async () => Object.keys(await readTrace(traceId)), POLL).toEqual(['POST /-/reload']);
  });

  test('requests that bring telemetry are told of once, and their trace context is not taken for ours', async () => {
    const traces: string[] = [];
    for (let i = 0; i < 20; i++) {
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
      traces.push((await callWithin('/v1/logs', init)).traceId);
    }
    const found = async (): Promise<number> =>
      (await read<{ data: unknown[] }>(`/api/traces?service=atalaya&operation=${encodeURIComponent('POST /v1/logs')}&lookback=1h`)).data
        .length;
    await expect.poll(found, POLL).toBeGreaterThan(0);
    expect(await found()).toBeLessThan(5);
    for (const id of traces) expect(await readTrace(id)).toEqual({});
  });
});

test('with traces.own off there are none', async () => {
  const quiet = await startAtalaya();
  try {
    for (let i = 0; i < 3; i++) await (await fetch(`${quiet.url}/api/v1/query?query=1`)).text();
    const metrics = await (await fetch(`${quiet.url}/metrics/prometheus`)).text();
    expect(metrics).toContain('atalaya_own_spans_total{outcome="written"} 0');
    expect(await (await fetch(`${quiet.url}/api/services`)).json()).toMatchObject({ data: [] });
  } finally {
    await discard(quiet);
  }
});
