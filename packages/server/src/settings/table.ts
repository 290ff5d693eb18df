/** Every setting of `atalaya.yml`, as data: its type, default and meaning. The reference page is made from this table. */

import { DEFAULT_PROMQL_FEATURES, PROMQL_FEATURES } from '@atalaya/lang';
import type { SpanConditions } from '@atalaya/receive';
import type { SettingEntry } from './setting-entry.ts';
import type { StreamRetention } from './stream-retention.ts';
import { TRACE_SETTINGS } from './trace-settings.ts';

/** The settings by path. `ATALAYA_` and the path in capitals, dots as underscores, sets one from the environment. */
export const SETTINGS = {
  listen: { type: 'text', default: '127.0.0.1:3002', help: 'Address and port of the console and every HTTP API. Port 0 takes a free one.' },
  listen_also: {
    type: 'list',
    default: '',
    help: 'Further addresses at which the same HTTP APIs answer. The word usual stands for 127.0.0.1 at the ports that clients of Prometheus (9090), Loki (3100), Tempo (3200), Jaeger (16686), Zipkin (9411) and OTLP over HTTP (4318) know. One that another program has is left out, and the status says so.',
  },
  'otlp.grpc_listen': {
    type: 'text',
    default: '127.0.0.1:4317',
    help: 'Address and port of OTLP over gRPC, or off. Port 0 takes a free one. If another program has it, everything else works without.',
  },
  'otlp.convert_delta': {
    type: 'switch',
    default: 'true',
    help: 'Whether OTLP sums and histograms of delta temporality are added up to cumulative ones, which is what PromQL counts with. Otherwise they are refused. Totals are in memory: a restart is a counter reset.',
  },
  data: { type: 'text', default: './data', help: 'Folder that holds everything stored: the journal and the engine.' },
  insecure: {
    type: 'switch',
    default: 'false',
    help: 'Allows listening on an address other than loopback although there are no users yet.',
  },
  allowed_hosts: {
    type: 'list',
    default: '',
    help: 'Host names, besides loopback ones, that requests may name while listening on loopback (for a reverse proxy).',
  },
  'log.level': { type: 'text', default: 'info', help: 'The least severe level that is logged: debug, info, warn or error.' },
  'log.format': { type: 'text', default: 'auto', help: 'json, text, or auto: text on a terminal, else JSON.' },
  'logs.own': {
    type: 'switch',
    default: 'true',
    help: 'Whether what this program logs is stored as well, as the log stream {job="atalaya"}.',
  },
  'logs.journald': {
    type: 'switch',
    default: 'true',
    help: 'Whether the systemd journal of this machine is collected, where there is one.',
  },
  'logs.files': {
    type: 'list',
    default: 'auto',
    help: 'Log files that are collected, as globs; auto: syslog, messages and *.log in /var/log where there is no systemd journal. Empty for none.',
  },
  'logs.docker': {
    type: 'text',
    default: 'unix:///var/run/docker.sock',
    help: 'Where the Docker is whose containers are collected: unix:///path or tcp://host:port. A socket that may not be used is passed over; empty for none.',
  },
  'logs.syslog': {
    type: 'text',
    default: '',
    help: 'Address and port on which syslog messages are taken, over UDP and TCP, in either RFC; empty for nowhere.',
  },
  'retention.metrics': { type: 'duration', default: '15d', help: 'How long samples are kept; 0 keeps them for ever.' },
  'retention.metrics_bytes': {
    type: 'bytes',
    default: '0',
    help: 'Most bytes of samples on disk, oldest days go first; 0 means no limit.',
  },
  'retention.logs': { type: 'duration', default: '15d', help: 'How long log lines are kept; 0 keeps them for ever.' },
  'retention.logs_bytes': {
    type: 'bytes',
    default: '0',
    help: 'Most bytes of log lines on disk, their index included; oldest days go first, today never. 0 means no limit.',
  },
  'retention.logs_streams': {
    type: 'streams',
    default: '',
    help: 'How long the lines of chosen streams are kept, instead of `retention.logs`: `{job="debug"}=2d; {app="audit"}=0`, separated by semicolons, or a list in the file. The first rule that a stream fulfils counts. Lines go by whole UTC days.',
  },
  'retention.traces': {
    type: 'duration',
    default: '15d',
    help: 'How long spans are kept; 0 keeps them for ever. They go by whole UTC days.',
  },
  'retention.traces_bytes': {
    type: 'bytes',
    default: '0',
    help: 'Most bytes of spans on disk, their indexes included; oldest days go first, today never. 0 means no limit.',
  },
  'journal.limit': {
    type: 'bytes',
    default: '4GiB',
    help: 'Most bytes waiting in the journal while the engine is away; then writes are refused with 503.',
  },
  'engine.memory': {
    type: 'bytes',
    default: 'auto',
    auto: true,
    help: 'Memory cap of the storage engine; auto takes a quarter of the machine, from 512 MiB to 8 GiB.',
  },
  'engine.url': {
    type: 'text',
    default: '',
    secret: true,
    help: 'URL of a ClickHouse server (http://user:password@host:8123/database); empty runs the engine embedded.',
  },
  'limits.series': {
    type: 'count',
    default: '2000000',
    help: 'Most series active within an hour; further new series are refused and counted.',
  },
  'limits.labels': { type: 'count', default: '64', help: 'Most labels of one series.' },
  'limits.label_name_bytes': { type: 'bytes', default: '1KiB', help: 'Longest label name.' },
  'limits.label_value_bytes': { type: 'bytes', default: '16KiB', help: 'Longest label value.' },
  'limits.histogram_buckets': {
    type: 'count',
    default: '4096',
    help: 'Most buckets of one native histogram, 65536 at most; one with more is refused and counted.',
  },
  'limits.delta_series': {
    type: 'count',
    default: '100000',
    help: 'Most series whose deltas are added up (otlp.convert_delta); a histogram counts as one. One that has been idle for an hour is forgotten.',
  },
  'limits.streams': {
    type: 'count',
    default: '100000',
    help: 'Most log streams active within an hour; further new streams are refused and counted.',
  },
  'limits.line_bytes': {
    type: 'bytes',
    default: '1MiB',
    help: 'Longest log line; longer ones are refused, or, where they are collected on this host, cut and marked.',
  },
  'limits.attributes': {
    type: 'count',
    default: '2000',
    help: 'Most attributes of one log line (its structured metadata), span, event or link, or of what sends them.',
  },
  'limits.attribute_bytes': { type: 'bytes', default: '256KiB', help: 'Most bytes that these attributes have together.' },
  'limits.span_bytes': { type: 'bytes', default: '2MiB', help: 'Largest span, as it is sent; larger ones are refused and counted.' },
  'limits.span_parts': { type: 'count', default: '10000', help: 'Most events, and most links, of one span.' },
  'limits.body': { type: 'bytes', default: '32MiB', help: 'Largest request body, before and after decompression.' },
  'limits.bodies': {
    type: 'bytes',
    default: '256MiB',
    help: 'Most bytes that all requests being written may hold at once, compressed and decompressed; further ones are answered 503.',
  },
  'limits.request_time': {
    type: 'duration',
    default: '1m',
    help: 'Longest time that a request may take to arrive, head and body; slower ones are cut off. 0 waits for ever.',
  },
  'limits.out_of_order': {
    type: 'duration',
    default: '0',
    help: 'How far behind its newest sample a series may be written; 0 means anywhere within retention.',
  },
  'limits.future': { type: 'duration', default: '1h', help: 'How far ahead of the clock a sample may be; 0 means anywhere.' },
  'query.timeout': { type: 'duration', default: '2m', help: 'Longest time a query may take.' },
  'query.lookback': { type: 'duration', default: '5m', help: 'How long an instant selector still sees the last sample of a series.' },
  'query.series': { type: 'count', default: '500000', help: 'Most series one selector may touch.' },
  'query.samples': {
    type: 'count',
    default: '50000000',
    help: 'Most samples that one query may read, and most points that one of its steps of computation may give.',
  },
  'query.points': { type: 'count', default: '11000', help: 'Most points per series a range query may ask for.' },
  'query.log_concurrency': {
    type: 'count',
    default: '200',
    help: 'Most queries about logs waiting or running; further ones are answered 429.',
  },
  'query.log_entries': { type: 'count', default: '5000', help: 'Most lines that one log query may ask for.' },
  'query.log_lines': {
    type: 'count',
    default: '50000000',
    help: 'Most lines that one log query may take out of the store to look at one by one.',
  },
  'query.log_series': { type: 'count', default: '10000', help: 'Most series that a metric query over logs may answer with.' },
  'query.trace_concurrency': {
    type: 'count',
    default: '200',
    help: 'Most queries about traces waiting or running; further ones are answered 429.',
  },
  'query.traces': { type: 'count', default: '1500', help: 'Most traces that one search may ask for.' },
  'query.trace_spans': {
    type: 'count',
    default: '500000',
    help: 'Most spans that one query may take out of the store to look at one by one; a trace with more cannot be told.',
  },
  'query.trace_series': { type: 'count', default: '10000', help: 'Most series that a TraceQL metrics query may answer with.' },
  'query.concurrency': {
    type: 'count',
    default: '20',
    help: 'Most queries about metrics waiting or running; further ones are answered 429.',
  },
  'query.cache': {
    type: 'bytes',
    default: 'auto',
    auto: true,
    help: 'Memory for decoded samples, where queries find what was asked for before and what comes in; auto takes a sixteenth of the machine, from 64 MiB to 1 GiB; 0 keeps none.',
  },
  'query.memory': {
    type: 'bytes',
    default: 'auto',
    auto: true,
    help: 'Memory that one query may hold at a time, and that the engine may use for one read; auto takes half of engine.memory.',
  },
  'query.features': {
    type: 'list',
    default: [...DEFAULT_PROMQL_FEATURES].join(','),
    choices: ['none', ...PROMQL_FEATURES],
    help: `PromQL feature flags that are on, named as Prometheus names them: ${PROMQL_FEATURES.join(', ')}; none turns all off. The option --enable-feature adds to them.`,
  },
  'query.step_cache': {
    type: 'bytes',
    default: '64MiB',
    help: 'Memory for computed steps of range queries, so that a dashboard that is asked again computes its new steps only; 0 keeps none.',
  },
  'query.answer': { type: 'bytes', default: '256MiB', help: 'Longest answer that a query may give.' },
  'api.admin': {
    type: 'switch',
    default: 'false',
    help: 'Whether the administration routes answer: deleting series, snapshots (/api/v1/admin/tsdb/…).',
  },
  ...TRACE_SETTINGS,
  'host.enabled': { type: 'switch', default: 'true', help: 'Whether the built-in collector watches this machine.' },
  'host.interval': { type: 'duration', default: '5s', help: 'How often the built-in collector reads this machine.' },
  'host.disabled_collectors': { type: 'list', default: '', help: 'Collectors of the built-in host collector that are left out.' },
} as const satisfies Record<string, SettingEntry>;

export type SettingPath = keyof typeof SETTINGS;

/** A setting's entry, optional fields included. */
export function settingEntry(path: SettingPath): SettingEntry {
  return SETTINGS[path];
}

/** Every path, in the order of the table. */
export const SETTING_PATHS = Object.keys(SETTINGS) as SettingPath[];

interface ValueOf {
  text: string;
  /** Milliseconds. */
  duration: number;
  bytes: number;
  count: number;
  ratio: number;
  switch: boolean;
  list: readonly string[];
  streams: readonly StreamRetention[];
  conditions: readonly SpanConditions[];
}

/** The settings in force, by path: durations in milliseconds, sizes in bytes, `auto` as -1. */
export type Settings = { readonly [Path in SettingPath]: ValueOf[(typeof SETTINGS)[Path]['type']] };

/** The environment variable that sets a path. */
export function environmentName(path: string): string {
  return `ATALAYA_${path.toUpperCase().replaceAll('.', '_')}`;
}
