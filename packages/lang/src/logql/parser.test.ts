import { expect, test } from 'vitest';
import type { LogSelection, RangeAggregation } from './ast.ts';
import { parseLogql, parseLogSelector } from './parser.ts';

const stages = (pipeline: string): LogSelection['stages'] => (parseLogql(`{a="b"} ${pipeline}`) as LogSelection).stages;

test('a selector and its line filters, alternatives included', () => {
  expect(parseLogql('{app="x", env=~"p.*"} |= "err" or ip("10.0.0.0/8") != `"` !~ "a|b" |> "<_> ok"')).toMatchObject({
    kind: 'logs',
    matchers: [
      { name: 'app', operator: '=', value: 'x' },
      { name: 'env', operator: '=~', value: 'p.*' },
    ],
    stages: [
      {
        operator: '|=',
        alternatives: [
          { value: 'err', ip: false },
          { value: '10.0.0.0/8', ip: true },
        ],
      },
      { operator: '!=', alternatives: [{ value: '"', ip: false }] },
      { operator: '!~' },
      { operator: '|>' },
    ],
  });
  expect(parseLogSelector('{a="b", c!~"d"}')).toHaveLength(2);
});

test('parsers, with the fields that are wanted of them', () => {
  expect(stages('| json code="response.code", api_key=`headers["X-API-KEY"]`, first="servers[0]"')).toMatchObject([
    {
      kind: 'json',
      fields: [
        { label: 'code', path: ['response', 'code'] },
        { label: 'api_key', path: ['headers', 'X-API-KEY'] },
        { label: 'first', path: ['servers', 0] },
      ],
    },
  ]);
  expect(stages('| logfmt --strict --keep-empty msg, err="error" | json | unpack | decolorize')).toMatchObject([
    {
      kind: 'logfmt',
      strict: true,
      keepEmpty: true,
      fields: [
        { label: 'msg', path: ['msg'] },
        { label: 'err', path: ['error'] },
      ],
    },
    { kind: 'json', fields: [] },
    { kind: 'unpack' },
    { kind: 'decolorize' },
  ]);
  expect(stages('| regexp "(?P<method>\\\\w+) (.*)" | pattern "<ip> - <_>"')).toMatchObject([
    { kind: 'regexp', expression: '(?P<method>\\w+) (.*)' },
    {
      kind: 'pattern',
      parts: [
        { kind: 'capture', name: 'ip' },
        { kind: 'text', text: ' - ' },
        { kind: 'capture', name: undefined },
      ],
    },
  ]);
});

test('conditions: or binds weakest, a comma and nothing mean and', () => {
  const match = (name: string): object => ({ kind: 'match', matcher: { name } });
  expect(stages('| a="1" b!="2", c=~"3" or d==5')).toMatchObject([
    {
      kind: 'label-filter',
      condition: {
        kind: 'or',
        left: { kind: 'and', left: { kind: 'and', left: match('a'), right: match('b') }, right: match('c') },
        right: { kind: 'number', label: 'd', operator: '==', value: 5 },
      },
    },
  ]);
});

test('quantities have units: nanoseconds, bytes, plain numbers', () => {
  const condition = (text: string): unknown => (stages(`| ${text}`)[0] as { condition: unknown }).condition;
  expect(condition('took >= 250ms')).toMatchObject({ kind: 'duration', value: 250e6, literal: '250ms' });
  expect(condition('took > -1h30m')).toMatchObject({ kind: 'duration', value: -5400e9 });
  expect(condition('size < 2.5KiB')).toMatchObject({ kind: 'bytes', value: 2560 });
  expect(condition('size < 10GB')).toMatchObject({ kind: 'bytes', value: 10e9 });
  expect(condition('n = 1e3')).toMatchObject({ kind: 'number', value: 1000 });
  expect(condition('addr != ip("10.0.0.0/8")')).toMatchObject({ kind: 'ip', operator: '!=', value: '10.0.0.0/8' });
});

test('names of functions are names of labels where no parenthesis follows', () => {
  expect(stages('| rate="a" | ip="1.2.3.4" | duration > 10s | avg = 5')).toHaveLength(4);
  expect(parseLogql('sum by (variants, of) (count_over_time({foo="bar"}[5m]))')).toMatchObject({
    grouping: { labels: ['variants', 'of'] },
  });
});

test('formatting and choosing of labels', () => {
  expect(stages('| line_format "{{.a}}" | label_format x=y, z="{{.w}}" | drop a, b="c" | keep d=~"e"')).toMatchObject([
    { kind: 'line_format', template: { name: 'line', text: '{{.a}}' } },
    {
      kind: 'label_format',
      assignments: [
        { label: 'x', value: { kind: 'label', name: 'y' } },
        { label: 'z', value: { kind: 'template', template: { name: 'label', text: '{{.w}}' } } },
      ],
    },
    {
      kind: 'drop',
      labels: [
        { label: 'a', matcher: undefined },
        { label: 'b', matcher: { value: 'c' } },
      ],
    },
    { kind: 'keep', labels: [{ label: 'd', matcher: { operator: '=~' } }] },
  ]);
});

test('the range stands before, after or around the stages, and means the same', () => {
  const parts = (text: string): unknown => {
    const { logs, range, offset, unwrap } = parseLogql(text) as RangeAggregation;
    return { range, offset, label: unwrap?.label, stages: logs.stages.map(({ kind }) => kind) };
  };
  const expected = { range: 300_000, offset: 3_600_000, label: 'x', stages: ['line-filter', 'json'] };
  expect(parts('sum_over_time({a="b"} |= "c" | json | unwrap x [5m] offset 1h)')).toEqual(expected);
  expect(parts('sum_over_time({a="b"}[5m] offset 1h |= "c" | json | unwrap x)')).toEqual(expected);
  expect(parts('sum_over_time(({a="b"} |= "c" | json | unwrap x)[5m] offset 1h)')).toEqual(expected);
  expect(parts('sum_over_time(({a="b"} |= "c" | json | unwrap x [5m] offset 1h))')).toEqual(expected);
  expect(parts('count_over_time({a="b"}[1w] offset -5m)')).toEqual({ range: 604_800_000, offset: -300_000, label: undefined, stages: [] });
});

test('unwrap converts, and conditions may follow it', () => {
  const { unwrap, parameter, grouping } = parseLogql(
    'quantile_over_time(.99, {a="b"} | unwrap duration_seconds(took) | __error__="" [1m]) by (x)',
  ) as RangeAggregation;
  expect(unwrap).toMatchObject({ label: 'took', conversion: 'duration_seconds', conditions: [{ kind: 'label-filter' }] });
  expect({ parameter, grouping }).toEqual({ parameter: 0.99, grouping: { without: false, labels: ['x'] } });
});

test('operators: precedence, matching, bool', () => {
  expect(parseLogql('1 + 2 * 3 ^ 2 ^ -1')).toMatchObject({
    operator: '+',
    right: { operator: '*', right: { operator: '^', right: { operator: '^', right: { value: -1 } } } },
  });
  expect(parseLogql('rate({a="b"}[1m]) > bool on (x) group_left (y) rate({a="c"}[1m])')).toMatchObject({
    returnBool: true,
    matching: { cardinality: 'many-to-one', on: true, labels: ['x'], include: ['y'] },
  });
  expect(parseLogql('vector(1) # comment\n or label_replace(vector(2), "a", "$1", "b", "(.*)")')).toMatchObject({
    operator: 'or',
    right: { kind: 'label_replace', destination: 'a', replacement: '$1', source: 'b', pattern: '(.*)' },
  });
  expect(parseLogql('topk(5, sum(rate({a="b"}[1m])) by (c))')).toMatchObject({ parameter: 5, expression: { grouping: { labels: ['c'] } } });
});

test('every node knows its place', () => {
  const text = 'sum(rate({a="b"} |= "c" [1m]))';
  const { expression } = parseLogql(text) as unknown as { expression: RangeAggregation };
  expect(text.slice(expression.start, expression.end)).toBe('rate({a="b"} |= "c" [1m])');
  const filter = expression.logs.stages[0] as { start: number; end: number };
  expect(text.slice(filter.start, filter.end)).toBe('|= "c"');
});
