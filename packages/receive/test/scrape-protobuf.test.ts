/** Bytes as real programs write them: what a Prometheus says of itself in protobuf is what it says as text. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireProgram } from '../../../testing/programs.ts';
import { DEFAULT_HISTOGRAM_SCRAPING } from '../src/scrape-config/config.ts';
import type { ExpositionFormat } from '../src/scrape/exposition.ts';
import { FakeWriter } from '../src/scrape/fake-writer.ts';
import { MetadataRegistry } from '../src/scrape/metadata-registry.ts';
import { acceptHeader, formatOf } from '../src/scrape/scrape-source.ts';
import { TargetSeries } from '../src/scrape/target-series.ts';

const skip = requireProgram('prometheus', 'apt-get install prometheus');

let folder = '';
let prometheus: ChildProcess | undefined;
let address = '';

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

beforeAll(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), 'receive-protobuf-'));
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  writeFileSync(join(folder, 'prometheus.yml'), 'scrape_configs: []\n');
  const options = [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`];
  prometheus = spawn('prometheus', [...options, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
  const ready = (): Promise<boolean> =>
    fetch(`${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await ready())) await new Promise((resolve) => setTimeout(resolve, 50));
}, 30_000);

afterAll(async () => {
  if (prometheus !== undefined && prometheus.exitCode === null) {
    prometheus.kill('SIGKILL');
    await once(prometheus, 'exit');
  }
  if (folder !== '') rmSync(folder, { recursive: true });
});

/** Series and metadata that come of one scrape in the format that this header asks for. */
async function scrape(accept: string): Promise<{ format: ExpositionFormat; series: Set<string>; metadata: unknown[]; writer: FakeWriter }> {
  const answer = await fetch(`${address}/metrics`, { headers: { accept } });
  const format = formatOf(answer.headers.get('content-type') ?? '');
  const limits = { samples: 0, labels: 0, labelNameLength: 0, labelValueLength: 0, targets: 0, bodyBytes: 0 };
  const rules = { targetLabels: [], honorLabels: false, honorTimestamps: true, trackTimestampsStaleness: false, metricRelabel: [], limits };
  const series = new TargetSeries({ ...rules, histograms: { ...DEFAULT_HISTOGRAM_SCRAPING, native: true } }, new MetadataRegistry());
  const writer = new FakeWriter();
  const appender = writer.appender();
  series.append(Buffer.from(await answer.arrayBuffer()), format, 1000, appender);
  await appender.commit();
  // Text says le="1" where protobuf, as OpenMetrics, says le="1.0".
  const names = writer.samples.map((sample) => sample.series.replace(/((?:le|quantile)=")(\d+)\.0"/, '$1$2"'));
  return { format, series: new Set(names), metadata: [...writer.metadata].sort(([a], [b]) => (a < b ? -1 : 1)), writer };
}

test.skipIf(skip)('a real program says the same in protobuf as in text', async () => {
  // The first answers bring series that count answers.
  for (let i = 0; i < 2; i++) await scrape(acceptHeader(['PrometheusText0.0.4']));
  const text = await scrape(acceptHeader(['PrometheusText0.0.4']));
  const protobuf = await scrape(acceptHeader(['PrometheusProto', 'PrometheusText0.0.4']));
  expect([text.format, protobuf.format]).toEqual(['text', 'protobuf']);
  expect([...protobuf.series].sort()).toEqual([...text.series].sort());
  expect(protobuf.series.size).toBeGreaterThan(300);
  expect(protobuf.metadata).toEqual(text.metadata);
  const valueOf = (writer: FakeWriter, name: string): unknown => writer.samples.find(({ series }) => series.startsWith(name))?.value;
  expect(valueOf(protobuf.writer, 'prometheus_build_info')).toBe(1);
  expect(valueOf(protobuf.writer, 'process_start_time_seconds')).toBe(valueOf(text.writer, 'process_start_time_seconds'));
});
