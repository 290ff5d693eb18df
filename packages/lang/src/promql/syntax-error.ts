/** Syntax errors in Prometheus' words: what stands where something else was expected. */

import type { SyntaxNode } from '@lezer/common';
import { PromqlError } from './error.ts';
import { FUNCTIONS } from './functions.ts';
import { describeToken, isGrammarWord, type Token } from './lexer.ts';

const DURATION = 'number, duration, step(), or range()';
const GROUPING = /^(?:by|without|on|ignoring|group_left|group_right)$/i;
const MATCH_OPERATOR = /^(?:=|!=|=~|!~)$/;

/** The error of a text at the place where the grammar found no way on. */
export function syntaxError(text: string, tokens: readonly Token[], error: SyntaxNode): PromqlError {
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'identifier' || tokens[index + 1]?.text !== '(' || token.start > error.to) continue;
    const name = token.text;
    if (!isGrammarWord(name) && !FUNCTIONS.has(name)) {
      return new PromqlError(text, token.start, token.end, `unknown function with name ${JSON.stringify(name)}`);
    }
  }
  const index = tokens.findIndex((candidate) => candidate.start >= error.from);
  const token = tokens[index] as Token;
  const context = contextBefore(tokens, index) ?? (error.parent?.name === 'AggregateExpr' ? ' in aggregation' : '');
  return new PromqlError(text, token.start, Math.max(token.end, token.start), `unexpected ${describeToken(token)}${context}`);
}

/** What was being read before a token, and what should have come; `undefined` where any expression may stand. */
function contextBefore(tokens: readonly Token[], index: number): string | undefined {
  const before = (distance: number): string => tokens[index - distance]?.text ?? '';
  const last = before(1);
  const open = innermostBracket(tokens, index);
  const opener = open < 0 ? '' : (tokens[open] as Token).text;
  if (opener === '[') return rangeContext(tokens.slice(open + 1, index));
  if (opener === '{') return matcherContext(last, before(2), tokens[index - 1]?.kind);
  if (GROUPING.test(last)) return /^group/i.test(last) ? undefined : ' in grouping opts, expected "("';
  if (opener === '(' && GROUPING.test(tokens[open - 1]?.text ?? '')) {
    return ` in grouping opts, expected ${last === '(' || last === ',' ? 'label' : '"," or ")"'}`;
  }
  if (/^offset$/i.test(last) || (/^[-+]$/.test(last) && /^offset$/i.test(before(2)))) return ` in offset, expected ${DURATION}`;
  const isTime = last === '@' || (/^(?:start|end)$/i.test(last) && before(2) === '@');
  return isTime ? ' in @, expected timestamp' : undefined;
}

/** The index of the bracket that is open before a token; -1 where none is. */
function innermostBracket(tokens: readonly Token[], index: number): number {
  let closed = 0;
  for (let at = index - 1; at >= 0; at--) {
    const { kind, text } = tokens[at] as Token;
    if (kind !== 'symbol') continue;
    if (')]}'.includes(text)) closed++;
    else if ('([{'.includes(text) && closed-- === 0) return at;
  }
  return -1;
}

function rangeContext(inside: readonly Token[]): string {
  const colon = inside.findIndex(({ text }) => text === ':');
  if (colon < 0)
    return inside.length === 0 ? ` in subquery or range selector, expected ${DURATION}` : ' in subquery or range, expected ":" or "]"';
  return colon === inside.length - 1 ? ` in subquery selector, expected ${DURATION} or "]"` : ' in subquery selector, expected "]"';
}

function matcherContext(last: string, beforeLast: string, kind: Token['kind'] | undefined): string {
  if (last === '{' || last === ',') return ' in label matching, expected identifier or "}"';
  if (MATCH_OPERATOR.test(last)) return ' in label matching, expected string';
  const isName = kind === 'identifier' && (beforeLast === '{' || beforeLast === ',');
  return ` in label matching, expected ${isName ? 'label matching operator' : '"," or "}"'}`;
}
