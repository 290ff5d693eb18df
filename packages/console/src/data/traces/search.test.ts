import { describe, expect, test } from 'vitest';

import {
  attributeCondition,
  buildTraceql,
  durationLiteral,
  EVERY_TRACE,
  readTraceql,
  type TraceSearch,
  typedDuration,
  typedField,
  typedLiteral,
  withCondition,
} from './search.ts';
import { scanTraceql } from './traceql-words.ts';

const searchOf = (text: string) => {
  const read = readTraceql(text);
  return read.kind === 'search' ? read.search : read.kind;
};

describe('the search', () => {
  const full: TraceSearch = {
    service: 'check"out',
    operation: 'GET /cart',
    errors: true,
    span: { least: '100ms', most: '' },
    trace: { least: '', most: '1m30s' },
    conditions: [
      { field: 'span.http.status_code', operator: '>=', literal: '500' },
      { field: '."odd name"', operator: '!=', literal: '"a && b"' },
      { field: 'kind', operator: '=', literal: 'server' },
    ],
  };

  test('makes TraceQL, and is read from it again', () => {
    expect(buildTraceql(EVERY_TRACE)).toBe('{}');
    expect(searchOf('{}')).toEqual(EVERY_TRACE);
    expect(buildTraceql(full)).toBe(
      '{ resource.service.name = "check\\"out" && name = "GET /cart" && status = error && duration >= 100ms && traceDuration <= 1m30s && span.http.status_code >= 500 && ."odd name" != "a && b" && kind = server }',
    );
    expect(searchOf(buildTraceql(full))).toEqual(full);
  });

  test('is read from what others write, too', () => {
    expect(searchOf('{resource.service.name="web"&&span:name=`GET /`}')).toEqual({ ...EVERY_TRACE, service: 'web', operation: 'GET /' });
    expect(searchOf('{ .service.name = "web" }')).toMatchObject({ service: 'web' });
    // A second service is one condition more.
    expect(searchOf('{ resource.service.name = "a" && resource.service.name = "b" }')).toMatchObject({
      service: 'a',
      conditions: [{ field: 'resource.service.name', literal: '"b"' }],
    });
  });

  test('leaves what it cannot say', () => {
    for (const text of [
      '{ .a = 1 } && { .b = 2 }',
      '{ .a = 1 || .b = 2 }',
      '{ .a = 1 } | count() > 2',
      '{ .a = .b }',
      '{ .a }',
      '{ .a = 1 && }',
      '{ (.a = 1) }',
      '{ .a = -1 }',
      'nonsense',
      '',
    ]) {
      expect([text, searchOf(text)]).toEqual([text, 'spans']);
    }
    expect(searchOf('{ .rate = 1 } | rate() by (name)')).toBe('numbers');
    expect(searchOf('{ name = "| rate()" }')).toMatchObject({ operation: '| rate()' });
  });
});

describe('what is typed', () => {
  test('becomes a field with its scope', () => {
    expect(typedField('http.method', [])).toBe('.http.method');
    expect(typedField('span.http.method', [])).toBe('span.http.method');
    expect(typedField('odd name', [])).toBe('."odd name"');
    expect(typedField('kind', ['kind'])).toBe('kind');
    expect(typedField('event:name', [])).toBe('event:name');
  });

  test('becomes a literal of the type that it looks like', () => {
    expect(typedLiteral('500', '=', '.status')).toBe('500');
    expect(typedLiteral('"500"', '=', '.status')).toBe('"500"');
    expect(typedLiteral('true', '=', '.cached')).toBe('true');
    expect(typedLiteral('GET|PUT', '=~', '.method')).toBe('"GET|PUT"');
    expect(typedLiteral('5', '=~', '.method')).toBe('"5"');
    expect(typedLiteral('Server', '=', 'kind')).toBe('server');
    expect(typedLiteral('say "hi"', '=', '.a')).toBe('"say \\"hi\\""');
  });

  test('is a duration, in milliseconds where there is no unit', () => {
    expect(typedDuration('250')).toBe('250ms');
    expect(typedDuration(' 1.5 s ')).toBe('1.5s');
    expect(typedDuration('1,5s')).toBe('1.5s');
    expect(typedDuration('1h30m')).toBe('1h30m');
    expect(typedDuration('')).toBe('');
    expect(typedDuration('soon')).toBeUndefined();
    expect(durationLiteral(1_234_567)).toBe('1.23ms');
    expect(durationLiteral(61e9)).toBe('61s');
  });
});

test('a span’s attribute becomes a condition that keeps its type', () => {
  expect(attributeCondition('span', 'http.status_code', 'int', '500')).toEqual({
    field: 'span.http.status_code',
    operator: '=',
    literal: '500',
  });
  expect(attributeCondition('resource', 'service.name', 'string', 'web')?.literal).toBe('"web"');
  expect(attributeCondition('span', 'list', 'array', '[1]')).toBeUndefined();
  const condition = attributeCondition('resource', 'service.name', 'string', 'web');
  expect(condition === undefined ? undefined : withCondition(EVERY_TRACE, condition).service).toBe('web');
});

test('words of TraceQL are cut whatever is missing', () => {
  const words = (text: string) => scanTraceql(text).map(({ kind, text: word }) => `${kind}:${word}`);
  expect(words('{ span.http.url =~ "a.*')).toEqual(['symbol:{', 'attribute:span.http.url', 'symbol:=~', 'string:"a.*']);
  expect(words('{.5 < duration&&.a-b/c!=nil}')).toEqual([
    'symbol:{',
    'number:.5',
    'symbol:<',
    'name:duration',
    'symbol:&&',
    'attribute:.a-b/c',
    'symbol:!=',
    'name:nil',
    'symbol:}',
  ]);
  expect(words('{} &>> {} | rate() by (trace:id)')).toContain('symbol:&>>');
});
