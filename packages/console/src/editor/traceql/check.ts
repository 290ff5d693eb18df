/** Marks what is wrong in a TraceQL text while it is typed, and formats one that is right: by the server's own parser. */

import { parseTraceql, prettyTraceql, TraceqlError } from '@atalaya/lang';
import type { Diagnostic } from '@codemirror/lint';
import type { TFunction } from 'i18next';

import { errorMark, type ReasonRule, tellReason } from '../error-mark.ts';
import type { Formatted } from '../format.ts';

/** The parser speaks English in a fixed set of sentences, worded as Tempo's. */
const RULES: readonly ReasonRule[] = [
  [/unexpected (?:\$end|end of)/, (t) => t('diagnostic.unexpectedEnd')],
  [/literal not terminated|unterminated/, (t) => t('diagnostic.unterminated')],
  [/regular expression|regexp/i, (t) => t('traceql.error.expression')],
  [/^(?:syntax error: )?unexpected/, (t) => t('diagnostic.unexpected')],
  [/not supported/, (t) => t('traceql.error.unsupported')],
  [/(?:binary|unary) operations|illegal operation|cannot be compared|types? /, (t) => t('traceql.error.types')],
];

/** A reason in the reader's language; a sentence that is not known stays as it is. */
export function traceqlReason(reason: string, t: TFunction): string {
  return tellReason(RULES, reason, t);
}

/** What is wrong in a text; `undefined` when nothing is. */
export function traceqlError(text: string): TraceqlError | undefined {
  try {
    parseTraceql(text);
    return undefined;
  } catch (error) {
    if (error instanceof TraceqlError) return error;
    throw error;
  }
}

/** The marks for an editor's text. */
export function traceqlDiagnostics(text: string, t: TFunction): Diagnostic[] {
  if (text.trim() === '') return [];
  const error = traceqlError(text);
  if (error === undefined) return [];
  return [errorMark(text, error, traceqlReason(error.reason, t))];
}

/** A TraceQL text formatted. */
export function formatTraceql(text: string): Formatted {
  if (text.trim() === '') return { state: 'empty' };
  if (traceqlError(text) !== undefined) return { state: 'wrong' };
  const formatted = prettyTraceql(parseTraceql(text));
  return formatted === text ? { state: 'formatted' } : { state: 'ready', formatted };
}
