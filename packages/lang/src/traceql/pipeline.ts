/** Spansets and what is done with them: `{…} >> {…} | by(name) | count() > 2 | select(.a)`. */

import {
  type PipelineStage,
  SPANSET_OPERATORS,
  type SpansetExpression,
  type SpansetFilter,
  type SpansetOperator,
  type SpansetPipeline,
  TRACEQL_METRICS,
} from './ast.ts';
import type { TraceqlCursor } from './cursor.ts';
import { TraceqlError } from './error.ts';
import { readFieldExpression } from './expressions.ts';
import { printField } from './printer.ts';
import { isAggregate, readScalarFilter } from './scalars.ts';
import { looksAtSpan, typeOfField } from './types.ts';

/** Words behind a bar that end the spans' part of a query. */
const METRICS: ReadonlySet<string> = new Set(TRACEQL_METRICS);

/** Reads stages up to the end, or to a metrics function, which is left to the caller with the bar before it taken. */
export function readPipeline(cursor: TraceqlCursor): SpansetPipeline {
  const { start } = cursor.token;
  if (cursor.is('coalesce')) throw cursor.syntax('unexpected coalesce: a pipeline cannot begin with it');
  const stages: PipelineStage[] = [readStage(cursor)];
  while (cursor.is('|') && !(cursor.next.kind === 'word' && METRICS.has(cursor.next.text))) {
    cursor.take();
    stages.push(readStage(cursor));
  }
  return { kind: 'pipeline', stages, start, end: cursor.lastEnd };
}

function readStage(cursor: TraceqlCursor): PipelineStage {
  const { token } = cursor;
  const { start } = token;
  if (cursor.is('by')) return readGroup(cursor);
  if (cursor.is('select')) return readSelect(cursor);
  if (cursor.accept('coalesce')) {
    cursor.expect('(');
    cursor.expect(')');
    return { kind: 'coalesce', start, end: cursor.lastEnd };
  }
  if (cursor.is('{')) return readSpansets(cursor, 0);
  const { kind, text } = cursor.behindParentheses;
  if (cursor.is('(')) {
    if (text === '{' || text === 'by' || text === 'select') return readSpansets(cursor, 0);
    // A pipeline in parentheses may begin with a comparison, and so may the left side of one.
    return cursor.either(
      () => readScalarFilter(cursor),
      () => readSpansets(cursor, 0),
    );
  }
  if (isAggregate(token) || kind === 'integer' || kind === 'float' || kind === 'duration' || text === '-') return readScalarFilter(cursor);
  if (text === 'topk' || text === 'bottomk')
    throw cursor.syntax(`unexpected ${text}: it stands behind a metrics function, such as {…} | rate() by (name) | ${text}(5)`);
  throw cursor.unexpected('{', 'by', 'select', 'coalesce', 'an aggregate', 'a metrics function');
}

function readGroup(cursor: TraceqlCursor): PipelineStage {
  const { start } = cursor.take();
  cursor.expect('(');
  const expression = readFieldExpression(cursor);
  cursor.expect(')');
  const place = { start, end: cursor.lastEnd };
  if (!looksAtSpan(expression)) {
    throw TraceqlError.meaning(place, `grouping field expressions must reference the span: by(${printField(expression)})`);
  }
  return { kind: 'by', expression, ...place };
}

function readSelect(cursor: TraceqlCursor): PipelineStage {
  const { start } = cursor.take();
  cursor.expect('(');
  const fields = [readFieldExpression(cursor)];
  while (cursor.accept(',')) fields.push(readFieldExpression(cursor));
  cursor.expect(')', ',');
  return { kind: 'select', fields, start, end: cursor.lastEnd };
}

function precedenceOf(operator: SpansetOperator): number {
  return operator === '&&' || operator === '||' ? 1 : 2;
}

/** Operators that compare numbers elsewhere, and what is meant where they cannot stand between spansets. */
const ARITHMETIC: readonly string[] = ['+', '-', '*', '/', '%', '^', '=', '!=', '<=', '>='];

function readSpansets(cursor: TraceqlCursor, minimum: number): SpansetExpression {
  let left = readSpanset(cursor);
  for (;;) {
    const operator = cursor.oneOf(SPANSET_OPERATORS);
    if (operator === undefined) {
      if (cursor.oneOf(ARITHMETIC) !== undefined) throw cursor.unexpected('an operator between spansets', '|');
      return left;
    }
    if (precedenceOf(operator) < minimum) return left;
    cursor.take();
    const right = readSpansets(cursor, precedenceOf(operator) + 1);
    left = { kind: 'operation', operator, left, right, start: left.start, end: right.end };
  }
}

function readSpanset(cursor: TraceqlCursor): SpansetExpression {
  const { start } = cursor.token;
  if (!cursor.accept('(')) return readFilter(cursor);
  const inner = readPipeline(cursor);
  if (cursor.is('|')) throw cursor.syntax(`unexpected ${cursor.next.text}: metrics functions are not supported in parentheses`);
  cursor.expect(')', '|');
  const place = { start, end: cursor.lastEnd };
  const [only] = inner.stages;
  // Parentheses around spansets alone only group.
  if (inner.stages.length === 1 && (only?.kind === 'filter' || only?.kind === 'operation' || only?.kind === 'pipeline'))
    return { ...only, ...place };
  return { ...inner, ...place };
}

/** Reads `{…}`. */
export function readFilter(cursor: TraceqlCursor): SpansetFilter {
  const { start } = cursor.expect('{', '(');
  if (cursor.accept('}')) {
    const end = cursor.lastEnd;
    return { kind: 'filter', condition: { kind: 'literal', type: 'boolean', value: true, start: end, end }, start, end };
  }
  const condition = readFieldExpression(cursor);
  cursor.expect('}', 'an operator');
  const place = { start, end: cursor.lastEnd };
  const type = typeOfField(condition);
  if (type !== 'attribute' && type !== 'boolean') {
    throw TraceqlError.meaning(place, `span filter field expressions must resolve to a boolean: { ${printField(condition)} } (${type})`);
  }
  return { kind: 'filter', condition, ...place };
}
