/** Reads Promtail's configuration: checks it, and says file and line of everything that is wrong or not acted on. */

import { hostname } from 'node:os';
import type { Clock } from '@atalaya/model';
import { type ConfigWarning, type Cursor, openYaml } from '../../scrape-config/cursor.ts';
import { redactUrls } from '../../scrape-config/redact.ts';
import { readRelabelRules } from '../../scrape-config/relabel-rule.ts';
import type { CollectConfig, CollectJob, CollectSource } from '../collect-config.ts';
import { expandEnvironment } from './expand-environment.ts';
import type { StageMetrics } from './metrics/stage-metrics.ts';
import { createPipeline } from './pipeline.ts';
import { PASSIVE_JOB, PASSIVE_SECTIONS, UNSUPPORTED_SOURCES } from './promtail-fields.ts';
import { readFileGroups } from './read-files.ts';
import { readDocker, readJournal, readSourceLabels, readSyslog } from './read-sources.ts';
import { readStageList } from './stages/read-stages.ts';

/** Where a configuration's text came from, and what its pipelines need. */
export interface PromtailOptions {
  /** Its name in messages. */
  readonly file: string;
  /** Absolute path of the folder that relative paths in it are taken from. */
  readonly directory: string;
  /** Variables for `${NAME}`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Takes what stages count. */
  readonly metrics: StageMetrics;
  /** Name of this machine, for `__host__`; the system's unless given. */
  readonly host?: string;
  /** Uniform random numbers for `sampling`; the system's unless given. */
  readonly random?: () => number;
}

const JOB_FIELDS = [
  'job_name',
  'pipeline_stages',
  'relabel_configs',
  'static_configs',
  'file_sd_configs',
  'journal',
  'syslog',
  'docker_sd_configs',
  'encoding',
  'decompression',
  ...Object.keys(UNSUPPORTED_SOURCES),
];

type LabelPairs = readonly (readonly [string, string])[];

/**
 * Reads a configuration.
 * @throws AtalayaError BAD_CONFIG; its reason begins with `line N:` and says what was given and what is allowed.
 */
export function parsePromtailConfig(text: string, options: PromtailOptions): { config: CollectConfig; warnings: ConfigWarning[] } {
  const warnings: ConfigWarning[] = [];
  const expanded = expandEnvironment(text, options.environment ?? {});
  for (const { name, line } of expanded.missing) {
    warnings.push({
      file: options.file,
      line,
      message: `the environment has no ${name}; it stays as it is written. \${${name}:-default} gives a default`,
    });
  }
  const top = openYaml(expanded.text, options.file, warnings).section({
    known: ['scrape_configs', 'client', 'clients', ...Object.keys(PASSIVE_SECTIONS)],
  });
  for (const [name, section] of top) {
    const instead = PASSIVE_SECTIONS[name];
    if (instead !== undefined) section.warn(`${name}: this section is not acted on; ${instead}`);
  }
  const extraLabels = readClients(top);
  const names = new Set<string>();
  const jobs = (top.get('scrape_configs')?.items() ?? []).flatMap((item) => readJob(item, options, extraLabels, names));
  return { config: { jobs }, warnings };
}

/** Says that nothing is sent elsewhere. Labels that a client adds to all lines are added here too. */
function readClients(top: ReadonlyMap<string, Cursor>): LabelPairs {
  const single = top.get('client');
  const clients = [...(single === undefined || single.empty ? [] : [single]), ...(top.get('clients')?.items() ?? [])];
  const labels = clients.map((client) => {
    const fields = new Map(client.entries());
    const url = redactUrls(fields.get('url')?.text() ?? 'no address');
    client.warn(`${client.path}: lines go into this program; nothing is sent to ${url}`);
    return readSourceLabels(fields.get('external_labels'));
  });
  const [first = {}, ...others] = labels;
  if (others.some((other) => JSON.stringify(other) !== JSON.stringify(first))) {
    clients[0]?.warn('clients: their external_labels differ; those of the first one are added to all lines');
  }
  return Object.entries(first);
}

function readJob(item: Cursor, options: PromtailOptions, extraLabels: LabelPairs, names: Set<string>): CollectJob[] {
  if (item.empty) item.fail('an empty job');
  const fields = item.section({ known: JOB_FIELDS, passive: PASSIVE_JOB, program: 'Promtail' });
  const nameField = fields.get('job_name');
  const name = distinctName(nameField ?? item.fail('job_name is missing'), names);
  const unsupported = Object.keys(UNSUPPORTED_SOURCES).filter((source) => fields.has(source));
  for (const source of unsupported) {
    const field = fields.get(source) as Cursor;
    field.warn(`${field.path}: this source is not supported; job "${name}" runs without it. Instead: ${UNSUPPORTED_SOURCES[source]}`);
  }

  const rules = readRelabelRules(fields.get('relabel_configs'));
  const { clock, metrics, random = Math.random } = options;
  const stages = fields.get('pipeline_stages');
  const makers = stages === undefined ? [] : readStageList(stages, { clock, metrics, random });
  const pipeline = (): ReturnType<typeof createPipeline> => createPipeline(makers, extraLabels);
  const jobs = readSources(fields, options, rules).map((source, index): CollectJob => ({
    // Each needs a name of its own.
    name: index === 0 ? name : `${name} (${source.kind} ${index + 1})`,
    source,
    // The targets of files are relabelled already, since all of their labels are known.
    relabelConfigs: source.kind === 'files' ? [] : rules,
    pipeline,
    text: JSON.stringify([item.content, source, extraLabels]),
  }));
  const hasSource = ['static_configs', 'file_sd_configs', 'journal', 'syslog', 'docker_sd_configs'].some((source) => fields.has(source));
  if (!hasSource && unsupported.length === 0) {
    item.warn(`${item.path}: job "${name}" has no source; give it static_configs, journal, syslog or docker_sd_configs`);
  }
  return jobs;
}

/** The job's name, which no job before it has. */
function distinctName(field: Cursor, names: Set<string>): string {
  const written = field.requiredText();
  let name = written;
  for (let count = 2; names.has(name); count++) name = `${written} (${count})`;
  if (name !== written) field.warn(`${field.path}: "${written}" is the name of another job too; here it is "${name}"`);
  names.add(name);
  return name;
}

function readSources(fields: ReadonlyMap<string, Cursor>, options: PromtailOptions, rules: CollectJob['relabelConfigs']): CollectSource[] {
  const sources: CollectSource[] = [];
  const groups = readFileGroups(fields, { directory: options.directory, host: options.host ?? hostname(), rules });
  const encoding = readEncoding(fields.get('encoding'));
  const decompress = readDecompression(fields.get('decompression'));
  if (groups.length > 0) sources.push({ kind: 'files', groups, encoding, decompress });
  const journal = fields.get('journal');
  if (journal !== undefined) sources.push(readJournal(journal));
  const syslogField = fields.get('syslog');
  const syslog = syslogField === undefined ? undefined : readSyslog(syslogField);
  if (syslog !== undefined) sources.push(syslog);
  for (const section of fields.get('docker_sd_configs')?.items() ?? []) sources.push(readDocker(section));
  return sources;
}

function readEncoding(field: Cursor | undefined): string | undefined {
  const name = field?.text() ?? '';
  if (field === undefined || name === '') return undefined;
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return field.fail(`"${name}" is not a known encoding; write it like utf-16le, windows-1252 or shift_jis`);
  }
}

function readDecompression(section: Cursor | undefined): boolean {
  if (section === undefined) return false;
  const fields = section.section({ known: ['enabled', 'initial_delay', 'format'] });
  const enabled = fields.get('enabled')?.boolean() ?? false;
  if (enabled) fields.get('format')?.choice(['gz'], (text) => text.toLowerCase());
  return enabled;
}
