/** Whole configurations as they are found on servers: read as they are, and what they make of real-looking lines. */

import { ManualClock } from '@atalaya/model';
import { describe, expect, it } from 'vitest';
import type { CollectedEntry } from '../entry.ts';
import { StageMetrics } from './metrics/stage-metrics.ts';
import { parsePromtailConfig } from './parse.ts';

/** A configuration's jobs, fed with lines; the labels of a job's first group, or `labels`, are those of the line. */
function load(text: string) {
  const clock = new ManualClock(Date.UTC(2026, 10, 22, 12));
  const metrics = new StageMetrics(clock);
  const { config, warnings } = parsePromtailConfig(text, {
    file: 'promtail.yml',
    directory: '/etc/promtail',
    clock,
    metrics,
    host: 'web1',
    environment: { HOSTNAME: 'web1', LOKI_URL: 'http://loki:3100' },
  });
  const collect = (name: string, lines: readonly string[], labels: Record<string, string> = {}) => {
    const job = config.jobs.find((each) => each.name === name);
    if (job === undefined) throw new Error(`no job ${name}`);
    const pipeline = job.pipeline();
    const out: CollectedEntry[] = [];
    const own = job.source.kind === 'files' ? job.source.groups[0]?.labels : job.source.labels;
    for (const line of lines) {
      const entry = { labels: new Map(Object.entries({ ...own, ...labels })), attributes: new Map<string, string>(), timestamp: 1n, line };
      pipeline.process(entry, (each) => out.push(each));
    }
    pipeline.flush((each) => out.push(each));
    return out.map((entry) => ({
      line: entry.line,
      time: new Date(Number(entry.timestamp / 1_000_000n)).toISOString(),
      ...Object.fromEntries(entry.labels),
      ...(entry.attributes.size === 0 ? {} : { attributes: Object.fromEntries(entry.attributes) }),
    }));
  };
  return { config, warnings: warnings.map(({ message }) => message), collect, metrics };
}

describe('a web server', () => {
  const { config, warnings, collect, metrics } = load(String.raw`
server:
  http_listen_port: 9080
  grpc_listen_port: 0
positions:
  filename: /var/lib/promtail/positions.yaml
clients:
  - url: ${'$'}{LOKI_URL}/loki/api/v1/push
    batchwait: 1s
    batchsize: 1048576
    basic_auth: {username: promtail, password: hidden}
    external_labels:
      host: ${'$'}{HOSTNAME}
limits_config: {readline_rate_enabled: true, readline_rate: 10000}
scrape_configs:
  - job_name: nginx
    static_configs:
      - targets: [localhost]
        labels:
          job: nginx
          __path__: /var/log/nginx/*access.log
    pipeline_stages:
      - match:
          selector: '{job="nginx"} |~ "kube-probe|GoogleHC"'
          action: drop
          drop_counter_reason: probes
      - regex:
          expression: '^(?P<remote_addr>[\w\.]+) - (?P<remote_user>[^ ]*) \[(?P<time_local>.*)\] "(?P<method>[^ ]*) (?P<request>[^ ]*) (?P<protocol>[^ ]*)" (?P<status>[\d]+) (?P<body_bytes_sent>[\d]+) "(?P<http_referer>[^"]*)" "(?P<http_user_agent>[^"]*)"?'
      - timestamp:
          source: time_local
          format: 02/Jan/2006:15:04:05 -0700
      - template:
          source: status_class
          template: '{{ if .status }}{{ trunc 1 .status }}xx{{ end }}'
      - labels:
          method:
          status_class:
      - structured_metadata:
          remote_addr:
          status:
      - replace:
          expression: 'token=([^ &"]+)'
          replace: '***'
      - metrics:
          http_response_bytes_total:
            type: Counter
            description: bytes sent
            source: body_bytes_sent
            config: {action: add}
`);

  it('is read, with what is not acted on named', () => {
    expect(config.jobs).toMatchObject([{ name: 'nginx', source: { groups: [{ path: '/var/log/nginx/*access.log' }] } }]);
    expect(warnings.map((warning) => warning.split(':')[0])).toEqual(['server', 'positions', 'limits_config', 'clients[0]']);
    expect(warnings[3]).toContain('nothing is sent to http://loki:3100/loki/api/v1/push');
  });

  it('gives its lines times, labels and metrics', () => {
    const request = '10.0.0.7 - ann [22/Nov/2026:10:15:32 +0100] "GET /api?token=s3cr3t&x=1 HTTP/1.1" 404 153 "-" "curl/7.88.1"';
    expect(
      collect('nginx', [request, '10.0.0.9 - - [22/Nov/2026:10:15:33 +0100] "GET /healthz HTTP/1.1" 200 2 "-" "kube-probe/1.29"']),
    ).toEqual([
      {
        line: request.replace('s3cr3t', '***'),
        time: '2026-11-22T09:15:32.000Z',
        job: 'nginx',
        method: 'GET',
        status_class: '4xx',
        host: 'web1',
        attributes: { remote_addr: '10.0.0.7', status: '404' },
      },
    ]);
    expect(metrics.render()).toContain('promtail_custom_http_response_bytes_total{job="nginx",method="GET",status_class="4xx"} 153');
    expect(metrics.render()).toContain('logentry_dropped_lines_total{reason="probes"} 1');
  });
});

describe('pods of a node', () => {
  const { config, collect } = load(String.raw`
scrape_configs:
- job_name: pods
  static_configs:
  - targets: [localhost]
    labels: {job: pods, __path__: /var/log/pods/*/*/*.log}
  pipeline_stages:
  - cri: {}
  - match:
      selector: '{job="pods"}'
      stages:
      - regex:
          source: filename
          expression: '/var/log/pods/(?P<namespace>[^_]+)_(?P<pod>[^_]+)_[^/]+/(?P<container>[^/]+)/'
      - labels: {namespace: , pod: , container: }
  - match:
      selector: '{container="api"} |= "{"'
      stages:
      - json:
          expressions: {level: , msg: message, ts: '"@timestamp"', user: context.user.id, took: 'durations[0]'}
      - timestamp: {source: ts, format: RFC3339Nano}
      - labels: {level: }
      - structured_metadata: {user: , took: }
      - output: {source: msg}
  - labeldrop: [filename]
  - tenant: {source: namespace}
`);
  const filename = '/var/log/pods/shop_api-7d9f_1234/api/0.log';

  it('has its lines joined and taken apart', () => {
    expect(config.jobs).toHaveLength(1);
    const out = collect(
      'pods',
      [
        '2026-11-22T09:00:00.1Z stdout P {"level":"error","message":"it ',
        '2026-11-22T09:00:00.2Z stdout F broke","@timestamp":"2026-11-22T08:59:59.5Z","context":{"user":{"id":77}},"durations":[1.5]}',
        '2026-11-22T09:00:01Z stderr F panic: no object',
      ],
      { filename },
    );
    const where = { job: 'pods', namespace: 'shop', pod: 'api-7d9f', container: 'api' };
    expect(out).toEqual([
      {
        line: 'it broke',
        time: '2026-11-22T08:59:59.500Z',
        ...where,
        stream: 'stdout',
        level: 'error',
        attributes: { user: '77', took: '1.5' },
      },
      { line: 'panic: no object', time: '2026-11-22T09:00:01.000Z', ...where, stream: 'stderr' },
    ]);
  });
});

describe('a Java service', () => {
  const { collect } = load(String.raw`
scrape_configs:
  - job_name: java
    static_configs: [{targets: [localhost], labels: {app: billing, __path__: '/opt/billing/logs/*.log'}}]
    pipeline_stages:
      - multiline:
          firstline: '^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2},\d{3}'
          max_wait_time: 3s
          max_lines: 500
      - regex:
          expression: '^(?P<time>\S+ \S+) \[(?P<thread>[^\]]+)\] (?P<level>[A-Z]+)\s+(?P<logger>\S+) - (?P<message>(?s:.*))$'
      - timestamp:
          source: time
          format: '2006-01-02 15:04:05,000'
          location: Europe/Madrid
      - template: {source: level, template: '{{ ToLower .Value }}'}
      - labels: {level: , logger: }
      - drop: {source: level, value: debug}
      - labelallow: [app, level]
`);

  it('keeps its stack traces whole', () => {
    const out = collect('java', [
      '2026-07-01 10:00:00,123 [main] ERROR c.e.Billing - failed',
      'java.lang.IllegalStateException: no rate',
      '\tat c.e.Billing.rate(Billing.java:42)',
      '2026-07-01 10:00:01,000 [main] DEBUG c.e.Billing - next',
    ]);
    expect(out).toMatchObject([{ app: 'billing', level: 'error', time: '2026-07-01T08:00:00.123Z' }]);
    expect(out[0]?.line.split('\n')).toHaveLength(3);
    expect(Object.keys(out[0] ?? {}).sort()).toEqual(['app', 'level', 'line', 'time']);
  });
});

describe('the system', () => {
  it('is its journal, syslog of devices, and containers, relabelled', () => {
    const { config, warnings } = load(String.raw`
scrape_configs:
- job_name: journal
  journal:
    max_age: 12h
    labels: {job: systemd-journal}
  relabel_configs:
  - source_labels: ['__journal__systemd_unit']
    target_label: unit
  - source_labels: ['__journal_priority_keyword']
    target_label: level
- job_name: devices
  syslog:
    listen_address: 0.0.0.0:1514
    listen_protocol: udp
    syslog_format: rfc3164
    labels: {job: network}
  relabel_configs:
  - {source_labels: [__syslog_message_hostname], target_label: device}
  - {action: labelmap, regex: '__syslog_message_(severity|facility)'}
- job_name: containers
  docker_sd_configs:
  - host: unix:///var/run/docker.sock
    refresh_interval: 5s
    filters: [{name: label, values: ['promtail=true']}]
  relabel_configs:
  - {source_labels: [__meta_docker_container_name], regex: '/(.*)', target_label: container}
  - {source_labels: [__meta_docker_container_label_com_docker_compose_project], target_label: project}
  pipeline_stages:
  - docker: {}
- job_name: pods
  kubernetes_sd_configs: [{role: pod}]
  pipeline_stages: [{cri: {}}]
  relabel_configs: [{action: labelmap, regex: '__meta_kubernetes_pod_label_(.+)'}]
`);
    expect(config.jobs.map(({ name, source, relabelConfigs }) => [name, source.kind, relabelConfigs.length])).toEqual([
      ['journal', 'journal', 2],
      ['devices', 'syslog', 2],
      ['containers', 'docker', 2],
    ]);
    expect(warnings).toEqual([
      expect.stringContaining('scrape_configs[3].kubernetes_sd_configs: this source is not supported; job "pods"'),
    ]);
  });
});
