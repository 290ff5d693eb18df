/** What expressions find in texts. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PatternError } from './pattern.ts';
import { compileSearch } from './search-pattern.ts';

describe('a search pattern', () => {
  it('finds the first match anywhere, with its groups', () => {
    const pattern = compileSearch(String.raw`(?P<key>\w+)=(?P<value>\d+)?(x)?`);
    const match = pattern.search('a, b=12 c=3');
    expect(pattern.groupNames).toEqual(['', 'key', 'value', '']);
    expect(match?.groups).toEqual(['b=12', 'b', '12', undefined]);
    expect([match?.start, match?.end, match?.groupStart(2), match?.groupEnd(2), match?.groupStart(3)]).toEqual([3, 7, 5, 7, -1]);
    expect(pattern.search('nothing')).toBeUndefined();
  });

  it('finds all matches, empty ones too, and goes on behind them', () => {
    expect(
      compileSearch('a*')
        .searchAll('baac')
        .map(({ start, end }) => [start, end]),
    ).toEqual([
      [0, 0],
      [1, 3],
      [4, 4],
    ]);
  });

  it('finds plain texts as the automaton does, in either case too', () => {
    const texts = ['', 'error', 'an ERROR', 'Erro', 'fatal: x', 'Kelvin is \u212A', 'long \u017F', 'GROSS and groß', '\n', 'a-b', 'e.r'];
    for (const literals of ['error', 'error|fatal', 'k', 's', 'gross', '', 'a-b', 'x|', 'ß', '/e,r-o "', '(?:error|k)', '(s)']) {
      for (const flags of ['', '(?i)']) {
        const plain = compileSearch(`${flags}${literals}`);
        // With a group that changes nothing the expression is no alternation of plain texts.
        const automaton = compileSearch(`${flags}(?:(?:${literals}){1})`);
        for (const text of texts) expect([literals, flags, text, plain.test(text)]).toEqual([literals, flags, text, automaton.test(text)]);
      }
    }
  });

  it('counts UTF-16 units', () => {
    const match = compileSearch('b+').search('😀äbb');
    expect([match?.start, match?.end]).toEqual([3, 5]);
  });

  it('replaces as Go does', () => {
    const pattern = compileSearch(String.raw`(?P<first>\w)(\d)`);
    expect(pattern.replaceAll('a1 b2', '${2}$first$$')).toBe('1a$ 2b$');
    expect(pattern.replaceAll('a1 b2', '$1x$9')).toBe(' ');
    expect(pattern.replaceAll('none', 'x')).toBe('none');
  });

  it('says what is wrong with an expression', () => {
    expect(() => compileSearch('a(b')).toThrow(PatternError);
    expect(() => compileSearch('a(b')).toThrow('missing closing )');
  });

  it('stays linear on texts made to slow it down', () => {
    expect(compileSearch('(a+)+$').test(`${'a'.repeat(50_000)}b`)).toBe(false);
  });

  it.each([
    '(.*)',
    '(.*)$',
    '(?P<rest>.*)',
    String.raw`^(?P<a>\S+) (?P<rest>.*)$`,
    String.raw`^(?P<a>\S+) (?P<rest>(?s:.*))$`,
    String.raw`^(?s)(?P<a>\S+?) (?P<rest>.*)$`,
    String.raw`(?i)B(a|b)?: *(.+)$`,
    String.raw`a.*? (b|a):(?P<rest>(?s:.+))`,
    String.raw`(a|b)(?:c(?:.))?(.*)$`,
    'a|b(.*)$',
    '[(](.*)$',
    String.raw`\((.*)$`,
    'a(?i)b(.*)$',
    '(?m)^a(.*)$',
    '(?U)a(.*)',
    'b$(.*)',
    '((?s)a)(.*)$',
    '(a(.*))',
    'a(?s:(.*))$',
  ])('%s finds what its expression means, however it is searched for', (source) => {
    const pattern = compileSearch(source);
    // A group around the whole keeps the expression from being taken apart, and changes nothing else.
    const whole = compileSearch(`(?:${source})`);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', 'B', ' ', ':', '\n', 'c', '(', '😀'), maxLength: 14 }), (text) => {
        const [found, expected] = [pattern, whole].map((each) => {
          const match = each.search(text);
          return match && { ...match, bounds: match.groups.map((_group, index) => [match.groupStart(index), match.groupEnd(index)]) };
        });
        expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
        expect(pattern.test(text)).toBe(whole.test(text));
      }),
      { numRuns: 200 },
    );
  });
});
