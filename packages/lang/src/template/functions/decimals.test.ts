import fc from 'fast-check';
import { expect, test } from 'vitest';
import { computeDecimal } from './decimals.ts';

test('decimals are added, subtracted and multiplied without the errors of binary fractions', () => {
  expect(computeDecimal('+', 0.1, [0.2, 0.3])).toBe(0.6);
  expect(computeDecimal('-', 0.3, [0.1])).toBe(0.2);
  expect(computeDecimal('*', 1.1, [1.1, 1.1])).toBe(1.331);
  expect(computeDecimal('+', 1e300, [1e-300])).toBe(1e300);
});

test('quotients have sixteen digits behind the point, rounded away from zero', () => {
  expect(computeDecimal('/', 1, [3])).toBe(0.3333333333333333);
  expect(computeDecimal('/', -2, [3])).toBe(-0.6666666666666667);
  expect(computeDecimal('/', 1, [1e20])).toBe(0);
  expect(() => computeDecimal('/', 1, [0])).toThrow('decimal division by 0');
});

test('any numbers give a number, and whole ones the exact one', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.constantFrom('+', '-', '*'), number, fc.array(number, { maxLength: 6 }), (operation, first, others) => {
      expect(computeDecimal(operation, first, others)).not.toBeNaN();
    }),
    { seed: 7, numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (a, b) => {
      expect(computeDecimal('+', a, [b])).toBe(a + b);
      expect(computeDecimal('-', a, [b]) + 0).toBe(a - b);
    }),
    { seed: 7, numRuns: 300 },
  );
});
