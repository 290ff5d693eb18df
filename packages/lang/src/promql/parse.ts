/** The front door of PromQL: text in, checked syntax tree out. */

import type { Matcher } from '@atalaya/model';
import { childrenOf, type Expression } from './ast.ts';
import { checkTypes } from './check.ts';
import { PromqlError } from './error.ts';
import { checkFeatures, DEFAULT_PROMQL_FEATURES, type PromqlFeature } from './features.ts';
import { describeToken, tokenize } from './lexer.ts';
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
  const expression = parseSyntax(text);
  if (expression.kind === 'selector' && expression.offset === undefined && expression.at === undefined && expression.border === undefined) {
    for (const { name } of expression.matchers) if (name === '') throw new PromqlError(text, 0, 0, 'invalid label name for matching: ""');
    return [...expression.matchers];
  }
  const end = selectorEnd(text, expression);
  const token = tokenize(text).find(({ start }) => start >= end);
  const [start, stop] = token === undefined ? [0, 0] : [token.start, token.end];
  throw new PromqlError(text, start, stop, `unexpected ${token === undefined ? 'end of input' : describeToken(token)}`);
}

/** Where a selector that the text begins with ends: before its modifiers and what follows; its start when the text begins otherwise. */
function selectorEnd(text: string, expression: Expression): number {
  if (expression.kind === 'selector') {
    const modifier = tokenize(text).find(
      ({ start, text: word }) => start > expression.start && /^(?:offset|@|anchored|smoothed)$/i.test(word),
    );
    return Math.min(expression.end, modifier?.start ?? expression.end);
  }
  const first = childrenOf(expression)[0];
  return first === undefined || first.start !== expression.start ? expression.start : selectorEnd(text, first);
}
