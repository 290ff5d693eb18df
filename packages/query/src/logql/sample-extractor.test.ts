import { parseLogql, type RangeAggregation } from '@atalaya/lang';
import { type Labels, labelsOf } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import { compileSampleExtractor, type SampleExtractor, type SampleExtractorOptions } from './sample-extractor.ts';

const STREAM = labelsOf({ app: 'web' });

/** The extractor of a range aggregation. */
function extractorOf(query: string, options?: SampleExtractorOptions): SampleExtractor {
  const { logs, unwrap, operation, grouping } = parseLogql(query) as RangeAggregation;
  const measure = unwrap ?? (operation.startsWith('bytes') ? 'bytes' : 'lines');
  return compileSampleExtractor(logs.stages, measure, { ...(grouping === undefined ? {} : { grouping }), ...options });
}

function extract(extractor: SampleExtractor, text: string): [value: number, labels: Labels, error: string] | undefined {
  const sample = extractor.extract({ stream: STREAM, attributes: [], text, timestamp: 0n });
  return sample === undefined ? undefined : [sample.value, sample.labels, sample.error];
}

test('lines are counted, or the bytes that are left of them', () => {
  expect(extract(extractorOf('count_over_time({app="web"} |= "a" [1m])'), 'a')).toEqual([1, STREAM, '']);
  expect(extract(extractorOf('count_over_time({app="web"} |= "a" [1m])'), 'b')).toBeUndefined();
  expect(extract(extractorOf('bytes_over_time({app="web"}[1m])'), 'aä€😀')).toEqual([10, STREAM, '']);
  expect(extract(extractorOf('bytes_rate({app="web"} | line_format "{{.app}}" [1m])'), 'long')).toEqual([3, STREAM, '']);
});

describe('unwrap', () => {
  const QUERY = 'sum_over_time({app="web"} | logfmt | unwrap v [1m])';

  test('takes the number out of the labels', () => {
    expect(extract(extractorOf(QUERY), 'v=1.5e3 k=x')).toEqual([1500, ['app', 'web', 'k', 'x'], '']);
    expect(extract(extractorOf(QUERY), 'v=0x1p-2')?.[0]).toBe(0.25);
    expect(extract(extractorOf(QUERY), 'v=+Inf')?.[0]).toBe(Infinity);
    expect(extract(extractorOf(QUERY), 'v=NaN')?.[0]).toBeNaN();
  });

  test('lines without the label, or with an empty one, give nothing', () => {
    expect(extract(extractorOf(QUERY), 'k=x')).toBeUndefined();
    expect(extract(extractorOf('sum_over_time({app="web"} | logfmt --keep-empty | unwrap v [1m])'), 'v=')).toBeUndefined();
  });

  test('durations give seconds, sizes bytes', () => {
    const duration = extractorOf('sum_over_time({app="web"} | logfmt | unwrap duration(v) [1m])');
    expect(extract(duration, 'v=1m30.5s')?.[0]).toBe(90.5);
    expect(extract(duration, 'v=-20us')?.[0]).toBe(-0.00002);
    expect(extract(extractorOf('sum_over_time({app="web"} | logfmt | unwrap duration_seconds(v) [1m])'), 'v=1h')?.[0]).toBe(3600);
    expect(extract(extractorOf('sum_over_time({app="web"} | logfmt | unwrap bytes(v) [1m])'), 'v="1.5 KiB"')?.[0]).toBe(1536);
  });

  test('what is no number is an error, and all labels stay', () => {
    const details = 'strconv.ParseFloat: parsing "x": invalid syntax';
    expect(extract(extractorOf(QUERY), 'v=x')).toEqual([
      0,
      ['__error__', 'SampleExtractionErr', '__error_details__', details, 'app', 'web', 'v', 'x'],
      'SampleExtractionErr',
    ]);
    const grouped = extractorOf('avg_over_time({app="web"} | logfmt | unwrap duration(v) [1m]) by (k)');
    expect(extract(grouped, 'v=5 k=1')?.[1]).toEqual(expect.arrayContaining(['__error_details__', 'time: missing unit in duration "5"']));
  });

  test('conditions behind it see the error', () => {
    const query = 'sum_over_time({app="web"} | logfmt | unwrap v | __error__="" | k="x" [1m])';
    expect(extract(extractorOf(query), 'v=x k=x')).toBeUndefined();
    expect(extract(extractorOf(query), 'v=2 k=y')).toBeUndefined();
    expect(extract(extractorOf(query), 'v=2 k=x')?.[0]).toBe(2);
  });
});

describe('groupings', () => {
  test('by: what is named and there; one object for equal groups', () => {
    const extractor = extractorOf('avg_over_time({app="web"} | logfmt | unwrap v [1m]) by (k, none)');
    const first = extract(extractor, 'v=1 k=x j=1');
    expect(first).toEqual([1, ['k', 'x'], '']);
    expect(extract(extractor, 'k=x v=2 j=2')?.[1]).toBe(first?.[1]);
  });

  test('without: what is named is gone, and so is the number', () => {
    const extractor = extractorOf('avg_over_time({app="web"} | logfmt | unwrap v [1m]) without (k)');
    expect(extract(extractor, 'v=1 k=x j=1')?.[1]).toEqual(['app', 'web', 'j', '1']);
  });

  test('no more is parsed than a grouping asks for, so that what is broken behind it does not matter', () => {
    const stages = 'count_over_time({app="web"} | json [1m])';
    const text = '{"k":"x","b":broken}';
    expect(extract(extractorOf(stages), text)?.[2]).toBe('JSONParserErr');
    expect(extract(extractorOf(stages, { grouping: { without: false, labels: ['k'] } }), text)).toEqual([1, ['k', 'x'], '']);
    expect(extract(extractorOf(stages, { grouping: { without: false, labels: [] } }), 'broken')).toEqual([1, [], '']);
  });

  test('an error that is asked for is a label like any other', () => {
    const extractor = extractorOf('count_over_time({app="web"} | json [1m])', { grouping: { without: false, labels: ['__error__'] } });
    const [, labels, error] = extract(extractor, 'broken') ?? [];
    expect(error).toBe('');
    expect(labels).toEqual(expect.arrayContaining(['__error__', 'JSONParserErr']));
  });
});
