/** What Promtail's configuration may hold, what it becomes, and what is said of mistakes. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtalayaError, ManualClock } from '@atalaya/model';
import { describe, expect, it } from 'vitest';
import type { CollectedEntry } from '../entry.ts';
import { StageMetrics } from './metrics/stage-metrics.ts';
import { parsePromtailConfig, type PromtailOptions } from './parse.ts';

const clock = new ManualClock();
const options: PromtailOptions = { file: 'promtail.yml', directory: '/etc', clock, metrics: new StageMetrics(clock), host: 'here' };
const parse = (text: string, more: Partial<PromtailOptions> = {}) => parsePromtailConfig(text, { ...options, ...more });
const jobWith = (lines: string): string => `scrape_configs:\n- job_name: a\n${lines.replaceAll(/^/gm, '  ')}\n`;
const sources = (text: string, more: Partial<PromtailOptions> = {}) => parse(text, more).config.jobs.map(({ source }) => source);
const warned = (text: string): string[] => parse(text).warnings.map(({ line, message }) => `${line}: ${message}`);

function complaint(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof AtalayaError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('sources', () => {
  it('are files, by their globs', () => {
    const text = jobWith(`encoding: utf-16le
decompression: {enabled: true, initial_delay: 10s, format: gz}
static_configs:
- targets: [localhost]
  labels: {job: varlogs, __path__: /var/log/*.log, __path_exclude__: /var/log/big.log}
- labels: {__path__: /srv/**/*.txt}`);
    expect(sources(text)).toEqual([
      {
        kind: 'files',
        groups: [
          { path: '/var/log/*.log', exclude: '/var/log/big.log', labels: { job: 'varlogs' } },
          { path: '/srv/**/*.txt', exclude: undefined, labels: {} },
        ],
        encoding: 'utf-16le',
        decompress: true,
      },
    ]);
  });

  it('are files after relabelling', () => {
    const text = jobWith(`static_configs:
- targets: [web1, web2, db1]
  labels: {env: prod, __base__: /var/log}
relabel_configs:
- {source_labels: [__address__], regex: 'web.*', action: keep}
- {source_labels: [__base__, __address__], separator: /, target_label: __path__, replacement: '\${1}.log'}
- {source_labels: [__address__], target_label: host}`);
    const { config } = parse(text);
    expect(config.jobs).toHaveLength(1);
    expect(config.jobs[0]?.relabelConfigs).toEqual([]);
    expect(config.jobs[0]?.source).toMatchObject({
      groups: [
        { path: '/var/log/web1.log', labels: { env: 'prod', host: 'web1' } },
        { path: '/var/log/web2.log', labels: { env: 'prod', host: 'web2' } },
      ],
    });
  });

  it('are files of this host only', () => {
    const text = jobWith('static_configs:\n- labels: {__path__: /a, __host__: here}\n- labels: {__path__: /b, __host__: there}');
    expect(sources(text)).toMatchObject([{ groups: [{ path: '/a' }] }]);
    expect(warned(text)).toEqual([expect.stringContaining('__host__ is "there" and this machine is "here"')]);
  });

  it('are files that other files name', () => {
    const directory = mkdtempSync(join(tmpdir(), 'promtail-sd-'));
    writeFileSync(join(directory, 'one.yml'), '- targets: [localhost]\n  labels: {__path__: /one}\n');
    writeFileSync(join(directory, 'two.json'), '[{"labels": {"__path__": "/two", "a": "b"}}]');
    const text = jobWith('file_sd_configs:\n- files: ["*.yml", "*.json"]\n  refresh_interval: 1m');
    expect(sources(text, { directory })).toMatchObject([{ groups: [{ path: '/one' }, { path: '/two', labels: { a: 'b' } }] }]);
    rmSync(directory, { recursive: true });
  });

  it('are the journal, syslog and containers, together in a job too', () => {
    const text =
      jobWith(`journal: {max_age: 12h, path: /var/log/journal, json: true, matches: '_TRANSPORT=kernel PRIORITY=3', labels: {job: systemd}}
syslog: {listen_address: '0.0.0.0:1514', listen_protocol: udp, idle_timeout: 60s, label_structured_data: yes, syslog_format: rfc3164, labels: {job: syslog}}
docker_sd_configs:
- {host: 'unix:///var/run/docker.sock', refresh_interval: 5s, filters: [{name: label, values: [logging=yes]}]}
relabel_configs: [{source_labels: [__docker], target_label: x}]`);
    expect(sources(text)).toEqual([
      {
        kind: 'journal',
        path: '/var/log/journal',
        maxAgeMs: 43_200_000,
        json: true,
        matches: ['_TRANSPORT=kernel', 'PRIORITY=3'],
        labels: { job: 'systemd' },
      },
      {
        kind: 'syslog',
        listen: '0.0.0.0:1514',
        protocol: 'udp',
        format: 'rfc3164',
        idleMs: 60_000,
        labelStructuredData: true,
        useIncomingTimestamp: false,
        wholeMessage: false,
        maxMessageBytes: 8192,
        labels: { job: 'syslog' },
      },
      {
        kind: 'docker',
        host: 'unix:///var/run/docker.sock',
        refreshMs: 5000,
        filters: [{ name: 'label', values: ['logging=yes'] }],
        labels: {},
      },
    ]);
    const { jobs } = parse(text).config;
    expect(jobs.map(({ relabelConfigs }) => relabelConfigs.length)).toEqual([1, 1, 1]);
    expect(jobs.map(({ name }) => name)).toEqual(['a', 'a (syslog 2)', 'a (docker 3)']);
  });

  it('have Promtail’s defaults', () => {
    expect(sources(jobWith('journal: {}\nsyslog: {listen_address: ":1514"}'))).toMatchObject([
      { maxAgeMs: 25_200_000, json: false, path: '', matches: [] },
      { protocol: 'tcp', format: 'rfc5424', idleMs: 120_000, useIncomingTimestamp: false },
    ]);
  });

  it('that are not run are named, and the rest goes on', () => {
    const text = `scrape_configs:
- job_name: bus
  kafka: {brokers: [b:9092], topics: [t]}
- job_name: push
  loki_push_api: {server: {http_listen_port: 3500}}
- job_name: pods
  kubernetes_sd_configs: [{role: pod}]
  pipeline_stages: [{cri: {}}]
- job_name: tls
  syslog: {listen_address: ':6514', tls_config: {cert_file: c}}
- job_name: fine
  journal: {}`;
    expect(parse(text).config.jobs.map(({ name }) => name)).toEqual(['fine']);
    expect(warned(text)).toEqual([
      expect.stringMatching(/^3: scrape_configs\[0\]\.kafka: this source is not supported; job "bus"/),
      expect.stringMatching(/^5: .*loki_push_api.*\/loki\/api\/v1\/push$/),
      expect.stringMatching(/^7: .*kubernetes_sd_configs/),
      expect.stringMatching(/^10: .*tls_config: encrypted syslog is not supported/),
    ]);
  });
});

describe('other sections', () => {
  it('say what takes their place', () => {
    const text = `server: {http_listen_port: 9080}
positions: {filename: /tmp/positions.yaml}
clients:
- url: http://user:pass@loki:3100/loki/api/v1/push
  tenant_id: x
target_config: {sync_period: 10s}
limits_config: {readline_rate: 5}
scrape_configs: []`;
    expect(warned(text)).toEqual([
      expect.stringMatching(/^1: server: .*"listen"$/),
      expect.stringMatching(/^2: positions: .*data directory$/),
      expect.stringMatching(/^6: target_config/),
      expect.stringMatching(/^7: limits_config/),
      '4: clients[0]: lines go into this program; nothing is sent to http://user:<secret>@loki:3100/loki/api/v1/push',
    ]);
  });

  it('add the labels of a client to all lines that lack them', () => {
    const text = `client: {url: http://x, external_labels: {cluster: c1, job: client}}\n${jobWith('journal: {}')}`;
    const out: CollectedEntry[] = [];
    const entry = { labels: new Map([['job', 'own']]), attributes: new Map<string, string>(), timestamp: 1n, line: 'x' };
    parse(text)
      .config.jobs[0]?.pipeline()
      .process(entry, (each) => out.push(each));
    expect(out.map(({ labels }) => Object.fromEntries(labels))).toEqual([{ job: 'own', cluster: 'c1' }]);
  });

  it('may be missing altogether', () => {
    expect(parse('').config.jobs).toEqual([]);
  });
});

describe('the text of a job', () => {
  const textOf = (text: string, more: Partial<PromtailOptions> = {}): string | undefined => parse(text, more).config.jobs[0]?.text;
  const base = "journal: {labels: {a: '${A:-x}'}}\npipeline_stages: [{cri: {}}]";

  it('is the same only while nothing of it changes', () => {
    const same = textOf(jobWith(base));
    expect(same).toBeDefined();
    expect(textOf(`# remark\n${jobWith(base.replace('{cri: {}}', '{ cri:   {} }'))}`)).toBe(same);
    expect(textOf(jobWith(base), { environment: { A: 'y' } })).not.toBe(same);
    expect(textOf(jobWith(base.replace('cri', 'docker')))).not.toBe(same);
    expect(textOf(`client: {url: http://x, external_labels: {b: c}}\n${jobWith(base)}`)).not.toBe(same);
  });
});

describe('variables', () => {
  const text = `# \${IN_A_COMMENT}\n${jobWith("static_configs: [{labels: {__path__: '${LOG_DIR:-/var/log}/${NAME}.log', x: '${UNSET}', y: '${group}'}}]")}`;

  it('come from the environment or have a default', () => {
    const given = (environment: Record<string, string>) => sources(text, { environment })[0];
    expect(given({ NAME: 'app' })).toMatchObject({ groups: [{ path: '/var/log/app.log', labels: { x: '${UNSET}', y: '${group}' } }] });
    expect(given({ NAME: 'app', LOG_DIR: '/srv', UNSET: 'set' })).toMatchObject({
      groups: [{ path: '/srv/app.log', labels: { x: 'set' } }],
    });
  });

  it('that are missing are named, but for lower-case names, which are groups', () => {
    expect(warned(text).map((message) => message.slice(0, 34))).toEqual([
      '4: the environment has no NAME; it',
      '4: the environment has no UNSET; i',
    ]);
  });
});

describe('what Promtail takes and does nothing with', () => {
  it.each([
    [
      'scrape_configs:\n- {job_name: a, journal: {}}\n- {job_name: a, journal: {}}',
      'line 3',
      '"a" is the name of another job too; here it is "a (2)"',
    ],
    [jobWith('static_configs:\n- targets: [localhost]\n  labels: {job: x}'), 'line 5', '__path__ names the files to follow'],
    [jobWith('static_configs: [{labels: {__path__: logs/*.log}}]'), 'line 3', '"logs/*.log" does not begin with /'],
    [jobWith('journal: {}\npipeline_stages:\n- regex: {expression: "(a)"}'), 'line 5', 'no named group'],
    [jobWith('journal: {}\npipeline_stages:\n- replace: {expression: abc, replace: x}'), 'line 5', 'no group in parentheses'],
    [jobWith('journal: {}\npipeline_stages:\n- labels:'), 'line 5', 'names no label'],
    [jobWith('journal: {}\npipeline_stages:\n- tenant: {value: x}'), 'line 5', 'has one tenant'],
    ['global: {file_watch_config: {min_poll_frequency: 1s}}', 'line 1', 'not acted on'],
    [jobWith('entry_parser: docker\njournal: {}'), 'line 3', 'is a field of Promtail'],
    [jobWith('pipeline_stages: []'), 'line 2', 'has no source'],
  ])('%#: %s', (text, line, message) => {
    expect(warned(text)).toEqual([expect.stringContaining(message)]);
    expect(`line ${warned(text)[0]}`).toContain(line);
  });
});

describe('mistakes', () => {
  it.each([
    [
      jobWith('journal: {}\npipline_stages: []'),
      'promtail.yml: line 4: scrape_configs[0].pipline_stages: unknown field "pipline_stages"; did you mean "pipeline_stages"?',
    ],
    ['scrape_config: []', 'line 1: scrape_config: unknown field "scrape_config"; did you mean "scrape_configs"?'],
    ['scrape_configs:\n- journal: {}', 'line 2: scrape_configs[0]: job_name is missing'],
    [jobWith('static_configs: [{labels: {__path__: /x, "a-b": c}}]'), '"a-b" is not a label name'],
    [jobWith('syslog: {}'), 'listen_address is missing'],
    [jobWith('syslog: {listen_address: 1514}'), '"1514" is not an address to listen on; write it like 0.0.0.0:1514'],
    [jobWith('docker_sd_configs: [{host: /var/run/docker.sock}]'), 'write it like unix:///var/run/docker.sock'],
    [jobWith('journal: {}\nencoding: ebcdic'), '"ebcdic" is not a known encoding'],
    ['scrape_configs: {', 'not valid YAML'],
  ])('%#: %s', (text, message) => {
    expect(complaint(text)).toContain(message);
  });

  it.each([
    ['- docker', 'a stage is written as "- docker: {}", with a colon'],
    ['- jsn: {}', 'unknown field "jsn"; did you mean "json"?'],
    ['- labels: {a: }\n  output: {source: b}', 'a stage has one name, but here are "labels" and "output"'],
    ['- json: {}', 'pipeline_stages[0].json: expressions are missing'],
    ['- json: {expressions: {a: "b["}}', 'is not a JMESPath expression'],
    ['- regex: {expression: "(?P<a>"}', 'error parsing regexp: missing closing )'],
    ['- regex: {source: "", expression: "(?P<a>)"}', 'source: must not be empty'],
    ['- template: {source: a, template: "{{ .a"}', 'template: pipeline_template:1: unclosed action'],
    ['- template: {source: a, template: "{{ env .a }}"}', 'function "env" not defined'],
    ['- timestamp: {source: a}', 'format is missing'],
    ['- timestamp: {source: a, format: RFC3339, location: Mars/Base}', '"Mars/Base" is not a time zone'],
    ['- timestamp: {source: a, format: RFC3339, action_on_failure: guess}', 'allowed are fudge, skip'],
    ['- labels: {"a b": c}', '"a b" is not a label name'],
    ['- match: {selector: "{a=\\"b\\""}', 'parse error'],
    ['- match: {selector: "{a=\\"b\\"} | json", stages: [{cri: {}}]}', 'only line filters'],
    ['- match: {selector: "{a=\\"b\\"}"}', 'needs at least one stage'],
    ['- match: {selector: "{a=\\"b\\"}", action: drop, stages: [{cri: {}}]}', 'has no meaning for the action drop'],
    ['- match: {selector: "{a=\\"b\\"}", stages: [{jsn: {}}]}', 'match.stages[0].jsn: unknown field'],
    ['- drop: {}', 'needs at least one of'],
    ['- drop: {source: a, value: b, expression: c}', 'exclude each other'],
    ['- drop: {older_than: soon}', '"soon" is not a duration'],
    ['- drop: {longer_than: big}', '"big" is not a size'],
    ['- limit: {rate: 0, burst: 1, drop: true}', 'must be larger than 0'],
    ['- limit: {rate: 1, burst: 1, by_label_name: a}', 'by_label_name needs drop: true'],
    ['- multiline: {}', 'firstline is missing'],
    ['- sampling: {rate: 2}', 'must be from 0 to 1'],
    ['- metrics: {a: {type: summary}}', 'allowed are counter, gauge, histogram'],
    ['- metrics: {"a b": {type: gauge}}', 'is not a name of a metric'],
    ['- metrics: {a: {type: counter, config: {action: add, match_all: true, value: x}}}', 'exclude each other'],
    ['- metrics: {a: {type: counter, max_idle_duration: 10ms, config: {action: inc}}}', 'must be at least 1s'],
    ['- geoip: {}', 'this stage is not supported'],
    ['- eventlogmessage: {}', 'Windows event log'],
  ])('stage %#: %s', (stage, message) => {
    const text = jobWith(`journal: {}\npipeline_stages:\n${stage}`);
    expect(complaint(text)).toContain(message);
    expect(complaint(text)).toMatch(/^promtail\.yml: line [5-9]: /);
  });
});
