import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TraceqlQuery } from '../src/traceql/ast.ts';
import { TraceqlError } from '../src/traceql/error.ts';
import { parseTraceql } from '../src/traceql/parser.ts';
import { prettyTraceql, printTraceql } from '../src/traceql/printer.ts';
import { anyTraceqlText, anyTraceqlScrap } from './support/generated-traceql.ts';

/** The tree without positions. */
function bare(tree: unknown): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, value: unknown) => {
      if (key === 'start' || key === 'end') return undefined;
      return typeof value === 'bigint' || Object.is(value, -0) ? `${String(value)}n` : value;
    }),
  );
}

test('what is printed reads back as the same tree', () => {
  fc.assert(
    fc.property(anyTraceqlText, (text) => {
      const tree = parseTraceql(text);
      expect(bare(parseTraceql(printTraceql(tree)))).toEqual(bare(tree));
      expect(bare(parseTraceql(prettyTraceql(tree)))).toEqual(bare(tree));
    }),
    { numRuns: 1000 },
  );
});

test('any scrap of a query is read or refused, and what is read prints', () => {
  let read = 0;
  let refused = 0;
  fc.assert(
    fc.property(anyTraceqlScrap, (text) => {
      const tree = readOrFault(text);
      if (tree instanceof TraceqlError) refused++;
      else read++;
      const again = tree instanceof TraceqlError ? tree : parseTraceql(printTraceql(tree));
      expect(bare(again)).toEqual(bare(tree));
    }),
    { numRuns: 3000, seed: 20 },
  );
  expect(Math.min(read, refused)).toBeGreaterThan(200);
});

function readOrFault(text: string): TraceqlQuery | TraceqlError {
  try {
    return parseTraceql(text);
  } catch (error) {
    if (error instanceof TraceqlError && error.start <= text.length) return error;
    throw error;
  }
}

test('any text is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      readOrFault(text);
    }),
    { numRuns: 2000 },
  );
});
