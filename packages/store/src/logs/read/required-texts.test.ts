import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldsCase, requiredTexts } from './required-texts.ts';

it.each<[string, string[][] | undefined]>([
  ['refund-[0-9]{7}-declined', [['refund-', '-declined']]],
  ['abc|de+f', [['abc'], ['de', 'f']]],
  ['ab?c', [['a', 'c']]],
  ['ab*cd{0,3}e{2}f', [['a', 'c', 'e', 'f']]],
  ['(foo)(?:bar|baz)(?P<n>qux)+', [['foo', 'qux']]],
  ['(foo)?bar(x(yz))', [['bar', 'x', 'yz']]],
  ['\\d+ms\\.x\\\\y', [['ms.x\\y']]],
  ['[]a]b[^]c]d[[:alpha:]x]e[\\]]f', [['b', 'd', 'e', 'f']]],
  ['^GET /api$', [['GET /api']]],
  ['(?i)error', [['error']]],
  ['(?i:a|b)c', [['c']]],
  ['\\Qa.b\\Ec', [['c']]],
  ['a\\x41b\\x{1F600}c\\pLd\\p{Greek}e\\101f', [['a', 'b', 'c', 'd', 'e', 'f']]],
  ['😀+a', [['😀', 'a']]],
  ['a{x}b', [['a{x}b']]],
  ['', [[]]],
  ['a||b', [['a'], [], ['b']]],
  ['(a', undefined],
  ['a)', undefined],
  ['*a', undefined],
  ['[a', undefined],
  ['(?<=a)b', undefined],
])('of %j these texts are in every match: %j', (expression, expected) => {
  expect(requiredTexts(expression)).toEqual(expected);
});

it('finds texts that are in every match', () => {
  const atom = fc.oneof(
    fc.constantFrom('a', 'b', 'ab', 'c', '.', '[ab]', '\\w', '(ab)', '(a|b)', '(?:b|cc)', '\\.', '(a(b))', '(b?)'),
    fc
      .tuple(fc.constantFrom('a', 'b', '(ab)', '[bc]', '(a|c)'), fc.constantFrom('?', '*', '+', '{2}', '{0,1}', '+?'))
      .map(([one, times]) => one + times),
  );
  const expression = fc
    .array(
      fc.array(atom, { maxLength: 5 }).map((atoms) => atoms.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => parts.join('|'));
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'ab', '.', 'cc'), { maxLength: 9 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(expression, text, (source, subject) => {
      const required = requiredTexts(source);
      const holds = required === undefined || required.some((texts) => texts.every((one) => subject.includes(one)));
      return holds || !new RegExp(source).test(subject);
    }),
    { numRuns: 3000 },
  );
});

it.each(['(?i)a', 'a(?si:b)', '(?mi-s)c'])('sees that %j folds case', (expression) => expect(foldsCase(expression)).toBe(true));
it.each(['a', '(?s)i', '(?:i)', '(?P<i>x)'])('sees that %j does not', (expression) => expect(foldsCase(expression)).toBe(false));
