/** Arithmetic of TraceQL: whole numbers stay whole as long as they meet only their like; all else is floating. */

import { isNumeric, type TraceValue, wholeNumber } from './value.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';

/** A sum, product and so on; `undefined` for what is no number, and for whole numbers divided by nothing. Durations count as nanoseconds. */
export function computed(left: TraceValue, operator: ArithmeticOperator, right: TraceValue): TraceValue | undefined {
  if (!isNumeric(left) || !isNumeric(right)) return undefined;
  if (left.type === 'int' && right.type === 'int') return wholes(BigInt(left.value), operator, BigInt(right.value));
  return { type: 'double', value: floats(Number(left.value), operator, Number(right.value)) };
}

/** The contrary of a number. */
export function negative(value: TraceValue): TraceValue | undefined {
  return isNumeric(value) ? { ...value, value: -value.value } : undefined;
}

function floats(left: number, operator: ArithmeticOperator, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      return left ** right;
  }
}

/** Whole numbers beyond 64 bits are floats. */
const LARGEST = 2n ** 63n;

function wholes(left: bigint, operator: ArithmeticOperator, right: bigint): TraceValue | undefined {
  if (operator === '^' || ((operator === '/' || operator === '%') && right === 0n)) {
    if (operator !== '^') return undefined;
    const power = Number(left) ** Number(right);
    return Number.isSafeInteger(power) ? { type: 'int', value: power } : { type: 'double', value: power };
  }
  const result =
    operator === '+'
      ? left + right
      : operator === '-'
        ? left - right
        : operator === '*'
          ? left * right
          : operator === '/'
            ? left / right
            : left % right;
  if (result >= LARGEST || result < -LARGEST) return { type: 'double', value: Number(result) };
  return { type: 'int', value: wholeNumber(result) };
}
