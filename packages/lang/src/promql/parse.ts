/** The front door of PromQL: text in, checked syntax tree out. */

import type { Matcher } from '@atalaya/model';
import type { Expression } from './ast.ts';
import { checkTypes } from './check.ts';
import { PromqlError } from './error.ts';
import { checkFeatures, DEFAULT_PROMQL_FEATURES, type PromqlFeature } from './features.ts';
import { describeToken, type Token } from './lexer.ts';
import { parseSyntax } from './parser.ts';

/**
 * Reads a PromQL expression and checks its types, and that it uses no experimental part of the language whose flag is off.
 * @throws PromqlError, whose message is what a Prometheus user expects to read.
 */
export function parsePromql(text: string, features: ReadonlySet<PromqlFeature> = DEFAULT_PROMQL_FEATURES): Expression {
  const expression = parseSyntax(text);
  checkFeatures(text, expression, features);
  checkTypes(text, expression);
  return expression;
}

/**
 * Reads what `match[]` takes: a selector without modifiers, which may match everything.
 * @throws PromqlError for anything else, at the first token that does not belong to it.
 */
export function parseSelector(text: string): Matcher[] {
  const stranger = firstAfterSelector(text);
  if (stranger !== undefined) {
    throw new PromqlError(text, stranger.start, stranger.end, `unexpected ${describeToken(stranger)}`);
  }
  const expression = parseSyntax(text);
  if (expression.kind !== 'selector') throw new PromqlError(text, expression.start, expression.end, 'not a selector');
  for (const { name } of expression.matchers) if (name === '') throw new PromqlError(text, 0, 0, 'invalid label name for matching: ""');
  return [...expression.matchers];
}

const SPACE = /^\s*/;
const NAME = /^\s*[A-Za-z_:][A-Za-z\d_:]*/;
/** Braces and what is in them, texts with their escapes. */
const BRACES = /^\s*\{(?:[^"'`}]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\}/s;
const TOKEN = /^(?:[A-Za-z_:][A-Za-z\d_:]*|[\d.][\w.]*|"(?:[^"\\]|\\.)*"|[=!<>]=|=~|!~|[^])/;

/** What stands behind a selector that a text begins with, or in its place; `undefined` when nothing does, or the braces do not close. */
function firstAfterSelector(text: string): Token | undefined {
  let at = NAME.exec(text)?.[0].length ?? 0;
  const braces = BRACES.exec(text.slice(at))?.[0];
  if (braces === undefined && /^\s*\{/.test(text.slice(at))) return undefined;
  at += braces?.length ?? 0;
  const start = at + (SPACE.exec(text.slice(at))?.[0].length ?? 0);
  const word = TOKEN.exec(text.slice(start))?.[0];
  if (word === undefined || word === '#') return undefined;
  const kind = /^[A-Za-z_:]/.test(word) ? 'identifier' : /^[\d.]/.test(word) ? 'number' : word.startsWith('"') ? 'string' : 'symbol';
  return { kind, text: word, start, end: start + word.length };
}
