/** The configuration in force as the console shows it, secrets hidden. */

import path from 'node:path';
import type { Configuration } from '@atalaya/model';
import type { PromtailFile } from './promtail-file.ts';
import type { ScrapeFile } from './scrape-file.ts';
import type { LoadedSettings } from './settings/load.ts';
import { SETTING_PATHS, settingEntry, type SettingPath } from './settings/table.ts';

/** Settings whose text differs from those in force: only the two files with jobs can change without a restart. */
export function changedSettings(before: LoadedSettings, after: LoadedSettings): SettingPath[] {
  return SETTING_PATHS.filter((name) => before.texts[name] !== after.texts[name]);
}

/** What `/api/atalaya/config` answers. */
export function describeConfiguration(
  { file, prometheusFile, promtailFile, texts, sources, warnings }: LoadedSettings,
  files: { readonly scrape: ScrapeFile; readonly promtail: PromtailFile },
  loadedAt: number,
  lastReload: Configuration['lastReload'],
): Configuration {
  const settings = SETTING_PATHS.map((name) => ({ path: name, value: shownSetting(name, texts[name]), source: sources[name] }));
  const own = settings
    .filter(({ source }) => source !== 'default')
    .map(({ path: name, value, source }) => `${name}: ${value}  # ${source}`);
  return {
    files: [
      {
        name: 'prometheus.yml',
        ...(prometheusFile === undefined ? {} : { path: path.resolve(prometheusFile) }),
        content: files.scrape.shown,
      },
      {
        name: 'promtail-config.yml',
        ...(promtailFile === undefined ? {} : { path: path.resolve(promtailFile) }),
        content: files.promtail.shown,
      },
      {
        name: 'atalaya.yml',
        ...(file === undefined ? {} : { path: path.resolve(file) }),
        content: own.length === 0 ? '' : `${own.join('\n')}\n`,
      },
    ],
    settings,
    warnings: [...warnings, ...files.scrape.warnings, ...files.promtail.warnings].map(({ file: where, line, message }) => ({
      file: where,
      message,
      ...(line === undefined ? {} : { line }),
    })),
    loadedAt,
    ...(lastReload === undefined ? {} : { lastReload }),
  };
}

function shownSetting(name: SettingPath, text: string): string {
  return settingEntry(name).secret === true && text !== '' ? '<secret>' : text;
}
