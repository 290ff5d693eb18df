/** LogQL text to syntax tree, by recursive descent. */

import { compilePattern, type Matcher, PatternError } from '@atalaya/model';
import {
  type Grouping,
  type LineFilter,
  LOGQL_OPERATORS,
  LOGQL_PRECEDENCE,
  type LogqlBinary,
  type LogqlExpression,
  type LogqlMatching,
  type LogqlOperator,
  type LogSelection,
  type MetricExpression,
  RANGE_OPERATIONS,
  type RangeAggregation,
  type RangeOperation,
  type Unwrap,
  VECTOR_OPERATIONS,
  type VectorAggregation,
  type VectorOperation,
} from './ast.ts';
import { checkAggregation, checkMatchers, checkOperands, checkRange } from './checks.ts';
import { badNumber, matchOperatorAt, readMatchValue } from './conditions.ts';
import { LogqlCursor } from './cursor.ts';
import { LogqlError } from './error.ts';
import { readLogDuration, readLogNumber } from './literals.ts';
import { readStages, readUnwrap } from './stages.ts';

/** Reads one LogQL expression and checks what can be known without data. @throws LogqlError */
export function parseLogql(text: string): LogqlExpression {
  const cursor = new LogqlCursor(text);
  const expression = readExpression(cursor, 0);
  if (cursor.token.kind !== 'end') throw cursor.unexpected();
  return expression;
}

/** Reads a stream selector alone, as the series and label routes take it. @throws LogqlError */
export function parseLogSelector(text: string): Matcher[] {
  const cursor = new LogqlCursor(text);
  const matchers = readSelector(cursor);
  if (cursor.token.kind !== 'end') throw cursor.unexpected();
  return matchers;
}

/**
 * Reads a selector with line filters behind it, as `match` of Promtail's pipelines takes it: unlike a question it may hold for every stream.
 * @throws LogqlError
 */
export function parseLineSelector(text: string): { matchers: Matcher[]; filters: LineFilter[] } {
  const cursor = new LogqlCursor(text);
  const matchers = readMatchers(cursor);
  const filters: LineFilter[] = [];
  for (const stage of readStages(cursor)) {
    if (stage.kind !== 'line-filter') {
      throw LogqlError.meaning(stage.start, stage.end, 'only line filters (|=, !=, |~, !~, |>, !>) may follow the selector here');
    }
    filters.push(stage);
  }
  if (cursor.token.kind !== 'end') throw cursor.unexpected();
  return { matchers, filters };
}

function operatorAt(cursor: LogqlCursor): LogqlOperator | undefined {
  return LOGQL_OPERATORS.find((operator) => cursor.is(operator));
}

function readExpression(cursor: LogqlCursor, minimum: number): LogqlExpression {
  let left = readPrimary(cursor);
  for (;;) {
    const operator = operatorAt(cursor);
    if (operator === undefined || LOGQL_PRECEDENCE[operator] < minimum) return left;
    cursor.take();
    const returnBool = cursor.accept('bool');
    const matching = readMatching(cursor);
    const right = readExpression(cursor, operator === '^' ? LOGQL_PRECEDENCE[operator] : LOGQL_PRECEDENCE[operator] + 1);
    checkOperands(operator, left, right);
    const sides = { left: left as MetricExpression, right: right as MetricExpression };
    left = { kind: 'binary', operator, ...sides, returnBool, matching, start: left.start, end: right.end } satisfies LogqlBinary;
  }
}

function readMatching(cursor: LogqlCursor): LogqlMatching | undefined {
  const on = cursor.is('on');
  if (!on && !cursor.is('ignoring')) return undefined;
  cursor.take();
  const labels = readLabels(cursor);
  const group = cursor.is('group_left') || cursor.is('group_right') ? cursor.take().text : undefined;
  const include = group !== undefined && cursor.is('(') && isLabelList(cursor) ? readLabels(cursor) : [];
  const cardinality = group === 'group_left' ? 'many-to-one' : group === 'group_right' ? 'one-to-many' : 'one-to-one';
  return { cardinality, on, labels, include };
}

/** Whether the parenthesis that the cursor stands at opens a list of labels, not an expression. */
function isLabelList(cursor: LogqlCursor): boolean {
  return cursor.next.kind === 'identifier' || cursor.next.text === ')';
}

function readLabels(cursor: LogqlCursor): string[] {
  cursor.expect('(');
  const labels: string[] = [];
  if (cursor.accept(')')) return labels;
  do labels.push(cursor.expectKind('identifier', ...(labels.length === 0 ? [')'] : [])).text);
  while (cursor.accept(','));
  cursor.expect(')', ',');
  return labels;
}

function readPrimary(cursor: LogqlCursor): LogqlExpression {
  const { token } = cursor;
  const { start } = token;
  if (token.kind === 'number' || ((cursor.is('-') || cursor.is('+')) && cursor.next.kind === 'number')) {
    return { kind: 'number', value: readNumber(cursor), start, end: cursor.lastEnd };
  }
  if (cursor.is('{')) return readLogs(cursor);
  if (cursor.accept('(')) {
    const inner = readExpression(cursor, 0);
    cursor.expect(')');
    // Only lines go on after a parenthesis: `({…} |= "a") |= "b"` is one pipeline.
    const stages = inner.kind === 'logs' ? readStages(cursor) : [];
    if (inner.kind === 'logs') return { ...inner, stages: [...inner.stages, ...stages], start, end: cursor.lastEnd };
    return { ...inner, start, end: cursor.lastEnd };
  }
  if (token.kind !== 'function') throw cursor.unexpected();
  if (cursor.accept('vector')) {
    cursor.expect('(');
    if (cursor.token.kind !== 'number' && !cursor.is('-') && !cursor.is('+')) throw cursor.unexpected('NUMBER');
    const value = readNumber(cursor);
    cursor.expect(')');
    return { kind: 'vector', value, start, end: cursor.lastEnd };
  }
  if (cursor.is('label_replace')) return readLabelReplace(cursor);
  const range = RANGE_OPERATIONS.find((operation) => operation === token.text);
  if (range !== undefined) return readRangeAggregation(cursor, range);
  const vector = VECTOR_OPERATIONS.find((operation) => operation === token.text);
  if (vector !== undefined) return readVectorAggregation(cursor, vector);
  if (token.text === 'variants') throw LogqlError.meaning(start, token.end, 'variants are experimental in Loki and not supported here');
  throw cursor.unexpected();
}

function readNumber(cursor: LogqlCursor): number {
  const sign = cursor.accept('-') ? -1 : (cursor.accept('+'), 1);
  const { text, start, end } = cursor.expectKind('number');
  const value = readLogNumber(text);
  if (value === undefined) throw badNumber(text, start, end);
  return sign * value;
}

function readSelector(cursor: LogqlCursor): Matcher[] {
  const { start } = cursor.token;
  const matchers = readMatchers(cursor);
  checkMatchers(matchers, start, cursor.lastEnd);
  return matchers;
}

function readMatchers(cursor: LogqlCursor): Matcher[] {
  cursor.expect('{');
  const matchers: Matcher[] = [];
  if (!cursor.is('}')) {
    do matchers.push(readMatcher(cursor));
    while (cursor.accept(','));
  }
  cursor.expect('}', ',');
  return matchers;
}

function readMatcher(cursor: LogqlCursor): Matcher {
  const name = cursor.expectKind('identifier').text;
  const operator = matchOperatorAt(cursor);
  if (operator === undefined) throw cursor.unexpected('=', '!=', '=~', '!~');
  cursor.take();
  return readMatchValue(cursor, name, operator);
}

function readLogs(cursor: LogqlCursor): LogSelection {
  const { start } = cursor.token;
  const matchers = readSelector(cursor);
  return { kind: 'logs', matchers, stages: readStages(cursor), start, end: cursor.lastEnd };
}

/** What a range aggregation works on, while it is being read. */
interface LogRange {
  readonly logs: LogSelection;
  readonly unwrap: Unwrap | undefined;
  /** Milliseconds, once it was met. */
  readonly range: number | undefined;
  readonly offset: number;
}

/** Lines, a number of theirs and a range: the range may stand before the stages, and parentheses around all or a part. */
function readLogRange(cursor: LogqlCursor, first: boolean): LogRange {
  let read: LogRange;
  if (cursor.accept('(')) {
    read = readLogRange(cursor, false);
    cursor.expect(')');
  } else {
    if (!cursor.is('{')) throw first ? cursor.unexpected('NUMBER', '{', '(') : cursor.unexpected('{', '(');
    read = { logs: readLogs(cursor), unwrap: undefined, range: undefined, offset: 0 };
  }
  read = withMore(cursor, read);
  if (read.range !== undefined || !cursor.is('[')) return read;
  return withMore(cursor, { ...read, ...readRange(cursor) });
}

function withMore(cursor: LogqlCursor, read: LogRange): LogRange {
  if (read.unwrap !== undefined) return read;
  const stages = readStages(cursor);
  const unwrap = readUnwrap(cursor);
  return { ...read, logs: { ...read.logs, stages: [...read.logs.stages, ...stages], end: cursor.lastEnd }, unwrap };
}

function readRange(cursor: LogqlCursor): { range: number; offset: number } {
  cursor.expect('[');
  const range = readMilliseconds(cursor);
  cursor.expect(']');
  if (!cursor.accept('offset')) return { range, offset: 0 };
  const sign = cursor.accept('-') ? -1 : 1;
  return { range, offset: sign * readMilliseconds(cursor) };
}

function readMilliseconds(cursor: LogqlCursor): number {
  const { text } = cursor.expectKind('duration');
  return (readLogDuration(text) as number) / 1e6;
}

function readRangeAggregation(cursor: LogqlCursor, operation: RangeOperation): RangeAggregation {
  const { start } = cursor.take();
  cursor.expect('(');
  const hasParameter = cursor.token.kind === 'number';
  const literal = cursor.token.text;
  const parameter = hasParameter ? readNumber(cursor) : undefined;
  if (hasParameter) cursor.expect(',');
  const { logs, unwrap, range, offset } = readLogRange(cursor, !hasParameter);
  if (range === undefined) throw cursor.unexpected();
  cursor.expect(')');
  const grouping = readGrouping(cursor);
  const read: RangeAggregation = { kind: 'range', operation, parameter, logs, unwrap, range, offset, grouping, start, end: cursor.lastEnd };
  checkRange(read, literal);
  return read;
}

function readGrouping(cursor: LogqlCursor): Grouping | undefined {
  if (!cursor.is('by') && !cursor.is('without')) return undefined;
  const without = cursor.take().text === 'without';
  return { without, labels: readLabels(cursor) };
}

function readVectorAggregation(cursor: LogqlCursor, operation: VectorOperation): VectorAggregation {
  const { start } = cursor.take();
  const before = readGrouping(cursor);
  cursor.expect('(');
  let parameter: number | undefined;
  let literal = '';
  if (cursor.token.kind === 'number' && cursor.next.text === ',') {
    literal = cursor.token.text;
    parameter = readNumber(cursor);
    cursor.expect(',');
  }
  const expression = readExpression(cursor, 0);
  if (expression.kind === 'logs') throw cursor.unexpected();
  cursor.expect(')');
  const grouping = before ?? readGrouping(cursor);
  const read: VectorAggregation = { kind: 'aggregation', operation, parameter, expression, grouping, start, end: cursor.lastEnd };
  checkAggregation(read, literal);
  return read;
}

function readLabelReplace(cursor: LogqlCursor): MetricExpression {
  const { start } = cursor.take();
  cursor.expect('(');
  const expression = readExpression(cursor, 0);
  if (expression.kind === 'logs') throw cursor.unexpected();
  const texts: string[] = [];
  while (texts.length < 4) {
    cursor.expect(',');
    texts.push(cursor.expectKind('string').value);
  }
  cursor.expect(')');
  const [destination, replacement, source, pattern] = texts as [string, string, string, string];
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw LogqlError.meaning(start, cursor.lastEnd, `invalid regex in label_replace: ${error.reason}`);
  }
  return { kind: 'label_replace', expression, destination, replacement, source, pattern, start, end: cursor.lastEnd };
}
