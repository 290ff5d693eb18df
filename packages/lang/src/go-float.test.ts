import { expect, test } from 'vitest';
import { readGoFloat } from './go-float.ts';

test.each([
  ['1', 1],
  ['-1.5e3', -1500],
  ['+.5', 0.5],
  ['5.', 5],
  ['0x1.8p3', 12],
  ['-0X.8P1', -1],
  ['Inf', Infinity],
  ['-infinity', -Infinity],
  ['NaN', Number.NaN],
  ['1e-400', 0],
  ['1e400', 'strconv.ParseFloat: parsing "1e400": value out of range'],
  ['0x10', 'strconv.ParseFloat: parsing "0x10": invalid syntax'],
  [' 1', 'strconv.ParseFloat: parsing " 1": invalid syntax'],
  ['1_000', 'strconv.ParseFloat: parsing "1_000": invalid syntax'],
  ['Infinit', 'strconv.ParseFloat: parsing "Infinit": invalid syntax'],
])('the number %j', (text, wanted) => {
  expect(readGoFloat(text)).toBe(wanted);
});
