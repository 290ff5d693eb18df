/** Reads which files a job follows: `static_configs` and `file_sd_configs`, relabelled as Promtail does. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { relabel } from '../../scrape/relabel.ts';
import type { RelabelRule } from '../../scrape-config/config.ts';
import { type Cursor, openYaml } from '../../scrape-config/cursor.ts';
import { matchingFiles } from '../../scrape-config/path-pattern.ts';
import { readLabels } from '../../scrape-config/target-groups.ts';
import type { CollectSource } from '../collect-config.ts';
import { checkLabelName } from './stages/expression.ts';

type FileGroup = (CollectSource & { kind: 'files' })['groups'][number];

/** What a job needs of its surroundings. */
export interface FilesOptions {
  readonly directory: string;
  readonly host: string;
  readonly rules: readonly RelabelRule[];
}

/** The groups of `static_configs` and `file_sd_configs` together. */
export function readFileGroups(fields: ReadonlyMap<string, Cursor>, options: FilesOptions): FileGroup[] {
  return [
    ...(fields.get('static_configs')?.items() ?? []).flatMap((group) => readGroup(group, options)),
    ...(fields.get('file_sd_configs')?.items() ?? []).flatMap((section) => readDiscovery(section, options)),
  ];
}

function readGroup(group: Cursor, { rules, host }: FilesOptions): FileGroup[] {
  if (group.empty) group.fail('an empty group');
  const fields = group.section({ known: ['targets', 'labels'] });
  const section = fields.get('labels') ?? group.fail('labels are missing; __path__ among them names the files');
  for (const [name, value] of section.entries()) checkLabelName(name, value);
  const own = readLabels(section);
  // Targets tell nothing of files, but rules may look at them.
  const targets = fields.get('targets')?.texts() ?? [];
  const found: FileGroup[] = [];
  for (const target of targets.length === 0 ? [''] : new Set(targets)) {
    const labels = new Map(Object.entries(own));
    if (target !== '') labels.set('__address__', target);
    if (!relabel(labels, rules)) continue;
    const onlyHost = labels.get('__host__');
    if (onlyHost !== undefined && onlyHost !== host) {
      section.warn(`${section.path}: __host__ is "${onlyHost}" and this machine is "${host}"; these files are not followed here`);
      continue;
    }
    const path = labels.get('__path__') ?? '';
    if (!path.startsWith('/')) {
      const given = path === '' ? 'it is missing' : `"${path}" does not begin with /`;
      section.warn(`${section.path}: __path__ names the files to follow, as /var/log/*.log, but ${given}; nothing is followed`);
      continue;
    }
    const kept = [...labels].filter(([name]) => !name.startsWith('__'));
    found.push({ path, exclude: labels.get('__path_exclude__'), labels: Object.fromEntries(kept) });
  }
  // Targets that end up the same are one: lines are read once.
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}

function readDiscovery(section: Cursor, options: FilesOptions): FileGroup[] {
  const fields = section.section({ known: ['files', 'refresh_interval'] });
  const files = fields.get('files') ?? section.fail('files are missing');
  section.warn(`${section.path}: these files are read at the start and at every reload, not in between`);
  return files.items().flatMap((pattern) =>
    matchingFiles(resolve(options.directory, pattern.requiredText())).flatMap((file) => {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        return pattern.fail(`cannot read ${file}: ${(error as Error).message}`);
      }
      return openYaml(text, file, [])
        .items()
        .flatMap((group) => readGroup(group, options));
    }),
  );
}
