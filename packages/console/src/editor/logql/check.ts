/** Marks what is wrong in a LogQL text while it is typed, and formats one that is right: by the server's own parser. */

import { LogqlError, parseLogql, prettyLogql } from '@atalaya/lang';
import type { Diagnostic } from '@codemirror/lint';
import type { TFunction } from 'i18next';

import { messageOf } from '../check.ts';
import type { FormatState } from '../format.ts';
import { scanLogql } from './scan.ts';

type Rule = readonly [pattern: RegExp, translate: (t: TFunction) => string];

/** The parser speaks English in a fixed set of sentences, worded as Loki's. */
const RULES: readonly Rule[] = [
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
  return RULES.find(([pattern]) => pattern.test(reason))?.[1](t) ?? reason;
}

/** The marks for an editor's text. */
export function logqlDiagnostics(text: string, t: TFunction): Diagnostic[] {
  if (text.trim() === '') return [];
  try {
    parseLogql(text);
    return [];
  } catch (error) {
    if (!(error instanceof LogqlError)) throw error;
    const from = Math.min(error.start, text.length);
    const to = Math.min(Math.max(error.end, from), text.length);
    const told = logqlReason(error.reason, t);
    return [
      {
        // At the end of the text the last letter carries the mark.
        from: from === to ? Math.max(0, from - 1) : from,
        to: Math.max(to, Math.min(from, text.length)),
        severity: 'error',
        message: `${told}\n${error.message}`,
        renderMessage: () => messageOf(told, error.message),
      },
    ];
  }
}

/** A LogQL text formatted; `undefined` unless the state is `ready`. */
export function formatLogql(text: string): { state: FormatState; formatted?: string } {
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
