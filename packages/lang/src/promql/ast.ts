/** The syntax tree of PromQL: one discriminated union, every node with its place in the text. */

import type { Matcher } from '@atalaya/model';

/** Where a node stands in the text, in UTF-16 code units: `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The four types a PromQL expression can have, named as Prometheus names them to its users. */
export type ValueType = 'scalar' | 'string' | 'instant vector' | 'range vector';

/** A number, or a duration standing for its seconds (`5m` is 300). */
export interface NumberLiteral extends Span {
  readonly kind: 'number';
  readonly value: number;
  /** Whether it was written as a duration, and is to be printed as one. */
  readonly asDuration: boolean;
}

/** A text; `value` is what it means, escapes resolved. */
export interface StringLiteral extends Span {
  readonly kind: 'string';
  readonly value: string;
}

/** A point in time that `@` names: a fixed one in milliseconds since the epoch, or the query's first or last step. */
export type AtModifier = { readonly kind: 'time'; readonly milliseconds: number } | { readonly kind: 'start' | 'end' };

/** `offset` and `@`, which selectors and subqueries carry. */
export interface TimeModifiers {
  readonly offset: DurationExpression | undefined;
  readonly at: AtModifier | undefined;
}

/** How a selector treats the borders of a range: PromQL's experimental `anchored` and `smoothed`. */
export type BorderModifier = 'anchored' | 'smoothed';

/** `name{label="value"}`. The matcher of the metric name is among `matchers`, first when written before the braces. */
export interface VectorSelector extends Span, TimeModifiers {
  readonly kind: 'selector';
  readonly matchers: readonly Matcher[];
  readonly border: BorderModifier | undefined;
}

/** `selector[5m]`. */
export interface MatrixSelector extends Span {
  readonly kind: 'matrix';
  readonly selector: VectorSelector;
  readonly range: DurationExpression;
}

/** `expression[1h:5m]`; without a step the global evaluation interval. */
export interface Subquery extends Span, TimeModifiers {
  readonly kind: 'subquery';
  readonly expression: Expression;
  readonly range: DurationExpression;
  readonly step: DurationExpression | undefined;
}

/** `rate(…)`. The name is one of `FUNCTIONS`. */
export interface FunctionCall extends Span {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
}

/** The words that begin an aggregation, in lower case. */
export const AGGREGATION_OPERATORS = [
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'limitk',
  'limit_ratio',
  'quantile',
  'count_values',
] as const;
/** One of {@link AGGREGATION_OPERATORS}. */
export type AggregationOperator = (typeof AGGREGATION_OPERATORS)[number];

/** `sum by (job) (…)`. Without `by` or `without` it is `by ()`. */
export interface Aggregation extends Span {
  readonly kind: 'aggregation';
  readonly operator: AggregationOperator;
  readonly parameter: Expression | undefined;
  readonly expression: Expression;
  readonly without: boolean;
  readonly grouping: readonly string[];
}

/** Operators that compute a new number. `</` and `>/` trim native histograms. */
export const ARITHMETIC_OPERATORS = ['+', '-', '*', '/', '%', '^', 'atan2', '</', '>/'] as const;
/** Operators that filter, or with `bool` give 1 or 0. */
export const COMPARISON_OPERATORS = ['==', '!=', '<', '<=', '>', '>='] as const;
/** Operators that choose series by whether a partner exists. */
export const SET_OPERATORS = ['and', 'or', 'unless'] as const;
/** One of {@link ARITHMETIC_OPERATORS}. */
export type ArithmeticOperator = (typeof ARITHMETIC_OPERATORS)[number];
/** One of {@link COMPARISON_OPERATORS}. */
export type ComparisonOperator = (typeof COMPARISON_OPERATORS)[number];
/** One of {@link SET_OPERATORS}. */
export type SetOperator = (typeof SET_OPERATORS)[number];
/** Any operator between two operands. */
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;

/** How series of two vectors find their partners. */
export interface VectorMatching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many';
  /** Whether `labels` are the ones to match on, rather than the ones to ignore. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels of the "one" side that are copied to the result. */
  readonly include: readonly string[];
  /** Values that stand in for a missing partner on either side. */
  readonly fill: { readonly left: number | undefined; readonly right: number | undefined };
}

/** `left + right`, with what the operator was told about matching. */
export interface BinaryExpression extends Span {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly returnBool: boolean;
  /** As written; `undefined` when neither `on`, `ignoring`, nor `fill` was. */
  readonly matching: VectorMatching | undefined;
}

/** A sign before anything but a number, which takes it in. */
export interface UnaryExpression extends Span {
  readonly kind: 'unary';
  readonly operator: '+' | '-';
  readonly expression: Expression;
}

/** `(expression)`; kept, so that an expression prints as it was written. */
export interface Parentheses extends Span {
  readonly kind: 'parentheses';
  readonly expression: Expression;
}

/** Any PromQL expression. */
export type Expression =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | FunctionCall
  | Aggregation
  | BinaryExpression
  | UnaryExpression
  | Parentheses;

/** A length of time, possibly computed from the query's step and range (experimental duration expressions). */
export type DurationExpression =
  | ({
      readonly kind: 'duration';
      readonly milliseconds: number;
      /** Written without a unit inside a computation (`5m * 2`), and printed so. */
      readonly asNumber: boolean;
    } & Span)
  | ({ readonly kind: 'step' | 'range' } & Span)
  | ({ readonly kind: 'sign'; readonly operator: '+' | '-'; readonly operand: DurationExpression } & Span)
  | ({ readonly kind: 'group'; readonly operand: DurationExpression } & Span)
  | ({
      readonly kind: 'operation';
      readonly operator: '+' | '-' | '*' | '/' | '%' | '^' | 'min_of' | 'max_of';
      readonly left: DurationExpression;
      readonly right: DurationExpression;
    } & Span);

/** Which operators bind how strongly; the larger the tighter. `^` binds to the right, all others to the left. */
export function precedenceOf(operator: BinaryOperator): number {
  switch (operator) {
    case 'or':
      return 1;
    case 'and':
    case 'unless':
      return 2;
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '</':
    case '>/':
      return 3;
    case '+':
    case '-':
      return 4;
    case '*':
    case '/':
    case '%':
    case 'atan2':
      return 5;
    case '^':
      return 6;
  }
}

/** Unary plus and minus bind as `*` does: `-a ^ 2` is `-(a ^ 2)`, `-a * b` is `(-a) * b`. */
export const UNARY_PRECEDENCE = 5;

/** The expression without the parentheses around it. */
export function withoutParentheses(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === 'parentheses') inner = inner.expression;
  return inner;
}

/** The expressions directly below a node, in the order of the text. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return [];
    case 'matrix':
      return [expression.selector];
    case 'subquery':
    case 'unary':
    case 'parentheses':
      return [expression.expression];
    case 'call':
      return expression.args;
    case 'aggregation':
      return expression.parameter === undefined ? [expression.expression] : [expression.parameter, expression.expression];
    case 'binary':
      return [expression.left, expression.right];
  }
}
