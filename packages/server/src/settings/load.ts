/** Puts the settings together: defaults, then `atalaya.yml`, then the environment, then the command line. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { AtalayaError, nearestName } from '@atalaya/model';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { environmentName, SETTING_PATHS, SETTINGS, type SettingPath, type Settings } from './table.ts';
import { parseSetting } from './value.ts';

/** Where a value came from, the later winning. */
export type SettingSource = 'default' | 'file' | 'environment' | 'option';

/** The settings in force and how they came about. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly sources: Readonly<Record<SettingPath, SettingSource>>;
  /** The text of each value as it was written. */
  readonly texts: Readonly<Record<SettingPath, string>>;
  /** The settings file, when there is one. */
  readonly file: string | undefined;
  /** `prometheus.yml` that holds the scrape configuration, when there is one. */
  readonly prometheusFile: string | undefined;
  /** `promtail-config.yml` that says what logs are collected here, when there is one. */
  readonly promtailFile: string | undefined;
  readonly warnings: readonly { file: string; line?: number; message: string }[];
}

export interface LoadOptions {
  /** `--config`: a folder, an `atalaya.yml`, a `prometheus.yml`, or a `promtail-config.yml`. */
  readonly config: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Settings given as options, by path. */
  readonly given: Partial<Record<SettingPath, string>>;
  /** What `--enable-feature` named: added to `query.features`, wherever that came from. */
  readonly features?: readonly string[];
}

/** @throws AtalayaError BAD_CONFIG naming the file, the line and what is allowed. */
export function loadSettings(options: LoadOptions): LoadedSettings {
  const { file, prometheusFile, promtailFile } = locate(options.config);
  const texts = Object.fromEntries(Object.entries(SETTINGS).map(([name, entry]) => [name, entry.default])) as Record<SettingPath, string>;
  const sources = Object.fromEntries(SETTING_PATHS.map((name) => [name, 'default'])) as Record<SettingPath, SettingSource>;
  const values: Record<string, unknown> = {};
  const warnings: { file: string; line?: number; message: string }[] = [];
  const set = (name: SettingPath, text: string, source: SettingSource, where: string): void => {
    const parsed = parseSetting(name, text);
    if ('problem' in parsed) throw new AtalayaError('BAD_CONFIG', { file: where, reason: parsed.problem });
    values[name] = parsed.value;
    texts[name] = text;
    sources[name] = source;
  };
  for (const name of SETTING_PATHS) set(name, texts[name], 'default', 'built-in defaults');
  if (file !== undefined) {
    for (const { name, text, line } of readFile(file)) set(name, text, 'file', `${file}:${line}`);
  }
  const byVariable = new Map(SETTING_PATHS.map((name) => [environmentName(name), name]));
  for (const [variable, text] of Object.entries(options.environment)) {
    if (!variable.startsWith('ATALAYA_') || text === undefined) continue;
    const name = byVariable.get(variable);
    if (name === undefined) {
      warnings.push({ file: 'environment', message: `${variable} is not a setting${suggest(variable, [...byVariable.keys()])}` });
    } else set(name, text, 'environment', variable);
  }
  for (const [name, text] of Object.entries(options.given)) {
    set(name as SettingPath, text, 'option', `--${name.replaceAll(/[._]/g, '-')}`);
  }
  if (options.features !== undefined && options.features.length > 0) {
    const features = [...texts['query.features'].split(','), ...options.features].filter((name) => name !== '' && name !== 'none');
    set('query.features', features.join(','), 'option', '--enable-feature');
  }
  return { settings: values as unknown as Settings, sources, texts, file, prometheusFile, promtailFile, warnings };
}

/** The usual names of Promtail's configuration, the first that is there being read. */
const PROMTAIL_FILES = ['promtail-config.yml', 'promtail-config.yaml', 'promtail.yml', 'promtail.yaml'];
/** What tells a file of another name to be Promtail's, or Prometheus'. Both have `scrape_configs`. */
const PROMTAIL_TEXT = /^(?:clients?|positions)\s*:|^\s+(?:- )?(?:pipeline_stages|__path__)\s*:/m;
const PROMETHEUS_TEXT = /^(?:scrape_configs|global|scrape_config_files)\s*:/m;

function locate(config: string): Pick<LoadedSettings, 'file' | 'prometheusFile' | 'promtailFile'> {
  if (!existsSync(config)) {
    throw new AtalayaError('BAD_CONFIG', {
      file: config,
      reason:
        'no such file or folder; --config names a folder with prometheus.yml, promtail-config.yml or atalaya.yml in it, or one of these files',
    });
  }
  const existing = (file: string): string | undefined => (existsSync(file) ? file : undefined);
  const promtailIn = (folder: string): string | undefined => PROMTAIL_FILES.map((name) => path.join(folder, name)).find(existsSync);
  if (statSync(config).isDirectory()) {
    const prometheusFile = existing(path.join(config, 'prometheus.yml'));
    const file = existing(path.join(config, 'atalaya.yml'));
    const promtailFile = promtailIn(config);
    if ([file, prometheusFile, promtailFile].every((each) => each === undefined)) {
      throw new AtalayaError('BAD_CONFIG', {
        file: config,
        reason: 'the folder holds none of prometheus.yml, promtail-config.yml and atalaya.yml',
      });
    }
    return { file, prometheusFile, promtailFile };
  }
  const folder = path.dirname(config);
  const beside = {
    file: existing(path.join(folder, 'atalaya.yml')),
    prometheusFile: existing(path.join(folder, 'prometheus.yml')),
    promtailFile: promtailIn(folder),
  };
  const text = readFileSync(config, 'utf8');
  if (PROMTAIL_FILES.includes(path.basename(config)) || PROMTAIL_TEXT.test(text)) return { ...beside, promtailFile: config };
  return PROMETHEUS_TEXT.test(text) ? { ...beside, prometheusFile: config } : { ...beside, file: config };
}

function readFile(file: string): { name: SettingPath; text: string; line: number }[] {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines });
  const fail = (offset: number, reason: string): never => {
    throw new AtalayaError('BAD_CONFIG', { file: `${file}:${lines.linePos(offset).line}`, reason });
  };
  const [problem] = document.errors;
  if (problem !== undefined) fail(problem.pos[0], problem.message.split('\n')[0] ?? problem.message);
  const found: { name: SettingPath; text: string; line: number }[] = [];
  const names = SETTING_PATHS;
  const visit = (node: unknown, prefix: string, offset: number): void => {
    if (isMap(node)) {
      for (const pair of node.items) {
        const key = isScalar(pair.key) ? String(pair.key.value) : '';
        const at = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
        visit(pair.value, prefix === '' ? key : `${prefix}.${key}`, at);
      }
      return;
    }
    if (!names.some((name) => name === prefix)) {
      const section = names.some((name) => name.startsWith(`${prefix}.`));
      fail(offset, section ? `"${prefix}" is a section, not a value` : `"${prefix}" is not a setting${suggest(prefix, names)}`);
    }
    const text = isSeq(node)
      ? node.items.map((item) => (isScalar(item) ? scalarText(item.value) : '')).join(',')
      : isScalar(node)
        ? scalarText(node.value)
        : '';
    found.push({ name: prefix as SettingPath, text, line: lines.linePos(offset).line });
  };
  if (document.contents !== null) {
    if (!isMap(document.contents)) fail(0, 'the file must be a map of settings');
    visit(document.contents, '', 0);
  }
  return found;
}

function suggest(given: string, known: readonly string[]): string {
  const close = nearestName(given, known);
  return close === undefined ? '' : `; did you mean ${close}?`;
}

function scalarText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
