/** The distribution: `/etc/os-release`. */

import { Families } from '../family.ts';
import type { Part } from '../part.ts';
import { fieldsOf, linesOf } from '../text.ts';

const LABELS = fieldsOf(
  'build_id id id_like image_id image_version name pretty_name variant variant_id version version_codename version_id',
);

/** @param text `os-release`: shell assignments, with or without quotes */
export function parseOsRelease(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of linesOf(text)) {
    const match = /^\s*([A-Z0-9_]+)=(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, name = '', raw = ''] = match;
    const quoted = /^(["'])(.*)\1$/.exec(raw);
    const value = quoted === null ? raw : (quoted[2] ?? '');
    // Within single quotes a backslash is nothing but a backslash.
    values.set(name, quoted?.[1] === "'" ? value : value.replaceAll(/\\(.)/g, '$1'));
  }
  return values;
}

/** @param text `os-release` */
export function renderOsRelease(text: string): Families {
  const values = parseOsRelease(text);
  const labels = LABELS.flatMap((label) => [label, values.get(label.toUpperCase()) ?? '']);
  const families = new Families();
  families
    .gauge(
      'node_os_info',
      "A metric with a constant '1' value labeled by build_id, id, id_like, image_id, image_version, name, pretty_name, variant, " +
        'variant_id, version, version_codename, version_id.',
    )
    .add(1, ...labels);
  const version = Number(/^\d+\.?\d*/.exec(values.get('VERSION_ID') ?? '')?.[0] ?? 0);
  if (version > 0) {
    families
      .gauge('node_os_version', 'Metric containing the major.minor part of the OS version.')
      .add(version, 'id', values.get('ID') ?? '', 'id_like', values.get('ID_LIKE') ?? '', 'name', values.get('NAME') ?? '');
  }
  const supportEnd = Date.parse(`${values.get('SUPPORT_END') ?? ''}T00:00:00Z`);
  if (!Number.isNaN(supportEnd)) {
    families
      .gauge('node_os_support_end_timestamp_seconds', 'Metric containing the end-of-life date timestamp of the OS.')
      .add(supportEnd / 1000);
  }
  return families;
}

export const os: Part =
  ({ root }) =>
  () =>
    renderOsRelease(root.tryRead('etc/os-release') ?? root.read('usr/lib/os-release'));
