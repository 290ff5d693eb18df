import { parseTraceql } from '@atalaya/lang';
import { expect, test } from 'vitest';
import type { SpanField, SpanPredicate } from '@atalaya/model';
import { chosenBySome, isAlways, plainFilter, requirements } from './push-down.ts';

/** A predicate in short. */
function show(predicate: SpanPredicate): string {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.of.length === 0
        ? predicate.kind === 'and'
          ? 'always'
          : 'never'
        : `(${predicate.of.map(show).join(` ${predicate.kind} `)})`;
    case 'not':
      return `not ${show(predicate.of)}`;
    case 'root':
      return 'root';
    case 'exists':
      return `has ${name(predicate.field)}`;
    case 'text':
      return `${name(predicate.field)} reads ${predicate.value}`;
    case 'matches':
      return `${name(predicate.field)} ${predicate.negated ? '!~' : '=~'} ${predicate.pattern}`;
    case 'compare':
      return `${name(predicate.field)} ${predicate.operator} ${predicate.value.type} ${predicate.value.value}`;
  }
}

const name = (field: SpanField): string => (field.kind === 'attribute' ? `${field.scope}.${field.name}` : field.name);

test.each([
  ['{ }', 'always', true],
  ['{ .a = 1 }', 'any.a = number 1', true],
  ['{ 1.5 < span.a }', 'span.a > number 1.5', true],
  ['{ duration > 1s * 2 + 1 }', 'duration > number 2000000001', true],
  ['{ resource.b =~ "x|y" && kind != server }', '(resource.b =~ x|y and kind != kind server)', true],
  ['{ !(event.a = true) || !.b }', '(not event.a = bool true or any.b = bool false)', true],
  ['{ instrumentation.c != nil && .d = nil }', '(has scope.c and not has any.d)', true],
  ['{ parent = nil || nestedSetParent < 0 }', '(root or root)', true],
  ['{ .a } | { status = error }', '(any.a = bool true and status = status error)', true],
  ['{ true && false }', 'never', true],
  // What only the whole trace tells is left to be looked at.
  ['{ .a = 1 && childCount > 2 }', 'any.a = number 1', false],
  ['{ .a = 1 || childCount > 2 }', 'always', false],
  ['{ !(.a = 1 && childCount > 2) }', 'always', false],
  ['{ parent.a = 1 && .b > .c && .d + 1 = 2 && rootName = "x" }', 'always', false],
])('%s', (query, text, exact) => {
  const pushed = plainFilter(parseTraceql(query).pipeline);
  expect(pushed && { text: show(pushed.predicate), exact: pushed.exact }).toEqual({ text, exact });
});

test.each([
  ['{ .a } && { .b } > { .c }', ['any.a = bool true', 'any.b = bool true', 'any.c = bool true']],
  ['{ .a } !>> { .b }', ['any.b = bool true']],
  ['{ .a } &~ { .b }', ['any.a = bool true', 'any.b = bool true']],
  ['{ .a } || { .b }', ['(any.a = bool true or any.b = bool true)']],
  ['{ .a } || { childCount = 1 }', []],
  ['({ .a } > { .b }) || { .c }', ['(any.a = bool true or any.c = bool true)']],
  ['count() > 1 | { .a } | by(.b) | ({ .c } | count() > 2)', ['any.a = bool true', 'any.c = bool true']],
])('%s requires', (query, wanted) => {
  expect(requirements(parseTraceql(query).pipeline).map(show)).toEqual(wanted);
});

test('of very many requirements some are enough', () => {
  const query = Array.from({ length: 100 }, (_, i) => `{ .a${i} }`).join(' && ');
  expect(requirements(parseTraceql(query).pipeline)).toHaveLength(16);
});

test.each([
  ['{ .a } !>> { .b } | { .c }', '(any.a = bool true or any.b = bool true)'],
  ['({ .a } | count() > 1) && { .b }', '(any.a = bool true or any.b = bool true)'],
  ['{ .a } || { }', 'always'],
  ['count() > 1 | { .a }', 'always'],
  ['by(name) | { .a }', 'always'],
])('what %s may choose', (query, text) => {
  const predicate = chosenBySome(parseTraceql(query).pipeline);
  expect(show(predicate)).toBe(text);
  expect(isAlways(predicate)).toBe(text === 'always');
});

test('structure and stages are no plain filters', () => {
  for (const query of ['{ } > { }', '{ } | count() > 1', '({ } | { .a } | by(.b))', 'select(.a)']) {
    expect(plainFilter(parseTraceql(query).pipeline)).toBeUndefined();
  }
});
