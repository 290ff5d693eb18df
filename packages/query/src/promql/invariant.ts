/** Which expressions give the same at every step, so that one step is enough. */

import { type Expression, withoutParentheses } from '@atalaya/lang';

/** Functions that look at the evaluation time besides their arguments. */
const TIME_DEPENDENT = new Set(
  'days_in_month day_of_month day_of_week day_of_year hour minute month year predict_linear time timestamp'.split(' '),
);

/** Whether `@` pins everything in the expression that depends on time. */
export function isStepInvariant(node: Expression): boolean {
  switch (node.kind) {
    case 'number':
    case 'string':
      return true;
    case 'selector':
    case 'subquery':
      return node.at !== undefined;
    case 'matrix':
      return node.selector.at !== undefined;
    case 'unary':
    case 'parentheses':
      return isStepInvariant(node.expression);
    case 'binary':
      return isStepInvariant(node.left) && isStepInvariant(node.right);
    case 'aggregation':
      return isStepInvariant(node.expression) && (node.parameter === undefined || isStepInvariant(node.parameter));
    case 'call':
      return !TIME_DEPENDENT.has(node.name) && node.args.every(isStepInvariant);
  }
}

/** Whether it pays to evaluate the expression once only. */
export function pinned(node: Expression): boolean {
  const inner = withoutParentheses(node);
  return (
    (inner.kind === 'call' || inner.kind === 'aggregation' || inner.kind === 'binary' || inner.kind === 'unary') && isStepInvariant(inner)
  );
}
