import { describe, expect, test } from 'vitest';

import { columnsOf, readLines, writeLines } from './download.ts';
import { levelOf } from './levels.ts';
import { fieldsOf, fieldStatistics, fieldValue } from './line-fields.ts';
import { markedParts, prettyJson, withoutColours } from './line-text.ts';
import { lineReference, type LogLine, readLineReference, readStreams, type StreamAnswer } from './line.ts';
import { promqlOfLine, traceIdOf } from '../links/addresses.ts';
import type { PageRequest } from './loki.ts';
import { formatMoment, formatRfc3339, toMilliseconds, toNanoseconds } from './nanoseconds.ts';
import { formatOf, parseFields } from './parse-fields.ts';
import { patternRows } from './patterns.ts';
import { volumeExpression, volumeOf, volumeWindow } from './volume.ts';

const line = (text: string, more: Partial<LogLine> = {}): LogLine => ({
  ...(readStreams([{ stream: { job: 'a' }, values: [['1795330800123456789', text, {}]] }], 'backward')[0] as LogLine),
  ...more,
});

describe('an answer becomes lines', () => {
  const answer: StreamAnswer[] = [
    {
      stream: { job: 'a' },
      values: [
        ['20', 'a20', { structuredMetadata: { detected_level: 'error' } }],
        ['10', 'a10', { parsed: { x: 'y' } }],
      ],
    },
    {
      stream: { job: 'b' },
      values: [
        ['20', 'b20'],
        ['15', 'b15'],
      ],
    },
  ];

  test('in one order over all streams', () => {
    expect(readStreams(answer, 'backward').map(({ text }) => text)).toEqual(['a20', 'b20', 'b15', 'a10']);
    const forward = answer.map(({ stream, values }) => ({ stream, values: values.toReversed() }));
    expect(readStreams(forward, 'forward').map(({ text }) => text)).toEqual(['a10', 'b15', 'a20', 'b20']);
  });

  test('with labels by category', () => {
    const [first, , , last] = readStreams(answer, 'backward');
    expect([first?.level, first?.metadata, last?.parsed]).toEqual(['error', { detected_level: 'error' }, { x: 'y' }]);
  });

  test('or told apart by the names that streams have', () => {
    const [only] = readStreams(
      [{ stream: { job: 'a', detected_level: 'warn', user: 'eva' }, values: [['1', 'x']] }],
      'backward',
      new Set(['job']),
    );
    expect([only?.stream, only?.parsed, only?.level]).toEqual([{ job: 'a' }, { detected_level: 'warn', user: 'eva' }, 'warn']);
  });

  test('that a link can name', () => {
    const one = line('hello');
    expect(readLineReference(lineReference(one))?.time).toBe(one.time);
    expect(lineReference(line('hello'))).toBe(lineReference(one));
    expect(lineReference(line('other'))).not.toBe(lineReference(one));
    expect(readLineReference('x')).toBeUndefined();
  });

  test.each([
    ['ERR', 'error'],
    ['Fatal', 'critical'],
    ['warning', 'warn'],
    ['', 'unknown'],
    [undefined, 'unknown'],
  ])('level %s is %s', (word, level) => {
    expect(levelOf(word)).toBe(level);
  });
});

describe('times', () => {
  test('keep their nanoseconds', () => {
    expect(formatRfc3339(1795330800123456789n)).toBe('2026-11-22T07:00:00.123456789Z');
    expect(formatMoment(1795330800123456789n, 'utc')).toBe('2026-11-22 07:00:00.123456789');
    expect(formatMoment(1795330800123000000n, 'utc')).toBe('2026-11-22 07:00:00.123');
    expect(toMilliseconds(toNanoseconds(1_795_330_800_123))).toBe(1_795_330_800_123);
  });
});

describe('fields in a text', () => {
  test('JSON: nested names are joined, lists left out, names made valid', () => {
    const text = '{"level":"info","http":{"status":500,"ok":false},"tags":["a"],"9-x":"y","none":null}';
    expect(formatOf(text)).toBe('json');
    expect(parseFields(text, 'json')).toEqual([
      { name: 'level', value: 'info' },
      { name: 'http_status', value: '500' },
      { name: 'http_ok', value: 'false' },
      { name: '_9_x', value: 'y' },
    ]);
  });

  test('logfmt: quotes and escapes', () => {
    const text = 'level=info msg="a \\"b\\"" took=5ms empty=';
    expect(formatOf(text)).toBe('logfmt');
    expect(parseFields(text, 'logfmt')).toEqual([
      { name: 'level', value: 'info' },
      { name: 'msg', value: 'a "b"' },
      { name: 'took', value: '5ms' },
    ]);
  });

  test.each(['a plain line', 'listening on port=80', '{not json', '[1,2]', ''])('none in %s', (text) => {
    expect(formatOf(text)).toBeUndefined();
  });

  test('of a line come with where they are from; a label’s name is not taken twice', () => {
    const fields = fieldsOf(line('{"job":"other","status":"500"}', { metadata: { trace_id: 'ab' } }));
    expect(fields).toEqual([
      { name: 'job', value: 'a', origin: 'stream' },
      { name: 'trace_id', value: 'ab', origin: 'metadata' },
      { name: 'job_extracted', value: 'other', origin: 'parsed', parser: 'json' },
      { name: 'status', value: '500', origin: 'parsed', parser: 'json' },
    ]);
    expect(fieldValue(line('status=1 x=2'), 'status')).toBe('1');
  });

  test('are counted over lines', () => {
    const lines = ['200', '200', '500'].map((status) => line(JSON.stringify({ status })));
    expect(fieldStatistics([...lines, line('none')], 'status')).toEqual({
      lines: 4,
      having: 3,
      distinct: 2,
      top: [
        { value: '200', count: 2 },
        { value: '500', count: 1 },
      ],
      numbers: { min: 200, mean: 300, max: 500 },
    });
    expect(fieldStatistics([line('a=x b=y')], 'a').numbers).toBeUndefined();
  });
});

describe('a text', () => {
  test('loses its colours', () => {
    expect(withoutColours('\u001B[1;31mFailed\u001B[0m \u001B]0;title\u0007x\u001B[K')).toBe('Failed x');
    expect(withoutColours('plain [31m')).toBe('plain [31m');
  });

  test('is cut at what is sought, overlaps as one', () => {
    const parts = (text: string, ...words: [string, boolean][]) =>
      markedParts(
        text,
        words.map(([word, ignoreCase]) => ({ text: word, ignoreCase })),
      ).map(({ text: part, marked }) => (marked ? `[${part}]` : part));
    expect(parts('a Timeout, a timeout', ['timeout', true])).toEqual(['a ', '[Timeout]', ', a ', '[timeout]']);
    expect(parts('abcd', ['abc', false], ['bcd', false])).toEqual(['[abcd]']);
    expect(parts('İ timeout', ['timeout', true])).toEqual(['İ ', '[timeout]']);
    expect(parts('none', ['x', false])).toEqual(['none']);
  });

  test('that is JSON is laid out', () => {
    expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(prettyJson('{a}')).toBeUndefined();
  });
});

describe('links', () => {
  test('find a trace where one is named', () => {
    expect(traceIdOf(line('x', { metadata: { trace_id: '0123456789abcdef0123456789abcdef' } }))).toBe('0123456789abcdef0123456789abcdef');
    expect(traceIdOf(line('x', { metadata: { trace_id: '0'.repeat(32) } }))).toBeUndefined();
    expect(traceIdOf(line('x'))).toBeUndefined();
  });

  test('ask for metrics of the instance, the host or the job', () => {
    expect(promqlOfLine(line('x', { stream: { instance: 'db:9100', job: 'node' } }))).toBe('up{instance="db:9100"}');
    expect(promqlOfLine(line('x', { stream: { host: 'db.lan' } }))).toBe(String.raw`node_load1{instance=~"db\\.lan(:.*)?"}`);
    expect(promqlOfLine(line('x', { stream: { service_name: 'x' } }))).toBeUndefined();
  });
});

describe('a download', () => {
  const lines = [line('say "hi",\nthere', { metadata: { user: 'eva' } }), line('=cmd()', { stream: { job: 'b' } })];

  test('is text, JSON lines or CSV', () => {
    expect(writeLines(lines, 'text', [])).toBe('2026-11-22T07:00:00.123456789Z say "hi",\nthere\n2026-11-22T07:00:00.123456789Z =cmd()\n');
    expect(JSON.parse(writeLines(lines, 'json', []).split('\n')[0] as string)).toEqual({
      time: '2026-11-22T07:00:00.123456789Z',
      level: 'unknown',
      line: 'say "hi",\nthere',
      stream: { job: 'a' },
      metadata: { user: 'eva' },
      parsed: {},
    });
    expect(columnsOf(lines)).toEqual(['job', 'user']);
    expect(writeLines(lines, 'csv', ['job', 'user'])).toBe(
      'time,level,job,user,line\r\n2026-11-22T07:00:00.123456789Z,unknown,a,eva,"say ""hi"",\nthere"\r\n2026-11-22T07:00:00.123456789Z,unknown,b,,\'=cmd()\r\n',
    );
  });

  test('reads page by page, loses and doubles nothing, and stops at its number', async () => {
    const all = Array.from({ length: 12_000 }, (_, i) => [String(Math.floor(i / 700)), `line ${i}`] as const);
    const asked: PageRequest[] = [];
    const read = async (request: PageRequest) => {
      asked.push(request);
      const inside = all.filter(([time]) => BigInt(time) >= request.start && BigInt(time) < request.end);
      const values = inside.toReversed().slice(0, request.limit);
      return { lines: readStreams([{ stream: {}, values }], 'backward'), cost: { bytes: 0, lines: 0, duration: 0 } };
    };
    const question = { query: '{a="b"}', start: 0n, end: 100n, direction: 'backward' } as const;
    const seen: number[] = [];
    const got = await readLines(read, question, 100_000, (count) => seen.push(count), new AbortController().signal);
    expect(new Set(got.map(({ text }) => text)).size).toBe(12_000);
    expect(got).toHaveLength(12_000);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(await readLines(read, question, 10, () => undefined, new AbortController().signal)).toHaveLength(10);
  });
});

describe('the volume', () => {
  test('covers the range with whole spans, each counted at its end', () => {
    const window = volumeWindow({ start: 90_500, end: 179_900 });
    expect(window).toEqual({ start: 91_000, end: 180_000, step: 1000 });
    expect(volumeExpression('{a="b"}', 60_000)).toBe('sum by (detected_level) (count_over_time({a="b"} [60s]))');
    expect(volumeExpression('{a="b"} # x', 1000)).toContain('# x\n [1s]');
  });

  test('is by level, the gravest first; other names of a level are added to it', () => {
    const window = { start: 1000, end: 3000, step: 1000 };
    const series = [
      {
        metric: { detected_level: 'info' },
        values: [
          [1, '5'],
          [3, '7'],
        ] as [number, string][],
      },
      { metric: { detected_level: 'fatal' }, values: [[2, '1']] as [number, string][] },
      { metric: { detected_level: 'critical' }, values: [[2, '2']] as [number, string][] },
      { metric: {}, values: [[2, '4']] as [number, string][] },
    ];
    const { frame, totals, total } = volumeOf(series, window);
    expect(frame.times).toEqual([0, 1, 2]);
    expect(frame.series.map(({ id, values }) => [id, values])).toEqual([
      ['critical', [null, 3, null]],
      ['info', [5, null, 7]],
      ['unknown', [null, 4, null]],
    ]);
    expect([totals, total]).toEqual([{ critical: 3, info: 12, unknown: 4 }, 19]);
  });
});

test('patterns are counted, shared out and put on one grid', () => {
  const rows = patternRows(
    [
      { pattern: '<_> rare', samples: [[50, 1]] },
      {
        pattern: '<_> often',
        level: 'error',
        samples: [
          [0, 2],
          [99, 1],
          [500, 0],
        ],
      },
      { pattern: 'never', samples: [] },
    ],
    { start: 0, end: 100_000 },
  );
  expect(rows.map(({ pattern, level, count, share }) => [pattern, level, count, share])).toEqual([
    ['<_> often', 'error', 3, 0.75],
    ['<_> rare', 'unknown', 1, 0.25],
  ]);
  expect([rows[0]?.trend[0], rows[0]?.trend.at(-1), rows[1]?.trend[24]]).toEqual([2, 1, 1]);
});
