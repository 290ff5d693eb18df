/** Stages that take values out of lines: json, logfmt, regex; and those that put them somewhere: labels, output, structured metadata. */

import { describe, expect, it } from 'vitest';
import { makePipeline, runLine } from '../pipeline-for-tests.ts';

/** Shows extracted values as labels. */
const shown = (...names: string[]): string => `\n- labels: {${names.map((name) => `${name}: `).join(', ')}}`;
const labelsOf = (stages: string, line: string): Record<string, string> | undefined => {
  const { job: _job, ...labels } = runLine(stages, line)?.labels ?? {};
  return labels;
};

describe('json', () => {
  it.each([
    [
      '{output: log, stream: , user: user.name}',
      '{"log":"text","stream":"stderr","user":{"name":"ann"}}',
      { output: 'text', stream: 'stderr', user: 'ann' },
    ],
    ['{a: "list[1]", b: "list[?n > `1`].n | [0]", c: "length(list)"}', '{"list":[{"n":1},{"n":5}]}', { a: '{"n":5}', b: '5', c: '2' }],
    [`{a: '"with space"', b: '"a.b".c'}`, '{"with space":1,"a.b":{"c":true}}', { a: '1', b: 'true' }],
    [
      '{a: big, b: small, c: float}',
      '{"big":1e21,"small":0.0000001,"float":1.50}',
      { a: '1000000000000000000000', b: '0.0000001', c: '1.5' },
    ],
    ['{a: nothing, b: null_value, c: constructor, d: __proto__}', '{"null_value":null}', {}],
    ['{a: x.y.z}', '{"x":"text"}', {}],
    ['{a: a}', '["not", "an object"]', {}],
    ['{a: a}', '{"a": "unfinished', {}],
    ['{a: a}', 'null', {}],
    ['{a: "abs(text)", b: text}', '{"text":"no number"}', { b: 'no number' }],
  ])('%s of %s', (expressions, line, expected) => {
    expect(labelsOf(`- json: {expressions: ${expressions}}${shown('output', 'stream', 'user', 'a', 'b', 'c', 'd')}`, line)).toEqual(
      expected,
    );
  });

  it('reads an extracted value, and drops what is no object when told to', () => {
    const nested = '- json: {expressions: {inner: extra}}\n- json: {source: inner, expressions: {user: }}';
    expect(labelsOf(nested + shown('user'), '{"extra":"{\\"user\\":\\"marco\\"}"}')).toEqual({ user: 'marco' });
    const run = makePipeline('- json: {expressions: {a: }, drop_malformed: true}');
    run.send('{"a":1}', 'no json', '[1]', '{"b":1}');
    expect(run.out.map(({ line }) => line)).toEqual(['{"a":1}', '{"b":1}']);
    expect(run.metrics.dropped.get('malformed_json')).toBe(2);
  });
});

describe('logfmt', () => {
  it.each([
    [
      '{timestamp: time, app: , duration: , unknown: }',
      'time=2012-11-01T22:08:41+00:00 app=loki duration=125 message="this is"',
      { timestamp: '2012-11-01T22:08:41+00:00', app: 'loki', duration: '125' },
    ],
    ['{a: , b: , c: }', String.raw`a="quoted \"text\"\n" b= c`, { a: 'quoted "text"\n', b: '', c: '' }],
    ['{a: , b: }', 'a=1 b="unfinished', { a: '1' }],
    ['{a: , b: }', 'a=1 ="no key" b=2', { a: '1' }],
    ['{a: }', 'a=first a=second', { a: 'second' }],
  ])('%s of %s', (mapping, line, expected) => {
    const stages = `- logfmt: {mapping: ${mapping}}${shown('timestamp', 'app', 'duration', 'unknown', 'a', 'b', 'c')}`;
    expect(labelsOf(stages, line)).toEqual(expected);
  });

  it('reads an extracted value', () => {
    const stages = `- logfmt: {mapping: {extra: }}\n- logfmt: {source: extra, mapping: {username: user}}${shown('username')}`;
    expect(labelsOf(stages, 'extra="user=foo"')).toEqual({ username: 'foo' });
  });
});

describe('regex', () => {
  it('extracts named groups, those that took no part as empty', () => {
    const stages = String.raw`- regex: {expression: '^(?s)(?P<time>\S+?) (?P<stream>stdout|stderr) (?P<flags>\S+?) (?P<content>.*)$'}`;
    const labels = labelsOf(
      stages + shown('time', 'stream', 'flags', 'content'),
      "2019-01-01T01:00:00.000000001Z stderr P i'm a log message!",
    );
    expect(labels).toEqual({ time: '2019-01-01T01:00:00.000000001Z', stream: 'stderr', flags: 'P', content: "i'm a log message!" });
    expect(labelsOf(`- regex: {expression: '(?P<a>x)|(?P<b>y)'}${shown('a', 'b')}`, '..y')).toEqual({ a: '', b: 'y' });
  });

  it('leaves everything as it was when it is not found', () => {
    expect(labelsOf(`- static_labels: {a: old}\n- regex: {expression: '(?P<a>\\d+)'}${shown('a')}`, 'no digits')).toEqual({ a: 'old' });
  });

  it('reads an extracted value, and makes labels of groups when told to', () => {
    const stages = `- json: {expressions: {time: }}\n- regex: {source: time, expression: '^(?P<year>\\d+)', labels_from_groups: true}`;
    expect(labelsOf(stages, '{"time":"2019-01"}')).toEqual({ year: '2019' });
  });
});

describe('labels', () => {
  it('may come from other names, and from the labels there were', () => {
    expect(labelsOf('- labels: {copy: job}', 'x')).toEqual({ copy: 'test' });
  });

  it('are set, kept and taken away', () => {
    const set = '- static_labels: {a: 1, b: two, c: three, none: }';
    expect(labelsOf(set, 'x')).toEqual({ a: '1', b: 'two', c: 'three' });
    expect(labelsOf(`${set}\n- labeldrop: [a, missing]`, 'x')).toEqual({ b: 'two', c: 'three' });
    expect(runLine(`${set}\n- labelallow: [b]`, 'x')?.labels).toEqual({ b: 'two' });
  });

  it('can be attributes instead', () => {
    const stages = '- json: {expressions: {trace: traceID, n: }}\n- structured_metadata: {trace_id: trace, n: , missing: }';
    expect(runLine(stages, '{"traceID":"abc","n":5}')).toMatchObject({ labels: { job: 'test' }, attributes: { trace_id: 'abc', n: '5' } });
    expect(runLine('- non_indexed_labels: {job: }', 'x')?.attributes).toEqual({ job: 'test' });
  });
});

describe('the line', () => {
  it('becomes an extracted value', () => {
    expect(runLine('- json: {expressions: {message: }}\n- output: {source: message}', '{"message":"the text"}')?.line).toBe('the text');
    expect(runLine('- output: {source: missing}', 'as it was')?.line).toBe('as it was');
  });

  it('loses its colours', () => {
    expect(runLine('- decolorize: {}', '\u001B[1;31mred\u001B[0m and \u001B]0;title\u0007plain \u001B[K')?.line).toBe('red and plain ');
    expect(runLine('- decolorize:', '[31m is text')?.line).toBe('[31m is text');
  });

  it('is packed with values, which are no labels then', () => {
    const entry = { line: 'text "quoted"', labels: { job: 'test', b: '2', a: '1"', c: '3' } };
    const packed = runLine('- pack: {labels: [b, a, missing], ingest_timestamp: false}', { ...entry, timestamp: 1n });
    expect(packed).toMatchObject({
      line: String.raw`{"a":"1\"","b":"2","_entry":"text \"quoted\""}`,
      labels: { job: 'test', c: '3' },
      time: '1970-01-01T00:00:00.000000001Z',
    });
    expect(runLine('- pack:', { line: 'x', timestamp: 1n })).toMatchObject({
      line: '{"_entry":"x"}',
      time: '2026-01-10T12:00:00.000000000Z',
    });
  });
});
