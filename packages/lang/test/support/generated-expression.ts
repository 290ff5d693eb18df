/** Random syntax trees for property tests: any tree that a text could have, without positions. */

import fc from 'fast-check';
import {
  AGGREGATION_OPERATORS,
  ARITHMETIC_OPERATORS,
  COMPARISON_OPERATORS,
  type Expression,
  precedenceOf,
  SET_OPERATORS,
  UNARY_PRECEDENCE,
} from '../../src/promql/ast.ts';
import { TAKES_PARAMETER } from '../../src/promql/parser.ts';

const PLACE = { start: 0, end: 0 };
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const labelName = fc.constantFrom('job', 'instance', 'le', 'sum', 'by', 'on', 'with space', 'ünï.code', 'bool');
const metricName = fc.constantFrom(
  'up',
  'a:b',
  'http_requests_total',
  'sum',
  'rate',
  'start',
  'by',
  'on',
  'nan',
  'offset',
  'metric.name',
  'and',
);

const duration = fc.integer({ min: 1, max: 10_000_000_000 }).map((milliseconds) => {
  return { kind: 'duration' as const, milliseconds, asNumber: false, ...PLACE };
});
const computed = fc.letrec<{ duration: import('../../src/promql/ast.ts').DurationExpression }>((tie) => ({
  duration: fc.oneof(
    { maxDepth: 2 },
    duration,
    fc.constantFrom('step' as const, 'range' as const).map((kind) => ({ kind, ...PLACE })),
    fc
      .record({ operator: fc.constantFrom('min_of' as const, 'max_of' as const), left: tie('duration'), right: tie('duration') })
      .map((parts) => ({ kind: 'operation' as const, ...parts, ...PLACE })),
    tie('duration').map((operand) => ({ kind: 'group' as const, operand, ...PLACE })),
  ),
})).duration;
const offset = fc.option(
  fc
    .tuple(duration, fc.boolean())
    .map(([plain, negative]) => ({ ...plain, milliseconds: negative ? -plain.milliseconds : plain.milliseconds })),
  { nil: undefined },
);
const at = fc.option(
  fc.oneof(
    fc.integer({ min: -1e12, max: 1e12 }).map((milliseconds) => ({ kind: 'time' as const, milliseconds })),
    fc.constantFrom('start' as const, 'end' as const).map((kind) => ({ kind })),
  ),
  { nil: undefined },
);
const border = fc.constantFrom(undefined, undefined, 'anchored' as const, 'smoothed' as const);
const matcher = fc.record({
  name: labelName,
  operator: fc.constantFrom('=' as const, '!=' as const, '=~' as const, '!~' as const),
  value: text,
});
const selector = fc
  .record({ name: metricName, matchers: fc.array(matcher, { maxLength: 3 }), offset, at, border })
  .map(({ name, matchers, ...rest }) => {
    return {
      kind: 'selector' as const,
      matchers: [{ name: '__name__', operator: '=' as const, value: name }, ...matchers],
      ...rest,
      ...PLACE,
    };
  });
const number = fc.oneof(
  fc.double().map((value) => ({ kind: 'number' as const, value: value === 0 ? 0 : value, asDuration: false, ...PLACE })),
  fc
    .integer({ min: 1, max: 1e10 })
    .map((milliseconds) => ({ kind: 'number' as const, value: milliseconds / 1000, asDuration: true, ...PLACE })),
);
const labels = fc.uniqueArray(labelName, { maxLength: 3 });
const matching = fc.option(
  fc
    .record({
      cardinality: fc.constantFrom('one-to-one' as const, 'many-to-one' as const, 'one-to-many' as const),
      on: fc.boolean(),
      labels,
      include: labels,
      fill: fc.record({ left: fc.constantFrom(undefined, 0, -1.5), right: fc.constantFrom(undefined, 0, 7) }),
    })
    .filter(({ cardinality, on, labels: names, fill }) => {
      return cardinality !== 'one-to-one' || on || names.length > 0 || fill.left !== undefined || fill.right !== undefined;
    })
    .map((clause) => (clause.cardinality === 'one-to-one' ? { ...clause, include: [] } : clause)),
  { nil: undefined },
);

/** How tightly an expression holds together when it stands as the left operand of an operator. */
function tightness(node: Expression): number {
  if (node.kind === 'binary') return precedenceOf(node.operator);
  if (node.kind === 'unary') return UNARY_PRECEDENCE;
  // A number with a sign is a sign and a number until it has been grouped.
  if (node.kind === 'number' && (node.value < 0 || node.value === Infinity)) return UNARY_PRECEDENCE;
  return 10;
}

function wrapped(node: Expression): Expression {
  return { kind: 'parentheses', expression: node, ...PLACE };
}

/** An operand, in parentheses where the operator would otherwise take it apart. */
function operand(node: Expression, least: number, prefix: boolean): Expression {
  // Signs may always stand at the beginning of a right operand.
  if (prefix && node.kind !== 'binary') return node;
  return tightness(node) >= least ? node : wrapped(node);
}

/** Any expression. Types are not looked after. */
export const anyExpression: fc.Arbitrary<Expression> = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    selector,
    number,
    text.map((value) => ({ kind: 'string' as const, value, ...PLACE })),
    fc.tuple(selector, computed).map(([inner, range]) => ({ kind: 'matrix' as const, selector: inner, range, ...PLACE })),
    tie('expression').map(wrapped),
    fc.record({ operator: fc.constantFrom('+' as const, '-' as const), expression: tie('expression') }).map(({ operator, expression }) => {
      const inner =
        expression.kind === 'number' ? wrapped(expression) : operand(expression, UNARY_PRECEDENCE + 1, expression.kind === 'unary');
      return { kind: 'unary' as const, operator, expression: inner, ...PLACE };
    }),
    fc
      .record({
        operator: fc.constantFrom(...ARITHMETIC_OPERATORS, ...COMPARISON_OPERATORS, ...SET_OPERATORS),
        left: tie('expression'),
        right: tie('expression'),
        returnBool: fc.boolean(),
        matching,
      })
      .map(({ left, right, ...rest }) => {
        const precedence = precedenceOf(rest.operator);
        const toRight = rest.operator === '^';
        return {
          kind: 'binary' as const,
          ...rest,
          left: operand(left, toRight ? precedence + 1 : precedence, false),
          right: operand(right, toRight ? precedence : precedence + 1, true),
          ...PLACE,
        };
      }),
    fc
      .record({
        name: fc.constantFrom('rate', 'abs', 'label_replace', 'time', 'min_of', 'start', 'histogram_quantile'),
        args: fc.array(tie('expression'), { maxLength: 3 }),
      })
      .map((call) => ({ kind: 'call' as const, ...call, ...PLACE })),
    fc
      .record({
        operator: fc.constantFrom(...AGGREGATION_OPERATORS),
        parameter: tie('expression'),
        expression: tie('expression'),
        without: fc.boolean(),
        grouping: labels,
      })
      .map(({ parameter, ...rest }) => {
        return { kind: 'aggregation' as const, ...rest, parameter: TAKES_PARAMETER.has(rest.operator) ? parameter : undefined, ...PLACE };
      }),
    fc
      .record({ expression: tie('expression'), range: computed, step: fc.option(duration, { nil: undefined }), offset, at })
      .map(({ expression, ...rest }) => {
        const { kind } = expression;
        const inner = kind === 'selector' || kind === 'call' || kind === 'aggregation' ? expression : wrapped(expression);
        return { kind: 'subquery' as const, expression: inner, ...rest, ...PLACE };
      }),
  ),
})).expression;
