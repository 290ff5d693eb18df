/** A real prometheus as the sender: everything it scrapes arrives, whatever the journal does meanwhile. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@atalaya/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireProgram } from '../../../testing/programs.ts';
import { createMetricWriter, createRemoteWrite, DEFAULT_METRIC_LIMITS } from '../src/index.ts';
import { JOURNAL_IS_FULL, RecordingJournal } from '../src/testing.ts';

const skip = requireProgram('prometheus', 'apt-get install prometheus');

const journal = new RecordingJournal();
const writer = createMetricWriter({ journal, clock: systemClock, limits: DEFAULT_METRIC_LIMITS });
const limits = { bodyBytes: 1 << 25, decompressedBytes: 1 << 25 };
const receiver = createRemoteWrite({ writer, clock: systemClock, limits, log: silentLogger });

/** What the scraped target says; it is gone while undefined. */
let exposition: string | undefined =
  '# HELP demo_requests_total Requests seen.\n# TYPE demo_requests_total counter\ndemo_requests_total 5\n';
const target = createServer((_, response) => {
  response.writeHead(exposition === undefined ? 500 : 200).end(exposition);
});
const sink = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    void receiver.handle({ headers: request.headers, body: Buffer.concat(chunks) }).then(({ status, headers, body }) => {
      response.writeHead(status, headers).end(body);
    });
  });
});
let folder = '';
let prometheus: ChildProcess | undefined;
let output = '';
let address = '';

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port that was free a moment ago: prometheus cannot choose one itself. */
async function freePort(): Promise<number> {
  const probe = createTcpServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Polls until the condition holds. */
async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen within a minute; prometheus says:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The sum over all series of one of prometheus' own metrics. */
async function ownMetric(name: string): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const values = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** Timestamps that prometheus itself has stored for a series, milliseconds. */
async function scrapedTimestamps(series: string): Promise<number[]> {
  const answer = await fetch(`${address}/api/v1/query?query=${series}[10m]`);
  const { data } = (await answer.json()) as { data: { result: { values: [number, string][] }[] } };
  return (data.result[0]?.values ?? []).map(([seconds]) => Math.round(seconds * 1000));
}

const storedNames = (): string[] => Object.keys(journal.stored());

beforeAll(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), 'receive-prometheus-'));
  const [targetPort, sinkPort, ownPort] = [await listen(target), await listen(sink), await freePort()];
  address = `http://127.0.0.1:${ownPort}`;
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `
global: { scrape_interval: 1s, scrape_timeout: 1s, external_labels: { sender: test } }
scrape_configs:
  - { job_name: demo, static_configs: [{ targets: ['127.0.0.1:${targetPort}'] }] }
  - { job_name: prometheus, static_configs: [{ targets: ['127.0.0.1:${ownPort}'] }] }
remote_write:
  - url: http://127.0.0.1:${sinkPort}/api/v1/write
    metadata_config: { send_interval: 1s }
    queue_config: { batch_send_deadline: 300ms, min_backoff: 100ms, max_backoff: 500ms }
`,
  );
  const options = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${ownPort}`,
  ];
  prometheus = spawn('prometheus', options, { stdio: ['ignore', 'ignore', 'pipe'] });
  prometheus.stderr?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
  await until('ready', () =>
    fetch(`${address}/-/ready`).then(
      (response) => response.ok,
      () => false,
    ),
  );
});

afterAll(async () => {
  if (prometheus !== undefined && prometheus.exitCode === null) {
    prometheus.kill('SIGKILL');
    await once(prometheus, 'exit');
  }
  for (const server of [target, sink]) {
    server.closeAllConnections();
    server.close();
  }
  if (folder !== '') rmSync(folder, { recursive: true });
});

test.skipIf(skip)(
  'a real prometheus writes its samples, metadata and stale markers, survives a full journal, and counts no failure',
  async () => {
    const demo = /^demo_requests_total\{instance="127\.0\.0\.1:\d+", job="demo", sender="test"\}$/;
    await until('samples', () => storedNames().some((name) => demo.test(name)));
    await until('metadata', () => journal.batches.some((batch) => batch.metadata.some(([metric]) => metric === 'prometheus_build_info')));
    const metadata = journal.batches.flatMap((batch) => batch.metadata);
    expect(metadata).toContainEqual(['demo_requests_total', 'counter', 'Requests seen.', '']);

    journal.fail = JOURNAL_IS_FULL;
    await until('retries', async () => (await ownMetric('prometheus_remote_storage_samples_retried_total')) > 0);
    journal.fail = undefined;
    const batchesBefore = journal.batches.length;
    await until('recovery', () => journal.batches.length > batchesBefore);
    await until('a second scrape', async () => (await scrapedTimestamps('demo_requests_total')).length > 1);

    exposition = undefined;
    const isStale = ({ bits }: { bits: string }) => bits === '7ff0000000000002';
    await until('a stale marker', () => journal.batches.some((_, i) => journal.samples(i).some(isStale)));

    // What prometheus has scraped has arrived, what it scraped while the journal was full too, once and bit by bit.
    const scraped = await scrapedTimestamps('demo_requests_total');
    expect(scraped.length).toBeGreaterThan(1);
    const [, stored] = Object.entries(journal.stored()).find(([name]) => demo.test(name)) ?? [];
    for (const timestamp of scraped) expect(stored?.[timestamp]).toBe(5);
    expect(await ownMetric('prometheus_remote_storage_samples_failed_total')).toBe(0);
    expect(await ownMetric('prometheus_remote_storage_samples_dropped_total')).toBe(0);
    expect(await ownMetric('prometheus_remote_storage_metadata_failed_total')).toBe(0);
    expect(await ownMetric('prometheus_remote_storage_samples_total')).toBeGreaterThan(100);
    expect(Object.keys(receiver.stats().answers).toSorted()).toEqual(['204', '503']);
  },
);
