/** What binary operators do to two numbers. */

import { ARITHMETIC_OPERATORS, type BinaryOperator, COMPARISON_OPERATORS } from '@atalaya/lang';

const COMPARISONS = new Set<BinaryOperator>(COMPARISON_OPERATORS);
/** What a trim operator leaves is still a histogram of its metric. */
const TRIMMING = new Set<BinaryOperator>(['</', '>/']);
const ARITHMETIC = new Set<BinaryOperator>(ARITHMETIC_OPERATORS.filter((operator) => !TRIMMING.has(operator)));

export function isComparison(operator: BinaryOperator): boolean {
  return COMPARISONS.has(operator);
}

/** Whether the result is a new number, so that the metric's name does not fit it any more. */
export function isArithmetic(operator: BinaryOperator): boolean {
  return ARITHMETIC.has(operator);
}

/** A number for two numbers; comparisons give 1 or 0. Trim operators are not among them: they are defined for native histograms only. */
export type NumberOperation = (left: number, right: number) => number;

const OPERATIONS: Partial<Record<BinaryOperator, NumberOperation>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
  atan2: (left, right) => Math.atan2(left, right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
};

/** Go takes 1 to any power, also NaN, and ±1 to an infinite power as 1; JavaScript answers NaN there. */
function power(left: number, right: number): number {
  if (left === 1 || (left === -1 && (right === Infinity || right === -Infinity))) return 1;
  return left ** right;
}

/** The operation of an arithmetic operator or a comparison; `undefined` for operators that floats do not have. */
export function operationOf(operator: BinaryOperator): NumberOperation | undefined {
  return OPERATIONS[operator];
}

/** The smaller number. Go lets -Inf win over NaN; otherwise NaN wins, as in JavaScript. */
export function smaller(left: number, right: number): number {
  return left === -Infinity || right === -Infinity ? -Infinity : Math.min(left, right);
}

/** The larger number. Go lets +Inf win over NaN. */
export function larger(left: number, right: number): number {
  return left === Infinity || right === Infinity ? Infinity : Math.max(left, right);
}
