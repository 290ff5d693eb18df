/** Type checking: which expressions may stand where, with the words Prometheus uses for it. */

import { compileMatcher, METRIC_NAME, PatternError } from '@atalaya/model';
import {
  type Aggregation,
  type BinaryExpression,
  childrenOf,
  COMPARISON_OPERATORS,
  type DurationExpression,
  type Expression,
  type FunctionCall,
  SET_OPERATORS,
  type ValueType,
  type VectorSelector,
} from './ast.ts';
import { PromqlError } from './error.ts';
import { argumentType, FUNCTIONS } from './functions.ts';
import { placeOfMatcher } from './parser.ts';

const COMPARISONS = new Set<string>(COMPARISON_OPERATORS);
const SETS = new Set<string>(SET_OPERATORS);

/** Types as one message of Prometheus' calls them. */
const GO_NAMES: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  'instant vector': 'vector',
  'range vector': 'matrix',
};

/** The type of a well-formed expression. */
export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
    case 'aggregation':
      return 'instant vector';
    case 'matrix':
    case 'subquery':
      return 'range vector';
    case 'call':
      return FUNCTIONS.get(expression.name)?.returns ?? 'instant vector';
    case 'unary':
    case 'parentheses':
      return typeOf(expression.expression);
    case 'binary':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar' ? 'scalar' : 'instant vector';
  }
}

/** Checks an expression and everything below it. `text` is what it was parsed from. @throws PromqlError at the first fault. */
export function checkTypes(text: string, expression: Expression): void {
  const fail = (place: { start: number; end: number }, reason: string): never => {
    throw new PromqlError(text, place.start, place.end, reason);
  };
  const expect = (child: Expression, type: ValueType, context: string): void => {
    const actual = typeOf(child);
    if (actual !== type) fail(child, `expected type ${type} in ${context}, got ${actual}`);
  };

  function visit(node: Expression): void {
    // The second argument of info() picks labels to add: it may match everything.
    const children = node.kind === 'call' && node.name === 'info' ? node.args.slice(0, 1) : childrenOf(node);
    for (const child of children) visit(child);
    switch (node.kind) {
      case 'number':
      case 'string':
      case 'parentheses':
        return;
      case 'selector':
        return checkSelector(node);
      case 'matrix':
        return checkRange(node.range);
      case 'subquery': {
        const type = typeOf(node.expression);
        if (type !== 'instant vector') fail(node, `subquery is only allowed on instant vector, got ${GO_NAMES[type]} instead`);
        checkRange(node.range);
        if (node.step !== undefined) checkRange(node.step);
        return;
      }
      case 'unary': {
        const type = typeOf(node.expression);
        if (type === 'scalar' || type === 'instant vector') return;
        return fail(node, `unary expression only allowed on expressions of type scalar or instant vector, got "${type}"`);
      }
      case 'call':
        return checkCall(node);
      case 'aggregation':
        return checkAggregation(node);
      case 'binary':
        return checkBinary(node);
    }
  }

  function checkRange(range: DurationExpression): void {
    if (range.kind === 'duration' && range.milliseconds <= 0) fail(range, 'duration must be greater than 0');
  }

  function checkSelector(node: VectorSelector): void {
    let named: string | undefined;
    let selective = false;
    for (const matcher of node.matchers) {
      if (matcher.name === '') fail(node, 'invalid label name for matching: ""');
      if (matcher.name === METRIC_NAME && matcher.operator === '=') {
        if (named !== undefined) {
          fail(node, `metric name must not be set twice: ${JSON.stringify(named)} or ${JSON.stringify(matcher.value)}`);
        }
        named = matcher.value;
      }
      try {
        if (!compileMatcher(matcher).matches('')) selective = true;
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        fail(placeOfMatcher(matcher) ?? node, error.reason);
      }
    }
    if (!selective) fail(node, 'vector selector must contain at least one non-empty matcher');
  }

  function checkCall(node: FunctionCall): void {
    const signature = FUNCTIONS.get(node.name);
    if (signature === undefined) return fail(node, `unknown function with name ${JSON.stringify(node.name)}`);
    const { args, variadic } = signature;
    const given = node.args.length;
    const name = JSON.stringify(node.name);
    if (variadic === 0) {
      if (given !== args.length) fail(node, `expected ${args.length} argument(s) in call to ${name}, got ${given}`);
    } else {
      const least = args.length - 1;
      const most = least + variadic;
      if (given < least) fail(node, `expected at least ${least} argument(s) in call to ${name}, got ${given}`);
      if (variadic > 0 && given > most) fail(node, `expected at most ${most} argument(s) in call to ${name}, got ${given}`);
    }
    node.args.forEach((arg, index) => {
      const type = argumentType(signature, index);
      if (type !== undefined) expect(arg, type, `call to function ${name}`);
    });
    if (node.name === 'info' && node.args[1] !== undefined && node.args[1].kind !== 'selector') {
      fail(node.args[1], 'expected label selectors only');
    }
  }

  function checkAggregation({ operator, parameter, expression: operand }: Aggregation): void {
    expect(operand, 'instant vector', 'aggregation expression');
    if (parameter !== undefined) expect(parameter, operator === 'count_values' ? 'string' : 'scalar', 'aggregation parameter');
  }

  function checkBinary(node: BinaryExpression): void {
    const { operator, left, right, matching, returnBool } = node;
    const leftType = typeOf(left);
    const rightType = typeOf(right);
    const comparison = COMPARISONS.has(operator);
    // Prometheus points at what stands between the operands.
    const between = { start: left.end + (/^\s*/.exec(text.slice(left.end))?.[0].length ?? 0), end: right.start };
    if (returnBool && !comparison) fail(between, 'bool modifier can only be used on comparison operators');
    for (const [side, type] of [
      [left, leftType],
      [right, rightType],
    ] as const) {
      if (type !== 'scalar' && type !== 'instant vector') fail(side, 'binary expression must contain only scalar and instant vector types');
    }
    if (comparison && !returnBool && leftType === 'scalar' && rightType === 'scalar') {
      fail(between, 'comparisons between scalars must use BOOL modifier');
    }
    const bothVectors = leftType === 'instant vector' && rightType === 'instant vector';
    const isSet = SETS.has(operator);
    if (!bothVectors && isSet) fail(node, `set operator "${operator}" not allowed in binary scalar expression`);
    if (matching === undefined) return;
    if (!bothVectors) fail(node, 'vector matching only allowed between instant vectors');
    if (isSet && matching.cardinality !== 'one-to-one') fail(node, `no grouping allowed for "${operator}" operation`);
    const filled = matching.fill.left !== undefined || matching.fill.right !== undefined;
    if (isSet && filled) fail(node, 'filling in missing series not allowed for set operators');
    const double = matching.on ? matching.include.find((label) => matching.labels.includes(label)) : undefined;
    if (double !== undefined) fail(between, `label ${JSON.stringify(double)} must not occur in ON and GROUP clause at once`);
  }

  visit(expression);
}
