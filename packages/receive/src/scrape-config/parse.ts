/** Reads `prometheus.yml`: fills in defaults, checks, and says file and line of everything that is wrong or not acted on. */

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AtalayaError, formatDuration } from '@atalaya/model';
import type { FileDiscoveryConfig, GlobalConfig, HttpDiscoveryConfig, PrometheusConfig, ScrapeConfig, ScrapeLimits } from './config.ts';
import { type ConfigWarning, type Cursor, openYaml } from './cursor.ts';
import { HTTP_CLIENT_FIELDS, readHttpClient } from './http-client-config.ts';
import { HISTOGRAM_FIELDS, readHistogramScraping } from './histogram-scraping.ts';
import { readOtlpSection } from './otlp-section.ts';
import { matchingFiles } from './path-pattern.ts';
import { PASSIVE_GLOBAL, PASSIVE_JOB, PASSIVE_SECTIONS } from './prometheus-fields.ts';
import { readRelabelRules } from './relabel-rule.ts';
import { readLabels, readTargetGroups } from './target-groups.ts';

/** Where a configuration's text came from. */
export interface ParseOptions {
  /** Its name in messages. */
  readonly file: string;
  /** Absolute path of the folder that relative paths in it are taken from. */
  readonly directory: string;
  /** Variables for `${NAME}` in external labels. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const LIMIT_FIELDS = [
  'sample_limit',
  'label_limit',
  'label_name_length_limit',
  'label_value_length_limit',
  'target_limit',
  'body_size_limit',
  'keep_dropped_targets',
] as const;

const JOB_FIELDS = [
  'job_name',
  'scrape_interval',
  'scrape_timeout',
  'metrics_path',
  'scheme',
  'params',
  'honor_labels',
  'honor_timestamps',
  'track_timestamps_staleness',
  'enable_compression',
  'static_configs',
  'file_sd_configs',
  'http_sd_configs',
  'relabel_configs',
  'metric_relabel_configs',
  ...LIMIT_FIELDS,
  ...HISTOGRAM_FIELDS,
  ...HTTP_CLIENT_FIELDS.known,
];

interface Defaults {
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
  /** The fields of `global` that jobs inherit. */
  readonly fields: ReadonlyMap<string, Cursor>;
}

/**
 * Reads a configuration.
 * @throws AtalayaError BAD_CONFIG; its reason begins with `line N:` and says what was given and what is allowed.
 */
export function parsePrometheusConfig(text: string, options: ParseOptions): { config: PrometheusConfig; warnings: ConfigWarning[] } {
  const warnings: ConfigWarning[] = [];
  const top = openYaml(text, options.file, warnings).section({
    known: ['global', 'scrape_configs', 'scrape_config_files', 'otlp'],
    passive: PASSIVE_SECTIONS,
  });
  const globalFields = top.get('global')?.section({
    known: ['scrape_interval', 'scrape_timeout', 'evaluation_interval', 'external_labels', ...LIMIT_FIELDS, ...HISTOGRAM_FIELDS],
    passive: PASSIVE_GLOBAL,
  });
  const global = readGlobal(globalFields ?? new Map<string, Cursor>(), options);
  const defaults: Defaults = { ...global, fields: globalFields ?? new Map<string, Cursor>() };

  const names = new Set<string>();
  const scrapeConfigs: ScrapeConfig[] = [];
  const readJobs = (list: Cursor | undefined, directory: string): void => {
    for (const item of list?.items() ?? []) scrapeConfigs.push(readJob(item, defaults, directory, names));
  };
  readJobs(top.get('scrape_configs'), options.directory);
  for (const pattern of top.get('scrape_config_files')?.items() ?? []) {
    for (const file of matchingFiles(resolve(options.directory, pattern.requiredText()))) {
      const section = openYaml(readIncluded(file, pattern), file, warnings).section({ known: ['scrape_configs'] });
      readJobs(section.get('scrape_configs'), dirname(file));
    }
  }
  return { config: { global, scrapeConfigs, otlp: readOtlpSection(top.get('otlp')) }, warnings };
}

function readIncluded(file: string, pattern: Cursor): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof AtalayaError) throw error;
    return pattern.fail(`cannot read ${file}: ${(error as Error).message}`);
  }
}

/** As in Prometheus an interval or timeout of 0s is one that is not given. */
function readGlobal(fields: ReadonlyMap<string, Cursor>, options: ParseOptions): GlobalConfig {
  const scrapeIntervalMs = (fields.get('scrape_interval')?.duration(true) ?? 0) || 60_000;
  return {
    scrapeIntervalMs,
    scrapeTimeoutMs: readTimeout(fields.get('scrape_timeout'), scrapeIntervalMs, 10_000),
    evaluationIntervalMs: (fields.get('evaluation_interval')?.duration(true) ?? 0) || 60_000,
    externalLabels: readExternalLabels(fields.get('external_labels'), options.environment ?? {}),
  };
}

function readTimeout(field: Cursor | undefined, intervalMs: number, fallbackMs: number): number {
  const timeout = field?.duration(true) ?? 0;
  if (field === undefined || timeout === 0) return Math.min(fallbackMs, intervalMs);
  if (timeout > intervalMs) {
    field.fail(`the timeout ${formatDuration(timeout)} is longer than the scrape interval ${formatDuration(intervalMs)}`);
  }
  return timeout;
}

function readExternalLabels(
  section: Cursor | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const labels = readLabels(section);
  for (const name of Object.keys(labels)) {
    labels[name] = (labels[name] as string).replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
      if (whole === '$$') return '$';
      const variable = (braced ?? bare) as string;
      const value = Object.hasOwn(environment, variable) ? environment[variable] : undefined;
      if (value === undefined) section?.warn(`external_labels.${name} uses the environment variable ${variable}, which is not set`);
      return value ?? '';
    });
  }
  return labels;
}

function readLimits(
  own: ReadonlyMap<string, Cursor>,
  inherited: ReadonlyMap<string, Cursor>,
): ScrapeLimits & { keepDroppedTargets: number } {
  const field = (name: (typeof LIMIT_FIELDS)[number]): Cursor | undefined => own.get(name) ?? inherited.get(name);
  return {
    samples: field('sample_limit')?.count() ?? 0,
    labels: field('label_limit')?.count() ?? 0,
    labelNameLength: field('label_name_length_limit')?.count() ?? 0,
    labelValueLength: field('label_value_length_limit')?.count() ?? 0,
    targets: field('target_limit')?.count() ?? 0,
    bodyBytes: field('body_size_limit')?.size() ?? 0,
    keepDroppedTargets: field('keep_dropped_targets')?.count() ?? 0,
  };
}

function readJob(item: Cursor, defaults: Defaults, directory: string, names: Set<string>): ScrapeConfig {
  if (item.empty) item.fail('an empty scrape configuration');
  const fields = item.section({ known: JOB_FIELDS, passive: [...PASSIVE_JOB, ...HTTP_CLIENT_FIELDS.passive] });
  const jobName = fields.get('job_name')?.requiredText() ?? item.fail('job_name is missing');
  if (names.has(jobName)) fields.get('job_name')?.fail(`"${jobName}" is the name of another job too; each needs its own`);
  names.add(jobName);
  const scrapeIntervalMs = (fields.get('scrape_interval')?.duration(true) ?? 0) || defaults.scrapeIntervalMs;
  const { keepDroppedTargets, ...limits } = readLimits(fields, defaults.fields);
  return {
    jobName,
    scrapeIntervalMs,
    scrapeTimeoutMs: readTimeout(fields.get('scrape_timeout'), scrapeIntervalMs, defaults.scrapeTimeoutMs),
    metricsPath: fields.get('metrics_path')?.text() || '/metrics',
    scheme: fields.get('scheme')?.choice(['http', 'https'], (text) => text.toLowerCase() || 'http') ?? 'http',
    params: Object.fromEntries((fields.get('params')?.entries() ?? []).map(([name, values]) => [name, values.texts()])),
    honorLabels: fields.get('honor_labels')?.boolean() ?? false,
    honorTimestamps: fields.get('honor_timestamps')?.boolean() ?? true,
    trackTimestampsStaleness: fields.get('track_timestamps_staleness')?.boolean() ?? false,
    enableCompression: fields.get('enable_compression')?.boolean() ?? true,
    http: readHttpClient(fields, directory),
    limits,
    ...readHistogramScraping((name) => fields.get(name) ?? defaults.fields.get(name)),
    keepDroppedTargets,
    staticGroups: readTargetGroups(fields.get('static_configs')),
    fileDiscovery: (fields.get('file_sd_configs')?.items() ?? []).map((section) => readFileDiscovery(section, directory)),
    httpDiscovery: (fields.get('http_sd_configs')?.items() ?? []).map((section) => readHttpDiscovery(section, directory)),
    relabel: readRelabelRules(fields.get('relabel_configs')),
    metricRelabel: readRelabelRules(fields.get('metric_relabel_configs')),
  };
}

function readFileDiscovery(section: Cursor, directory: string): FileDiscoveryConfig {
  const fields = section.section({ known: ['files', 'refresh_interval'] });
  const files = (fields.get('files')?.items() ?? []).map((file) => {
    const path = file.requiredText();
    if (!/^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/.test(path)) {
      file.fail(`"${path}" must end in .json, .yml or .yaml and may have a * in its last part only`);
    }
    return resolve(directory, path);
  });
  if (files.length === 0) section.fail('files must name at least one file');
  return { files, refreshIntervalMs: fields.get('refresh_interval')?.duration() ?? 300_000 };
}

function readHttpDiscovery(section: Cursor, directory: string): HttpDiscoveryConfig {
  const fields = section.section({ known: ['url', 'refresh_interval', ...HTTP_CLIENT_FIELDS.known], passive: HTTP_CLIENT_FIELDS.passive });
  const url = fields.get('url') ?? section.fail('url is missing');
  const parsed = URL.parse(url.requiredText());
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol))
    url.fail(`"${url.text()}" is not a URL; it must begin with http:// or https://`);
  return {
    url: url.text(),
    refreshIntervalMs: fields.get('refresh_interval')?.duration() ?? 60_000,
    http: readHttpClient(fields, directory),
  };
}
