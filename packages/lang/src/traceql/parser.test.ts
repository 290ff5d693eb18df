import { expect, test } from 'vitest';
import { TraceqlError } from './error.ts';
import { parseSpansetFilter, parseTraceql } from './parser.ts';
import { printTraceql } from './printer.ts';
import { TRACEQL_WORDS } from './words.ts';

const condition = (text: string): unknown => parseSpansetFilter(`{ ${text} }`).condition;

test.each([
  ['.a', { scope: 'any', ofParent: false, name: 'a' }],
  ['span.http.status_code', { scope: 'span', name: 'http.status_code' }],
  ['resource.k8s-pod/name', { scope: 'resource', name: 'k8s-pod/name' }],
  ['event.level', { scope: 'event', name: 'level' }],
  ['link.why', { scope: 'link', name: 'why' }],
  ['instrumentation.x', { scope: 'instrumentation', name: 'x' }],
  ['parent.a', { scope: 'any', ofParent: true, name: 'a' }],
  ['parent.resource.a', { scope: 'resource', ofParent: true, name: 'a' }],
  ['.span.a', { scope: 'any', name: 'span.a' }],
  ['span."a b"', { scope: 'span', name: 'a b' }],
  [String.raw`."say \"hi\"".x`, { scope: 'any', name: 'say "hi".x' }],
  ['resource.duration', { scope: 'resource', name: 'duration' }],
])('the attribute %s', (text, field) => {
  expect(condition(text)).toMatchObject({ kind: 'attribute', ...field });
});

test.each([
  ['1', 'int', 1n],
  ['1.5e3', 'float', 1500],
  ['.5', 'float', 0.5],
  ['-3', 'int', -3n],
  ['1h30m', 'duration', 5_400_000_000_000n],
  ['1.5s', 'duration', 1_500_000_000n],
  ['100us', 'duration', 100_000n],
  ['3µs', 'duration', 3000n],
  ['2d', 'duration', 172_800_000_000_000n],
  ['"a\\n"', 'string', 'a\n'],
  ['`a\\n`', 'string', 'a\\n'],
  ['error', 'status', 'error'],
  ['consumer', 'kind', 'consumer'],
  ['false', 'boolean', false],
])('the literal %s', (text, type, value) => {
  expect(condition(`.a = ${text}`)).toMatchObject({ right: { kind: 'literal', type, value } });
});

test('how operators group', () => {
  expect(condition('.a || .b && .c')).toMatchObject({ operator: '&&', left: { operator: '||' } });
  expect(condition('.a + 1 * 2 = 3')).toMatchObject({ operator: '=', left: { operator: '+', right: { operator: '*' } } });
  expect(condition('2 ^ 3 ^ 2 = 1')).toMatchObject({ left: { operator: '^', right: { operator: '^' } } });
  expect(condition('-.a ^ 2 = 1')).toMatchObject({ left: { kind: 'unary', operand: { operator: '^' } } });
  expect(condition('!.a = .b')).toMatchObject({ operator: '=', left: { kind: 'unary', operator: '!' } });
});

test('how spansets group', () => {
  const stages = (text: string): unknown => parseTraceql(text).pipeline.stages;
  expect(stages('{ .a } && { .b } >> { .c }')).toMatchObject([{ operator: '&&', right: { operator: '>>' } }]);
  expect(stages('{ .a } > { .b } !>> { .c }')).toMatchObject([{ operator: '!>>', left: { operator: '>' } }]);
  expect(stages('({ .a } | count() > 1) ~ { .b }')).toMatchObject([{ operator: '~', left: { kind: 'pipeline' } }]);
  expect(stages('(({ .a }))')).toMatchObject([{ kind: 'filter' }]);
  expect(stages('(avg(.a) + 1) * 2 > 3 | { .b }')).toMatchObject([{ kind: 'scalar-filter' }, { kind: 'filter' }]);
  expect(stages('(avg(.a) > 3 | { .b })')).toMatchObject([{ kind: 'pipeline' }]);
});

test('places are those of the text', () => {
  const text = '{ status = error } | count() > 2';
  const [filter, comparison] = parseTraceql(text).pipeline.stages;
  expect(text.slice(filter?.start, filter?.end)).toBe('{ status = error }');
  expect(text.slice(comparison?.start, comparison?.end)).toBe('count() > 2');
});

test('metrics, series and hints', () => {
  expect(
    parseTraceql('{} | quantile_over_time(duration, .5, 0.9, 1) by (name, .a) | topk(3) > 1.5 with (exemplars=5, most_recent=true)'),
  ).toMatchObject({
    metrics: { metric: 'quantile_over_time', field: { intrinsic: 'duration' }, quantiles: [0.5, 0.9, 1], by: [{}, {}] },
    series: [
      { kind: 'topk', count: 3 },
      { kind: 'point-filter', operator: '>', value: 1.5 },
    ],
    hints: [
      { name: 'exemplars', value: { value: 5n } },
      { name: 'most_recent', value: { value: true } },
    ],
  });
  expect(parseTraceql('{} | compare({ status = error }, 5, 1000, 2000)')).toMatchObject({
    metrics: { kind: 'compare', top: 5, range: { start: 1000n, end: 2000n } },
  });
});

test.each([
  '{ }',
  '// a remark\n{ .a /* another */ }',
  '{ "x" =~ "y" && !("a" != .c || ((true && .b) || 3 < .a)) }',
  '{ parent = nil && span:parentID = "" && nestedSetParent < 0 }',
  '{ event:name = "exception" && event:timeSinceStart > 1ms && link:traceID != "" && link:spanID != "" }',
  '{ instrumentation:name =~ "io.*" && trace:duration > 1s && trace:rootName != trace:rootService }',
  '{ .a = nil } !<< { kind = server } | by(name) | coalesce() | select(.a, .b + 1)',
  'max(duration) - min(duration) > 1s',
  'by(.a) | sum(.b) / count() != -1.5',
  '{} | histogram_over_time(span.bytes)',
])('%s is taken, and printed so that it reads back', (text) => {
  const printed = printTraceql(parseTraceql(text));
  expect(printTraceql(parseTraceql(printed))).toBe(printed);
});

function fault(text: string): TraceqlError {
  try {
    parseTraceql(text);
  } catch (error) {
    if (error instanceof TraceqlError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

test.each([
  ['', 'parse error at line 1, col 1: syntax error: unexpected $end, expecting {'],
  ['{ .a = 1', 'parse error at line 1, col 9: syntax error: unexpected $end, expecting } or an operator'],
  ['{ .a\n = }', 'parse error at line 2, col 4: syntax error: unexpected }, expecting a field or a value'],
  ['{ foo = 1 }', 'unexpected foo: attributes are written with a scope, such as .foo, span.foo or resource.foo'],
  ['{ span. }', 'the name of an attribute is missing behind span.'],
  ['{ span:foo = 1 }', 'unexpected span:foo: known are span:name, span:status'],
  ['{ .a = "b }', 'col 8: syntax error: literal not terminated'],
  ['{ .a = 5x }', '"5x" is neither a number nor a duration'],
  ['{ .a = 99999999999999999999 }', 'more than 64 bits can hold'],
  ['{ .a = ["b"] }', 'lists such as ["a", "b"] are not supported'],
  ['{ } = { }', 'unexpected =, expecting an operator between spansets or |'],
  ['{ } | count()', 'unexpected $end, expecting a comparison, such as count() > 2'],
  ['{ } | frobnicate()', 'unexpected frobnicate, expecting'],
  ['{ } | topk(3)', 'it stands behind a metrics function'],
  ['{ } | rate() | rate()', 'unexpected rate, expecting topk or bottomk'],
  ['({ } | rate())', 'metrics functions are not supported in parentheses'],
  ['({ } | count()) > 2', 'unexpected ), expecting a comparison'],
  ['coalesce()', 'a pipeline cannot begin with it'],
  ['{ } | rate() by ()', 'unexpected ), expecting a field'],
  ['{ } | quantile_over_time(duration)', 'unexpected ), expecting ,'],
  ['{ } with (x)', 'unexpected ), expecting ='],
])('grammar: %s', (text, message) => {
  expect(fault(text).message).toContain(message);
});

test.each([
  ['{ status }', 'span filter field expressions must resolve to a boolean: { status } (status)'],
  ['{ 1 = "a" }', 'binary operations must operate on the same type: 1 = "a" (int and string)'],
  ['{ kind < server }', 'illegal operation for the given types: kind < server (< does not take kind)'],
  ['{ !name }', 'illegal operation for the given type: !name (! does not take string)'],
  ['{ -"a" = "b" }', 'illegal operation for the given type'],
  ['{ .a > nil }', 'illegal operation for the given types: .a > nil'],
  ['{ .a =~ .b }', 'the right side of =~ must be a text'],
  ['{ .a =~ "(" }', 'invalid regex: ('],
  ['max(name) > 1', 'aggregate field expressions must resolve to a number type: max(name) (string)'],
  ['sum(3) > 1', 'aggregate field expressions must reference the span: sum(3)'],
  ['max(duration) > "a"', 'binary operations must operate on the same type'],
  ['1 > 2', 'a comparison of constants'],
  ['{ } | by(1)', 'grouping field expressions must reference the span: by(1)'],
  ['{ } | min_over_time(name)', 'metrics functions measure numbers: min_over_time(name) (string)'],
  ['{ } | quantile_over_time(duration, 1.5)', 'quantiles are from 0 to 1'],
  ['{ } | compare({ }, 0)', 'must be integer greater than 0'],
  ['{ } | compare({ }, 1, 5)', 'takes a start and an end'],
  ['{ } | compare({ }, 1, 5, 4)', 'end timestamp must be greater than start timestamp'],
  ['{ } | rate() | topk(0)', 'topk() takes a number greater than 0'],
  [`${'('.repeat(501)}{}${')'.repeat(501)}`, 'more than 500 parentheses inside of each other'],
  [`{ 1${' + 1'.repeat(2001)} = 1 }`, 'more than 2000 operators'],
])('meaning: %s', (text, message) => {
  const error = fault(text);
  expect(error.message).toMatch(/^parse error: /);
  expect(error.message).toContain(message);
  expect(error.end).toBeLessThanOrEqual(text.length);
});

test('what is nested or chained as far as it may be is borne', () => {
  expect(printTraceql(parseTraceql(`${'('.repeat(499)}{ }${')'.repeat(499)}`))).toBe('{ }');
  const long = `{ 1${' + 1'.repeat(1998)} = 1 }`;
  expect(printTraceql(parseTraceql(long))).toBe(long);
});

test('words are explained', () => {
  const texts = TRACEQL_WORDS.map(({ kind, text }) => `${kind} ${text}`);
  expect(new Set(texts).size).toBe(texts.length);
  expect(TRACEQL_WORDS.every(({ help }) => /^[A-Z].*\.$/.test(help))).toBe(true);
});
