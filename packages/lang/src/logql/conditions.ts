/** Conditions on labels, as in `| status >= 500 and (duration > 1s or size > 10KB)`. */

import { compileMatcher, type Matcher, type MatchOperator } from '@atalaya/model';
import type { CompareOperator, LabelCondition } from './ast.ts';
import type { LogqlCursor } from './cursor.ts';
import { LogqlError } from './error.ts';
import { readLogBytes, readLogDuration, readLogNumber } from './literals.ts';

/** Reads a condition: `or` binds weakest; `and`, a comma and nothing at all mean the same. */
export function readCondition(cursor: LogqlCursor): LabelCondition {
  let left = readConjunction(cursor);
  while (cursor.accept('or')) {
    const right = readConjunction(cursor);
    left = { kind: 'or', left, right, start: left.start, end: right.end };
  }
  return left;
}

function readConjunction(cursor: LogqlCursor): LabelCondition {
  let left = readOne(cursor);
  while (cursor.accept('and') || cursor.accept(',') || cursor.token.kind === 'identifier' || cursor.is('(')) {
    const right = readOne(cursor);
    left = { kind: 'and', left, right, start: left.start, end: right.end };
  }
  return left;
}

const MATCH_OPERATORS: readonly MatchOperator[] = ['=', '!=', '=~', '!~'];
const COMPARE_OPERATORS: ReadonlySet<string> = new Set(['=', '==', '!=', '>', '>=', '<', '<=']);

function readOne(cursor: LogqlCursor): LabelCondition {
  const { start } = cursor.token;
  if (cursor.accept('(')) {
    const inner = readCondition(cursor);
    cursor.expect(')');
    return { ...inner, start, end: cursor.lastEnd };
  }
  const label = cursor.expectKind('identifier').text;
  const matching = matchOperatorAt(cursor);
  const operator = cursor.token.kind === 'symbol' ? cursor.token.text : '';
  if (matching === undefined && !COMPARE_OPERATORS.has(operator)) throw cursor.unexpected();
  cursor.take();
  if (matching !== undefined && cursor.token.kind === 'string') {
    const matcher = readMatchValue(cursor, label, matching);
    return { kind: 'match', matcher, start, end: cursor.lastEnd };
  }
  if ((operator === '=' || operator === '!=') && cursor.is('ip')) {
    return { kind: 'ip', label, operator, value: readIp(cursor), start, end: cursor.lastEnd };
  }
  if (!COMPARE_OPERATORS.has(operator)) throw cursor.unexpected('STRING');
  const { kind, value, literal } = readQuantity(cursor);
  return { kind, label, operator: operator as CompareOperator, value, literal, start, end: cursor.lastEnd };
}

/** Reads `ip("…")`. What is inside is checked where it is used. */
export function readIp(cursor: LogqlCursor): string {
  cursor.expect('ip');
  cursor.expect('(');
  const { value } = cursor.expectKind('string');
  cursor.expect(')');
  return value;
}

function readQuantity(cursor: LogqlCursor): { kind: 'number' | 'duration' | 'bytes'; value: number; literal: string } {
  const sign = cursor.is('-') || cursor.is('+') ? cursor.take().text : '';
  const { token } = cursor;
  const read = { number: readLogNumber, duration: readLogDuration, bytes: readLogBytes }[token.kind as 'number' | 'duration' | 'bytes'];
  if (read === undefined) throw cursor.unexpected();
  const value = read(token.text);
  if (value === undefined) throw badNumber(token.text, token.start, token.end);
  cursor.take();
  return { kind: token.kind as 'number' | 'duration' | 'bytes', value: sign === '-' ? -value : value, literal: sign + token.text };
}

/** The error of a literal that looks like a number and is none. */
export function badNumber(text: string, start: number, end: number): LogqlError {
  return LogqlError.meaning(start, end, `unable to parse literal as a float: strconv.ParseFloat: parsing "${text}": invalid syntax`);
}

/** The operator of a matcher, where one stands at the cursor. */
export function matchOperatorAt(cursor: LogqlCursor): MatchOperator | undefined {
  return MATCH_OPERATORS.find((operator) => cursor.is(operator));
}

/** Reads what a label is compared with, behind the operator: a string, and a valid expression where it is to be one. */
export function readMatchValue(cursor: LogqlCursor, name: string, operator: MatchOperator): Matcher {
  const { value, start, end } = cursor.expectKind('string');
  const matcher: Matcher = { name, operator, value };
  try {
    compileMatcher(matcher);
  } catch (error) {
    throw LogqlError.meaning(start, end, (error as Error).message);
  }
  return matcher;
}
