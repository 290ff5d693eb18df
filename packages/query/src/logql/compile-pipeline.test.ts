import { type LogSelection, parseLogql } from '@atalaya/lang';
import { type Labels, labelsOf, ManualClock } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import { compilePipeline, type PipelineOptions } from './compile-pipeline.ts';
import type { Pipeline, StoredLine } from './pipeline.ts';

const STREAM = labelsOf({ app: 'web', env: 'prod' });

function pipelineOf(stages: string, options?: PipelineOptions): Pipeline {
  return compilePipeline((parseLogql(`{app="web"} ${stages}`) as LogSelection).stages, options);
}

const line = (text: string, { stream = STREAM, attributes = [], timestamp = 0n }: Partial<StoredLine> = {}): StoredLine => ({
  stream,
  attributes,
  text,
  timestamp,
});

/** The labels as a pipeline leaves them; `undefined` for a line that it drops. */
const labelsAfter = (pipeline: Pipeline, stored: StoredLine): Labels | undefined => pipeline.process(stored)?.labels.all();

describe('label sets', () => {
  test('a line that nothing was done to has the labels of its stream, the same object', () => {
    const pipeline = pipelineOf('|= "a"');
    expect(labelsAfter(pipeline, line('a'))).toBe(STREAM);
    expect(labelsAfter(pipeline, line('abc'))).toBe(STREAM);
    expect(labelsAfter(pipeline, line('b'))).toBeUndefined();
  });

  test('equal sets are one object, whatever streams and stages they come from', () => {
    const pipeline = pipelineOf('| logfmt | drop b');
    const first = labelsAfter(pipeline, line('x=1'));
    expect(first).toEqual(['app', 'web', 'env', 'prod', 'x', '1']);
    expect(labelsAfter(pipeline, line('b=2 x=1'))).toBe(first);
    const other = line('', { stream: labelsOf({ app: 'web' }), attributes: ['env', 'prod', 'x', '1'] });
    expect(labelsAfter(pipeline, other)).toBe(first);
    expect(labelsAfter(pipeline, line('x=2'))).not.toBe(first);
  });

  test('values that only look alike when they are joined are kept apart', () => {
    const pipeline = pipelineOf('| logfmt');
    const one = labelsAfter(pipeline, line('a="1:b" c=2'));
    const other = labelsAfter(pipeline, line('a=1 b="1:c2"'));
    expect(one).not.toBe(other);
    expect(one).toEqual(['a', '1:b', 'app', 'web', 'c', '2', 'env', 'prod']);
  });

  test('labels are told by where they come from', () => {
    const stored = line('level=warn env=test', { attributes: ['app', 'meta', 'trace', 't'] });
    const labels = pipelineOf('| logfmt | label_format trace="{{.trace}}!" | took > 1s or level="warn" | json')
      .process(stored)
      ?.labels.categorised();
    expect(labels).toEqual({
      stream: ['app', 'web', 'env', 'prod'],
      structuredMetadata: ['app_extracted', 'meta'],
      parsed: [
        '__error__',
        'JSONParserErr',
        '__error_details__',
        "Value looks like object, but can't find closing '}' symbol",
        ...['env_extracted', 'test', 'level', 'warn', 'trace', 't!'],
      ],
    });
  });

  test('errors among the metadata are errors', () => {
    const { labels } = pipelineOf('').process(line('x', { attributes: ['__error__', 'JSONParserErr'] })) ?? {};
    expect(labels?.get('__error__')).toBe('JSONParserErr');
    expect(labelsAfter(pipelineOf('| __error__=""'), line('x', { attributes: ['__error__', 'JSONParserErr'] }))).toBeUndefined();
  });

  test('fields that are called like errors get another name', () => {
    const found = labelsAfter(pipelineOf('| json'), line('{"__error__":"no","__proto__":"x","constructor":"y"}'));
    expect(found).toEqual(['__error___extracted', 'no', '__proto__', 'x', 'app', 'web', 'constructor', 'y', 'env', 'prod']);
  });
});

test.each([
  [
    '| json',
    ['{"a":1,"b":{"c":2,"d":3},"e":4}', '{"e":4,"b":{"d":3,"c":2},"a":1}', '{"ab":5,"b":{"cd":6},"e\\"":7,"e":8}', '{"a":1,"e":9}'],
  ],
  ['| logfmt', ['a=1 b=2 c=3', 'c=3 a=1', 'ab=4 b=5 c', 'a="6" b c=7', 'a =8 b=9']],
])('the order in which fields came before does not matter: %s', (stages, lines) => {
  const used = pipelineOf(stages);
  for (const text of [...lines, ...lines.toReversed()]) {
    expect(labelsAfter(used, line(text))).toEqual(labelsAfter(pipelineOf(stages), line(text)));
  }
});

describe('labels that are needed', () => {
  const LINE = line('{"a":1,"b":{"c":2,"d":3},"env":"x","broken":nonsense}');

  test('others are not parsed, and what is broken behind them is not seen', () => {
    const found = labelsAfter(pipelineOf('| json', { needed: new Set(['b_c']) }), LINE);
    expect(found).toEqual(['app', 'web', 'b_c', '2', 'env', 'prod']);
  });

  test('stages read those that they look at', () => {
    const stages = '| json | a > 0 | label_format z="{{.b_d}}"';
    expect(labelsAfter(pipelineOf(stages, { needed: new Set(['z']) }), LINE)).toEqual(
      expect.arrayContaining(['a', '1', 'b_d', '3', 'z', '3']),
    );
  });

  test('a renamed label is found by its new name', () => {
    const found = labelsAfter(pipelineOf('| json', { needed: new Set(['env_extracted']) }), LINE);
    expect(found).toEqual(expect.arrayContaining(['env_extracted', 'x']));
  });

  test('with none, lines are not parsed at all, but unpacked', () => {
    expect(labelsAfter(pipelineOf('| json | logfmt', { needed: new Set() }), line('broken'))).toBe(STREAM);
    const unpacked = pipelineOf('| unpack |= "in"', { needed: new Set() }).process(line('{"_entry":"inside","a":"b"}'));
    expect(unpacked?.text).toBe('inside');
    expect(unpacked?.labels.all()).toBe(STREAM);
  });

  test('a template that looks at all labels needs all', () => {
    const stages = '| logfmt | line_format "{{range $name, $value := .}}{{$name}} {{end}}"';
    expect(pipelineOf(stages, { needed: new Set(['a']) }).process(line('a=1 b=2'))?.text).toBe('a app b env ');
  });

  test('who asks for errors is told so', () => {
    const found = labelsAfter(pipelineOf('| json', { needed: new Set(['__error__']) }), line('broken'));
    expect(found).toEqual(expect.arrayContaining(['__error__', 'JSONParserErr', '__preserve_error__', 'true']));
  });
});

describe('times in templates', () => {
  const format = (template: string, timestamp = 0n): string | undefined =>
    pipelineOf(`| line_format \`${template}\``, { clock: new ManualClock(1_767_323_045_678) }).process(line('x', { timestamp }))?.text;

  test('__timestamp__ is that of the line, to the nanosecond', () => {
    expect(format('{{__timestamp__ | unixEpochNanos}} {{__timestamp__.UTC}}', 1_673_798_889_902_000_001n)).toBe(
      '1673798889902000001 2023-01-15 16:08:09.902000001 +0000 UTC',
    );
    expect(format('{{__timestamp__ | unixEpoch}} {{__timestamp__ | unixEpochMillis}}', -1n)).toBe('-1 -1');
  });

  test('now is what the clock says', () => {
    expect(format('{{unixEpochMillis now}} {{now.UTC.Year}} {{now.UTC.Month}} {{now.UTC.Weekday}}')).toBe(
      '1767323045678 2026 January Friday',
    );
  });
});

test('a template that gives too much is an error of the line', () => {
  const doubled = Array.from({ length: 24 }, () => '| line_format "{{__line__}}{{__line__}}"').join(' ');
  const processed = pipelineOf(doubled).process(line('0123456789'));
  expect(processed?.labels.get('__error__')).toBe('TemplateFormatErr');
  expect(processed?.text.length).toBeLessThan(5_000_000);
});
