/** The configuration in force as the console shows it, secrets hidden. */

import path from 'node:path';
import type { Configuration } from '@atalaya/model';
import type { ScrapeFile } from './scrape-file.ts';
import type { LoadedSettings } from './settings/load.ts';
import { SETTING_PATHS, settingEntry, type SettingPath } from './settings/table.ts';

/** Settings whose text differs from those in force: only `prometheus.yml` can change without a restart. */
export function changedSettings(before: LoadedSettings, after: LoadedSettings): SettingPath[] {
  return SETTING_PATHS.filter((name) => before.texts[name] !== after.texts[name]);
}

/** What `/api/atalaya/config` answers. */
export function describeConfiguration(
  { file, prometheusFile, texts, sources, warnings }: LoadedSettings,
  scrapeFile: ScrapeFile,
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
        content: scrapeFile.shown,
      },
      {
        name: 'atalaya.yml',
        ...(file === undefined ? {} : { path: path.resolve(file) }),
        content: own.length === 0 ? '' : `${own.join('\n')}\n`,
      },
    ],
    settings,
    warnings: [...warnings, ...scrapeFile.warnings].map(({ file: where, line, message }) => ({
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
