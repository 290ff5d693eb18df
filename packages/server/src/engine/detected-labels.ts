/** Which stream labels are worth showing, as Loki's `detected_labels` tells them. */

import type { Labels } from '@atalaya/model';

/** Labels that are told whatever their values are. */
const ALWAYS: ReadonlySet<string> = new Set(['cluster', 'namespace', 'instance', 'pod', 'service_name']);
/** Values by which nobody looks for lines: numbers and UUIDs. */
const IDENTIFIER = /^(?:[+-]?\d+(?:\.\d+)?|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;

/** Names with the number of their values, sorted; those whose values are all identifiers are left out. */
export function detectedLabels(streams: readonly Labels[]): { readonly label: string; readonly cardinality: number }[] {
  const values = new Map<string, Set<string>>();
  for (const labels of streams) {
    for (let i = 0; i < labels.length; i += 2) {
      const name = labels[i] as string;
      const known = values.get(name);
      if (known === undefined) values.set(name, new Set([labels[i + 1] as string]));
      else known.add(labels[i + 1] as string);
    }
  }
  return [...values]
    .filter(([name, known]) => ALWAYS.has(name) || ![...known].every((value) => IDENTIFIER.test(value)))
    .map(([label, known]) => ({ label, cardinality: known.size }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}
