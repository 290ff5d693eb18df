/** TraceQL text to syntax tree, by recursive descent. */

import type { SpansetFilter, TraceqlHint, TraceqlQuery } from './ast.ts';
import { TraceqlCursor } from './cursor.ts';
import { TraceqlError } from './error.ts';
import { readLiteral } from './expressions.ts';
import { readMetrics, readSeriesStages } from './metrics.ts';
import { readFilter, readPipeline } from './pipeline.ts';
import { negated } from './types.ts';

/** Reads one TraceQL query and checks what can be known without data. @throws TraceqlError */
export function parseTraceql(text: string): TraceqlQuery {
  const cursor = new TraceqlCursor(text);
  const { start } = cursor.token;
  const pipeline = readPipeline(cursor);
  const metrics = cursor.accept('|') ? readMetrics(cursor) : undefined;
  const series = metrics === undefined ? [] : readSeriesStages(cursor);
  const hints = readHints(cursor);
  if (cursor.token.kind !== 'end') throw cursor.unexpected();
  return { pipeline, metrics, series, hints, start, end: cursor.lastEnd };
}

/** Reads a filter alone, as routes take it that complete values. @throws TraceqlError */
export function parseSpansetFilter(text: string): SpansetFilter {
  const cursor = new TraceqlCursor(text);
  const filter = readFilter(cursor);
  if (cursor.token.kind !== 'end') throw cursor.unexpected();
  return filter;
}

function readHints(cursor: TraceqlCursor): TraceqlHint[] {
  if (!cursor.accept('with')) return [];
  cursor.expect('(');
  const hints: TraceqlHint[] = [];
  do {
    const { text: name, start } = cursor.expectKind('word', 'the name of a hint');
    cursor.expect('=');
    const minus = cursor.accept('-');
    const literal = readLiteral(cursor);
    if (literal === undefined) throw cursor.unexpected('a value');
    const value = minus ? negated(literal) : literal;
    if (value === undefined) throw TraceqlError.meaning({ start, end: literal.end }, `the value of ${name} cannot have a sign`);
    hints.push({ name, value, start, end: literal.end });
  } while (cursor.accept(','));
  cursor.expect(')', ',');
  return hints;
}
