import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Program } from '../bench/processes.ts';
import { requireProgram } from '../testing/programs.ts';
import { ask, discard, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { startPrometheus } from './prometheus-program.ts';

const missing = requireProgram('prometheus', 'apt-get install prometheus');

interface VectorSample {
  metric: Record<string, string>;
  value: [number, string];
}

/** A page of metrics that moves with every scrape, the same for whoever asks. */
function startTarget(): Promise<{ server: Server; port: number }> {
  let turn = 0;
  const server = createServer((_request, response) => {
    turn++;
    const lines = ['# TYPE shop_requests_total counter', '# TYPE shop_latency_seconds histogram'];
    for (const code of ['200', '404', '500']) lines.push(`shop_requests_total{code="${code}",path="/a\\"b"} ${turn * Number(code)}`);
    for (const [le, share] of [
      ['0.1', 1],
      ['0.5', 2],
      ['+Inf', 3],
    ] as const)
      lines.push(`shop_latency_seconds_bucket{le="${le}"} ${turn * share}`);
    lines.push(
      `shop_latency_seconds_sum ${turn * 0.7}`,
      `shop_latency_seconds_count ${turn * 3}`,
      `shop_temperature -${turn}.5`,
      'shop_odd NaN',
      'shop_far +Inf',
    );
    // A series that comes and goes, so that staleness markers travel too.
    if (turn % 4 < 2) lines.push(`shop_flapping ${turn}`);
    response.end(`${lines.join('\n')}\n`);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ server, port: (server.address() as AddressInfo).port })));
}

const QUERIES = [
  'up{job="shop"}',
  'shop_requests_total',
  'rate(shop_requests_total[10s])',
  'irate(shop_requests_total[10s])',
  'increase(shop_requests_total[10s])',
  'delta(shop_temperature[10s])',
  'sum by (code) (rate(shop_requests_total[10s]))',
  'sum without (code) (shop_requests_total)',
  'avg(shop_requests_total)',
  'max by (path) (shop_requests_total)',
  'count(shop_requests_total)',
  'shop_requests_total{code=~"4..|5.."}',
  'shop_requests_total / ignoring(code) group_left sum without (code) (shop_requests_total)',
  'shop_temperature * -1 > 3',
  'histogram_quantile(0.9, rate(shop_latency_seconds_bucket[10s]))',
  'shop_requests_total offset 3s',
  'shop_odd',
  'shop_far + 1',
  'shop_flapping',
  'topk(2, shop_requests_total)',
];

describe.skipIf(missing)('a real Prometheus beside Atalaya', () => {
  let program: RunningAtalaya;
  let prometheus: Program;
  let target: Awaited<ReturnType<typeof startTarget>>;
  let url: string;

  beforeAll(async () => {
    program = await startAtalaya();
    target = await startTarget();
    prometheus = await startPrometheus(
      program.folder,
      `global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: shop\n    static_configs: [{targets: ['127.0.0.1:${target.port}']}]\nremote_write:\n  - url: ${program.url}/api/v1/write\n    queue_config: {batch_send_deadline: 1s}\n`,
      '--enable-feature=promql-per-step-stats',
    );
    url = prometheus.url;
    for (;;) {
      const answered = await ask<{ result: VectorSample[] }>(url, '/api/v1/query', { query: 'count_over_time(up[1h])' }).catch(
        () => undefined,
      );
      if (Number(answered?.result[0]?.value[1] ?? 0) >= 18) break;
      await pause(200);
    }
    await pause(2500);
    await loaded(program);
  }, 60_000);

  afterAll(async () => {
    await prometheus.stop('SIGKILL');
    target.server.close();
    await discard(program);
  });

  test('its remote write loses and fails nothing', async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const sum = (name: string): number =>
      [...text.matchAll(new RegExp(`^${name}\\{[^}]*\\} (.*)$`, 'gm'))].reduce((total, match) => total + Number(match[1]), 0);
    expect(sum('prometheus_remote_storage_samples_failed_total')).toBe(0);
    expect(sum('prometheus_remote_storage_samples_dropped_total')).toBe(0);
    expect(sum('prometheus_remote_storage_samples_total')).toBeGreaterThan(100);
  });

  test.each(QUERIES)('both answer %s alike', async (query) => {
    // Off the seconds of the scrapes, so that both versions' range borders see the same samples.
    const time = String(Math.floor(Date.now() / 1000) - 3.5);
    const [theirs, ours] = await Promise.all(
      [url, program.url].map((base) => ask<{ result: VectorSample[] }>(base, '/api/v1/query', { query, time })),
    );
    expect(comparable(ours?.result ?? [])).toEqual(comparable(theirs?.result ?? []));
    // The flapping series may be away at this instant; every other query must have something to compare.
    expect(theirs?.result.length).toBeGreaterThan(query === 'shop_flapping' ? -1 : 0);
  });

  test.each([
    'shop_requests_total',
    'sum by (code) (rate(shop_requests_total[10s]))',
    'shop_requests_total / ignoring(code) group_left sum without (code) (shop_requests_total)',
    'max_over_time(shop_temperature[10s:2s])',
    'shop_temperature[10s]',
  ])('both count as many samples for %s', async (query) => {
    const time = String(Math.floor(Date.now() / 1000) - 3.5);
    const [theirs, ours] = await Promise.all(
      [url, program.url].map((base) =>
        ask<{ stats: { samples: Record<string, unknown> } }>(base, '/api/v1/query', { query, time, stats: 'all' }),
      ),
    );
    const { totalQueryableSamples, totalQueryableSamplesPerStep } = theirs?.stats.samples ?? {};
    expect(ours?.stats.samples).toMatchObject({ totalQueryableSamples, totalQueryableSamplesPerStep });
    expect(totalQueryableSamples).toBeGreaterThan(0);
  });
});

function comparable(samples: readonly VectorSample[]): string[] {
  return samples
    .map(
      ({ metric, value }) =>
        `${JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)))} ${Number(Number(value[1]).toPrecision(12))}`,
    )
    .sort();
}
