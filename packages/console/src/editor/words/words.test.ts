import { AGGREGATION_OPERATORS, FUNCTIONS, parsePromql } from '@atalaya/lang';
import { describe, expect, test } from 'vitest';

import { english } from './en.ts';
import { spanish } from './es.ts';
import { AGGREGATION_PARAMETERS, callText, parameterNames, WORD_EXAMPLES } from './signatures.ts';
import { SNIPPETS } from './words.ts';

const names = [...FUNCTIONS.keys()].sort();

describe.each([
  ['English', english],
  ['Spanish', spanish],
] as const)('in %s', (_, words) => {
  test('every function is told of in a sentence, and nothing else is', () => {
    expect(Object.keys(words.functions).sort()).toEqual(names);
    expect(Object.entries(words.functions).filter(([, text]) => !/^[\p{L}\d].*\.$/u.test(text))).toEqual([]);
  });

  test('every aggregation is told of, and hints are about words that exist', () => {
    expect(Object.keys(words.aggregations).sort()).toEqual([...AGGREGATION_OPERATORS].sort());
    const known = new Set([...names, ...AGGREGATION_OPERATORS, ...Object.keys(words.keywords)]);
    expect(Object.keys(words.hints).filter((name) => !known.has(name))).toEqual([]);
  });
});

test('both languages say something of their own about the same words', () => {
  expect(Object.keys(spanish.hints).sort()).toEqual(Object.keys(english.hints).sort());
  expect(Object.keys(spanish.keywords).sort()).toEqual(Object.keys(english.keywords).sort());
  expect(names.filter((name) => spanish.functions[name] === english.functions[name])).toEqual([]);
});

test.each(Object.entries(WORD_EXAMPLES))('the example of %s is a query with it: %s', (word, example) => {
  expect(example).toContain(word);
  expect(() => parsePromql(example)).not.toThrow();
});

test('parameters have as many names as the functions take', () => {
  for (const signature of FUNCTIONS.values()) {
    expect([signature.name, parameterNames(signature).length]).toEqual([signature.name, signature.args.length]);
  }
  expect(callText(FUNCTIONS.get('rate') as never)).toBe('rate(v)');
  expect(callText(FUNCTIONS.get('round') as never)).toBe('round(v, [nearest])');
  expect(callText(FUNCTIONS.get('label_join') as never)).toBe('label_join(v, target, separator, [source]…)');
  expect(callText(FUNCTIONS.get('time') as never)).toBe('time()');
});

test('the aggregations with a parameter are those that the parser wants one for', () => {
  for (const operator of AGGREGATION_OPERATORS) {
    const parameter = AGGREGATION_PARAMETERS[operator];
    const value = parameter === undefined ? '' : parameter.startsWith('"') ? '"x", ' : '1, ';
    expect(() => parsePromql(`${operator}(${value}up)`)).not.toThrow();
  }
});

test.each(Object.values(SNIPPETS))('the pattern %s is a query once it is filled in', (pattern) => {
  expect(() => parsePromql(pattern.replaceAll(/\$\{(\w+)\}/g, '$1'))).not.toThrow();
});
