/** The syntax tree as plain JSON, node by node as Prometheus' `/api/v1/parse_query` gives it. */

import { type Matcher, METRIC_NAME } from '@atalaya/model';
import { formatFixed } from '../number-format.ts';
import type { BinaryExpression, DurationExpression, Expression, TimeModifiers, ValueType, VectorSelector } from './ast.ts';
import { typeOf } from './check.ts';
import { FUNCTIONS } from './functions.ts';

/** One node: `type` says which, the other fields follow from it. Durations and times are milliseconds. */
export type AstJson = { readonly type: string } & Readonly<Record<string, unknown>>;

const TYPE_WORDS: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  'instant vector': 'vector',
  'range vector': 'matrix',
};

/** The tree of a checked expression. `text` is what it was parsed from: it tells names before the braces from names inside. */
export function astToJson(text: string, expression: Expression): AstJson {
  const translate = (node: Expression): AstJson => astToJson(text, node);
  switch (expression.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatFixed(expression.value) };
    case 'string':
      return { type: 'stringLiteral', val: expression.value };
    case 'selector':
      return { type: 'vectorSelector', ...selectorFields(text, expression) };
    case 'matrix':
      return { type: 'matrixSelector', ...selectorFields(text, expression.selector), range: milliseconds(expression.range) };
    case 'subquery':
      return {
        type: 'subquery',
        expr: translate(expression.expression),
        range: milliseconds(expression.range),
        step: milliseconds(expression.step),
        ...timeFields(expression),
      };
    case 'call': {
      const signature = FUNCTIONS.get(expression.name);
      if (signature === undefined) throw new RangeError(`no function is called ${expression.name}`);
      const { name, args, variadic, returns } = signature;
      const func = { name, argTypes: args.map((type) => TYPE_WORDS[type]), variadic, returnType: TYPE_WORDS[returns] };
      return { type: 'call', func, args: expression.args.map(translate) };
    }
    case 'aggregation':
      return {
        type: 'aggregation',
        op: expression.operator,
        expr: translate(expression.expression),
        param: expression.parameter === undefined ? null : translate(expression.parameter),
        grouping: expression.grouping,
        without: expression.without,
      };
    case 'binary':
      return {
        type: 'binaryExpr',
        op: expression.operator,
        lhs: translate(expression.left),
        rhs: translate(expression.right),
        matching: matchingFields(expression),
        bool: expression.returnBool,
      };
    case 'unary':
      return { type: 'unaryExpr', op: expression.operator, expr: translate(expression.expression) };
    case 'parentheses':
      return { type: 'parenExpr', expr: translate(expression.expression) };
  }
}

/** Lengths that are computed are known only when a query runs: 0, as in Prometheus. */
function milliseconds(duration: DurationExpression | undefined): number {
  return duration?.kind === 'duration' ? duration.milliseconds : 0;
}

function timeFields({ offset, at }: TimeModifiers): Record<string, unknown> {
  return {
    offset: milliseconds(offset),
    timestamp: at?.kind === 'time' ? at.milliseconds : null,
    startOrEnd: at === undefined || at.kind === 'time' ? null : at.kind,
  };
}

function selectorFields(text: string, selector: VectorSelector): Record<string, unknown> {
  const { matchers, border, start } = selector;
  const [first, ...others] = matchers;
  // A name before the braces is the node's name, and its matcher comes last.
  const named = text[start] !== '{' && first?.name === METRIC_NAME && first.operator === '=';
  return {
    name: named ? first.value : '',
    matchers: (named ? [...others, first] : matchers).map(matcherFields),
    ...timeFields(selector),
    anchored: border === 'anchored',
    smoothed: border === 'smoothed',
  };
}

function matcherFields({ name, value, operator }: Matcher): Record<string, string> {
  return { name, value, type: operator };
}

const SET_WORDS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

/** Between two vectors there always is a matching, written or not. */
function matchingFields({ operator, left, right, matching }: BinaryExpression): Record<string, unknown> | null {
  if (typeOf(left) !== 'instant vector' || typeOf(right) !== 'instant vector') return null;
  const cardinality = matching?.cardinality ?? 'one-to-one';
  return {
    card: SET_WORDS.has(operator) && cardinality === 'one-to-one' ? 'many-to-many' : cardinality,
    labels: matching?.labels ?? [],
    on: matching?.on ?? false,
    include: matching?.include ?? [],
    fillValues: { lhs: matching?.fill.left ?? null, rhs: matching?.fill.right ?? null },
  };
}
