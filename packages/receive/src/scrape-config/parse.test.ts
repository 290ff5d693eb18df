/** What `prometheus.yml` may hold, what it becomes, and what is said of mistakes. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AtalayaError } from '@atalaya/model';
import { describe, expect, it } from 'vitest';
import { DEFAULT_OTLP_TRANSLATION } from '../otlp/metrics/translation.ts';
import { type ParseOptions, parsePrometheusConfig } from './parse.ts';

const options: ParseOptions = { file: 'prometheus.yml', directory: '/etc/atalaya' };
const parse = (text: string, more: Partial<ParseOptions> = {}) => parsePrometheusConfig(text, { ...options, ...more });
const firstJob = (text: string) => {
  const job = parse(text).config.scrapeConfigs[0];
  if (job === undefined) throw new Error('no job');
  return job;
};

function complaint(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof AtalayaError) return error.message;
    throw error;
  }
  return 'no error';
}

/** A configuration with one job and these lines in it. */
const jobWith = (lines: string) => `scrape_configs:\n- job_name: a\n${lines.replaceAll(/^/gm, '  ')}\n`;

describe('a configuration', () => {
  it('may be empty and then has the defaults', () => {
    expect(parse('').config).toEqual({
      global: { scrapeIntervalMs: 60_000, scrapeTimeoutMs: 10_000, evaluationIntervalMs: 60_000, externalLabels: {} },
      scrapeConfigs: [],
      otlp: DEFAULT_OTLP_TRANSLATION,
    });
  });

  it('hands the global settings down to jobs, which override them', () => {
    const { config } = parse(`
global: { scrape_interval: 15s, sample_limit: 100, body_size_limit: 10MB }
scrape_configs:
  - job_name: a
  - job_name: b
    scrape_interval: 5s
    sample_limit: 7
  - job_name: c
    scrape_interval: 2m
    scrape_timeout: 1m30s
`);
    expect(
      config.scrapeConfigs.map((job) => [job.scrapeIntervalMs, job.scrapeTimeoutMs, job.limits.samples, job.limits.bodyBytes]),
    ).toEqual([
      [15_000, 10_000, 100, 10_485_760],
      [5000, 5000, 7, 10_485_760],
      [120_000, 90_000, 100, 10_485_760],
    ]);
  });

  it('takes an interval or timeout of 0s as not given', () => {
    const { config } = parse(`global: {scrape_interval: 0s}\n${jobWith('scrape_interval: 0s\nscrape_timeout: 0s')}`);
    expect(config.scrapeConfigs[0]).toMatchObject({ scrapeIntervalMs: 60_000, scrapeTimeoutMs: 10_000 });
  });

  it('reads everything a job may have', () => {
    const job = firstJob(`
scrape_configs:
  - job_name: full
    metrics_path: /probe
    scheme: HTTPS
    params: { module: [http_2xx, other], n: [1] }
    honor_labels: yes
    honor_timestamps: false
    track_timestamps_staleness: on
    enable_compression: false
    follow_redirects: false
    label_limit: 30
    label_name_length_limit: 200
    label_value_length_limit: 300
    target_limit: 4
    basic_auth: { username: u, password_file: secrets/pw }
    tls_config: { ca_file: ca.pem, cert: CERT, key: KEY, server_name: db, insecure_skip_verify: true, min_version: TLS12 }
    http_headers: { X-Scope: { values: [a], files: [h] } }
    static_configs:
      - targets: ['one:9100', two:9100]
        labels: { env: prod, shard: 1, active: true, version: 1.10 }
    file_sd_configs: [{ files: ['targets/*.json', /abs/t.yml], refresh_interval: 30s }]
    http_sd_configs: [{ url: 'http://sd/targets', authorization: { credentials: c } }]
`);
    expect(job).toMatchObject({
      metricsPath: '/probe',
      scheme: 'https',
      params: { module: ['http_2xx', 'other'], n: ['1'] },
      honorLabels: true,
      honorTimestamps: false,
      trackTimestampsStaleness: true,
      enableCompression: false,
      limits: { labels: 30, labelNameLength: 200, labelValueLength: 300, targets: 4 },
      http: {
        followRedirects: false,
        basicAuth: { username: { text: 'u' }, password: { file: '/etc/atalaya/secrets/pw' } },
        tls: {
          ca: { file: '/etc/atalaya/ca.pem' },
          cert: { text: 'CERT' },
          key: { text: 'KEY' },
          serverName: 'db',
          insecureSkipVerify: true,
          minVersion: 'TLSv1.2',
        },
        headers: [{ name: 'X-Scope', values: [{ text: 'a' }, { file: '/etc/atalaya/h' }] }],
      },
      fileDiscovery: [{ files: ['/etc/atalaya/targets/*.json', '/abs/t.yml'], refreshIntervalMs: 30_000 }],
      httpDiscovery: [
        { url: 'http://sd/targets', refreshIntervalMs: 60_000, http: { authorization: { type: 'Bearer', credentials: { text: 'c' } } } },
      ],
    });
    expect(job.staticGroups[0]?.targets).toEqual(['one:9100', 'two:9100']);
    expect({ ...job.staticGroups[0]?.labels }).toEqual({ env: 'prod', shard: '1', active: 'true', version: '1.10' });
  });

  it('follows anchors, aliases and merge keys', () => {
    const { config } = parse(`
scrape_configs:
  - &base
    job_name: a
    scrape_interval: 20s
    metrics_path: /m
  - <<: *base
    job_name: b
    metrics_path: /other
`);
    expect(config.scrapeConfigs.map((job) => [job.jobName, job.scrapeIntervalMs, job.metricsPath])).toEqual([
      ['a', 20_000, '/m'],
      ['b', 20_000, '/other'],
    ]);
  });

  it('fills environment variables into external labels and warns of those that are not set', () => {
    const { config, warnings } = parse('global:\n  external_labels: { site: "${SITE}-$ZONE", price: "$$5", gone: "$NOPE" }\n', {
      environment: { SITE: 'mad', ZONE: '1' },
    });
    expect({ ...config.global.externalLabels }).toEqual({ site: 'mad-1', price: '$5', gone: '' });
    expect(warnings).toEqual([
      { file: 'prometheus.yml', line: 2, message: 'external_labels.gone uses the environment variable NOPE, which is not set' },
    ]);
  });

  it('takes jobs from scrape_config_files, whose paths are relative to themselves', () => {
    const directory = mkdtempSync('/tmp/atalaya-config-');
    try {
      writeFileSync(join(directory, 'one.yml'), 'scrape_configs:\n- job_name: one\n  bearer_token_file: token\n');
      writeFileSync(join(directory, 'two.yml'), 'scrape_configs:\n- job_name: two\n  frob: 1\n');
      const { config } = parse(`scrape_config_files: ['${directory}/on*.yml']`);
      expect(config.scrapeConfigs[0]?.http.authorization).toEqual({ type: 'Bearer', credentials: { file: join(directory, 'token') } });
      expect(complaint(`scrape_config_files: ['${directory}/two.yml']`)).toMatch(/two\.yml: line 3: .*unknown field "frob"/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('how histograms are scraped', () => {
  const TEXT = ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText0.0.4'];
  const jobOf = (lines: string, global = '') => parse(`global: {${global}}\n${jobWith(lines)}`).config.scrapeConfigs[0];

  it('is as text and without native ones where nothing is said', () => {
    expect(jobOf('')?.protocols).toEqual(TEXT);
    expect(jobOf('')?.histograms).toEqual({ native: false, alwaysClassic: false, convertClassic: false, bucketLimit: 0, finestSchema: 8 });
  });

  it('is inherited from the global section', () => {
    const global =
      'scrape_native_histograms: true, always_scrape_classic_histograms: true, convert_classic_histograms_to_nhcb: true, native_histogram_bucket_limit: 50, native_histogram_min_bucket_factor: 1.5';
    expect(jobOf('', global)?.histograms).toEqual({
      native: true,
      alwaysClassic: true,
      convertClassic: true,
      bucketLimit: 50,
      finestSchema: 0,
    });
    expect(jobOf('scrape_native_histograms: false', global)).toMatchObject({ histograms: { native: false }, protocols: TEXT });
  });

  it('asks for protobuf when native ones are wanted, and takes them when protobuf is named', () => {
    expect(jobOf('scrape_native_histograms: true')?.protocols).toEqual(['PrometheusProto', ...TEXT]);
    const named = 'scrape_protocols: [PrometheusText0.0.4, PrometheusProto]';
    expect(jobOf(named)).toMatchObject({ protocols: ['PrometheusText0.0.4', 'PrometheusProto'], histograms: { native: true } });
    expect(jobOf(`${named}\nscrape_native_histograms: false`)?.histograms.native).toBe(false);
  });

  it.each([
    [1.1, 2],
    [1.0001, 8],
    [1, 8],
    [0, 8],
    [2, 0],
    [16, -2],
    [1e9, -4],
  ])('reduces to the schema whose buckets grow by a factor of %d: %i', (factor, schema) => {
    expect(jobOf(`native_histogram_min_bucket_factor: ${factor}`)?.histograms.finestSchema).toBe(schema);
  });
});

describe('fields without effect', () => {
  it('warn with their name and line and change nothing', () => {
    const { config, warnings } = parse(`
rule_files: [rules/*.yml]
alerting:
  alertmanagers: []
scrape_configs:
  - job_name: a
    proxy_url: http://p
    kubernetes_sd_configs:
      - role: pod
    fallback_scrape_protocol: PrometheusText0.0.4
remote_write:
  - url: http://x
`);
    expect(config.scrapeConfigs).toHaveLength(1);
    expect(warnings.map((warning) => [warning.line, warning.message.split(' ')[0]])).toEqual([
      [2, 'rule_files'],
      [4, 'alerting'],
      [12, 'remote_write'],
      [7, 'scrape_configs[0].proxy_url'],
      [9, 'scrape_configs[0].kubernetes_sd_configs'],
      [10, 'scrape_configs[0].fallback_scrape_protocol'],
    ]);
  });
});

describe('a mistake is named with its line:', () => {
  it.each([
    ['a: [1', /^prometheus\.yml: line \d: not valid YAML: /],
    ['[1]', /line 1: a list is given; a mapping \(name: value\) belongs here/],
    ['scrape_config: []', /line 1: scrape_config: unknown field "scrape_config"; did you mean "scrape_configs"\?/],
    [
      jobWith('scrape_intervall: 5s'),
      /line 3: scrape_configs\[0\]\.scrape_intervall: unknown field "scrape_intervall"; did you mean "scrape_interval"\?/,
    ],
    [jobWith('scrape_interval: 5x'), /line 3: scrape_configs\[0\]\.scrape_interval: "5x" is not a duration; write it like 15s/],
    [jobWith('static_configs: [null]'), /static_configs\[0\]: an empty group of targets/],
    [jobWith("http_sd_configs: [{url: 'http://x', refresh_interval: 0s}]"), /must be longer than 0s/],
    [jobWith('scrape_interval: 5s\nscrape_timeout: 6s'), /line 4: .*the timeout 6s is longer than the scrape interval 5s/],
    ['global: {scrape_interval: 5s, scrape_timeout: 6s}', /line 1: global\.scrape_timeout: the timeout 6s is longer/],
    [jobWith('honor_labels: maybe'), /line 3: .*"maybe"; allowed are true and false/],
    [jobWith('scheme: ftp'), /line 3: .*"ftp"; allowed are http, https/],
    [jobWith('scrape_protocols: [PrometheusTxt]'), /line 3: .*scrape_protocols\[0\]: "PrometheusTxt"; allowed are PrometheusProto, /],
    [jobWith('scrape_protocols: [PrometheusProto, PrometheusProto]'), /PrometheusProto is named twice/],
    [jobWith('native_histogram_min_bucket_factor: much'), /"much" is not a factor/],
    [jobWith('sample_limit: -1'), /"-1"; a whole number, 0 or more, belongs here/],
    [jobWith('body_size_limit: 10 apples'), /"10 apples" is not a size; write it like 512KB/],
    [jobWith('static_configs:\n- targets: [http://x:1/]'), /line 4: .*targets\[0\]: "http:\/\/x:1\/" is not a host and port/],
    [jobWith('static_configs: {targets: []}'), /a map is given; a list \(lines beginning with "-"\) belongs here/],
    [jobWith('file_sd_configs:\n- files: [a.txt]'), /line 4: .*must end in \.json, \.yml or \.yaml/],
    [jobWith('http_sd_configs:\n- url: nowhere'), /"nowhere" is not a URL/],
    [jobWith('http_sd_configs:\n- refresh_interval: 5s'), /url is missing/],
    [jobWith('basic_auth: {username: u}\nauthorization: {credentials: x}'), /line 4: .*only one of basic_auth, authorization/],
    [jobWith('authorization: {type: Basic, credentials: x}'), /use basic_auth/],
    [jobWith('basic_auth: {password: x, password_file: y}'), /only one of password and password_file/],
    [jobWith('tls_config: {cert_file: a}'), /a client certificate needs both/],
    [jobWith('tls_config: {min_version: SSL3}'), /"SSL3"; allowed are TLS10, TLS11, TLS12, TLS13/],
    [jobWith('relabel_configs: [{action: replaze}]'), /"replaze"; allowed are replace, keep, drop/],
    [jobWith('relabel_configs: [{source_labels: [a]}]'), /the action replace needs a target_label/],
    [jobWith('relabel_configs: [{action: hashmod, target_label: x}]'), /needs a modulus/],
    [jobWith('relabel_configs: [{action: labeldrop, regex: x, target_label: y}]'), /target_label: has no meaning for the action labeldrop/],
    [jobWith('metric_relabel_configs:\n- action: keep\n  regex: "("'), /line 5: .*invalid regular expression "\("/],
    ['scrape_configs:\n- metrics_path: /x', /line 2: scrape_configs\[0\]: job_name is missing/],
    ['scrape_configs:\n- job_name: a\n- job_name: a', /line 3: .*"a" is the name of another job too/],
    ['scrape_configs:\n- job_name: a\n  job_name: b', /line 3: not valid YAML: .*unique/i],
    ['global:\nglobal:\n', /not valid YAML/],
  ])('%j', (text, pattern) => {
    expect(complaint(text)).toMatch(pattern);
  });
});
