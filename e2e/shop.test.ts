/** The sample shop, started as a user starts it, fills every page: traces, RED metrics, the service graph, logs that lead to traces. */

import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const VISITS = 40;

interface Ledger {
  readonly spans: Record<string, number>;
  readonly logs: Record<string, number>;
}

interface JaegerSpan {
  readonly spanID: string;
  readonly operationName: string;
  readonly processID: string;
  readonly duration: number;
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
}

interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Record<string, { readonly serviceName: string }>;
}

let program: RunningAtalaya;
let ledger: Ledger;
beforeAll(async () => {
  program = await startAtalaya({ environment: { ATALAYA_TRACES_OWN: 'false' } });
  ledger = await runShop(['--fault', 'retry-storm', '--fault', 'failing-dependency']);
}, 120_000);
afterAll(async () => discard(program));

/** Lets customers into the shop until it closes. */
async function runShop(args: readonly string[]): Promise<Ledger> {
  const options = ['--endpoint', program.url, '--visits', String(VISITS), '--rate', '20', '--control', '0', ...args];
  const child = spawn(process.execPath, [path.join(ROOT, 'examples/shop/start.ts'), ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`the shop ended with ${code}: ${output}`);
  return JSON.parse(output.trimEnd().split('\n').at(-1) as string) as Ledger;
}

async function get<Answer>(url: string): Promise<Answer> {
  const response = await fetch(program.url + url);
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function tracesOf(service: string, parameters = ''): Promise<JaegerTrace[]> {
  const { data } = await get<{ data: JaegerTrace[] }>(`/api/traces?service=${service}&lookback=1h&limit=1000${parameters}`);
  return data;
}

/** The value of an instant query by the labels that it keeps. */
async function promql(query: string): Promise<Record<string, number>> {
  const { data } = await get<{ data: { result: { metric: Record<string, string>; value: [number, string] }[] } }>(
    `/api/v1/query?query=${encodeURIComponent(query)}`,
  );
  return Object.fromEntries(data.result.map(({ metric, value }) => [Object.values(metric).join(' '), Number(value[1])]));
}

describe('the sample shop', () => {
  test('every span of every service is there, once', async () => {
    const traces = await tracesOf('web');
    const spans = traces.flatMap(({ spans: all, processes }) =>
      all.map((span) => [processes[span.processID]?.serviceName ?? '', span.spanID] as const),
    );
    expect(new Set(spans.map(([, id]) => id)).size).toBe(spans.length);
    const counts: Record<string, number> = {};
    for (const [service] of spans) counts[service] = (counts[service] ?? 0) + 1;
    expect(counts).toEqual(ledger.spans);
    const { data } = await get<{ data: string[] }>('/api/services');
    expect(data.toSorted()).toEqual(Object.keys(ledger.spans).sort());
  });

  test('a storm of retries is seen in one trace', async () => {
    const payments = (await tracesOf('checkout', '&operation=POST%20%2Forders')).map(
      ({ spans }) => spans.filter(({ operationName }) => operationName === 'POST /payments').length,
    );
    expect(Math.max(...payments)).toBeGreaterThan(2);
  });

  test('errors are found by their tag, and all of them have an error', async () => {
    const failed = await tracesOf('payment', `&tags=${encodeURIComponent('{"error":"true"}')}`);
    expect(failed.length).toBeGreaterThan(0);
    for (const { spans } of failed) {
      expect(spans.some(({ tags }) => tags.some(({ key, value }) => key === 'error' && value === true))).toBe(true);
    }
  });

  test('RED metrics count every call', async () => {
    await expect
      .poll(() => promql('sum by (service_name) (traces_spanmetrics_calls_total)'), { timeout: 40_000, interval: 500 })
      .toEqual(ledger.spans);
  });

  test('the service graph knows who calls whom, databases, the queue and the bank among them', async () => {
    // The bank tells no spans: it is known when they have been waited for in vain.
    await expect
      .poll(async () => Object.keys(await promql('sum by (client, server) (traces_service_graph_request_total)')), {
        timeout: 60_000,
        interval: 500,
      })
      .toEqual(
        expect.arrayContaining([
          ...['web catalogue', 'web checkout', 'checkout payment', 'checkout cart', 'checkout stock', 'checkout mail'],
          'payment bank',
        ]),
      );
    const kinds = await promql('sum by (connection_type) (traces_service_graph_request_total)');
    expect(kinds).toMatchObject({ database: expect.any(Number), messaging_system: expect.any(Number) });
    const { data } = await get<{ data: { parent: string; child: string; callCount: number }[] }>(
      `/api/dependencies?endTs=${Date.now() + 60_000}&lookback=3600000`,
    );
    expect(data.find(({ parent, child }) => parent === 'web' && child === 'checkout')?.callCount).toBeGreaterThan(0);
  }, 90_000);

  test('the metrics of the services are there', async () => {
    await expect
      .poll(() => promql('sum by (job) (http_server_request_duration_seconds_count)'), { timeout: 20_000, interval: 500 })
      .toMatchObject({ 'shop/web': expect.any(Number), 'shop/payment': expect.any(Number) });
    expect(Object.keys(await promql('sum(shop_cart_items_total)'))).toHaveLength(1);
  });

  test('every log line is there, and leads to a trace', async () => {
    const query = encodeURIComponent('{service_namespace="shop"}');
    const { data } = await get<{ data: { result: { stream: Record<string, string>; values: [string, string][] }[] } }>(
      `/loki/api/v1/query_range?query=${query}&limit=5000&since=1h`,
    );
    const counts: Record<string, number> = Object.fromEntries(Object.keys(ledger.logs).map((service) => [service, 0]));
    const ids = new Set<string>();
    for (const { stream, values } of data.result) {
      const service = stream['service_name'] ?? '';
      counts[service] = (counts[service] ?? 0) + values.length;
      ids.add(stream['trace_id'] ?? '');
    }
    expect(counts).toEqual(ledger.logs);
    const known = new Set((await tracesOf('web')).map(({ traceID }) => traceID));
    expect([...ids].filter((id) => !known.has(id))).toEqual([]);
  });
});
