import { expect, test } from 'vitest';
import type { AttributeScope, FieldValue, SpanField, SpanPredicate } from '@atalaya/model';
import { plainSpan } from '../../test/traces/plain-span.ts';
import { spanFulfils } from './predicate.ts';

const span = plainSpan({
  trace: 'a',
  id: '1',
  service: 'shop',
  name: 'GET /',
  kind: 'server',
  status: 'error',
  duration: 1_500_000_000n,
  scopeName: 'http',
  attributes: {
    both: 'own',
    code: 500,
    big: 9_007_199_254_740_993n,
    ratio: 0.5,
    ok: true,
    list: ['x', 'y'],
    none: { type: 'empty', value: '' },
    nan: { type: 'double', value: 'NaN' },
  },
  resource: { both: 'resource', zone: 'b' },
  events: [
    { name: 'retry', attributes: { n: 1 } },
    { name: 'exception', attributes: { n: 2, kind: 'io' } },
  ],
  links: [{ trace: 'f', id: '7', attributes: { why: 'batch' } }],
});

const attribute = (name: string, scope: AttributeScope = 'any'): SpanField => ({ kind: 'attribute', scope, name });
const text = (value: string): FieldValue => ({ type: 'string', value });
const number = (value: number | bigint): FieldValue => ({ type: 'number', value });
const compare = (field: SpanField, operator: '=' | '!=' | '<' | '<=' | '>' | '>=', value: FieldValue): SpanPredicate => ({
  kind: 'compare',
  field,
  operator,
  value,
});
const matches = (field: SpanField, pattern: string, negated = false): SpanPredicate => ({ kind: 'matches', field, pattern, negated });

test.each<[string, SpanPredicate, boolean]>([
  ['an attribute of the span hides one of its resource', compare(attribute('both'), '=', text('own')), true],
  ['unless that is asked for', compare(attribute('both', 'resource'), '=', text('resource')), true],
  ['what the span has not, its resource may have', compare(attribute('zone'), '=', text('b')), true],
  ['but not where the span is named', compare(attribute('zone', 'span'), '=', text('b')), false],
  ['a missing attribute is not unequal', compare(attribute('missing'), '!=', text('b')), false],
  ['an int', compare(attribute('code'), '>=', number(500)), true],
  ['an int against a fraction', compare(attribute('code'), '<', number(500.5)), true],
  ['an int beyond doubles', compare(attribute('big'), '>', number(9_007_199_254_740_992)), true],
  ['and equal to itself only', compare(attribute('big'), '=', number(9_007_199_254_740_993n)), true],
  ['a number is no text', compare(attribute('code'), '=', text('500')), false],
  ['nor unequal to one', compare(attribute('code'), '!=', text('500')), false],
  ['a duration against nanoseconds', compare(attribute('code'), '=', { type: 'duration', value: 500n }), true],
  ['NaN is unequal', compare(attribute('nan'), '!=', number(1)), true],
  ['NaN is not less', compare(attribute('nan'), '<=', number(1)), false],
  ['truth', compare(attribute('ok'), '=', { type: 'bool', value: true }), true],
  ['truth has no order', compare(attribute('ok'), '>=', { type: 'bool', value: true }), false],
  ['one of a list', compare(attribute('list'), '=', text('y')), true],
  ['unequal to all of a list', compare(attribute('list'), '!=', text('z')), true],
  ['not unequal to one of a list', compare(attribute('list'), '!=', text('x')), false],
  ['a list against a number', compare(attribute('list'), '!=', number(1)), false],
  ['a match in a list', matches(attribute('list'), '[xz]'), true],
  ['no match in a list', matches(attribute('list'), '[ab]', true), true],
  ['an expression matches the whole', matches(attribute('both'), 'ow'), false],
  ['a number does not match', matches(attribute('code'), '.*'), false],
  ['nor does it not match', matches(attribute('code'), '.*', true), false],
  ['an attribute without a value is there', { kind: 'exists', field: attribute('none') }, true],
  ['and equal to nothing', compare(attribute('none'), '=', text('')), false],
  ['texts of any type', { kind: 'text', field: attribute('code'), value: '500' }, true],
  ['of events one is enough', compare(attribute('n', 'event'), '=', number(2)), true],
  ['also for unequal', compare(attribute('n', 'event'), '!=', number(2)), true],
  ['the contrary is plain', { kind: 'not', of: compare(attribute('n', 'event'), '=', number(2)) }, false],
  ['names of events', compare({ kind: 'intrinsic', name: 'eventName' }, '=', text('exception')), true],
  ['links', compare({ kind: 'intrinsic', name: 'linkSpanId' }, '=', text('0000000000000007')), true],
  ['attributes of links', matches(attribute('why', 'link'), 'b.*'), true],
  ['a kind', compare({ kind: 'intrinsic', name: 'kind' }, '=', { type: 'kind', value: 'server' }), true],
  ['a status', compare({ kind: 'intrinsic', name: 'status' }, '!=', { type: 'status', value: 'ok' }), true],
  ['duration', compare({ kind: 'intrinsic', name: 'duration' }, '>', { type: 'duration', value: 1_499_999_999n }), true],
  ['duration against a number', compare({ kind: 'intrinsic', name: 'duration' }, '>', number(1.5e9)), false],
  ['texts have an order', compare({ kind: 'intrinsic', name: 'scopeName' }, '>', text('grpc')), true],
  ['root', { kind: 'root' }, true],
  ['both', { kind: 'and', of: [{ kind: 'root' }, matches(attribute('both'), 'x')] }, false],
  ['either', { kind: 'or', of: [{ kind: 'root' }, matches(attribute('both'), 'x')] }, true],
])('%s', (_name, predicate, holds) => {
  expect(spanFulfils(span, predicate)).toBe(holds);
});
