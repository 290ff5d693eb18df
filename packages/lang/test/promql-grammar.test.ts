/** Our verdict on texts against the grammar's alone: where they differ, the reason is known. */

import { parser as grammar } from '@prometheus-io/lezer-promql';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PromqlError } from '../src/promql/error.ts';
import { parsePromql } from '../src/promql/parse.ts';
import { parseSyntax } from '../src/promql/parser.ts';
import { printPromql } from '../src/promql/printer.ts';
import { anyExpression } from './support/generated-expression.ts';

const PIECES = [
  ...[
    'sum',
    'by',
    'without',
    'on',
    'ignoring',
    'group_left',
    'bool',
    'offset',
    'fill',
    'anchored',
    'smoothed',
    'start',
    'end',
    'step',
    'range',
    'and',
  ],
  ...[
    'min_of',
    'STEP',
    'rate',
    'a',
    'inf',
    'é',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '=',
    '=~',
    '!=',
    '!',
    '+',
    '-',
    '^',
    '>',
    '@',
    '.',
    '#',
    '\n',
  ],
  ...['5m', '1e3', '0x1F', '0X1f', '2.', '1_000', '0', '"x"', "'y'", '`z`', '"', '\\', ' '],
];

/** A text that was PromQL until some of it was cut out, put in, or put elsewhere. */
const mutated = fc
  .tuple(
    anyExpression.map(printPromql),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 6 }), fc.option(fc.constantFrom(...PIECES), { nil: '' })), { minLength: 1, maxLength: 3 }),
  )
  .map(([text, changes]) =>
    changes.reduce((current, [place, length, piece]) => {
      const at = place % (current.length + 1);
      return current.slice(0, at) + piece + current.slice(at + length);
    }, text),
  );

/** What the tree of a text cannot tell, so that the grammar lets it pass. */
const BEYOND_THE_GRAMMAR = [
  /^no expression found in input/,
  /^unexpected (?:character|right|end of input inside|string)/,
  /^unclosed left/,
  /^unterminated/,
  /^bad (?:number or )?duration syntax/,
  /^duration (?:must be greater than 0|out of range)/,
  /^(?:invalid|unknown) escape sequence/,
  /^(?:error parsing number|not a valid duration string)/,
  /^metric name must not be set twice/,
  /may not be set multiple times$/,
  /must be preceded by/,
  /^ranges only allowed for vector selectors/,
  /^no (?:offset|@) modifiers allowed before range/,
  /^(?:wrong number of|no) arguments for aggregate expression/,
  /^timestamp out of bounds/,
  /^unknown function/,
];
/** Spellings that Prometheus takes and the grammar does not know. */
const BEYOND_ITS_TOKENS = /\d\.(?!\d)|0[xX]|\d_|\b(?:min_of|max_of)\b|step|range|min_of|max_of|offset/i;

function grammarAccepts(text: string): boolean {
  let sound = true;
  grammar
    .parse(text)
    .cursor()
    .iterate((node) => {
      if (node.type.isError) sound = false;
    });
  return sound;
}

function faultOf(text: string, parse: (text: string) => unknown): PromqlError | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof PromqlError) return error;
    throw error;
  }
}

test('a text is PromQL when the grammar says so, or there is a reason beyond it', () => {
  let accepted = 0;
  fc.assert(
    fc.property(mutated, (text) => {
      const fault = faultOf(text, parseSyntax);
      if (fault === undefined) accepted++;
      const excuses = fault === undefined ? [BEYOND_ITS_TOKENS] : BEYOND_THE_GRAMMAR;
      const excused = excuses.some((excuse) => excuse.test(fault?.reason ?? text));
      expect([fault?.reason, excused || grammarAccepts(text) === (fault === undefined)]).toEqual([fault?.reason, true]);
    }),
    { numRuns: 4000 },
  );
  // Most mutations break a text; if all did, nothing would be compared.
  expect(accepted).toBeGreaterThan(200);
});

test('a fault lies within the text, and says something', () => {
  fc.assert(
    fc.property(mutated, (text) => {
      const fault = faultOf(text, parsePromql);
      if (fault === undefined) return;
      expect(fault.start).toBeGreaterThanOrEqual(0);
      expect(fault.start).toBeLessThanOrEqual(text.length);
      expect(fault.end).toBeGreaterThanOrEqual(fault.start);
      expect(fault.message).toMatch(/^(?:\d+:\d+|unknown position): parse error: \S/);
    }),
    { numRuns: 2000 },
  );
});
