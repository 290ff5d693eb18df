/** What the pretended program tells of itself: status, configuration, storage, targets. */

import type { Configuration, MetricStorage, Status } from '@atalaya/model';

import type { Target, Targets } from '../../src/data/targets.ts';
import { HOST, type MockMetric } from './world.ts';

/** The stories that the mock can tell. */
export type Scene =
  /** A host in good health with other targets. */
  | 'full'
  /** One target down, a disk filling up, a refused reload. */
  | 'problems'
  /** Just installed: nothing but this host, minutes old. */
  | 'fresh'
  /** Running, but without any data or targets. */
  | 'empty'
  /** The engine is away: queries answer 503. */
  | 'engine-down'
  /** Everything fails. */
  | 'error';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** `GET /api/atalaya/status`. Milliseconds. */
export function statusOf(scene: Scene, now: number): Status {
  const away = scene === 'engine-down';
  const age = scene === 'fresh' ? 140_000 : 6.2 * 86_400_000;
  const none = scene === 'empty';
  return {
    version: '0.1.0',
    nodeVersion: 'v26.10.0',
    startedAt: now - age,
    now,
    host: {
      name: 'vigia-01',
      os: 'Debian GNU/Linux 13 (trixie)',
      kernel: '6.12.48-amd64',
      cpus: 4,
      memoryBytes: 15.6 * GIB,
      job: HOST.job,
      instance: HOST.instance,
      collectorEnabled: true,
    },
    engine: {
      state: away ? 'down' : 'ready',
      kind: 'embedded',
      version: '26.3.1',
      restarts: away ? 3 : 0,
      ...(away ? { lastError: 'the engine process was killed by SIGKILL; next start in 4 s' } : { memoryBytes: 412 * MIB }),
      memoryLimitBytes: 3.9 * GIB,
      breaker: away ? 'open' : 'closed',
      lagMs: away ? 83_000 : 0,
      loadedRows: none ? 0 : 612_340_118,
    },
    journal: {
      state: 'ok',
      bytes: away ? 61 * MIB : 3.4 * MIB,
      limitBytes: 4 * GIB,
      segments: away ? 5 : 1,
      fsyncMeanMs: 1.32,
      fsyncMaxMs: 18.7,
      fsyncErrors: 0,
      quarantinedRecords: 0,
      tornTails: 1,
    },
    ingest: {
      samplesPerSecond: none ? 0 : scene === 'fresh' ? 88 : 1243,
      samplesTotal: none ? 0 : scene === 'fresh' ? 11_400 : 612_340_118,
      activeSeries: none ? 0 : scene === 'fresh' ? 1320 : 18_764,
      seriesLimit: 1_000_000,
      rejected: scene === 'problems' ? { out_of_window: 1204, label_limit: 17 } : {},
    },
    storage: {
      dataDir: '/var/lib/atalaya/data',
      diskBytes: none ? 2 * MIB : 1.13 * GIB,
      diskFreeBytes: 127.6 * GIB,
      diskSizeBytes: 500 * GIB,
      series: none ? 0 : 21_480,
      samples: none ? 0 : 612_340_118,
      ...(none ? {} : { bytesPerSample: 1.61, oldestSample: now - Math.min(age, 15 * 86_400_000) }),
      tables: [
        { name: 'metrics_series', rows: 21_480, bytes: 2.1 * MIB, parts: 2 },
        { name: 'metrics_recent', rows: 8_924_100, bytes: 94 * MIB, parts: 9 },
        { name: 'metrics_blocks', rows: 501_220, bytes: 1.04 * GIB, parts: 14 },
        { name: 'metrics_metadata', rows: 412, bytes: 0.06 * MIB, parts: 1 },
      ],
      retention: { metricsMs: 15 * 86_400_000, metricsBytes: 40 * GIB },
    },
    traces: {
      spans: none || scene === 'fresh' ? 0 : 41_208_113,
      bytes: none || scene === 'fresh' ? 0 : 3.2 * GIB,
      services: none || scene === 'fresh' ? 0 : 8,
      operations: none || scene === 'fresh' ? 0 : 24,
      retentionMs: 7 * 86_400_000,
    },
    processes: [
      { name: 'main', pid: 18_213, memoryBytes: 148 * MIB, cpuPercent: 1.8 },
      ...(away ? [] : [{ name: 'engine', pid: 18_240, memoryBytes: 412 * MIB, cpuPercent: 3.1 }]),
    ],
    dependencies: [
      { name: 'journal', up: true, message: 'writable, 4.0 GiB limit' },
      { name: 'engine', up: !away, message: away ? 'restarting after SIGKILL' : 'ClickHouse 26.3.1, embedded' },
      { name: 'scraper', up: true, message: '11 targets in 4 pools' },
      { name: 'host-collector', up: true, message: 'last run 8 ms' },
    ],
    listeners: [{ name: 'OTLP over gRPC', setting: 'otlp.grpc_listen', address: '127.0.0.1:4317', up: true, message: 'listens' }],
    limits: [
      { setting: 'limits.series', value: 1_000_000, unit: 'count', used: none ? 0 : 18_764 },
      { setting: 'limits.labels_per_series', value: 64, unit: 'count' },
      { setting: 'limits.body_bytes', value: 32 * MIB, unit: 'bytes' },
      { setting: 'journal.max_bytes', value: 4 * GIB, unit: 'bytes', used: 3.4 * MIB },
      { setting: 'engine.memory_bytes', value: 3.9 * GIB, unit: 'bytes', used: 412 * MIB },
      { setting: 'query.timeout', value: 120_000, unit: 'ms' },
      { setting: 'query.max_samples', value: 50_000_000, unit: 'count' },
    ],
  };
}

const PROMETHEUS_YML = `global:
  scrape_interval: 15s
  external_labels:
    site: madrid

scrape_configs:
  - job_name: atalaya
    static_configs:
      - targets: ['127.0.0.1:3002']

  - job_name: edge
    basic_auth:
      username: atalaya
      password: <secret>
    file_sd_configs:
      - files: [edge/*.yml]

  - job_name: postgres
    static_configs:
      - targets: ['db-1.lan:9187', 'db-2.lan:9187', 'db-3.lan:9187']
        labels:
          cluster: main
    relabel_configs:
      - source_labels: [__meta_filepath]
        regex: .*/staging/.*
        action: drop
`;

/** `GET /api/atalaya/config`. */
export function configurationOf(scene: Scene, now: number): Configuration {
  return {
    files: [
      { name: 'atalaya.yml', path: '/etc/atalaya/atalaya.yml', content: 'retention:\n  metrics: 15d\nhost:\n  instance: vigia-01\n' },
      { name: 'prometheus.yml', path: '/etc/atalaya/prometheus.yml', content: PROMETHEUS_YML },
    ],
    settings: [
      { path: 'listen', value: '127.0.0.1:3002', source: 'option' },
      { path: 'data', value: '/var/lib/atalaya/data', source: 'option' },
      { path: 'host.enabled', value: 'true', source: 'default' },
      { path: 'host.instance', value: 'vigia-01', source: 'file' },
      { path: 'host.interval', value: '10s', source: 'default' },
      { path: 'retention.metrics', value: '15d', source: 'file' },
      { path: 'retention.metrics_bytes', value: '40GiB', source: 'environment' },
      { path: 'journal.max_bytes', value: '4GiB', source: 'default' },
      { path: 'query.timeout', value: '2m', source: 'default' },
      { path: 'remote_write.token', value: '<secret>', source: 'environment' },
    ],
    warnings: [{ file: 'prometheus.yml', line: 14, message: 'scrape_configs[1].follow_redirects is not supported and has no effect' }],
    loadedAt: now - 5.1 * 86_400_000,
    ...(scene === 'problems'
      ? {
          lastReload: {
            at: now - 22 * 60_000,
            ok: false,
            message: 'prometheus.yml, line 19: scrape_interval "15 s" is not a duration; write it like 15s or 1m30s',
          },
        }
      : {}),
  };
}

/** `GET /api/atalaya/storage/metrics`. */
export function storageOf(scene: Scene, world: readonly MockMetric[], limit: number): MetricStorage {
  if (scene === 'empty') return { metrics: [], total: 0 };
  const metrics = world
    .filter((metric) => metric.series.length > 0)
    .map((metric, index) => {
      const samples = metric.series.length * 35_700 - index * 13;
      return {
        metric: metric.name,
        type: metric.type,
        help: metric.help,
        series: metric.series.length,
        samples,
        bytes: Math.round(samples * (metric.type === 'gauge' ? 1.9 : 1.4)),
      };
    })
    .sort((a, b) => b.bytes - a.bytes);
  return { metrics: metrics.slice(0, limit), total: metrics.length };
}

/** `GET /api/v1/targets`. */
export function targetsOf(scene: Scene, now: number): Targets {
  if (scene === 'empty') return { activeTargets: [], droppedTargets: [] };
  const make = (pool: string, address: string, labels: Record<string, string> = {}, extra: Partial<Target> = {}): Target => ({
    discoveredLabels: {
      __address__: address,
      __metrics_path__: '/metrics',
      __scheme__: 'http',
      __scrape_interval__: '15s',
      __scrape_timeout__: '10s',
      job: pool,
      ...labels,
    },
    labels: { instance: address, job: pool, ...labels },
    scrapePool: pool,
    scrapeUrl: `http://${address}/metrics`,
    globalUrl: `http://${address}/metrics`,
    lastError: '',
    lastScrape: new Date(now - 2000 - ((address.length * 971) % 12_000)).toISOString(),
    lastScrapeDuration: 0.004 + ((address.length * 37) % 60) / 1000,
    health: 'up',
    scrapeInterval: '15s',
    scrapeTimeout: '10s',
    ...extra,
  });
  const own = [make('atalaya', '127.0.0.1:3002')];
  if (scene === 'fresh') return { activeTargets: own, droppedTargets: [] };
  const broken = scene === 'problems';
  return {
    activeTargets: [
      ...own,
      ...Array.from({ length: 6 }, (_, i) =>
        make(
          'edge',
          `edge-${i + 1}.lan:9100`,
          { site: i < 3 ? 'madrid' : 'bilbao', rack: `r${(i % 2) + 1}` },
          broken && i === 3
            ? {
                health: 'down',
                lastError: 'Get "http://edge-4.lan:9100/metrics": dial tcp 10.20.0.14:9100: connect: no route to host',
                lastScrapeDuration: 10.002,
              }
            : {},
        ),
      ),
      ...Array.from({ length: 3 }, (_, i) =>
        make(
          'postgres',
          `db-${i + 1}.lan:9187`,
          { cluster: 'main', role: i === 0 ? 'primary' : 'replica' },
          i === 2 ? { lastScrapeDuration: 8.7 } : {},
        ),
      ),
      ...(broken
        ? [
            make(
              'snmp',
              'switch-2.lan',
              { site: 'madrid' },
              { health: 'unknown', lastScrape: '0001-01-01T00:00:00Z', lastScrapeDuration: 0 },
            ),
          ]
        : []),
    ],
    droppedTargets: Array.from({ length: 2 }, (_, i) => ({
      discoveredLabels: {
        __address__: `staging-${i + 1}.lan:9187`,
        __meta_filepath: '/etc/atalaya/staging/db.yml',
        __scheme__: 'http',
        __metrics_path__: '/metrics',
        job: 'postgres',
      },
      scrapePool: 'postgres',
    })),
    droppedTargetCounts: { postgres: 2 },
  };
}

/** The metrics that there are in a scene: a fresh installation has had no traces yet. */
export function knownIn(scene: Scene, world: readonly MockMetric[]): readonly MockMetric[] {
  if (scene === 'empty') return [];
  return scene === 'fresh' ? world.filter(({ name }) => !name.startsWith('traces_')) : world;
}

/** What is said of a query that would read too much. */
export const TOO_MUCH = {
  status: 422,
  answer: {
    status: 'error',
    errorType: 'execution',
    error: 'the query exceeds query.samples (50000000): it would read 91243310 samples',
    code: 'QUERY_LIMIT',
    retry: false,
  },
};
