import { describe, expect, test } from 'vitest';
import type { LogqlExpression } from './ast.ts';
import { parseLogql } from './parser.ts';
import { prettyLogql, printLogql } from './printer.ts';

/** The tree without the places of its nodes. */
function meaning(expression: LogqlExpression): unknown {
  return JSON.parse(
    JSON.stringify(expression, (key, value: unknown) =>
      key === 'start' || key === 'end' ? undefined : typeof value === 'bigint' ? String(value) : value,
    ),
  );
}

const TEXTS = [
  '{app="x", env=~"p.*"}',
  '{a="b"} |= "c" or ip("::1") != "d" |> "<_> e"',
  '{a="b"} | json | logfmt --strict --keep-empty | json x="y.z", w="v[0]" | logfmt q="r"',
  '{a="b"} | regexp "(?P<x>.)" | pattern "<y> z" | unpack | decolorize',
  '{a="b"} | a="1" and (b>2 or c<=3s) and d!=ip("10.0.0.0/8")',
  '{a="b"} | a="1" or b>2 and c<3KB or (d="x" or e="y")',
  '{a="b"} | line_format "{{.x}} \\"quoted\\"" | label_format a=b, c="{{.d}}" | drop e, f="g" | keep h',
  'sum by (x, y) (rate({a="b"} |= "c" [5m] offset -1h))',
  'quantile_over_time(0.99, {a="b"} | unwrap duration(x) | __error__="" [1m]) by (y)',
  'topk(5, count_over_time({a="b"}[1w]))',
  '(1 + 2) * 3 ^ (2 ^ 2) - -4',
  '(1 - 2) - (3 - 4)',
  'rate({a="b"}[1m]) > bool on (x) group_left (y) rate({a="c"}[1m])',
  'label_replace(vector(1), "a", "$1", "b", "(.*)") or vector(-1)',
  'sort_desc(sum without (x) (bytes_rate({a="b"}[10s])))',
];

describe('what is printed reads as the same tree', () => {
  test.each(TEXTS)('%s', (text) => {
    const tree = parseLogql(text);
    expect(meaning(parseLogql(printLogql(tree)))).toEqual(meaning(tree));
    expect(meaning(parseLogql(prettyLogql(tree)))).toEqual(meaning(tree));
    expect(printLogql(parseLogql(printLogql(tree)))).toBe(printLogql(tree));
  });
});

test('short expressions stay on one line', () => {
  expect(prettyLogql(parseLogql('sum(rate( {a="b"}|="c"[5m] ))by(x)'))).toBe('sum by (x) (rate({a="b"} |= "c" [5m]))');
});

test('long ones are laid out, a stage a line', () => {
  const long = `sum by (cluster) (rate({namespace="production", app="checkout"} |= "error" | json | status >= 500 and path=~"/api/.*" [5m])) / 2`;
  expect(prettyLogql(parseLogql(long))).toBe(
    [
      '  sum by (cluster) (',
      '    rate(',
      '      {namespace="production", app="checkout"}',
      '        |= "error"',
      '        | json',
      '        | status>=500 and path=~"/api/.*"',
      '      [5m]',
      '    )',
      '  )',
      '/',
      '  2',
    ].join('\n'),
  );
});
