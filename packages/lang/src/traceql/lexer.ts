/** Tokens of TraceQL. */

import { readString } from '../promql/lexer.ts';
import { unreadable } from '../text-error.ts';
import type { TraceqlScope } from './ast.ts';
import { TraceqlError } from './error.ts';
import { readTraceDuration } from './literals.ts';

export type TraceqlTokenKind = 'string' | 'integer' | 'float' | 'duration' | 'attribute' | 'word' | 'symbol' | 'end';

/** A token. Words may have a scope: `span:name`. */
export interface TraceqlToken {
  readonly kind: TraceqlTokenKind;
  readonly text: string;
  /** What a string means, escapes resolved; the name of an attribute; else the text. */
  readonly value: string;
  /** Of attributes. */
  readonly scope?: TraceqlScope;
  readonly ofParent?: boolean;
  readonly start: number;
  readonly end: number;
}

/** What a name of an attribute is made of: pieces in quotes, and anything that is no space, bracket or operator but those of arithmetic. */
const NAME = '(?:"(?:[^"\\\\\\n]|\\\\[^\\n])*"|[^\\s{}()=~!<>&|^,"])+';
const TOKEN = new RegExp(
  [
    '(?<space>\\s+|//[^\\n]*|/\\*(?:[^*]|\\*(?!/))*\\*/)',
    '(?<string>"(?:[^"\\\\\\n]|\\\\[^\\n])*"|`[^`]*`)',
    '(?<number>(?:\\d|\\.\\d)(?:[eE][+-]\\d|[\\p{L}\\p{Nd}_.])*)',
    `(?<attribute>(?<of>parent\\.)?(?<scope>(?:span|resource|event|link|instrumentation)?\\.)?(?<=\\.)(?<name>${NAME}))`,
    '(?<word>(?:(?:span|trace|event|link|instrumentation):)?[\\p{L}_][\\p{L}\\p{Nd}_]*)',
    '(?<symbol>[!&]?(?:>>|<<)|&[><~&]|![><~=]|\\|\\||[=<>]=|=~|[-+*/%^=<>!~|{}()[\\],.:])',
  ].join('|'),
  'uy',
);

const KINDS = ['string', 'number', 'attribute', 'word', 'symbol'] as const;

/** Cuts a text into tokens, the last of kind `end`. @throws TraceqlError */
export function tokenizeTraceql(text: string): TraceqlToken[] {
  const tokens: TraceqlToken[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) {
      const { end, reason } = unreadable(text, start);
      throw TraceqlError.syntax(text, start, end, reason);
    }
    const kind = KINDS.find((name) => groups[name] !== undefined);
    if (kind === undefined) continue;
    tokens.push(tokenOf(kind, groups, text, start));
  }
  tokens.push({ kind: 'end', text: '', value: '', start: text.length, end: text.length });
  return tokens;
}

function tokenOf(kind: (typeof KINDS)[number], groups: Partial<Record<string, string>>, text: string, start: number): TraceqlToken {
  const token = groups[kind] as string;
  const end = start + token.length;
  const place = { text: token, start, end };
  switch (kind) {
    case 'string': {
      const value = readString(token);
      if (value === undefined) throw TraceqlError.syntax(text, start, end, 'syntax error: invalid syntax in string');
      return { kind, value, ...place };
    }
    case 'number':
      return { kind: numberKind(token, text, start), value: token, ...place };
    case 'attribute': {
      const scope = (groups['scope'] ?? '.').slice(0, -1);
      const value = (groups['name'] as string).replaceAll(/"((?:[^"\\]|\\.)*)"/g, (_whole, inner: string) =>
        inner.replaceAll(/\\(.)/g, '$1'),
      );
      return { kind, value, scope: scope === '' ? 'any' : (scope as TraceqlScope), ofParent: groups['of'] !== undefined, ...place };
    }
    case 'word':
    case 'symbol':
      return { kind, value: token, ...place };
  }
}

function numberKind(token: string, text: string, start: number): 'integer' | 'float' | 'duration' {
  if (/^\d+$/.test(token)) return 'integer';
  if (/^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(token)) return 'float';
  if (readTraceDuration(token) !== undefined) return 'duration';
  throw TraceqlError.syntax(
    text,
    start,
    start + token.length,
    `syntax error: "${token}" is neither a number nor a duration such as 1h30m, 1.5s, 100us`,
  );
}

/** A token as an error message names it. */
export function describeTraceqlToken({ kind, text }: TraceqlToken): string {
  return kind === 'end' ? '$end' : text;
}
