/** Functions of templates that compute. */

import type { TemplateFunction } from '@atalaya/lang';
import { many, of, printed } from './signature.ts';

function divisor(value: bigint): bigint {
  if (value === 0n) throw new RangeError('runtime error: integer divide by zero');
  return value;
}

const smallest = (values: readonly bigint[]): bigint => values.reduce((least, value) => (value < least ? value : least));
const largest = (values: readonly bigint[]): bigint => values.reduce((most, value) => (value > most ? value : most));

function round(value: number, digits: bigint): number {
  const scale = 10 ** Math.min(Number(digits), 15);
  return Math.round(value * scale) / scale;
}

export const NUMBERS: Readonly<Record<string, TemplateFunction>> = {
  add: many('whole', 0, (values) => values.reduce((sum, value) => sum + value, 0n)),
  add1: of(['whole'], (value) => value + 1n),
  sub: of(['whole', 'whole'], (left, right) => left - right),
  mul: many('whole', 1, (values) => values.reduce((product, value) => product * value, 1n)),
  div: of(['whole', 'whole'], (left, right) => left / divisor(right)),
  mod: of(['whole', 'whole'], (left, right) => left % divisor(right)),
  addf: many('number', 0, (values) => values.reduce((sum, value) => sum + value, 0)),
  subf: many('number', 1, ([first = 0, ...others]) => others.reduce((rest, value) => rest - value, first)),
  mulf: many('number', 1, (values) => values.reduce((product, value) => product * value, 1)),
  divf: many('number', 1, ([first = 0, ...others]) => others.reduce((quotient, value) => quotient / value, first)),
  max: many('whole', 1, largest),
  min: many('whole', 1, smallest),
  maxf: many('number', 1, (values) => Math.max(...values)),
  minf: many('number', 1, (values) => Math.min(...values)),
  floor: of(['number'], Math.floor),
  ceil: of(['number'], Math.ceil),
  round: of(['number', 'whole'], round),
  int: of(['whole'], (value) => value),
  int64: of(['whole'], (value) => value),
  float64: of(['number'], (value) => value),
  atoi: of(['text'], (text) => (/^[-+]?\d+$/.test(text) ? BigInt(text) : 0n)),
  toString: of(['any'], printed),
};
