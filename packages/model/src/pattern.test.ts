import { expect, test } from 'vitest';
import { compilePattern, PatternError } from './pattern.ts';

test('the whole text has to match, line feeds included', () => {
  expect(compilePattern('a.*').matches('abc')).toBe(true);
  expect(compilePattern('b').matches('abc')).toBe(false);
  expect(compilePattern('a|b').matches('ab')).toBe(false);
  expect(compilePattern('a.b').matches('a\nb')).toBe(true);
});

test('plain alternatives are recognised as a set', () => {
  expect(compilePattern('GET|POST').literals).toEqual(['GET', 'POST']);
  expect(compilePattern('(?:GET|POST)').literals).toEqual(['GET', 'POST']);
  expect(compilePattern('GET|P.*').literals).toBeUndefined();
  expect(compilePattern('').literals).toEqual(['']);
});

test('replacement fills groups as Go does', () => {
  expect(compilePattern('(.*):(\\d+)').expand('host:9100', '$1')).toBe('host');
  expect(compilePattern('(.*):(\\d+)').expand('host:9100', '${2}_$$x')).toBe('9100_$x');
  expect(compilePattern('(?P<h>.*):.*').expand('host:1', '${h}-$9-$nope')).toBe('host--');
  expect(compilePattern('x').expand('y', 'z')).toBeUndefined();
});

test('an invalid expression says why; a catastrophic one is harmless', () => {
  expect(() => compilePattern('a(')).toThrow(PatternError);
  expect(compilePattern('(a+)+b').matches('a'.repeat(5000))).toBe(false);
});
