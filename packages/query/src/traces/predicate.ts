/** Whether a span fulfils a predicate: what the words of {@link SpanPredicate} mean, for every reader and for the engine. */

import { compilePattern, type FieldValue, type Span, type SpanPredicate } from '@atalaya/model';
import { readsField, readsTexts } from './field.ts';
import { compares, matchesText, type TraceValue, wholeNumber } from './value.ts';

/** A predicate made ready to be asked. */
export type SpanTest = (span: Span) => boolean;

/**
 * Makes a predicate ready. Of events and links one that fulfils it is enough; `not` is the plain contrary. Comparisons are those of
 * {@link compares}: they do not hold for a field that is not there, `!=` included. @throws PatternError
 */
export function compilePredicate(predicate: SpanPredicate): SpanTest {
  switch (predicate.kind) {
    case 'and':
    case 'or': {
      const tests = predicate.of.map(compilePredicate);
      return predicate.kind === 'and' ? (span) => tests.every((test) => test(span)) : (span) => tests.some((test) => test(span));
    }
    case 'not': {
      const test = compilePredicate(predicate.of);
      return (span) => !test(span);
    }
    case 'root':
      return ({ parentSpanId }) => parentSpanId === '';
    case 'exists': {
      const read = readsField(predicate.field);
      return (span) => read(span).length > 0;
    }
    case 'text': {
      const read = readsTexts(predicate.field);
      return (span) => read(span).includes(predicate.value);
    }
    case 'compare': {
      const read = readsField(predicate.field);
      const right = literalValue(predicate.value);
      return (span) => read(span).some((left) => compares(left, predicate.operator, right));
    }
    case 'matches': {
      const read = readsField(predicate.field);
      const pattern = compilePattern(predicate.pattern);
      const matches = (text: string): boolean => pattern.matches(text);
      return (span) => read(span).some((value) => matchesText(value, matches, predicate.negated));
    }
  }
}

/** Whether a span fulfils a predicate; for many spans {@link compilePredicate} is quicker. @throws PatternError */
export function spanFulfils(span: Span, predicate: SpanPredicate): boolean {
  return compilePredicate(predicate)(span);
}

function literalValue(value: FieldValue): TraceValue {
  if (value.type === 'number') return { type: typeof value.value === 'bigint' ? 'int' : 'double', value: value.value };
  return value.type === 'duration' ? { type: 'duration', value: wholeNumber(value.value) } : value;
}
