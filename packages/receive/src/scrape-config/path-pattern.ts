/** File names with wildcards in their last part, as `file_sd_configs` and `scrape_config_files` have them. */

import { readdirSync } from 'node:fs';
import { basename, dirname, join, matchesGlob } from 'node:path';

/** Absolute paths of the files that a pattern names at this moment, sorted. A path without wildcards gives itself, existing or not. */
export function matchingFiles(pattern: string): string[] {
  const name = basename(pattern);
  if (!/[*?[]/.test(name)) return [pattern];
  const directory = dirname(pattern);
  let entries: string[];
  try {
    entries = readdirSync(directory);
  } catch {
    return [];
  }
  return entries
    .filter((entry) => matchesGlob(entry, name))
    .sort()
    .map((entry) => join(directory, entry));
}
