/** Scraping from configuration to samples, on a manual clock and without sockets. */

import { AtalayaError, type Logger, ManualClock } from '@atalaya/model';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePrometheusConfig } from '../scrape-config/parse.ts';
import { type FakeSample, FakeWriter } from './fake-writer.ts';
import type { ScrapeRequest, ScrapeResponse } from './scrape-fetch.ts';
import { createScrapeManager, type ScrapeManager } from './scrape-manager.ts';

type Answer = string | Error | ((request: ScrapeRequest) => Promise<ScrapeResponse> | ScrapeResponse);

const START = 1_700_000_000_000;
const ok = (text: string, contentType = 'text/plain'): ScrapeResponse => ({
  status: 200,
  statusText: 'OK',
  contentType,
  body: Buffer.from(text),
});
/** Leaves the report series out. */
const scraped = (sample: FakeSample): boolean => !/^(up|scrape_)/.test(sample.series);

let clock: ManualClock;
let writer: FakeWriter;
let manager: ScrapeManager;
let requests: ScrapeRequest[];
let answers: Record<string, Answer>;
let logged: string[];

const log: Logger = {
  debug: () => undefined,
  info: (_details, message) => void logged.push(message),
  warn: (details, message) => void logged.push(`${message}: ${(details as { error?: string }).error}`),
  error: (details, message) => void logged.push(`${message}: ${(details as { error?: string }).error}`),
};

beforeEach(() => {
  clock = new ManualClock(START);
  writer = new FakeWriter();
  requests = [];
  answers = {};
  logged = [];
  manager = createScrapeManager({
    writer,
    clock,
    log,
    userAgent: 'test',
    fetch: async (request) => {
      requests.push(request);
      const answer = answers[new URL(request.url).host] ?? 'm 1\n';
      if (answer instanceof Error) throw answer;
      return typeof answer === 'string' ? ok(answer) : await answer(request);
    },
  });
});

afterEach(() => manager.stop());

function apply(yaml: string): Promise<void> {
  return manager.apply(parsePrometheusConfig(yaml, { file: 'prometheus.yml', directory: '/' }).config);
}

const JOB = (more = '', targets = "['a:1']") => `
scrape_configs:
- job_name: j
  scrape_interval: 10s
  scrape_timeout: 4s
  static_configs: [{targets: ${targets}}]
${more.replaceAll(/^/gm, '  ')}
`;

describe('the beat', () => {
  it('spreads targets over the interval and keeps to it without drift', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `t${i}:1`);
    await apply(JOB('', JSON.stringify(names)));
    await clock.advance(60_000);
    const times = new Map<string, number[]>();
    for (const { series, timestamp } of writer.samples) {
      if (series.startsWith('up{')) times.set(series, [...(times.get(series) ?? []), timestamp]);
    }
    expect(times.size).toBe(40);
    for (const each of times.values()) {
      expect(each).toHaveLength(6);
      expect(each.every((time, i) => i === 0 || time - (each[i - 1] as number) === 10_000)).toBe(true);
    }
    const phases = [...times.values()].map((each) => (each[0] as number) % 10_000);
    expect(new Set(phases.map((phase) => Math.floor(phase / 2000))).size).toBe(5);
  });

  it('gives the same target the same place after a restart', async () => {
    const phase = async (): Promise<number | undefined> => {
      await apply(JOB());
      await clock.advance(10_000);
      const first = writer.samples[0]?.timestamp;
      writer.samples = [];
      return first === undefined ? undefined : first % 10_000;
    };
    const first = await phase();
    await manager.stop();
    clock = new ManualClock(START + 123_456_789);
    manager = createScrapeManager({ writer, clock, log, userAgent: 'test', fetch: () => Promise.resolve(ok('m 1\n')) });
    expect(await phase()).toBe(first);
    expect(first).toBeDefined();
  });

  it('cuts a target off at its timeout and is on time for the next beat', async () => {
    answers['a:1'] = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    await apply(JOB());
    await clock.advance(20_000);
    expect(requests).toHaveLength(2);
    expect(manager.targets().activeTargets[0]).toMatchObject({
      health: 'down',
      lastError: 'no complete answer within the scrape timeout of 4s',
      lastScrapeDuration: 4,
    });
    expect(writer.samples.filter((sample) => sample.series.startsWith('scrape_duration')).map((sample) => sample.value)).toEqual([4, 4]);
  });
});

describe('a scrape', () => {
  it('stores samples under the target labels, and the report series', async () => {
    answers['a:1'] = 'm{x="1"} 5\nn 6\ngo_x 1\n';
    await apply(JOB('metric_relabel_configs: [{action: drop, source_labels: [__name__], regex: "go_.*"}]'));
    await clock.advance(10_000);
    const at = writer.samples[0]?.timestamp as number;
    const labels = '{instance="a:1", job="j"}';
    expect(writer.take()).toEqual([
      `m{instance="a:1", job="j", x="1"} 5 @${at}`,
      `n${labels} 6 @${at}`,
      `up${labels} 1 @${at}`,
      `scrape_duration_seconds${labels} 0 @${at}`,
      `scrape_samples_scraped${labels} 3 @${at}`,
      `scrape_samples_post_metric_relabeling${labels} 2 @${at}`,
      `scrape_series_added${labels} 2 @${at}`,
    ]);
    expect(writer.commits).toBe(1);
  });

  it('reads OpenMetrics when the content type says so', async () => {
    answers['a:1'] = () => ok('m 1 5.5\n# EOF\n', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    await apply(JOB());
    await clock.advance(10_000);
    expect(writer.take(scraped)).toEqual(['m{instance="a:1", job="j"} 1 @5500']);
    expect(requests[0]?.headers.accept).toMatch(/^application\/openmetrics-text;version=1\.0\.0;.*text\/plain;version=0\.0\.4/);
    expect(requests[0]?.headers['x-prometheus-scrape-timeout-seconds']).toBe('4');
  });

  it('that fails writes up 0 and markers, once; the failure is logged once', async () => {
    await apply(JOB());
    await clock.advance(10_000);
    writer.take();
    answers['a:1'] = new Error('connect ECONNREFUSED');
    await clock.advance(20_000);
    expect(writer.samples.filter((sample) => scraped(sample)).map((sample) => sample.value)).toEqual(['stale']);
    expect(writer.samples.filter((sample) => sample.series.startsWith('up')).map((sample) => sample.value)).toEqual([0, 0]);
    answers['a:1'] = () => ({ ...ok(''), status: 503, statusText: 'Service Unavailable' });
    await clock.advance(10_000);
    expect(manager.targets().activeTargets[0]?.lastError).toBe('the target answered HTTP status 503 Service Unavailable');
    delete answers['a:1'];
    await clock.advance(10_000);
    expect(logged).toEqual([
      'scrape failed: connect ECONNREFUSED',
      'scrape failed: the target answered HTTP status 503 Service Unavailable',
      'scrape succeeds again',
    ]);
  });

  it('goes on while the journal is full and says so once', async () => {
    await apply(JOB());
    writer.failure = new AtalayaError('JOURNAL_FULL', { reason: 'no space' });
    await clock.advance(30_000);
    expect(writer.samples).toEqual([]);
    expect(logged).toEqual(['scraped samples could not be written: the journal cannot take more: no space']);
    expect(manager.stats()).toMatchObject({ commitFailures: 3, scrapes: 3, failures: 0 });
    writer.failure = undefined;
    await clock.advance(10_000);
    expect(writer.take(scraped)).toHaveLength(1);
  });

  it('asks for refs anew when they may be too old', async () => {
    await apply(JOB().replace('10s', '50m').replace('4s', '1m'));
    let asked = 0;
    writer.refuse = () => {
      asked++;
      return undefined;
    };
    await clock.advance(3 * 3_000_000);
    expect(asked).toBe(18);
  });

  it('tells the labels of all its series again when the writer asks for it, and still knows what is gone', async () => {
    answers['a:1'] = 'kept 1\ngone 1\n';
    await apply(JOB());
    await clock.advance(10_000);
    await clock.advance(10_000);
    const told = writer.asked.length;
    await clock.advance(10_000);
    expect(writer.asked.length).toBe(told);
    writer.redefineSeries();
    answers['a:1'] = 'kept 1\n';
    writer.samples = [];
    await clock.advance(10_000);
    expect(writer.asked.slice(told).filter((series) => !series.startsWith('scrape_'))).toEqual([
      'kept{instance="a:1", job="j"}',
      'up{instance="a:1", job="j"}',
    ]);
    expect(writer.samples.filter(scraped).map(({ series, value }) => `${series} ${value}`)).toEqual([
      'kept{instance="a:1", job="j"} 1',
      'gone{instance="a:1", job="j"} stale',
    ]);
    await clock.advance(10_000);
    expect(writer.samples.filter(({ value }) => value === 'stale')).toHaveLength(1);
  });
});

describe('targets', () => {
  it('show labels before relabelling, what was dropped, and how the last scrape went', async () => {
    await apply(`
scrape_configs:
- job_name: j
  metrics_path: /probe
  params: { module: [http], q: ["a b"] }
  static_configs:
  - targets: ['localhost:1', 'gone:1']
    labels: { env: prod }
  relabel_configs:
  - { action: drop, source_labels: [__address__], regex: "gone.*" }
  - { source_labels: [__address__], target_label: __param_target }
  - { target_label: __scrape_interval__, replacement: 20s }
`);
    expect(manager.targets().activeTargets[0]).toMatchObject({ health: 'unknown', lastScrape: '0001-01-01T00:00:00Z' });
    await clock.advance(20_000);
    const { activeTargets, droppedTargets, droppedTargetCounts, scrapePools } = manager.targets();
    expect(activeTargets).toHaveLength(1);
    expect(activeTargets[0]).toMatchObject({
      discoveredLabels: {
        __address__: 'localhost:1',
        __metrics_path__: '/probe',
        __param_module: 'http',
        __param_q: 'a b',
        __scheme__: 'http',
        __scrape_interval__: '1m',
        __scrape_timeout__: '10s',
        env: 'prod',
        job: 'j',
      },
      labels: { env: 'prod', instance: 'localhost:1', job: 'j' },
      scrapePool: 'j',
      scrapeUrl: 'http://localhost:1/probe?module=http&q=a+b&target=localhost%3A1',
      lastError: '',
      health: 'up',
      scrapeInterval: '20s',
      scrapeTimeout: '10s',
    });
    expect(activeTargets[0]?.globalUrl).not.toContain('//localhost');
    expect(activeTargets[0]?.lastScrape).toMatch(/^2023-11-14T22:13:/);
    expect(droppedTargets.map((target) => target.discoveredLabels.__address__)).toEqual(['gone:1']);
    expect(droppedTargetCounts).toEqual({ j: 1 });
    expect(scrapePools).toEqual(['j']);
  });

  it('beyond target_limit all fail', async () => {
    await apply(JOB('target_limit: 1', "['a:1', 'b:1']"));
    await clock.advance(10_000);
    expect(requests).toEqual([]);
    expect(manager.targets().activeTargets.map((target) => target.lastError)).toEqual(
      Array(2).fill('2 targets exceed the target_limit of 1'),
    );
  });

  it('that cannot be scraped are left out with a warning', async () => {
    await apply(
      JOB('relabel_configs: [{source_labels: [__address__], regex: "b:1", target_label: __scheme__, replacement: ftp}]', "['a:1', 'b:1']"),
    );
    expect(manager.targets().activeTargets).toHaveLength(1);
    expect(logged[0]).toContain('the scheme "ftp" of b:1 is neither http nor https');
  });
});

describe('a reload', () => {
  it('leaves unchanged targets alone: no marker, no new series, the same beat', async () => {
    await apply(JOB());
    await clock.advance(10_000);
    const before = writer.samples[0]?.timestamp as number;
    writer.take();
    await apply(JOB());
    expect(writer.take()).toEqual([]);
    await clock.advance(10_000);
    expect(writer.take(({ series }) => /^m|_added/.test(series))).toEqual([
      `m{instance="a:1", job="j"} 1 @${before + 10_000}`,
      `scrape_series_added{instance="a:1", job="j"} 0 @${before + 10_000}`,
    ]);
  });

  it('marks the series of removed targets and jobs stale, all of them, at once', async () => {
    await apply(JOB('', "['a:1', 'b:1']"));
    await clock.advance(10_000);
    writer.take();
    await apply(JOB());
    const labels = '{instance="b:1", job="j"}';
    expect(writer.take().sort()).toEqual(
      ['m', 'scrape_duration_seconds', 'scrape_samples_post_metric_relabeling', 'scrape_samples_scraped', 'scrape_series_added', 'up'].map(
        (name) => `${name}${labels} stale @${clock.now()}`,
      ),
    );
    await apply('');
    expect(writer.take()).toHaveLength(6);
    requests = [];
    await clock.advance(30_000);
    expect(requests).toEqual([]);
    expect(manager.targets().activeTargets).toEqual([]);
  });

  it('that changes settings of a target marks nothing that is still there', async () => {
    answers['a:1'] = 'm 1\nn 2\n';
    await apply(JOB());
    await clock.advance(10_000);
    writer.take();
    await apply(JOB('metric_relabel_configs: [{action: drop, source_labels: [__name__], regex: n}]\nsample_limit: 5').replace('10s', '5s'));
    expect(writer.take()).toEqual([]);
    await clock.advance(5000);
    expect(writer.samples.filter((sample) => scraped(sample)).map(({ series, value }) => `${series} ${value}`)).toEqual([
      'm{instance="a:1", job="j"} 1',
      'n{instance="a:1", job="j"} stale',
    ]);
    await clock.advance(50_000);
    expect(requests).toHaveLength(12);
  });

  it('hands series over when another target takes the labels', async () => {
    answers['a:1'] = ({ url }) => ok(url.endsWith('/new') ? 'm 1\n' : 'm 1\nold 2\n');
    await apply(JOB());
    await clock.advance(10_000);
    writer.take();
    await apply(JOB('metrics_path: /new'));
    expect(writer.take()).toEqual([]);
    await clock.advance(10_000);
    expect(writer.samples.filter((sample) => scraped(sample)).map(({ series, value }) => `${series} ${value}`)).toEqual([
      'm{instance="a:1", job="j"} 1',
      'old{instance="a:1", job="j"} stale',
    ]);
  });

  it('breaks off a scrape of a removed target, and writes nothing of it', async () => {
    let aborted = false;
    await apply(JOB());
    await clock.advance(10_000);
    writer.take();
    answers['a:1'] = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => ((aborted = true), reject(new Error('x')))));
    while (requests.length < 2) await clock.advance(500);
    await apply('');
    expect(aborted).toBe(true);
    expect(writer.samples.every((sample) => sample.value === 'stale')).toBe(true);
    expect(writer.samples).toHaveLength(6);
  });
});

describe('discovery', () => {
  it('over HTTP follows the answers and keeps the last one when it fails', async () => {
    answers.sd = '[{"targets": ["a:1", "b:1"], "labels": {"env": "x", "__meta_zone": "z1"}}]';
    await apply(`
scrape_configs:
- job_name: j
  scrape_interval: 10s
  http_sd_configs: [{url: "http://u:HUSH@sd/list", refresh_interval: 30s}]
  relabel_configs: [{source_labels: [__meta_zone], target_label: zone}]
`);
    await clock.advance(10_000);
    expect(manager.targets().activeTargets.map((target) => target.labels)).toEqual([
      { env: 'x', instance: 'a:1', job: 'j', zone: 'z1' },
      { env: 'x', instance: 'b:1', job: 'j', zone: 'z1' },
    ]);
    expect(requests[0]?.headers['x-prometheus-refresh-interval-seconds']).toBe('30');
    writer.take();
    answers.sd = '[{"targets": ["a:1"], "labels": {"env": "x", "__meta_zone": "z1"}}]';
    await clock.advance(30_000);
    expect(manager.targets().activeTargets).toHaveLength(1);
    expect(
      new Set(writer.samples.filter((sample) => sample.value === 'stale').map((sample) => /instance="(.*?)"/.exec(sample.series)?.[1])),
    ).toEqual(new Set(['b:1']));
    answers.sd = 'not: [a list';
    await clock.advance(90_000);
    expect(manager.targets().activeTargets).toHaveLength(1);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/^target discovery failed; .*<secret>@sd\/list: answer: line 1: not valid YAML/);
    expect(JSON.stringify(manager.targets())).not.toContain('HUSH');
  });

  it('in files takes JSON and YAML, names the file, and survives a broken one', async () => {
    const directory = mkdtempSync('/tmp/atalaya-sd-');
    try {
      writeFileSync(join(directory, 'a.json'), '[{"targets": ["a:1"]}]');
      writeFileSync(join(directory, 'b.yml'), '- targets: [b:1]\n  labels: {env: y}\n');
      const config = `scrape_configs: [{job_name: j, file_sd_configs: [{files: ['${directory}/*.json', '${directory}/*.yml', '${directory}/none.yaml']}]}]`;
      await apply(config);
      const addresses = () => manager.targets().activeTargets.map((target) => target.labels.instance);
      expect(addresses()).toEqual(['a:1', 'b:1']);
      expect(manager.targets().activeTargets[0]?.discoveredLabels.__meta_filepath).toBe(join(directory, 'a.json'));
      expect(logged).toEqual([`target discovery failed; the targets found before are kept: ${directory}/none.yaml: ENOENT`]);
      writeFileSync(join(directory, 'a.json'), '[{"targets": ["a:1"');
      await apply(config);
      expect(addresses()).toEqual(['a:1', 'b:1']);
      expect(logged.at(-1)).toContain('a.json: line 1: not valid YAML');
      rmSync(join(directory, 'a.json'));
      await apply(config);
      expect(addresses()).toEqual(['b:1']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('a built-in target', () => {
  it('is scraped at once and then on its beat, whatever is configured', async () => {
    let calls = 0;
    manager.addBuiltIn({
      job: 'node',
      labels: { instance: 'host' },
      intervalMs: 15_000,
      collect: () => Buffer.from(`# TYPE calls counter\ncalls ${++calls}\n`),
    });
    await apply('');
    await clock.advance(0);
    expect(writer.take(scraped)).toEqual([`calls{instance="host", job="node"} 1 @${START}`]);
    await clock.advance(30_000);
    expect(calls).toBe(3);
    expect(manager.targets().activeTargets[0]).toMatchObject({
      scrapePool: 'node',
      scrapeUrl: 'builtin:node',
      health: 'up',
      scrapeInterval: '15s',
    });
    expect(manager.stats().targets).toEqual([{ job: 'node', up: 1, down: 0, unknown: 0 }]);
  });

  it('that throws is down', async () => {
    manager.addBuiltIn({
      job: 'node',
      labels: {},
      intervalMs: 15_000,
      collect: () => {
        throw new Error('no /proc');
      },
    });
    await clock.advance(0);
    expect(manager.targets().activeTargets[0]).toMatchObject({ health: 'down', lastError: 'no /proc' });
  });
});

describe('stopping', () => {
  it('writes no markers and scrapes no more', async () => {
    await apply(JOB());
    await clock.advance(10_000);
    writer.take();
    await manager.stop();
    requests = [];
    await clock.advance(60_000);
    expect(writer.samples).toEqual([]);
    expect(requests).toEqual([]);
  });
});
