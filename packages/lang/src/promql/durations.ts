/** Durations inside brackets and after `offset`: read from the grammar's tree, and computed for a query. */

import type { SyntaxNode } from '@lezer/common';
import type { DurationExpression } from './ast.ts';
import { PromqlError } from './error.ts';
import { readNumber } from './lexer.ts';
import { childrenOf } from './syntax-tree.ts';

type Operator = Extract<DurationExpression, { kind: 'operation' }>['operator'];

/** Reads a duration expression; a sign before a plain duration becomes part of it. `computed` inside an operation. */
export function parseDurationExpression(text: string, node: SyntaxNode, computed = false): DurationExpression {
  const children = childrenOf(node);
  const span = { start: node.from, end: node.to };
  if (node.name === 'NumberDurationLiteralInDurationContext') {
    const literal = text.slice(node.from, node.to);
    const read = readNumber(literal);
    if (read === undefined) throw new PromqlError(text, node.from, node.to, `bad duration syntax: ${JSON.stringify(literal)}`);
    if (!(Math.abs(read.value) < 1e10)) throw new PromqlError(text, node.from, node.to, 'duration out of range');
    // Literal durations are whole milliseconds; of numbers what is finer is dropped, rounding noise aside.
    const exact = Math.round(read.value * 1000);
    const milliseconds = read.asDuration || Math.abs(read.value * 1000 - exact) < 1e-3 ? exact : Math.trunc(read.value * 1000);
    return { kind: 'duration', milliseconds, asNumber: computed && !read.asDuration, ...span };
  }
  const first = children[0];
  if (first === undefined) throw new PromqlError(text, node.from, node.to, 'bad duration syntax');
  if (first.name === 'UnaryOp') {
    const operator = text.slice(first.from, first.to) as '+' | '-';
    const operand = parseDurationExpression(text, children[1] as SyntaxNode, computed);
    if (operand.kind !== 'duration') return { kind: 'sign', operator, operand, ...span };
    return { ...operand, milliseconds: operator === '-' ? -operand.milliseconds : operand.milliseconds, ...span };
  }
  if (first.name === 'DurationStep') return { kind: 'step', ...span };
  if (first.name === 'DurationRange') return { kind: 'range', ...span };
  const operands = children.filter((child) => child.name === 'DurationExpr' || child.name === 'NumberDurationLiteralInDurationContext');
  if (first.name === 'DurationMinOf' || first.name === 'DurationMaxOf') {
    return operation(text, first.name === 'DurationMinOf' ? 'min_of' : 'max_of', operands, span);
  }
  if (operands.length === 2) {
    const sign = children.find((child) => !operands.includes(child)) as SyntaxNode;
    return operation(text, text.slice(sign.from, sign.to) as Operator, operands, span);
  }
  const inner = parseDurationExpression(text, first, computed);
  return text[node.from] === '(' ? { kind: 'group', operand: inner, ...span } : inner;
}

function operation(
  text: string,
  operator: Operator,
  operands: readonly SyntaxNode[],
  span: { start: number; end: number },
): DurationExpression {
  const [left, right] = operands as [SyntaxNode, SyntaxNode];
  return {
    kind: 'operation',
    operator,
    left: parseDurationExpression(text, left, true),
    right: parseDurationExpression(text, right, true),
    ...span,
  };
}

/** What a duration expression may refer to, in milliseconds. */
export interface DurationContext {
  readonly stepMs: number;
  readonly rangeMs: number;
}

/** The duration in milliseconds, possibly negative. @throws RangeError for a division by zero. */
export function evaluateDuration(duration: DurationExpression, context: DurationContext): number {
  return duration.kind === 'duration' ? duration.milliseconds : Math.trunc(seconds(duration, context) * 1000);
}

function seconds(duration: DurationExpression, context: DurationContext): number {
  switch (duration.kind) {
    case 'duration':
      return duration.milliseconds / 1000;
    case 'step':
      return context.stepMs / 1000;
    case 'range':
      return context.rangeMs / 1000;
    case 'sign':
      return duration.operator === '-' ? -seconds(duration.operand, context) : seconds(duration.operand, context);
    case 'group':
      return seconds(duration.operand, context);
    case 'operation': {
      const left = seconds(duration.left, context);
      const right = seconds(duration.right, context);
      switch (duration.operator) {
        case '+':
          return left + right;
        case '-':
          return left - right;
        case '*':
          return left * right;
        case '/':
          if (right === 0) throw new RangeError('division by zero');
          return left / right;
        case '%':
          if (right === 0) throw new RangeError('modulo by zero');
          return left % right;
        case '^':
          return left ** right;
        case 'min_of':
          return Math.min(left, right);
        case 'max_of':
          return Math.max(left, right);
      }
    }
  }
}
