/** Comparisons of integers and doubles with a number as it was written: exact, whatever of the two is the larger type. */

import { sql, type Sql } from '../../sql.ts';
import { type CompareOperator, comparison } from './comparison.ts';

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;
const MOST = 2n ** 64n - 1n;

const ALWAYS = sql`1`;
const NEVER = sql`0`;

/** Compares an expression of type Int64 (or UInt64) with a number. NaN is unlike everything, and neither less nor greater. */
export function againstInteger(left: Sql, operator: CompareOperator, right: number | bigint, unsigned = false): Sql {
  if (typeof right === 'number' && !Number.isFinite(right)) return beyond(operator, right > 0, Number.isNaN(right));
  // Between two integers: what is less than it is at most the lower one.
  const whole = typeof right === 'bigint' || Number.isInteger(right);
  const floor = typeof right === 'bigint' ? right : BigInt(Math.floor(right));
  if (!whole && operator === '=') return NEVER;
  if (!whole && operator === '!=') return ALWAYS;
  const [least, greatest] = unsigned ? [0n, MOST] : [LEAST, GREATEST];
  if (floor > greatest) return beyond(operator, true, false);
  if (floor < least) return beyond(operator, false, false);
  const exact: CompareOperator = whole ? operator : operator === '<' ? '<=' : operator === '>=' ? '>' : operator;
  return comparison(left, exact, unsigned ? sql`toUInt64(${floor})` : sql`toInt64(${String(floor)})`);
}

/** Compares an expression of type Float64 with a number. */
export function againstDouble(left: Sql, operator: CompareOperator, right: number | bigint): Sql {
  const near = Number(right);
  if (Number.isNaN(near)) return operator === '!=' ? ALWAYS : NEVER;
  if (typeof right === 'number' || (Number.isFinite(near) && BigInt(near) === right)) return comparison(left, operator, doubleSql(near));
  // No double is this number: one is less than it exactly when it is at most the next one below.
  if (operator === '=') return NEVER;
  if (operator === '!=') return ALWAYS;
  const nearIsAbove = near === Number.POSITIVE_INFINITY || (Number.isFinite(near) && BigInt(near) > right);
  const less = operator === '<' || operator === '<=';
  if (less) return comparison(left, nearIsAbove ? '<' : '<=', doubleSql(near));
  return comparison(left, nearIsAbove ? '>=' : '>', doubleSql(near));
}

/** Compares with what lies above, or below, every integer. */
function beyond(operator: CompareOperator, above: boolean, isNaN: boolean): Sql {
  if (operator === '=') return NEVER;
  if (operator === '!=') return ALWAYS;
  if (isNaN) return NEVER;
  return (operator === '<' || operator === '<=') === above ? ALWAYS : NEVER;
}

const bits = new DataView(new ArrayBuffer(8));

/** A double as it is, to the last bit. */
function doubleSql(value: number): Sql {
  bits.setFloat64(0, value);
  return sql`reinterpretAsFloat64(toUInt64(${bits.getBigUint64(0)}))`;
}
