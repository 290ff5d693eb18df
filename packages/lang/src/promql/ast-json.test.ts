import { expect, test } from 'vitest';
import { type AstJson, astToJson } from './ast-json.ts';
import { parsePromql } from './parse.ts';

const json = (text: string): AstJson => astToJson(text, parsePromql(text));

const selector = (name: string, matchers: unknown[], more: object = {}): object => ({
  type: 'vectorSelector',
  name,
  matchers,
  offset: 0,
  timestamp: null,
  startOrEnd: null,
  anchored: false,
  smoothed: false,
  ...more,
});
const nameIs = (value: string): object => ({ name: '__name__', value, type: '=' });

test('a name before the braces is the name, and its matcher comes last', () => {
  expect(json('up{job=~"a.*"}')).toEqual(selector('up', [{ name: 'job', value: 'a.*', type: '=~' }, nameIs('up')]));
  expect(json('{"up", job!="x"}')).toEqual(selector('', [nameIs('up'), { name: 'job', value: 'x', type: '!=' }]));
});

test('modifiers are milliseconds; what only a query knows is 0', () => {
  expect(json('up @ 1.5 offset -5m')).toEqual(selector('up', [nameIs('up')], { offset: -300_000, timestamp: 1500 }));
  expect(json('up[5m] @ start()')).toEqual(selector('up', [nameIs('up')], { type: 'matrixSelector', range: 300_000, startOrEnd: 'start' }));
  expect(json('up[step()]')).toMatchObject({ type: 'matrixSelector', range: 0 });
  expect(json('up[1h:5m] offset 1m')).toEqual({
    type: 'subquery',
    expr: selector('up', [nameIs('up')]),
    range: 3_600_000,
    step: 300_000,
    offset: 60_000,
    timestamp: null,
    startOrEnd: null,
  });
});

test('calls carry their signature', () => {
  expect(json('round(a, 2)')).toMatchObject({
    type: 'call',
    func: { name: 'round', argTypes: ['vector', 'scalar'], variadic: 1, returnType: 'vector' },
    args: [{ type: 'vectorSelector' }, { type: 'numberLiteral', val: '2' }],
  });
  expect(json('rate(a[1m])')).toMatchObject({ func: { argTypes: ['matrix'], variadic: 0, returnType: 'vector' } });
  expect(json('time()')).toMatchObject({ func: { argTypes: [], returnType: 'scalar' }, args: [] });
});

test('aggregations', () => {
  expect(json('sum(a)')).toMatchObject({ type: 'aggregation', op: 'sum', param: null, grouping: [], without: false });
  expect(json('topk without (x) (3, a)')).toMatchObject({ op: 'topk', param: { val: '3' }, grouping: ['x'], without: true });
});

test('binary operators: matching between vectors only, many-to-many for sets', () => {
  expect(json('a + b')).toMatchObject({
    type: 'binaryExpr',
    op: '+',
    bool: false,
    matching: { card: 'one-to-one', labels: [], on: false, include: [], fillValues: { lhs: null, rhs: null } },
  });
  expect(json('a > bool 1')).toMatchObject({ bool: true, matching: null });
  expect(json('a and on(x) b')).toMatchObject({ matching: { card: 'many-to-many', labels: ['x'], on: true } });
  expect(json('a / ignoring(x) group_left(y) b')).toMatchObject({
    matching: { card: 'many-to-one', labels: ['x'], on: false, include: ['y'] },
  });
});

test('literals, signs and parentheses', () => {
  expect(json('-(1e-7)')).toEqual({
    type: 'unaryExpr',
    op: '-',
    expr: { type: 'parenExpr', expr: { type: 'numberLiteral', val: '0.0000001' } },
  });
  expect(json('-Inf')).toEqual({ type: 'numberLiteral', val: '-Inf' });
  expect(json('"a\\n"')).toEqual({ type: 'stringLiteral', val: 'a\n' });
});
