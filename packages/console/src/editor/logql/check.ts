/** Marks what is wrong in a LogQL text while it is typed, and formats one that is right: by the server's own parser. */

import { LogqlError, parseLogql, prettyLogql } from '@atalaya/lang';
import type { Diagnostic } from '@codemirror/lint';
import type { TFunction } from 'i18next';

import { errorMark, type ReasonRule, tellReason } from '../error-mark.ts';
import type { Formatted } from '../format.ts';
import { scanLogql } from './scan.ts';

/** The parser speaks English in a fixed set of sentences, worded as Loki's. */
const RULES: readonly ReasonRule[] = [
  [/unexpected \$end/, (t) => t('diagnostic.unexpectedEnd')],
  [/literal not terminated/, (t) => t('diagnostic.unterminated')],
  [/at least one regexp or equality matcher/, (t) => t('logql.error.emptySelector')],
  [/^syntax error: unexpected/, (t) => t('diagnostic.unexpected')],
  [/invalid aggregation .* without unwrap/, (t) => t('logql.error.needsUnwrap')],
  [/grouping not allowed/, (t) => t('logql.error.grouping')],
  [/parameter (?:required|not supported)/, (t) => t('logql.error.parameter')],
  [/capture/, (t) => t('logql.error.capture')],
  [/template|function .* not defined/, (t) => t('logql.error.template')],
  [/error parsing regexp|invalid regular expression|regex/i, (t) => t('logql.error.expression')],
];

/** A reason in the reader's language; a sentence that is not known stays as it is. */
export function logqlReason(reason: string, t: TFunction): string {
  return tellReason(RULES, reason, t);
}

/** The marks for an editor's text. */
export function logqlDiagnostics(text: string, t: TFunction): Diagnostic[] {
  if (text.trim() === '') return [];
  try {
    parseLogql(text);
    return [];
  } catch (error) {
    if (!(error instanceof LogqlError)) throw error;
    return [errorMark(text, error, logqlReason(error.reason, t))];
  }
}

/** A LogQL text formatted. */
export function formatLogql(text: string): Formatted {
  if (text.trim() === '') return { state: 'empty' };
  let formatted: string;
  try {
    formatted = prettyLogql(parseLogql(text));
  } catch (error) {
    if (error instanceof LogqlError) return { state: 'wrong' };
    throw error;
  }
  if (scanLogql(text).some(({ kind }) => kind === 'comment')) return { state: 'comments' };
  return formatted === text ? { state: 'formatted' } : { state: 'ready', formatted };
}
