/** Native histograms through the whole program: written, scraped, stored, asked for, and beside a real Prometheus. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeFamilies, type TestHistogram } from '@atalaya/receive/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Program } from '../bench/processes.ts';
import { requireProgram } from '../testing/programs.ts';
import { ask, discard, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { startPrometheus } from './prometheus-program.ts';
import { write } from './write.ts';

const missing = requireProgram('prometheus', 'apt-get install prometheus');

/** A histogram as the query API answers it. */
interface JsonHistogram {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [boundaries: number, lower: string, upper: string, count: string])[];
}
interface Series {
  readonly metric: Record<string, string>;
  readonly value?: [number, string];
  readonly values?: [number, string][];
  readonly histogram?: [number, JsonHistogram];
  readonly histograms?: [number, JsonHistogram][];
}

/** Numbers whose digits would show any rounding on the way. */
const EXACT: Omit<TestHistogram, 'timestamp'> = {
  float: true,
  schema: 5,
  count: 0.1 + 0.2 + 7.3,
  sum: -Math.PI * 1e-300,
  zeroThreshold: 2 ** -128,
  zeroCount: 0.1,
  positiveSpans: [
    { offset: -40, length: 2 },
    { offset: 90, length: 1 },
  ],
  positiveBuckets: Float64Array.of(1 / 3, 2 / 3, 5e-324),
  negativeSpans: [{ offset: 3, length: 1 }],
  negativeBuckets: Float64Array.of(Number.MAX_SAFE_INTEGER),
};

describe('what was written', () => {
  const programs: RunningAtalaya[] = [];
  afterEach(async () => {
    for (const program of programs.splice(0)) await discard(program);
  });

  test('is in the very next answer, and the same after a restart and after kill -9', async () => {
    let program = await startAtalaya();
    programs.push(program);
    const { folder } = program;
    const now = Math.floor(Date.now() / 1000) * 1000;
    const labels = ['__name__', 'exact', 'job', 'a'];
    const read = (): Promise<unknown> =>
      ask<{ result: Series[] }>(program.url, '/api/v1/query', { query: 'exact[1m]', time: String(now / 1000) }).then(
        ({ result }) => result,
      );

    const answer = await write(program.url, [{ labels, histograms: [{ ...EXACT, timestamp: now - 2000 }] }], '2.0');
    expect([answer.status, answer.headers.get('x-prometheus-remote-write-histograms-written')]).toEqual([204, '1']);
    const first = (await read()) as Series[];
    expect(first).toHaveLength(1);
    expect(first[0]?.histograms?.[0]?.[1]).toMatchObject({ count: '7.6', sum: String(-Math.PI * 1e-300) });
    expect(first[0]?.histograms?.[0]?.[1].buckets?.map((bucket) => bucket[3])).toEqual([
      '9007199254740991',
      '0.1',
      '0.3333333333333333',
      '0.6666666666666666',
      '5e-324',
    ]);

    await program.kill('SIGTERM');
    program = await startAtalaya({ folder });
    programs.push(program);
    expect(await read()).toEqual(first);

    const small = {
      schema: 0,
      count: 1,
      sum: 1,
      positiveSpans: [{ offset: 0, length: 1 }],
      positiveBuckets: Float64Array.of(1),
      timestamp: now,
    };
    expect((await write(program.url, [{ labels, histograms: [small] }])).status).toBe(204);
    await program.kill('SIGKILL');
    program = await startAtalaya({ folder });
    programs.push(program);
    const again = (await read()) as Series[];
    expect(again[0]?.histograms).toHaveLength(2);
    expect(again[0]?.histograms?.[0]).toEqual(first[0]?.histograms?.[0]);
    expect(again[0]?.histograms?.[1]?.[1]).toMatchObject({ count: '1', sum: '1' });
    await loaded(program);
    expect(await read()).toEqual(again);
  }, 60_000);

  test('that is refused leaves what came with it, and says why', async () => {
    const program = await startAtalaya();
    programs.push(program);
    const now = Date.now();
    const answer = await write(program.url, [
      { labels: ['__name__', 'bad'], histograms: [{ count: 2, timestamp: now }] },
      { labels: ['__name__', 'good'], samples: [{ timestamp: now, value: 1 }] },
    ]);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('0 observations found in buckets, but the Count field is 2');
    const { result } = await ask<{ result: Series[] }>(program.url, '/api/v1/query', { query: 'good' });
    expect(result).toHaveLength(1);
    const metrics = await (await fetch(`${program.url}/metrics`)).text();
    expect(metrics).toContain('atalaya_samples_rejected_total{reason="invalid_histogram"} 1');
  }, 60_000);
});

/** A target that has a native histogram, and another that comes and goes; each page is asked for by name. */
function startTarget(): Promise<{ server: Server; port: number; accepted(): string[] }> {
  let turn = 0;
  const accepted: string[] = [];
  const server = createServer((request, response) => {
    turn++;
    accepted.push(request.headers.accept ?? '');
    const histogram = {
      count: turn * 10,
      sum: turn * 12.5,
      schema: 3,
      zeroThreshold: 2 ** -128,
      zeroCount: turn,
      positiveSpans: [
        { offset: -4, length: 3 },
        { offset: 2, length: 2 },
      ],
      positiveBuckets: [turn, turn * 2, turn, turn * 2, turn * 2],
      negativeSpans: [{ offset: 1, length: 1 }],
      negativeBuckets: [turn],
      buckets: [
        [1, turn * 6],
        [Infinity, turn * 10],
      ] as const,
    };
    const flapping = { name: 'shop_flapping', type: 'histogram', metrics: [{ histogram }] } as const;
    const body = encodeFamilies([
      { name: 'shop_latency_seconds', type: 'histogram', help: 'Time to answer.', metrics: [{ labels: { path: '/' }, histogram }] },
      { name: 'shop_turns', type: 'gauge', metrics: [{ value: turn }] },
      ...(turn % 6 < 3 ? [flapping] : []),
    ]);
    const type = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, port: (server.address() as AddressInfo).port, accepted: () => accepted }));
  });
}

describe.skipIf(missing)('beside a real Prometheus that scrapes and sends native histograms', () => {
  let program: RunningAtalaya;
  let prometheus: Program;
  let url: string;
  let theirs: Awaited<ReturnType<typeof startTarget>>;
  let ours: Awaited<ReturnType<typeof startTarget>>;

  beforeAll(async () => {
    theirs = await startTarget();
    ours = await startTarget();
    program = await startAtalaya({
      scrape: `global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: own\n    scrape_native_histograms: true\n    static_configs: [{targets: ['127.0.0.1:${ours.port}']}]\n`,
    });
    prometheus = await startPrometheus(
      program.folder,
      `global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: shop\n    static_configs: [{targets: ['127.0.0.1:${theirs.port}']}]\nremote_write:\n  - url: ${program.url}/api/v1/write\n    send_native_histograms: true\n    queue_config: {batch_send_deadline: 1s}\n`,
      '--enable-feature=native-histograms',
    );
    url = prometheus.url;
    const enough = async (base: string, job: string): Promise<boolean> => {
      const query = `count_over_time(shop_turns{job="${job}"}[1h])`;
      const answered = await ask<{ result: Series[] }>(base, '/api/v1/query', { query }).catch(() => undefined);
      return Number(answered?.result[0]?.value?.[1] ?? 0) >= 15;
    };
    while (!(await enough(url, 'shop')) || !(await enough(program.url, 'shop')) || !(await enough(program.url, 'own'))) await pause(200);
  }, 60_000);

  afterAll(async () => {
    await prometheus.stop('SIGKILL');
    for (const { server } of [theirs, ours]) {
      server.closeAllConnections();
      server.close();
    }
    await discard(program);
  });

  /** Series without their instance, ordered; numbers to twelve digits. */
  const comparable = (result: readonly Series[]): unknown =>
    result
      .map(({ metric, ...rest }) => JSON.stringify([metric['__name__'], metric['path'], rest], (_, value: unknown) => shortened(value)))
      .sort();

  test.each([
    'shop_latency_seconds{job="shop"}',
    'shop_latency_seconds{job="shop"}[10s]',
    'shop_flapping{job="shop"}[10s]',
    'histogram_count(shop_latency_seconds{job="shop"})',
    'histogram_sum(shop_latency_seconds{job="shop"})',
    'histogram_count(rate(shop_latency_seconds{job="shop"}[10s]))',
    'histogram_count(sum(increase(shop_latency_seconds{job="shop"}[10s])))',
    // Quantiles at the border of a bucket: inside of it Prometheus 2 interpolates as if values were spread evenly, 3 as their logarithms.
    'histogram_quantile(0.5, shop_latency_seconds{job="shop"})',
    'histogram_quantile(1, shop_latency_seconds{job="shop"})',
    'count_over_time(shop_flapping{job="shop"}[10s])',
    'count(shop_flapping{job="shop"})',
  ])('both answer %s alike', async (query) => {
    // Off the seconds of the scrapes, so that both versions' range borders see the same samples.
    const time = String(Math.floor(Date.now() / 1000) - 4 + 0.0005);
    const [expected, given] = await Promise.all(
      [url, program.url].map((base) => ask<{ result: Series[] }>(base, '/api/v1/query', { query, time })),
    );
    expect(comparable(given?.result ?? [])).toEqual(comparable(expected?.result ?? []));
    expect(expected?.result.length).toBeGreaterThan(query.startsWith('count(') ? -1 : 0);
  });

  test('its remote write loses and fails nothing', async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const sum = (name: string): number =>
      [...text.matchAll(new RegExp(`^${name}\\{[^}]*\\} (.*)$`, 'gm'))].reduce((total, match) => total + Number(match[1]), 0);
    expect(sum('prometheus_remote_storage_histograms_failed_total')).toBe(0);
    expect(sum('prometheus_remote_storage_histograms_dropped_total')).toBe(0);
    expect(sum('prometheus_remote_storage_histograms_total')).toBeGreaterThan(15);
  });

  test('scraped by Atalaya itself the target gives the same, in protobuf, with stale markers', async () => {
    expect(ours.accepted()[0]).toMatch(
      /^application\/vnd\.google\.protobuf;proto=io\.prometheus\.client\.MetricFamily;encoding=delimited;q=0\.7,/,
    );
    const raw = async (name: string, job: string): Promise<[number, JsonHistogram][]> => {
      const { result } = await ask<{ result: Series[] }>(program.url, '/api/v1/query', { query: `${name}{job="${job}"}[1h]` });
      return result[0]?.histograms ?? [];
    };
    // Every page of one turn is the same, whoever asked for it.
    const [own, sent] = [await raw('shop_latency_seconds', 'own'), await raw('shop_latency_seconds', 'shop')];
    const byCount = new Map(sent.map(([, histogram]) => [histogram.count, histogram]));
    expect(own.length).toBeGreaterThan(10);
    const shared = own.filter(([, { count }]) => byCount.has(count));
    expect(shared.length).toBeGreaterThan(8);
    for (const [, histogram] of shared) expect(histogram).toEqual(byCount.get(histogram.count));
    // In each six turns the flapping one is away for three: it has ended at once, not after the lookback.
    const query = 'count_over_time((shop_flapping{job="own"})[12s:1s])';
    const { result } = await ask<{ result: Series[] }>(program.url, '/api/v1/query', { query });
    expect(Number(result[0]?.value?.[1])).toBeLessThan(10);
    // No classic series were stored.
    const classic = await ask<{ result: Series[] }>(program.url, '/api/v1/query', { query: 'shop_latency_seconds_bucket{job="own"}' });
    expect(classic.result).toEqual([]);
  });
});

function shortened(value: unknown): unknown {
  return typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? Number(Number(value).toPrecision(12)) : value;
}
