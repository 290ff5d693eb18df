/** Tokens of LogQL. */

import { readString } from '../promql/lexer.ts';
import { unreadable } from '../text-error.ts';
import { RANGE_OPERATIONS, VECTOR_OPERATIONS } from './ast.ts';
import { LogqlError } from './error.ts';
import { readLogBytes, readLogDuration } from './literals.ts';

export type LogqlTokenKind = 'string' | 'number' | 'duration' | 'bytes' | 'identifier' | 'flag' | 'word' | 'function' | 'symbol' | 'end';

/** A token. Of kind `word` are the reserved ones, of kind `function` those that name one here. */
export interface LogqlToken {
  readonly kind: LogqlTokenKind;
  readonly text: string;
  /** What a string means, escapes resolved; else the text. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /(?<space>\s+|#[^\n]*)|(?<string>"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`)|(?<flag>--(?:strict|keep-empty)\b)|(?<number>(?:\d|\.\d)[\p{L}\p{Nd}_.]*(?:(?<=\d[eE]|[pP])[+-]\d+)?)|(?<identifier>[\p{L}_][\p{L}\p{Nd}_]*)|(?<symbol>\|[=~>]|![=~>]|=~|==|>=|<=|[-+*/%^=<>|{}()[\],.])/uy;

/** Words that are never the name of a label. */
const WORDS: ReadonlySet<string> = new Set(
  (
    'by without bool offset on ignoring group_left group_right or and unless json logfmt regexp pattern unpack unwrap ' +
    'line_format label_format decolorize drop keep'
  ).split(' '),
);

/** Words that are functions when a parenthesis, or a grouping, follows; else names. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  ...RANGE_OPERATIONS,
  ...VECTOR_OPERATIONS,
  'label_replace',
  'vector',
  'bytes',
  'duration',
  'duration_seconds',
  'ip',
  'variants',
  'of',
]);
const AFTER_FUNCTION = /^\s*(?:\(|by\b|without\b)/;

/** Cuts a text into tokens, the last of kind `end`. @throws LogqlError */
export function tokenizeLogql(text: string): LogqlToken[] {
  const tokens: LogqlToken[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) {
      const { end, reason } = unreadable(text, start);
      throw LogqlError.syntax(text, start, end, reason);
    }
    const kind = (['string', 'flag', 'number', 'identifier', 'symbol'] as const).find((name) => groups[name] !== undefined);
    if (kind === undefined) continue;
    const token = groups[kind] as string;
    const end = start + token.length;
    const value = kind === 'string' ? readString(token) : token;
    if (value === undefined) throw LogqlError.syntax(text, start, end, 'syntax error: invalid syntax in string');
    tokens.push({ kind: finerKind(kind, token, text, end), text: token, value, start, end });
  }
  tokens.push({ kind: 'end', text: '', value: '', start: text.length, end: text.length });
  return tokens;
}

function finerKind(
  kind: 'string' | 'flag' | 'number' | 'identifier' | 'symbol',
  token: string,
  text: string,
  end: number,
): LogqlToken['kind'] {
  if (kind === 'identifier') {
    if (WORDS.has(token)) return 'word';
    return FUNCTIONS.has(token) && AFTER_FUNCTION.test(text.slice(end, end + 200)) ? 'function' : 'identifier';
  }
  if (kind === 'number') {
    // In both senses `5m` could be read: it is a duration first.
    if (readLogDuration(token) !== undefined) return 'duration';
    if (readLogBytes(token) !== undefined) return 'bytes';
  }
  return kind;
}

/** A token as an error message names it, in Loki's manner. */
export function describeLogqlToken(token: LogqlToken): string {
  switch (token.kind) {
    case 'end':
      return '$end';
    case 'string':
      return 'STRING';
    case 'number':
      return 'NUMBER';
    case 'duration':
      return 'DURATION';
    case 'bytes':
      return 'BYTES';
    case 'identifier':
      return 'IDENTIFIER';
    case 'flag':
      return 'PARSER_FLAG';
    case 'function':
      return token.text === 'ip' ? 'ip' : token.text.toUpperCase();
    case 'word':
    case 'symbol':
      return token.text;
  }
}
