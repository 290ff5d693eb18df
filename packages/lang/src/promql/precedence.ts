/**
 * Operator precedence. The grammar's tree groups `a + b offset 5m` and `-2 ^ 2` unlike Prometheus (it serves editors), so
 * operands and operators are taken from it as a flat row and grouped here.
 */

import { type BinaryOperator, type Expression, precedenceOf, UNARY_PRECEDENCE, type VectorMatching } from './ast.ts';

/** One element of a row: an operand, a sign before an operand, or an operator between two. */
export type RowItem =
  | { readonly item: 'operand'; readonly expression: Expression }
  | { readonly item: 'sign'; readonly operator: '+' | '-'; readonly start: number }
  | {
      readonly item: 'operator';
      readonly operator: BinaryOperator;
      readonly returnBool: boolean;
      readonly matching: VectorMatching | undefined;
    };

/** Groups a row (signs and operands with operators between them) by precedence. */
export function groupByPrecedence(row: readonly RowItem[]): Expression {
  let at = 0;

  function operand(): Expression {
    const item = row[at++];
    if (item === undefined || item.item === 'operator') throw new RangeError('a row of operands and operators is out of order');
    if (item.item === 'operand') return item.expression;
    const inner = climb(UNARY_PRECEDENCE + 1);
    const { operator, start } = item;
    // As in Prometheus a signed number is one literal.
    if (inner.kind === 'number') return { ...inner, value: operator === '-' ? -inner.value : inner.value, start };
    return { kind: 'unary', operator, expression: inner, start, end: inner.end };
  }

  function climb(minimum: number): Expression {
    let left = operand();
    for (;;) {
      const item = row[at];
      if (item?.item !== 'operator') return left;
      const precedence = precedenceOf(item.operator);
      if (precedence < minimum) return left;
      at++;
      const right = climb(item.operator === '^' ? precedence : precedence + 1);
      const { operator, returnBool, matching } = item;
      left = { kind: 'binary', operator, left, right, returnBool, matching, start: left.start, end: right.end };
    }
  }

  return climb(0);
}
