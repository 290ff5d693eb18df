/** PromQL text to syntax tree: the grammar of `@prometheus-io/lezer-promql` finds the structure, this file reads meaning out of it. */

import type { MatchOperator, Matcher } from '@atalaya/model';
import { METRIC_NAME } from '@atalaya/model';
import type { SyntaxNode } from '@lezer/common';
import { parser as grammar } from '@prometheus-io/lezer-promql';
import type {
  AggregationOperator,
  AtModifier,
  BinaryOperator,
  Expression,
  NumberLiteral,
  Span,
  StringLiteral,
  VectorMatching,
  VectorSelector,
} from './ast.ts';
import { parseDurationExpression } from './durations.ts';
import { formatFixed } from '../number-format.ts';
import { PromqlError } from './error.ts';
import { adapted } from './grammar-text.ts';
import { badEscape, readNumber, readString, tokenize } from './lexer.ts';
import { groupByPrecedence, type RowItem } from './precedence.ts';
import { syntaxError } from './syntax-error.ts';
import { childrenOf, firstError, OPERATOR_NODES } from './syntax-tree.ts';

/** Reads one expression, without checking types. @throws PromqlError with the place and the reason. */
export function parseSyntax(text: string): Expression {
  const tokens = tokenize(text);
  if (tokens.length === 1) throw new PromqlError(text, 0, 0, 'no expression found in input');
  const tree = grammar.parse(adapted(text, tokens));
  const broken = firstError(tree.topNode);
  if (broken !== undefined) throw syntaxError(text, tokens, broken);
  return new Reader(text).expression(childrenOf(tree.topNode)[0] as SyntaxNode);
}

/** Where matchers stand, as long as they are there. */
const PLACES = new WeakMap<Matcher, Span>();

/** Where a matcher stands in the text it was read from; `undefined` for one that was made otherwise. */
export function placeOfMatcher(matcher: Matcher): Span | undefined {
  return PLACES.get(matcher);
}

/** Walks the grammar's tree of one text. */
class Reader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  expression(node: SyntaxNode): Expression {
    const row: RowItem[] = [];
    this.#flatten(node, row);
    return groupByPrecedence(row);
  }

  /** Appends the operands and operators of `node` in the order of the text. */
  #flatten(node: SyntaxNode, row: RowItem[]): void {
    const children = childrenOf(node);
    switch (node.name) {
      case 'BinaryExpr':
        this.#flatten(children[0] as SyntaxNode, row);
        row.push(this.#operator(children.slice(1, -1)));
        this.#flatten(children.at(-1) as SyntaxNode, row);
        return;
      case 'UnaryExpr': {
        const sign = children[0] as SyntaxNode;
        row.push({ item: 'sign', operator: this.#slice(sign) as '+' | '-', start: sign.from });
        this.#flatten(children[1] as SyntaxNode, row);
        return;
      }
      case 'NumberDurationLiteral': {
        const sign = /^[-+]/.exec(this.#slice(node))?.[0] as '+' | '-' | undefined;
        if (sign !== undefined) row.push({ item: 'sign', operator: sign, start: node.from });
        row.push({ item: 'operand', expression: this.#number(node, sign !== undefined) });
        return;
      }
      case 'MatrixSelector':
      case 'SubqueryExpr':
      case 'OffsetExpr':
      case 'StepInvariantExpr':
      case 'AnchoredExpr':
      case 'SmoothedExpr': {
        // What follows an operand belongs to that operand alone, whatever the grammar grouped before it.
        this.#flatten(children[0] as SyntaxNode, row);
        const last = row.pop();
        if (last?.item !== 'operand') throw new RangeError('a modifier without an operand');
        row.push({ item: 'operand', expression: this.#modified(node, last.expression, children) });
        return;
      }
      default:
        row.push({ item: 'operand', expression: this.#operand(node, children) });
    }
  }

  #operand(node: SyntaxNode, children: readonly SyntaxNode[]): Expression {
    const span = { start: node.from, end: node.to };
    switch (node.name) {
      case 'StringLiteral':
        return this.#string(node);
      case 'ParenExpr':
        return { kind: 'parentheses', expression: this.expression(children[0] as SyntaxNode), ...span };
      case 'VectorSelector':
        return this.#selector(node, children);
      case 'FunctionCall': {
        const name = this.#slice(children[0] as SyntaxNode);
        return { kind: 'call', name, args: this.#args(children[1] as SyntaxNode), ...span };
      }
      case 'AggregateExpr':
        return this.#aggregation(node, children);
      default:
        throw new PromqlError(this.#text, node.from, node.to, `unexpected ${node.name}`);
    }
  }

  #args(body: SyntaxNode): Expression[] {
    return childrenOf(body).map((child) => this.expression(child));
  }

  #selector(node: SyntaxNode, children: readonly SyntaxNode[]): VectorSelector {
    const matchers: Matcher[] = [];
    let name: string | undefined;
    const setName = (value: string, at: SyntaxNode): void => {
      if (name !== undefined) {
        throw this.#error(at, `metric name must not be set twice: ${JSON.stringify(name)} or ${JSON.stringify(value)}`);
      }
      name = value;
      matchers.push({ name: METRIC_NAME, operator: '=', value });
    };
    for (const child of children) {
      if (child.name === 'Identifier') setName(this.#slice(child), child);
      else {
        for (const item of childrenOf(child)) {
          if (item.name === 'QuotedLabelName') setName(this.#string(item).value, item);
          else matchers.push(this.#matcher(item));
        }
      }
    }
    return { kind: 'selector', matchers, offset: undefined, at: undefined, border: undefined, start: node.from, end: node.to };
  }

  #matcher(node: SyntaxNode): Matcher {
    const [label, operator, value] = childrenOf(node) as [SyntaxNode, SyntaxNode, SyntaxNode];
    const name = label.name === 'LabelName' ? this.#slice(label) : this.#string(label).value;
    const matcher: Matcher = { name, operator: this.#slice(operator) as MatchOperator, value: this.#string(value).value };
    PLACES.set(matcher, { start: node.from, end: node.to });
    return matcher;
  }

  #aggregation(node: SyntaxNode, children: readonly SyntaxNode[]): Expression {
    const operator = this.#slice(children[0] as SyntaxNode).toLowerCase() as AggregationOperator;
    const modifier = children.find((child) => child.name === 'AggregateModifier');
    const args = this.#args(children.find((child) => child.name === 'FunctionCallBody') as SyntaxNode);
    const wanted = TAKES_PARAMETER.has(operator) ? 2 : 1;
    if (args.length === 0) throw this.#error(node, 'no arguments for aggregate expression provided');
    if (args.length !== wanted) {
      throw this.#error(node, `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`);
    }
    return {
      kind: 'aggregation',
      operator,
      parameter: wanted === 2 ? args[0] : undefined,
      expression: args[wanted - 1] as Expression,
      without: modifier !== undefined && childrenOf(modifier)[0]?.name === 'Without',
      grouping: modifier === undefined ? [] : this.#labels(childrenOf(modifier).at(-1) as SyntaxNode),
      start: node.from,
      end: node.to,
    };
  }

  #labels(node: SyntaxNode): string[] {
    return childrenOf(node).map((child) => {
      return child.name === 'QuotedLabelName' ? this.#string(child).value : this.#slice(child);
    });
  }

  #operator(nodes: readonly SyntaxNode[]): RowItem {
    const sign = nodes.find((node) => OPERATOR_NODES.has(node.name)) as SyntaxNode;
    const clause = nodes.find((node) => node.name === 'MatchingModifierClause');
    const fills = nodes.find((node) => node.name === 'FillModifier');
    return {
      item: 'operator',
      operator: this.#slice(sign).toLowerCase() as BinaryOperator,
      returnBool: nodes.some((node) => node.name === 'BoolModifier'),
      matching: clause === undefined && fills === undefined ? undefined : this.#matching(clause, fills),
    };
  }

  #matching(clause: SyntaxNode | undefined, fills: SyntaxNode | undefined): VectorMatching {
    const parts = clause === undefined ? [] : childrenOf(clause);
    const lists = parts.filter((part) => part.name === 'GroupingLabels');
    const group = parts.find((part) => part.name === 'GroupLeft' || part.name === 'GroupRight')?.name;
    let left: number | undefined;
    let right: number | undefined;
    for (const fill of fills === undefined ? [] : childrenOf(fills)) {
      const value = this.#number(childrenOf(fill).at(-1) as SyntaxNode, false).value;
      if (fill.name !== 'FillRightClause') left = value;
      if (fill.name !== 'FillLeftClause') right = value;
    }
    return {
      cardinality: group === 'GroupLeft' ? 'many-to-one' : group === 'GroupRight' ? 'one-to-many' : 'one-to-one',
      on: parts[0]?.name === 'On',
      labels: lists[0] === undefined ? [] : this.#labels(lists[0]),
      include: lists[1] === undefined ? [] : this.#labels(lists[1]),
      fill: { left, right },
    };
  }

  #modified(node: SyntaxNode, inner: Expression, children: readonly SyntaxNode[]): Expression {
    const span = { start: inner.start, end: node.to };
    switch (node.name) {
      case 'MatrixSelector': {
        const bracket = { from: this.#text.indexOf('[', inner.end), to: node.to };
        if (inner.kind !== 'selector') throw this.#error(bracket, 'ranges only allowed for vector selectors');
        if (inner.offset !== undefined) throw this.#error(bracket, 'no offset modifiers allowed before range');
        if (inner.at !== undefined) throw this.#error(bracket, 'no @ modifiers allowed before range');
        return { kind: 'matrix', selector: inner, range: parseDurationExpression(this.#text, children[1] as SyntaxNode), ...span };
      }
      case 'SubqueryExpr': {
        const range = parseDurationExpression(this.#text, children[1] as SyntaxNode);
        const step = children[2] === undefined ? undefined : parseDurationExpression(this.#text, children[2]);
        return { kind: 'subquery', expression: inner, range, step, offset: undefined, at: undefined, ...span };
      }
      case 'OffsetExpr': {
        const offset = parseDurationExpression(this.#text, children.at(-1) as SyntaxNode);
        return this.#withModifier(node, inner, 'offset', { offset });
      }
      case 'StepInvariantExpr':
        return this.#withModifier(node, inner, 'at', { at: this.#at(children.at(-1) as SyntaxNode, inner) });
      default:
        return this.#withModifier(node, inner, 'border', { border: node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed' });
    }
  }

  /** Puts `offset`, `@`, `anchored` or `smoothed` on the selector or subquery that it follows. */
  #withModifier(node: SyntaxNode, inner: Expression, key: 'offset' | 'at' | 'border', modifier: object): Expression {
    const what = { offset: 'offset modifier', at: '@ modifier', border: 'anchored and smoothed modifiers' }[key];
    const end = node.to;
    const twice =
      key === 'at'
        ? '@ <timestamp> may not be set multiple times'
        : `${key === 'offset' ? 'offset' : 'border modifier'} may not be set multiple times`;
    if (inner.kind === 'selector' || (inner.kind === 'subquery' && key !== 'border')) {
      if (key in inner && (inner as unknown as Record<string, unknown>)[key] !== undefined) throw this.#error(node, twice);
      return { ...inner, ...modifier, end };
    }
    if (inner.kind === 'matrix') {
      if (inner.selector[key] !== undefined) throw this.#error(node, twice);
      return { ...inner, selector: { ...inner.selector, ...modifier }, end };
    }
    const but = ' must be preceded by an instant vector selector or range vector selector or a subquery';
    throw this.#error({ from: inner.start, to: node.to }, what + but);
  }

  #at(node: SyntaxNode, inner: Expression): AtModifier {
    if (node.name !== 'NumberDurationLiteral') return { kind: /^start/i.test(this.#slice(node)) ? 'start' : 'end' };
    const seconds = this.#number(node, false).value;
    if (!(Math.abs(seconds) < 9_007_199_254_740))
      throw this.#error({ from: inner.start, to: node.to }, `timestamp out of bounds for @ modifier: ${formatFixed(seconds)}`);
    return { kind: 'time', milliseconds: Math.round(seconds * 1000) };
  }

  /** Reads a number. With `unsigned` a sign in front is left to the caller. */
  #number(node: SyntaxNode, unsigned: boolean): NumberLiteral {
    const text = this.#slice(node);
    const sign = /^[-+]?/.exec(text)?.[0] ?? '';
    const read = readNumber(text.slice(sign.length).trim());
    if (read === undefined) throw this.#error(node, `bad number or duration syntax: ${JSON.stringify(text)}`);
    const value = sign === '-' && !unsigned ? -read.value : read.value;
    return { kind: 'number', value, asDuration: read.asDuration, start: node.from, end: node.from + text.length };
  }

  #string(node: SyntaxNode): StringLiteral {
    const value = readString(this.#slice(node));
    if (value === undefined) throw this.#error(node, badEscape(this.#slice(node)));
    return { kind: 'string', value, start: node.from, end: node.to };
  }

  #slice(node: SyntaxNode): string {
    return this.#text.slice(node.from, node.to);
  }

  #error(place: { from: number; to: number }, reason: string): PromqlError {
    return new PromqlError(this.#text, place.from, place.to, reason);
  }
}

/** Aggregations whose first argument is a parameter. */
export const TAKES_PARAMETER: ReadonlySet<AggregationOperator> = new Set([
  'topk',
  'bottomk',
  'limitk',
  'limit_ratio',
  'quantile',
  'count_values',
]);
