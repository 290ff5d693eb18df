import { expect, test } from 'vitest';
import { DEFAULT_PROMQL_FEATURES, PROMQL_FEATURES, type PromqlFeature } from './features.ts';
import { parsePromql } from './parse.ts';

test.each<[string, PromqlFeature, string]>([
  [
    'sum(limitk(2, a))',
    'promql-experimental-functions',
    '1:5: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions',
  ],
  [
    'limit_ratio(0.5, a)',
    'promql-experimental-functions',
    '1:1: parse error: limit_ratio() is experimental and must be enabled with --enable-feature=promql-experimental-functions',
  ],
  ['1 + mad_over_time(a[5m])', 'promql-experimental-functions', '1:5: parse error: function "mad_over_time" is not enabled'],
  ['rate(a[5m * 2])', 'promql-duration-expr', '1:8: parse error: experimental duration expression is not enabled'],
  ['a offset (5m)', 'promql-duration-expr', '1:11: parse error: experimental duration expression is not enabled'],
  ['max_over_time(a[1h:step()])', 'promql-duration-expr', '1:20: parse error: experimental duration expression is not enabled'],
  ['a smoothed', 'promql-extended-range-selectors', '1:1: parse error: smoothed modifier is experimental and not enabled'],
  ['rate(a[5m] anchored)', 'promql-extended-range-selectors', '1:6: parse error: anchored modifier is experimental and not enabled'],
  ['a + fill(0) b', 'promql-binop-fill-modifiers', '1:1: parse error: binop fill modifiers are experimental and not enabled'],
])('%s needs %s', (text, feature, message) => {
  expect(() => parsePromql(text)).not.toThrow();
  const without = new Set([...DEFAULT_PROMQL_FEATURES].filter((name) => name !== feature));
  expect(() => parsePromql(text, without)).toThrow(message);
  expect(() => parsePromql(text, new Set([feature]))).not.toThrow();
});

test('with every flag off the stable language is all there', () => {
  const stable = [
    'a offset -5m',
    'rate(a[5m] @ start() offset -1m)',
    'sum by (x) (a) / on (x) group_left b',
    'max_over_time(a[1h:-5m + 10m])',
  ];
  for (const text of stable.slice(0, 3)) expect(() => parsePromql(text, new Set())).not.toThrow();
  expect(() => parsePromql(stable[3] as string, new Set())).toThrow('experimental duration expression is not enabled');
});

test('all but delayed name removal is on by default', () => {
  expect(PROMQL_FEATURES.filter((feature) => !DEFAULT_PROMQL_FEATURES.has(feature))).toEqual(['promql-delayed-name-removal']);
});
