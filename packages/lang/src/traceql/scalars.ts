/** Numbers of spansets and their comparison: `| avg(duration) > 1s`. */

import {
  type AggregateExpression,
  type ScalarBinary,
  type ScalarComparison,
  type ScalarExpression,
  type ScalarFilter,
  TRACEQL_AGGREGATES,
  TRACEQL_OPERATORS,
} from './ast.ts';
import type { TraceqlCursor } from './cursor.ts';
import { TraceqlError } from './error.ts';
import { readFieldExpression, readLiteral } from './expressions.ts';
import { printField, printScalar } from './printer.ts';
import { isNumericType, looksAtSpan, negated, operatorTakes, typeOfField, typeOfScalar, typesMatch } from './types.ts';

/** How numbers are compared. */
export const SCALAR_COMPARISONS: readonly ScalarComparison[] = ['=', '!=', '<', '<=', '>', '>='];
const ARITHMETIC: readonly ScalarBinary['operator'][] = ['+', '-', '*', '/', '%', '^'];

/** Whether an aggregate begins here. */
export function isAggregate({ kind, text }: { readonly kind: string; readonly text: string }): boolean {
  return kind === 'word' && TRACEQL_AGGREGATES.some((aggregate) => aggregate === text);
}

/** Reads a comparison. */
export function readScalarFilter(cursor: TraceqlCursor): ScalarFilter {
  const left = readScalar(cursor);
  const operator = cursor.oneOf(SCALAR_COMPARISONS);
  if (operator === undefined) throw cursor.unexpected(`a comparison, such as ${printScalar(left)} > 2`);
  cursor.take();
  const right = readScalar(cursor);
  const filter: ScalarFilter = { kind: 'scalar-filter', operator, left, right, start: left.start, end: right.end };
  checkTypes(filter, `${printScalar(left)} ${operator} ${printScalar(right)}`);
  if (!hasAggregate(left) && !hasAggregate(right)) {
    throw TraceqlError.meaning(
      filter,
      `a comparison of constants says nothing of spans: ${printScalar(left)} ${operator} ${printScalar(right)}`,
    );
  }
  return filter;
}

function hasAggregate(expression: ScalarExpression): boolean {
  if (expression.kind === 'scalar-binary') return hasAggregate(expression.left) || hasAggregate(expression.right);
  return expression.kind === 'aggregate';
}

function readScalar(cursor: TraceqlCursor, minimum = 0): ScalarExpression {
  let left = readOperand(cursor);
  for (;;) {
    const operator = cursor.oneOf(ARITHMETIC);
    if (operator === undefined || TRACEQL_OPERATORS[operator] < minimum) return left;
    cursor.take();
    const precedence = TRACEQL_OPERATORS[operator];
    const right = readScalar(cursor, operator === '^' ? precedence : precedence + 1);
    const binary: ScalarBinary = { kind: 'scalar-binary', operator, left, right, start: left.start, end: right.end };
    checkTypes(binary, printScalar(binary));
    left = binary;
  }
}

function checkTypes(node: ScalarBinary | ScalarFilter, text: string): void {
  const types = [typeOfScalar(node.left), typeOfScalar(node.right)] as const;
  if (!typesMatch(...types))
    throw TraceqlError.meaning(node, `binary operations must operate on the same type: ${text} (${types[0]} and ${types[1]})`);
  const unfit = types.find((type) => !operatorTakes(node.operator, type));
  if (unfit !== undefined)
    throw TraceqlError.meaning(node, `illegal operation for the given types: ${text} (${node.operator} does not take ${unfit})`);
}

function readOperand(cursor: TraceqlCursor): ScalarExpression {
  const { token } = cursor;
  const { start } = token;
  if (cursor.accept('(')) {
    const inner = readScalar(cursor);
    cursor.expect(')');
    return { ...inner, start, end: cursor.lastEnd };
  }
  if (isAggregate(token)) return readAggregate(cursor);
  const minus = cursor.accept('-');
  const literal = readLiteral(cursor);
  if (literal === undefined) throw cursor.unexpected('a number', ...TRACEQL_AGGREGATES);
  const value = minus ? negated(literal) : literal;
  if (value === undefined)
    throw TraceqlError.meaning({ start, end: literal.end }, `illegal operation for the given type: -${printScalar(literal)}`);
  return { ...value, start };
}

function readAggregate(cursor: TraceqlCursor): AggregateExpression {
  const { start, text } = cursor.take();
  const aggregate = TRACEQL_AGGREGATES.find((one) => one === text)!;
  cursor.expect('(');
  const operand = aggregate === 'count' ? undefined : readFieldExpression(cursor);
  cursor.expect(')');
  const read: AggregateExpression = { kind: 'aggregate', aggregate, operand, start, end: cursor.lastEnd };
  if (operand === undefined) return read;
  const type = typeOfField(operand);
  if (type !== 'attribute' && !isNumericType(type)) {
    throw TraceqlError.meaning(
      read,
      `aggregate field expressions must resolve to a number type: ${aggregate}(${printField(operand)}) (${type})`,
    );
  }
  if (!looksAtSpan(operand)) {
    throw TraceqlError.meaning(read, `aggregate field expressions must reference the span: ${aggregate}(${printField(operand)})`);
  }
  return read;
}
