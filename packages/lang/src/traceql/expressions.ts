/** Expressions on fields of a span: `{ duration > 1s && (.a = "x" || !.b) }`. */

import { compilePattern, PatternError } from '@atalaya/model';
import {
  type FieldBinary,
  type FieldExpression,
  type FieldUnary,
  TRACEQL_OPERATORS,
  type TraceqlField,
  type TraceqlLiteral,
  type TraceqlOperator,
  UNARY_PRECEDENCE,
} from './ast.ts';
import type { TraceqlCursor } from './cursor.ts';
import { TraceqlError } from './error.ts';
import { intrinsicNamed, TRACEQL_INTRINSICS } from './intrinsics.ts';
import { readTraceDuration } from './literals.ts';
import { printField } from './printer.ts';
import { negated, operatorTakes, typeOfField, typesMatch } from './types.ts';

const OPERATORS = Object.keys(TRACEQL_OPERATORS) as TraceqlOperator[];

/** Reads an expression and checks its types. */
export function readFieldExpression(cursor: TraceqlCursor, minimum = 0): FieldExpression {
  let left = readOperand(cursor);
  for (;;) {
    const operator = cursor.oneOf(OPERATORS);
    if (operator === undefined || TRACEQL_OPERATORS[operator] < minimum) return left;
    cursor.take();
    const precedence = TRACEQL_OPERATORS[operator];
    const right = readFieldExpression(cursor, operator === '^' ? precedence : precedence + 1);
    left = checkedBinary({ kind: 'binary', operator, left, right, start: left.start, end: right.end });
  }
}

function checkedBinary(binary: FieldBinary): FieldBinary {
  const { operator, left, right } = binary;
  const types = [typeOfField(left), typeOfField(right)] as const;
  if (!typesMatch(...types)) {
    throw TraceqlError.meaning(
      binary,
      `binary operations must operate on the same type: ${printField(binary)} (${types[0]} and ${types[1]})`,
    );
  }
  const unfit = types.find((type) => !operatorTakes(operator, type));
  if (unfit !== undefined) {
    throw TraceqlError.meaning(binary, `illegal operation for the given types: ${printField(binary)} (${operator} does not take ${unfit})`);
  }
  if (operator === '=~' || operator === '!~') checkExpression(right, operator);
  return binary;
}

function checkExpression(right: FieldExpression, operator: string): void {
  if (right.kind !== 'literal' || right.type !== 'string') {
    throw TraceqlError.meaning(right, `the right side of ${operator} must be a text, an expression in RE2 syntax: ${printField(right)}`);
  }
  try {
    compilePattern(right.value);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw TraceqlError.meaning(right, `invalid regex: ${right.value}: ${error.reason}`);
  }
}

function readOperand(cursor: TraceqlCursor): FieldExpression {
  const { start } = cursor.token;
  if (cursor.is('-') || cursor.is('!')) {
    const operator = cursor.take().text as FieldUnary['operator'];
    const operand = readFieldExpression(cursor, UNARY_PRECEDENCE);
    return checkedUnary({ kind: 'unary', operator, operand, start, end: operand.end });
  }
  if (cursor.accept('(')) {
    const inner = readFieldExpression(cursor);
    cursor.expect(')');
    return { ...inner, start, end: cursor.lastEnd };
  }
  const literal = readLiteral(cursor);
  if (literal !== undefined) return literal;
  if (cursor.is('[')) throw cursor.syntax('lists such as ["a", "b"] are not supported: write .x = "a" || .x = "b", or .x =~ "a|b"');
  return readField(cursor, 'a field', 'a value');
}

function checkedUnary(unary: FieldUnary): FieldExpression {
  const { operator, operand, start, end } = unary;
  const type = typeOfField(operand);
  const fits = type === 'attribute' || (operator === '!' ? type === 'boolean' : operatorTakes('-', type));
  if (!fits)
    throw TraceqlError.meaning(unary, `illegal operation for the given type: ${printField(unary)} (${operator} does not take ${type})`);
  const folded = operator === '-' && operand.kind === 'literal' ? negated(operand) : undefined;
  return folded === undefined ? unary : { ...folded, start, end };
}

/** Reads an attribute or an intrinsic field. `expected` says what could stand here. */
export function readField(cursor: TraceqlCursor, ...expected: string[]): TraceqlField {
  const { token } = cursor;
  const { start, end } = token;
  if (token.kind === 'attribute') {
    cursor.take();
    const { scope = 'any', ofParent = false, value } = token;
    return { kind: 'attribute', scope, ofParent, name: value, start, end };
  }
  const intrinsic = token.kind === 'word' ? intrinsicNamed(token.text) : undefined;
  if (intrinsic !== undefined) {
    cursor.take();
    return { kind: 'intrinsic', intrinsic, start, end };
  }
  throw unknownField(cursor, expected);
}

function unknownField(cursor: TraceqlCursor, expected: readonly string[]): TraceqlError {
  const { kind, text } = cursor.token;
  if (kind !== 'word') return cursor.unexpected(...expected);
  if (cursor.next.text === '.') return cursor.syntax(`the name of an attribute is missing behind ${text}.`);
  if (!text.includes(':'))
    return cursor.syntax(`unexpected ${text}: attributes are written with a scope, such as .${text}, span.${text} or resource.${text}`);
  const scope = text.slice(0, text.indexOf(':') + 1);
  const known = Object.values(TRACEQL_INTRINSICS).flatMap(({ names }) => names.filter((name) => name.startsWith(scope)));
  return cursor.syntax(`unexpected ${text}: known are ${known.join(', ')}`);
}

const STATUSES = ['error', 'ok', 'unset'] as const;
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const LARGEST_INT = 2n ** 63n - 1n;

/** Reads a literal without a sign, where there is one. */
export function readLiteral(cursor: TraceqlCursor): TraceqlLiteral | undefined {
  const { kind, text, value, start, end } = cursor.token;
  const place = { kind: 'literal', start, end } as const;
  const taken = (literal: TraceqlLiteral): TraceqlLiteral => {
    cursor.take();
    return literal;
  };
  switch (kind) {
    case 'string':
      return taken({ ...place, type: 'string', value });
    case 'integer':
      if (BigInt(text) > LARGEST_INT) throw cursor.syntax(`${text} is more than 64 bits can hold`);
      return taken({ ...place, type: 'int', value: BigInt(text) });
    case 'float':
      if (!Number.isFinite(Number(text))) throw cursor.syntax(`${text} is more than 64 bits can hold`);
      return taken({ ...place, type: 'float', value: Number(text) });
    case 'duration':
      return taken({ ...place, type: 'duration', value: readTraceDuration(text)! });
    case 'word': {
      if (text === 'true' || text === 'false') return taken({ ...place, type: 'boolean', value: text === 'true' });
      if (text === 'nil') return taken({ ...place, type: 'nil' });
      const status = STATUSES.find((one) => one === text);
      if (status !== undefined) return taken({ ...place, type: 'status', value: status });
      const spanKind = KINDS.find((one) => one === text);
      return spanKind === undefined ? undefined : taken({ ...place, type: 'kind', value: spanKind });
    }
    case 'attribute':
    case 'symbol':
    case 'end':
      return undefined;
  }
}
