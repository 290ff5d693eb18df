/** Names of OTLP's attributes as names of labels, by Prometheus' rules. */

import { escapes, type OtlpTranslation } from './translation.ts';

/** The name of an attribute's label; empty when nothing is left that could be a name. */
export function labelName(name: string, { strategy, prefixUnderscore, keepUnderscores }: OtlpTranslation): string {
  if (!escapes(strategy)) return name;
  // Characters, not UTF-16 units: one beyond the first plane is one underscore.
  const escaped = keepUnderscores ? name.replaceAll(/[^a-zA-Z0-9_]/gu, '_') : joined(name);
  const label = prefixed(escaped, prefixUnderscore);
  return label !== name && /^_*$/.test(label) ? '' : label;
}

function prefixed(name: string, prefixUnderscore: boolean): string {
  if (/^\d/.test(name)) return `key_${name}`;
  return prefixUnderscore && /^_(?!_)/.test(name) ? `key${name}` : name;
}

/** Runs of what no label name may have become one underscore each; those around a reserved name stay as they are. */
function joined(name: string): string {
  const reserved = /^__(.*)__$/su.exec(name)?.[1];
  const inner = (reserved ?? name).replaceAll(/[^a-zA-Z0-9]+/gu, '_');
  return reserved === undefined ? inner : `__${inner}__`;
}
