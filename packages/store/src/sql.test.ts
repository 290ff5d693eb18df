import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOSTILE_TEXTS } from './engine/hostile-texts.ts';
import { fragment, identifier, settingsClause, sql, stringLiteral, uint64List } from './sql.ts';

describe('sql', () => {
  it('ends a literal at its closing quote only, whatever the text', () => {
    const closed = (literal: string): boolean => /^'(?:[^'\\]|\\[\s\S])*'$/.test(literal);
    expect(HOSTILE_TEXTS.filter((text) => !closed(stringLiteral(text)))).toEqual([]);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => closed(stringLiteral(text))));
  });

  it('escapes every value of a statement', () => {
    expect(sql`SELECT ${"it's"}, ${5}, ${-0.5}, ${2n ** 63n}`).toBe(String.raw`SELECT 'it\'s', 5, -5e-1, 9223372036854775808`);
    expect(sql`A ${fragment(sql`B ${'c'}`)}`).toBe("A B 'c'");
  });

  it('refuses numbers that SQL cannot say', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => sql`SELECT ${value}`).toThrow(RangeError);
  });

  it('quotes identifiers and refuses empty ones and NUL', () => {
    expect(sql`${identifier('a`b\\')}`).toBe('`a\\`b\\\\`');
    expect(() => identifier('')).toThrow(RangeError);
    expect(() => identifier('a\0')).toThrow(RangeError);
  });

  it('lists 64-bit numbers', () => {
    expect(sql`IN (${uint64List(Uint32Array.of(1, 0, 0xffff_ffff, 0xffff_ffff))})`).toBe('IN (1,18446744073709551615)');
  });

  it('writes settings by value', () => {
    expect(sql`${settingsClause({ a: 1, b: "x'" })}`).toBe(String.raw` SETTINGS a = 1, b = 'x\''`);
    expect(sql`${settingsClause({})}`).toBe('');
    expect(() => settingsClause({ 'a = 1, b': 1 })).toThrow(RangeError);
  });
});
