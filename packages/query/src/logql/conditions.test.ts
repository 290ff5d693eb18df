import { type LogqlExpression, parseLogql } from '@atalaya/lang';
import { expect, test } from 'vitest';
import { storedConditions } from './conditions.ts';
import type { LineCondition } from './log-reader.ts';

function conditionsOf(stages: string) {
  const parsed: LogqlExpression = parseLogql(`{app="a"} ${stages}`);
  if (parsed.kind !== 'logs') throw new Error('not a log query');
  return storedConditions(parsed.stages);
}

const contains = (any: string[], negated = false): LineCondition => ({ kind: 'contains', any, ignoreCase: false, negated });
const matches = (any: string[], negated = false): LineCondition => ({ kind: 'matches', any, negated });
const level: LineCondition = { kind: 'label', matcher: { name: 'level', operator: '=', value: 'error' } };
const all = (...conditions: LineCondition[]) => ({ conditions, complete: true });
const some = (...conditions: LineCondition[]) => ({ conditions, complete: false });

test.each([
  ['', all()],
  ['|= "a" != "b"', all(contains(['a']), contains(['b'], true))],
  ['|= "a" or "b"', all(contains(['a', 'b']))],
  ['|~ "a.b" !~ "c+" or "d"', all(matches(['a.b']), matches(['c+', 'd'], true))],
  ['|~ "GET|POST" !~ "(a|b)"', all(contains(['GET', 'POST']), contains(['a', 'b'], true))],
  ['| level="error" |= "a"', all(level, contains(['a']))],
  ['| level="error", app=~"x.*"', all(level, { kind: 'label', matcher: { name: 'app', operator: '=~', value: 'x.*' } })],
])('nothing else is done by: %s', (stages, wanted) => {
  expect(conditionsOf(stages)).toEqual(wanted);
});

test.each([
  // Filters of the text stay filters of the stored text until something changes it.
  ['| json | code="x" |= "a"', some(contains(['a']))],
  ['| label_format x="{{.y}}" | drop z | keep y |= "a"', some(contains(['a']))],
  ['|= "a" | line_format "{{.x}}" |= "b"', some(contains(['a']))],
  ['| decolorize |= "b" | level="error"', some(level)],
  ['| unpack |= "b" | level="error"', some()],
  // Labels are as they were stored until something adds, changes or removes one.
  ['| logfmt | level="error"', some()],
  ['| drop app | level="error"', some()],
  ['| code > 400 | level="error"', some(level)],
  ['| level="error" or code > 400', some()],
  ['| level="error" and code > 400', some(level)],
  // What cannot be said as a condition.
  ['|= ip("10.0.0.0/8") |= "a"', some(contains(['a']))],
  ['|> "<_>a<_>bc<_>"', some(contains(['a']), contains(['bc']))],
  ['|> "<_>a<_>bc" or "d <_>"', some(contains(['bc', 'd ']))],
  ['|> "<_>" or "a"', some()],
  ['!> "<_>a<_>"', some()],
  ['|= ""', some()],
  ['| __error__=""', some()],
  ['| level_extracted="error"', some()],
])('something else is done by: %s', (stages, wanted) => {
  expect(conditionsOf(stages)).toEqual(wanted);
});
