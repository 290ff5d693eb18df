/** Applies relabelling rules to a label set, as Prometheus does. */

import { createHash } from 'node:crypto';
import type { RelabelRule } from '../scrape-config/config.ts';

/**
 * Changes `labels` in place by each rule in turn. An empty value removes its label.
 * @returns false when a rule drops the set.
 */
export function relabel(labels: Map<string, string>, rules: readonly RelabelRule[]): boolean {
  for (const rule of rules) if (!apply(labels, rule)) return false;
  return true;
}

function apply(labels: Map<string, string>, rule: RelabelRule): boolean {
  const value = sourceValue(labels, rule);
  switch (rule.action) {
    case 'keep':
      return rule.regex.matches(value);
    case 'drop':
      return !rule.regex.matches(value);
    case 'keepequal':
      return (labels.get(rule.targetLabel) ?? '') === value;
    case 'dropequal':
      return (labels.get(rule.targetLabel) ?? '') !== value;
    case 'replace':
      replace(labels, rule, value);
      return true;
    case 'lowercase':
      setLabel(labels, rule.targetLabel, value.toLowerCase());
      return true;
    case 'uppercase':
      setLabel(labels, rule.targetLabel, value.toUpperCase());
      return true;
    case 'hashmod':
      setLabel(labels, rule.targetLabel, hashMod(value, rule.modulus));
      return true;
    case 'labelmap':
      mapLabels(labels, rule);
      return true;
    case 'labeldrop':
      for (const name of labels.keys()) if (rule.regex.matches(name)) labels.delete(name);
      return true;
    case 'labelkeep':
      for (const name of labels.keys()) if (!rule.regex.matches(name)) labels.delete(name);
      return true;
  }
}

function sourceValue(labels: ReadonlyMap<string, string>, rule: RelabelRule): string {
  const { sourceLabels } = rule;
  if (sourceLabels.length === 1) return labels.get(sourceLabels[0] as string) ?? '';
  return sourceLabels.map((name) => labels.get(name) ?? '').join(rule.separator);
}

function setLabel(labels: Map<string, string>, name: string, value: string): void {
  if (value === '') labels.delete(name);
  else labels.set(name, value);
}

function replace(labels: Map<string, string>, rule: RelabelRule, value: string): void {
  const result = rule.regex.expand(value, rule.replacement);
  if (result === undefined) return;
  const target = rule.targetLabel.includes('$') ? rule.regex.expand(value, rule.targetLabel) : rule.targetLabel;
  if (target !== undefined && target !== '') setLabel(labels, target, result);
}

function mapLabels(labels: Map<string, string>, rule: RelabelRule): void {
  // A copy: labels that the rule adds must not be looked at again.
  const before = [...labels];
  for (const [name, value] of before) {
    const target = rule.regex.expand(name, rule.replacement);
    if (target !== undefined && target !== '') setLabel(labels, target, value);
  }
}

/** The last eight bytes of the MD5, as a big-endian number, modulo `modulus`. */
function hashMod(value: string, modulus: number): string {
  const digest = createHash('md5').update(value).digest();
  return String(digest.readBigUInt64BE(8) % BigInt(modulus));
}
