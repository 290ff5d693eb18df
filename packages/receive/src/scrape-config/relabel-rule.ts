/** Reads `relabel_configs` and `metric_relabel_configs`. */

import { compilePattern, type Pattern, PatternError } from '@atalaya/model';
import { RELABEL_ACTIONS, type RelabelAction, type RelabelRule } from './config.ts';
import type { Cursor } from './cursor.ts';

/** The expression that a rule has when it gives none. */
export const DEFAULT_REGEX: Pattern = compilePattern('(.*)');

const FIELDS = ['action', 'source_labels', 'separator', 'regex', 'modulus', 'target_label', 'replacement'];

const NEEDS_TARGET = new Set<RelabelAction>(['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal']);
/** Fields that say nothing for an action: giving one is a mistake that Prometheus refuses too. */
const USELESS: Partial<Record<RelabelAction, readonly string[]>> = {
  labeldrop: ['source_labels', 'separator', 'modulus', 'target_label', 'replacement'],
  labelkeep: ['source_labels', 'separator', 'modulus', 'target_label', 'replacement'],
  keepequal: ['separator', 'regex', 'modulus', 'replacement'],
  dropequal: ['separator', 'regex', 'modulus', 'replacement'],
};

/** Reads a list of relabelling rules. @throws AtalayaError BAD_CONFIG with the line of what is wrong. */
export function readRelabelRules(list: Cursor | undefined): RelabelRule[] {
  return (list?.items() ?? []).map(readRule);
}

function readRule(rule: Cursor): RelabelRule {
  if (rule.empty) rule.fail('an empty relabelling rule');
  const fields = rule.section({ known: FIELDS });
  const action = fields.get('action')?.choice(RELABEL_ACTIONS, (text) => text.toLowerCase()) ?? 'replace';
  for (const name of USELESS[action] ?? []) fields.get(name)?.fail(`has no meaning for the action ${action}; remove it`);
  const targetLabel = fields.get('target_label')?.text() ?? '';
  if (targetLabel === '' && NEEDS_TARGET.has(action)) rule.fail(`the action ${action} needs a target_label`);
  const modulus = fields.get('modulus')?.count() ?? 0;
  if (modulus === 0 && action === 'hashmod') rule.fail('the action hashmod needs a modulus larger than 0');
  return {
    action,
    sourceLabels: fields.get('source_labels')?.texts() ?? [],
    separator: fields.get('separator')?.text() ?? ';',
    regex: readPattern(fields.get('regex')),
    modulus,
    targetLabel,
    replacement: fields.get('replacement')?.text() ?? '$1',
  };
}

function readPattern(field: Cursor | undefined): Pattern {
  if (field === undefined || field.text() === '(.*)') return DEFAULT_REGEX;
  try {
    return compilePattern(field.text());
  } catch (error) {
    if (error instanceof PatternError) return field.fail(error.message);
    throw error;
  }
}
