/** Exemplars of an OpenMetrics page: scraped by Atalaya, and sent to it by a real Prometheus; both answers are the same. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Program } from '../bench/processes.ts';
import { requireProgram } from '../testing/programs.ts';
import { discard, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { startPrometheus } from './prometheus-program.ts';

const missing = requireProgram('prometheus', 'apt-get install prometheus');
const NOW = Math.floor(Date.now() / 1000);

/** A page that is always the same, so that repetitions would be seen. */
const PAGE = `# TYPE shop_orders counter
shop_orders_total{method="card"} 12 # {trace_id="4bf92f3577b34da6a3ce929d0e0e4736",span_id="00f067aa0ba902b7"} 1 ${NOW - 20}.25
shop_orders_total{method="cash"} 3
# TYPE shop_latency_seconds histogram
shop_latency_seconds_bucket{le="0.1"} 8 # {trace_id="aa"} 0.05 ${NOW - 12}
shop_latency_seconds_bucket{le="1.0"} 11 # {trace_id="bb"} 0.7 ${NOW - 11}
shop_latency_seconds_bucket{le="+Inf"} 12 # {trace_id="cc"} 3.5 ${NOW - 10}
shop_latency_seconds_count 12
shop_latency_seconds_sum 5
# EOF
`;

interface Answer {
  readonly status: string;
  readonly data: readonly { readonly seriesLabels: Record<string, string>; readonly exemplars: readonly unknown[] }[];
}

describe.skipIf(missing)('exemplars', () => {
  let target: Server;
  let program: RunningAtalaya;
  let prometheus: Program;

  beforeAll(async () => {
    target = createServer((_request, response) =>
      response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0; charset=utf-8').end(PAGE),
    );
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const job = (name: string): string =>
      `scrape_configs:\n  - {job_name: ${name}, static_configs: [{targets: ['127.0.0.1:${(target.address() as AddressInfo).port}']}]}\n`;
    program = await startAtalaya({ scrape: `global: {scrape_interval: 1s}\n${job('scraped')}` });
    prometheus = await startPrometheus(
      program.folder,
      `global: {scrape_interval: 1s}\n${job('sent')}remote_write:\n  - {url: ${program.url}/api/v1/write, send_exemplars: true, queue_config: {batch_send_deadline: 1s}}\n`,
      '--enable-feature=exemplar-storage',
    );
  });
  afterAll(async () => {
    await prometheus?.stop();
    await discard(program);
    target.close();
  });

  const exemplarsOf = async (url: string, query: string): Promise<Answer['data']> => {
    const range = `start=${NOW - 300}&end=${NOW + 300}`;
    const response = await fetch(`${url}/api/v1/query_exemplars?query=${encodeURIComponent(query)}&${range}`);
    return ((await response.json()) as Answer).data;
  };

  test.each([
    ['shop_orders_total', 1],
    ['histogram_quantile(0.9, sum by (le) (rate(shop_latency_seconds_bucket[1m])))', 3],
    ['shop_latency_seconds_bucket{le=~"0.1|1.0"}', 2],
    ['shop_orders_total{method="cash"}', 0],
    ['shop_orders_total / shop_latency_seconds_count', 1],
  ])('of %s are those that Prometheus has', async (query, series) => {
    await expect.poll(async () => (await exemplarsOf(program.url, query)).length, { timeout: 20_000 }).toBe(2 * series);
    const found = await exemplarsOf(program.url, query);
    const of = (job: string): unknown => found.filter(({ seriesLabels }) => seriesLabels['job'] === job);
    expect(of('sent')).toEqual(await exemplarsOf(prometheus.url, query));
    const renamed = JSON.stringify(of('scraped')).replaceAll('"job":"scraped"', '"job":"sent"');
    expect(JSON.parse(renamed)).toEqual(of('sent'));
  });
});
