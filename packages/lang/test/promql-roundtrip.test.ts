import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Expression } from '../src/promql/ast.ts';
import { PromqlError } from '../src/promql/error.ts';
import { anyExpression } from './support/generated-expression.ts';
import { parsePromql } from '../src/promql/parse.ts';
import { parseSyntax } from '../src/promql/parser.ts';
import { prettyPromql } from '../src/promql/pretty.ts';
import { printPromql } from '../src/promql/printer.ts';

/** The tree without positions. */
function bare(tree: Expression): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, value: unknown) => {
      if (key === 'start' || key === 'end') return undefined;
      return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
    }),
  );
}

test('what is printed reads back as the same tree', () => {
  fc.assert(
    fc.property(anyExpression, (tree) => {
      expect(bare(parseSyntax(printPromql(tree)))).toEqual(bare(tree));
    }),
    { numRuns: 500 },
  );
});

test('the pretty form means the same as the canonical one', () => {
  fc.assert(
    fc.property(anyExpression, (tree) => {
      expect(printPromql(parseSyntax(prettyPromql(tree)))).toBe(printPromql(tree));
    }),
    { numRuns: 200 },
  );
});

test('long expressions are spread over lines', () => {
  const text =
    'sum by (job, instance) (rate(http_requests_total{code=~"5.."}[5m])) / on (job) group_left () sum by (job) (rate(http_requests_total[5m]))';
  expect(prettyPromql(parsePromql(text))).toBe(
    [
      '  sum by (job, instance) (rate(http_requests_total{code=~"5.."}[5m]))',
      '/ on (job) group_left ()',
      '  sum by (job) (rate(http_requests_total[5m]))',
    ].join('\n'),
  );
});

/** What reading a text throws, if anything. */
function faultOf(text: string): unknown {
  try {
    printPromql(parsePromql(text));
    return undefined;
  } catch (error) {
    return error;
  }
}

const PIECES = [
  'sum',
  'by',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '5m',
  ':',
  'a',
  '=',
  '"x"',
  '=~',
  '!',
  '+',
  '-',
  '^',
  'offset',
  '@',
  '1e3',
  '.',
  'on',
  'bool',
  ',',
  '`',
  '\\',
  '#',
  '\n',
  'rate',
  'é',
  '>',
  'or',
  '0x',
  'min_of',
];

test('no text makes the parser throw anything but a PromqlError', () => {
  const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(' '));
  const dense = fc.array(fc.constantFrom(...PIECES), { maxLength: 10 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), soup, dense), (text) => {
      const fault = faultOf(text);
      expect(fault === undefined || (fault instanceof PromqlError && fault.start <= text.length)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});
