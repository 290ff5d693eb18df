/** Functions of templates that compute. */

import type { TemplateFunction } from '../built-in.ts';
import type { TemplateValue } from '../value.ts';
import { readGoFloat } from '../../go-float.ts';
import { computeDecimal } from './decimals.ts';
import { many, of } from './signature.ts';

const int64 = (value: bigint): bigint => BigInt.asIntN(64, value);
const LARGEST = 2n ** 63n - 1n;

/** A whole number of anything: texts are read as Go's literals (`0x1F`, `010` for 8), and what cannot be read is 0. */
function toInt(value: TemplateValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') return readInt(value);
  if (typeof value === 'number') return Number.isFinite(value) ? int64(BigInt(Math.trunc(value))) : 0n;
  return value === true ? 1n : 0n;
}

function readInt(text: string): bigint {
  const [, sign, literal] = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)(?:\.0*)?$/.exec(text) ?? [];
  if (literal === undefined || literal.length > 70) return 0n;
  const size = BigInt(/^0[0-7]/.test(literal) ? `0o${literal.slice(1)}` : literal);
  const value = sign === '-' ? -size : size;
  return value > LARGEST || value < -LARGEST - 1n ? 0n : value;
}

/** A number of anything; what cannot be read is 0. */
function toFloat(value: TemplateValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return value === true ? 1 : 0;
  const read = readGoFloat(value);
  return typeof read === 'number' ? read : 0;
}

function divisor(value: TemplateValue): bigint {
  const whole = toInt(value);
  if (whole === 0n) throw new RangeError('runtime error: integer divide by zero');
  return whole;
}

/** To so many places; what is left counts as a whole from `roundOn` on. */
function round(value: number, places: bigint, roundOn: number): number {
  const power = 10 ** Number(places);
  const shifted = power * value;
  const rest = shifted - Math.trunc(shifted);
  return (rest >= roundOn ? Math.ceil(shifted) : Math.floor(shifted)) / power;
}

/** Float arithmetic from left to right. */
function floats(operation: '+' | '-' | '*' | '/', least: number): TemplateFunction {
  return many(least, (values) => {
    const [first = 0, ...others] = values.map(toFloat);
    if ([first, ...others].every((value) => Number.isFinite(value))) return computeDecimal(operation, first, others);
    throw new RangeError('Cannot create a Decimal from Inf or NaN');
  });
}

const extreme = (values: readonly bigint[], isBetter: (a: bigint, b: bigint) => boolean): bigint =>
  values.reduce((best, value) => (isBetter(value, best) ? value : best));

export const NUMBERS: Readonly<Record<string, TemplateFunction>> = {
  int: of(['any'], toInt),
  float64: of(['any'], toFloat),
  add: many(0, (values) => int64(values.reduce<bigint>((sum, value) => sum + toInt(value), 0n))),
  sub: of(['any', 'any'], (left, right) => int64(toInt(left) - toInt(right))),
  mul: many(1, (values) => values.reduce<bigint>((product, value) => int64(product * toInt(value)), 1n)),
  div: of(['any', 'any'], (left, right) => toInt(left) / divisor(right)),
  mod: of(['any', 'any'], (left, right) => toInt(left) % divisor(right)),
  addf: floats('+', 0),
  subf: floats('-', 1),
  mulf: floats('*', 1),
  divf: floats('/', 1),
  max: many(1, (values) => extreme(values.map(toInt), (a, b) => a > b)),
  min: many(1, (values) => extreme(values.map(toInt), (a, b) => a < b)),
  maxf: many(1, (values) => Math.max(...values.map(toFloat))),
  minf: many(1, (values) => Math.min(...values.map(toFloat))),
  ceil: of(['any'], (value) => Math.ceil(toFloat(value))),
  floor: of(['any'], (value) => Math.floor(toFloat(value))),
  round: {
    least: 2,
    most: Number.POSITIVE_INFINITY,
    call(value = null, places = null, roundOn = 0.5) {
      if (typeof places !== 'bigint') throw new RangeError('wrong type for value; expected int');
      return round(toFloat(value), places, toFloat(roundOn));
    },
  },
};
