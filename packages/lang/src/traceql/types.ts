/** Types of TraceQL expressions, and which operators take which, as Tempo has it. */

import type { FieldExpression, ScalarExpression, TraceqlLiteral, TraceqlOperator } from './ast.ts';
import { TRACEQL_INTRINSICS, type TraceqlType } from './intrinsics.ts';

const BOOLEAN_OPERATORS: ReadonlySet<string> = new Set(['||', '&&', '=', '!=', '<', '<=', '>', '>=', '=~', '!~']);

/** What an expression gives. */
export function typeOfField(expression: FieldExpression): TraceqlType {
  switch (expression.kind) {
    case 'literal':
      return expression.type;
    case 'attribute':
      return 'attribute';
    case 'intrinsic':
      return TRACEQL_INTRINSICS[expression.intrinsic].type;
    case 'unary':
      return expression.operator === '!' ? 'boolean' : typeOfField(expression.operand);
    case 'binary':
      return BOOLEAN_OPERATORS.has(expression.operator) ? 'boolean' : joined(typeOfField(expression.left), typeOfField(expression.right));
  }
}

/** What a number of a spanset is. */
export function typeOfScalar(expression: ScalarExpression): TraceqlType {
  switch (expression.kind) {
    case 'literal':
      return expression.type;
    case 'aggregate':
      return expression.operand === undefined ? 'int' : typeOfField(expression.operand);
    case 'scalar-binary':
      return joined(typeOfScalar(expression.left), typeOfScalar(expression.right));
  }
}

/** Of a sum or product: what is known of either side. */
function joined(left: TraceqlType, right: TraceqlType): TraceqlType {
  return left === 'attribute' ? right : left;
}

/** Whether values of a type are numbers. */
export function isNumericType(type: TraceqlType): boolean {
  return type === 'int' || type === 'float' || type === 'duration';
}

/** Whether values of two types can meet in an operator at all. */
export function typesMatch(left: TraceqlType, right: TraceqlType): boolean {
  if (left === right || left === 'attribute' || right === 'attribute' || left === 'nil' || right === 'nil') return true;
  return isNumericType(left) && isNumericType(right);
}

/** Whether an operator takes a type. */
export function operatorTakes(operator: TraceqlOperator, type: TraceqlType): boolean {
  switch (type) {
    case 'attribute':
      return true;
    case 'boolean':
      return operator === '&&' || operator === '||' || operator === '=' || operator === '!=';
    case 'int':
    case 'float':
    case 'duration':
      return operator !== '&&' && operator !== '||' && operator !== '=~' && operator !== '!~';
    case 'string':
      return BOOLEAN_OPERATORS.has(operator) && operator !== '&&' && operator !== '||';
    case 'nil':
    case 'status':
    case 'kind':
      return operator === '=' || operator === '!=';
  }
}

/** Whether an expression looks at the span at all. */
export function looksAtSpan(expression: FieldExpression): boolean {
  switch (expression.kind) {
    case 'literal':
      return false;
    case 'attribute':
    case 'intrinsic':
      return true;
    case 'unary':
      return looksAtSpan(expression.operand);
    case 'binary':
      return looksAtSpan(expression.left) || looksAtSpan(expression.right);
  }
}

/** A literal with the contrary sign; `undefined` for what is no number. */
export function negated(literal: TraceqlLiteral): TraceqlLiteral | undefined {
  switch (literal.type) {
    case 'int':
    case 'duration':
      return { ...literal, value: -literal.value };
    case 'float':
      return { ...literal, value: -literal.value };
    case 'nil':
    case 'string':
    case 'boolean':
    case 'status':
    case 'kind':
      return undefined;
  }
}
