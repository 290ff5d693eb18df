import { expect, test } from 'vitest';
import { commonBounds, customBound, exponentialBound } from './bounds.ts';

test('whole powers of two are bounds of every schema, exactly', () => {
  for (let schema = -4; schema <= 8; schema++) {
    const indexes = [-1074, -1022, -16, 0, 16, 1008].map((power) => power * 2 ** schema).filter(Number.isInteger);
    for (const index of indexes) expect(exponentialBound(index, schema)).toBe(2 ** (index / 2 ** schema));
  }
});

test.each([
  [-1, 1, 0.7071067811865475],
  [3, 1, 2.82842712474619],
  [-3, 2, 0.5946035575013605],
  [-255, 8, 0.5013556375251013],
  [-251, 8, 0.5068150424757447],
  [-249, 8, 0.509566998038869],
  [-52, 8, 0.8686669176368529],
  [-1, 8, 0.9972960560854698],
])('bucket %i of schema %i ends at %f, digit for digit as Prometheus has it', (index, schema, bound) => {
  expect(exponentialBound(index, schema)).toBe(bound);
});

test('neighbouring bounds grow by the same factor', () => {
  for (let schema = -4; schema <= 8; schema++) {
    const factor = 2 ** (2 ** -schema);
    for (const index of [-300, -17, -1, 0, 1, 5, 200]) {
      const from = exponentialBound(index, schema);
      if (from === 0 || from > 1e300 || from < 1e-300) continue;
      expect(exponentialBound(index + 1, schema) / from / factor).toBeCloseTo(1, 13);
    }
  }
});

test('the largest bound is the largest number, not infinity', () => {
  expect(exponentialBound(1024, 0)).toBe(Number.MAX_VALUE);
  expect(exponentialBound(64, -4)).toBe(Number.MAX_VALUE);
  expect(exponentialBound(1024 * 4, 2)).toBe(Number.MAX_VALUE);
  expect(exponentialBound(1024 * 4 - 1, 2)).toBeLessThan(Number.MAX_VALUE);
});

test('custom bounds are open at both ends', () => {
  const bounds = Float64Array.of(1, 5);
  expect([-1, 0, 1, 2].map((index) => customBound(index, bounds))).toEqual([-Infinity, 1, 5, Infinity]);
  expect([...commonBounds(Float64Array.of(1, 2, 5, 9), Float64Array.of(0, 2, 9, 10))]).toEqual([2, 9]);
});
