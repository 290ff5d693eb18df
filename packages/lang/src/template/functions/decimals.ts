/** Decimal arithmetic, so that 0.1 and 0.2 make 0.3: the functions of templates that take floats compute with it. */

/** `digits` × 10^-`scale`. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** Digits behind the point that a quotient is rounded to. */
const QUOTIENT_SCALE = 16;
/** Largest exponent that is written out; beyond it floats are exact enough for anybody. */
const LARGEST_SCALE = 400;

/** The shortest decimal that reads back as the number. */
function decimalOf(value: number): Decimal {
  const [, sign = '', whole = '', fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([-+]\d+))?$/.exec(String(value)) ?? [];
  const digits = BigInt(`${whole}${fraction}` || '0') * (sign === '-' ? -1n : 1n);
  const scale = fraction.length - Number(power);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

const numberOf = ({ digits, scale }: Decimal): number => Number(`${digits}e${-scale}`);

function atScale({ digits, scale }: Decimal, wanted: number): bigint {
  return digits * 10n ** BigInt(wanted - scale);
}

function add(left: Decimal, right: Decimal, sign: 1n | -1n): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { digits: atScale(left, scale) + sign * atScale(right, scale), scale };
}

const multiply = (left: Decimal, right: Decimal): Decimal => ({ digits: left.digits * right.digits, scale: left.scale + right.scale });

/** Rounded half away from zero. */
function divide(left: Decimal, right: Decimal): Decimal {
  if (right.digits === 0n) throw new RangeError('decimal division by 0');
  const shift = QUOTIENT_SCALE + right.scale - left.scale;
  const dividend = shift >= 0 ? left.digits * 10n ** BigInt(shift) : left.digits;
  const divisor = shift >= 0 ? right.digits : right.digits * 10n ** BigInt(-shift);
  const negative = dividend < 0n !== divisor < 0n;
  const [a, b] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  const quotient = (a + b / 2n) / b;
  return { digits: negative ? -quotient : quotient, scale: QUOTIENT_SCALE };
}

const OPERATIONS = {
  '+': (left: Decimal, right: Decimal) => add(left, right, 1n),
  '-': (left: Decimal, right: Decimal) => add(left, right, -1n),
  '*': multiply,
  '/': divide,
} as const;

/** Numbers joined by an operation from left to right. @throws RangeError for a division by zero. */
export function computeDecimal(operation: keyof typeof OPERATIONS, first: number, others: readonly number[]): number {
  let result = decimalOf(first);
  for (const other of others) {
    result = OPERATIONS[operation](result, decimalOf(other));
    if (result.scale > LARGEST_SCALE) result = decimalOf(numberOf(result));
  }
  return numberOf(result);
}
