/** Reads target groups: `static_configs`, the files of `file_sd_configs` and the answers of `http_sd_configs` have one shape. */

import type { TargetGroup } from './config.ts';
import { type Cursor, openYaml } from './cursor.ts';

/** Reads a list of `{ targets, labels }`. @throws AtalayaError BAD_CONFIG with the line of what is wrong. */
export function readTargetGroups(list: Cursor | undefined): TargetGroup[] {
  return (list?.items() ?? []).map((group) => {
    if (group.empty) group.fail('an empty group of targets');
    const fields = group.section({ known: ['targets', 'labels'] });
    return {
      targets: (fields.get('targets')?.items() ?? []).map(readAddress),
      labels: readLabels(fields.get('labels')),
    };
  });
}

/**
 * Reads target groups from the text of a file or an answer, JSON (which is YAML too) or YAML.
 * @throws AtalayaError BAD_CONFIG that names `file` and the line.
 */
export function parseTargetGroups(text: string, file: string): TargetGroup[] {
  return readTargetGroups(openYaml(text, file, []));
}

/** Reads a mapping of label names to values. */
export function readLabels(section: Cursor | undefined): Record<string, string> {
  const labels = Object.create(null) as Record<string, string>;
  for (const [name, value] of section?.entries() ?? []) {
    if (name === '') value.fail('a label needs a name');
    labels[name] = value.text();
  }
  return labels;
}

function readAddress(target: Cursor): string {
  const address = target.requiredText();
  if (address.includes('/')) {
    target.fail(`"${address}" is not a host and port; give those alone, and the rest as scheme and metrics_path`);
  }
  return address;
}
