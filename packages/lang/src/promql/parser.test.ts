import { expect, test } from 'vitest';
import { parsePromql } from './parse.ts';
import { printPromql } from './printer.ts';

/** The text again, with every operation in brackets. */
function grouped(text: string): string {
  const show = (node: ReturnType<typeof parsePromql>): string => {
    if (node.kind === 'binary') return `[${show(node.left)} ${node.operator} ${show(node.right)}]`;
    if (node.kind === 'unary') return `${node.operator}[${show(node.expression)}]`;
    return printPromql(node);
  };
  return show(parsePromql(text));
}

test.each([
  ['-2 ^ 2', '-[[2 ^ 2]]'],
  ['2 ^ 3 ^ 2', '[2 ^ [3 ^ 2]]'],
  ['2 ^ -1', '[2 ^ -1]'],
  ['a - b - c', '[[a - b] - c]'],
  ['-a * b', '[-[a] * b]'],
  ['a or b and c == d + e * f ^ g', '[a or [b and [c == [d + [e * [f ^ g]]]]]]'],
  ['a + b offset 5m * c', '[a + [b offset 5m * c]]'],
  ['-a @ 3', '-[a @ 3.000]'],
  ['a atan2 b + c', '[[a atan2 b] + c]'],
])('%s is grouped as %s', (text, expected) => {
  expect(grouped(text)).toBe(expected);
});

test.each([
  ['sum(rate(x[5m])) by (a, b,)', 'sum by (a, b) (rate(x[5m]))'],
  ['TOPK BY (x)(3, y)', 'topk by (x) (3, y)'],
  ['{"metric.name", "la bel"=~"x"}', '{"metric.name","la bel"=~"x"}'],
  ['{__name__="up"}', 'up'],
  ["x{a='it''s'}".replace("''", "\\'"), 'x{a="it\'s"}'],
  ['x{a=`raw\\n`}', 'x{a="raw\\\\n"}'],
  ['"\\x41\\u00e9\\101"', '"AéA"'],
  ['2.', '2'],
  ['0x1F', '31'],
  ['0755', '493'],
  ['1_000', '1000'],
  ['inF', '+Inf'],
  ['1h30m', '1h30m'],
  ['x offset -5m @ end()', 'x @ end() offset -5m'],
  ['x[300] @ 1.5', 'x[5m] @ 1.500'],
  ['rate(x[5m])[1h:]', 'rate(x[5m])[1h:]'],
  ['rate(x[5m * 2] anchored)', 'rate(x[5m * 2] anchored)'],
  ['x[max_of(step() * 2, 5m)]', 'x[max_of(step() * 2, 5m)]'],
  ['x[STEP() + Min_Of(range(), 5m)]', 'x[step() + min_of(range(), 5m)]'],
  ['x offset -min_of(step(), 1s) + 8', 'x offset -min_of(step(), 1s) + 8'],
  ['x offset (Step() / 2) * min_of(1, 2)', 'x offset (step() / 2) * min_of(1, 2)'],
  ['a / on(x) group_left(y) fill(0) b', 'a / on (x) group_left (y) fill (0) b'],
  ['a + fill_left(-1) fill_right(2) b', 'a + fill_left (-1) fill_right (2) b'],
  ['a > bool ignoring(x) b # remark', 'a > bool ignoring (x) b'],
  ['# first a remark\nup # then\n# at last', 'up'],
  ['sum # of\n by # what\n ( # here\n a ) # and\n ( # there\n b )', 'sum by (a) (b)'],
  ['a + fill # in\n ( # a\n 1 # number\n ) b @ # at\n 5', 'a + fill (1) b @ 5.000'],
  ['offset + sum(Offset offset 5m)', '{"offset"} + sum({"Offset"} offset 5m)'],
  ['sum', 'sum'],
])('%s is printed as %s', (text, expected) => {
  expect(printPromql(parsePromql(text))).toBe(expected);
});

test('every node knows its place in the text', () => {
  const text = 'sum(a) +\n  rate(b[5m] offset 1m)';
  const tree = parsePromql(text);
  if (tree.kind !== 'binary' || tree.right.kind !== 'call') throw new Error('not the tree that was expected');
  const place = (node: { start: number; end: number }): string => text.slice(node.start, node.end);
  expect(place(tree)).toBe(text);
  expect(place(tree.right)).toBe('rate(b[5m] offset 1m)');
  expect(place(tree.right.args[0] as never)).toBe('b[5m] offset 1m');
});
