/** The fast path gives the same doubles as `Number`, bit for bit. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNotANumberText, readFloat } from './read-float.ts';

function read(text: string): number {
  const bytes = Buffer.from(`x${text}y`);
  return readFloat(bytes, 1, bytes.length - 1);
}

describe('readFloat', () => {
  it('equals Number() for doubles in every usual spelling', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e307, max: 1e307 }), fc.integer({ min: 0, max: 20 }), (value, digits) => {
        for (const text of [String(value), value.toExponential(digits), value.toPrecision(digits + 1), `+${Math.abs(value)}`]) {
          expect(read(text)).toBe(Number(text));
        }
        const fixed = Math.abs(value) < 1e20 ? value.toFixed(digits) : String(value);
        expect(read(fixed)).toBe(Number(fixed));
      }),
      { numRuns: 2000 },
    );
  });

  it('equals Number() for digits, point and exponent put together at random', () => {
    const digits = fc.string({ unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), maxLength: 19 });
    fc.assert(
      fc.property(digits, digits, fc.integer({ min: -330, max: 330 }), fc.constantFrom('', '-', '+'), (whole, fraction, exponent, sign) => {
        fc.pre(whole + fraction !== '');
        for (const text of [
          `${sign}${whole}.${fraction}`,
          `${sign}${whole}.${fraction}e${exponent}`,
          `${sign}${whole}${fraction}E+${Math.abs(exponent)}`,
        ]) {
          const expected = Number(text);
          expect(read(text)).toBe(Number.isFinite(expected) ? expected : NaN);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('keeps the sign of zero', () => {
    expect(Object.is(read('-0'), -0)).toBe(true);
    expect(Object.is(read('-0.000e5'), -0)).toBe(true);
    expect(Object.is(read('0'), 0)).toBe(true);
  });

  it.each([
    ['Inf', Infinity],
    ['+inf', Infinity],
    ['-Inf', -Infinity],
    ['Infinity', Infinity],
    ['9007199254740993', 9007199254740992],
    ['0.1', 0.1],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['5e-324', Number.MIN_VALUE],
  ])('reads %s', (text, value) => {
    expect(read(text)).toBe(value);
  });

  it.each(['', '+', '-', '.', 'e5', '1e', '1e+', '1.2.3', '0x10', '1_000', '1p3', '--1', 'infinit', '1 2', '1e999', 'nan0', 'NaN'])(
    'gives NaN for %j',
    (text) => {
      expect(read(text)).toBeNaN();
      const bytes = Buffer.from(text);
      expect(isNotANumberText(bytes, 0, bytes.length)).toBe(text === 'NaN');
    },
  );
});
