import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatFixed, formatGeneral, formatSampleValue } from './number-format.ts';

test.each([
  [0, '0', '0', '0'],
  [-0, '-0', '-0', '-0'],
  [NaN, 'NaN', 'NaN', 'NaN'],
  [Infinity, '+Inf', '+Inf', '+Inf'],
  [-Infinity, '-Inf', '-Inf', '-Inf'],
  [1.5, '1.5', '1.5', '1.5'],
  [1e20, '100000000000000000000', '100000000000000000000', '1e+20'],
  [999999, '999999', '999999', '999999'],
  [1234567, '1234567', '1234567', '1.234567e+06'],
  [1e21, '1e+21', '1000000000000000000000', '1e+21'],
  [-1.5e-7, '-1.5e-07', '-0.00000015', '-1.5e-07'],
  [0.00001, '0.00001', '0.00001', '1e-05'],
  [1.2345e300, '1.2345e+300', `12345${'0'.repeat(296)}`, '1.2345e+300'],
])('%d is written as Go writes it', (value, sample, fixed, general) => {
  expect([formatSampleValue(value), formatFixed(value), formatGeneral(value)]).toEqual([sample, fixed, general]);
});

test('every form reads back as the same number', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(number, (value) => {
      for (const format of [formatSampleValue, formatFixed, formatGeneral]) expect(Number(format(value))).toBe(value);
    }),
  );
});
