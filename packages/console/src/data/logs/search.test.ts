import { describe, expect, test } from 'vitest';

import { lineSelection, soughtIn, streamSelector, withField, withLevel, withPattern } from './edit-query.ts';
import { buildLogql, EVERYTHING, type LogSearch, readSearch, toggleLabel, toggleLevel, typedWords, withWords } from './search.ts';
import { readWords, writeWords } from './search-words.ts';

describe('words', () => {
  test.each([
    [
      'timeout  db',
      [
        { text: 'timeout', without: false },
        { text: 'db', without: false },
      ],
    ],
    [
      '"connection refused" -health',
      [
        { text: 'connection refused', without: false },
        { text: 'health', without: true },
      ],
    ],
    [
      '-"GET /ready" a"b',
      [
        { text: 'GET /ready', without: true },
        { text: 'a"b', without: false },
      ],
    ],
    ['"not closed yet', [{ text: 'not closed yet', without: false }]],
    [String.raw`"a \"quoted\" word"`, [{ text: 'a "quoted" word', without: false }]],
    ['  - ', [{ text: '-', without: false }]],
    ['', []],
  ])('%s', (typed, words) => {
    expect(readWords(typed)).toEqual(words);
    expect(readWords(writeWords(words))).toEqual(words);
  });
});

describe('a search makes LogQL', () => {
  const cases: [string, Partial<LogSearch>][] = [
    ['{service_name=~".+"}', {}],
    ['{job="nginx"}', { labels: [{ name: 'job', without: false, values: ['nginx'] }] }],
    [
      String.raw`{job=~"a\\.b|c", env!="test"}`,
      {
        labels: [
          { name: 'job', without: false, values: ['a.b', 'c'] },
          { name: 'env', without: true, values: ['test'] },
        ],
      },
    ],
    ['{service_name=~".+", env!="test"}', { labels: [{ name: 'env', without: true, values: ['test'] }] }],
    [
      '{service_name=~".+"} |= "time out" != "probe"',
      {
        words: [
          { text: 'time out', without: false },
          { text: 'probe', without: true },
        ],
      },
    ],
    [String.raw`{service_name=~".+"} |~ "(?i)a\\.b"`, { words: [{ text: 'a.b', without: false }], ignoreCase: true }],
    ['{service_name=~".+"} | detected_level=~"critical|fatal|warn"', { levels: ['critical', 'warn'] }],
    [
      '{service_name=~".+"} !> "<_> ok" | detected_level="error" | trace_id="ab" | json | status!="200"',
      {
        patterns: [{ pattern: '<_> ok', without: true }],
        levels: ['error'],
        parser: 'json',
        fields: [
          { name: 'trace_id', value: 'ab', without: false, parsed: false },
          { name: 'status', value: '200', without: true, parsed: true },
        ],
      },
    ],
  ];

  test.each(cases)('%s', (logql, part) => {
    const search = { ...EVERYTHING, ...part };
    expect(buildLogql(search)).toBe(logql);
    expect(readSearch(logql)).toEqual({ kind: 'search', search });
  });

  test('whose strings are safe', () => {
    const nasty = 'a"}\\ | line_format `{{.x}}`\n';
    const search = withWords(
      { ...EVERYTHING, labels: [{ name: 'job', without: false, values: [nasty, '|'] }] },
      writeWords([{ text: nasty, without: false }]),
    );
    expect(readSearch(buildLogql(search))).toEqual({ kind: 'search', search });
    expect(readWords(typedWords(search))).toEqual(search.words);
  });
});

describe('a LogQL text', () => {
  test.each([
    '{job=~"a.*"}',
    '{job="a"} |= "x" or "y"',
    '{job="a"} |~ "x+"',
    '{job="a"} |= ip("10.0.0.0/8")',
    '{job="a"} | line_format "{{.x}}"',
    '{job="a"} | json | status >= 500',
    '{job="a"} | json x="y"',
    '{job="a"} | logfmt --strict',
    '{job="a"} |= "x" |~ "(?i)y"',
    '{job="a"} | detected_level="fatal"',
    '{job="a"} | json | detected_level="error"',
    '{job="a", job=~"b|c"}',
  ])('beyond the search: %s', (text) => {
    expect(readSearch(text)).toEqual({ kind: 'lines' });
  });

  test('for numbers, a wrong one, and none', () => {
    expect(readSearch('rate({job="a"}[5m])').kind).toBe('numbers');
    expect(readSearch('{job=').kind).toBe('wrong');
    expect(readSearch(' ')).toEqual({ kind: 'search', search: EVERYTHING });
  });
});

describe('choosing', () => {
  test('a label’s value twice lets it go; wanted and unwanted exclude each other', () => {
    const one = toggleLabel(EVERYTHING, 'job', 'a');
    const two = toggleLabel(one, 'job', 'b');
    expect(two.labels).toEqual([{ name: 'job', without: false, values: ['a', 'b'] }]);
    expect(toggleLabel(two, 'job', 'a').labels).toEqual([{ name: 'job', without: false, values: ['b'] }]);
    expect(toggleLabel(one, 'job', 'a', true).labels).toEqual([{ name: 'job', without: true, values: ['a'] }]);
    expect(toggleLabel(one, 'job', 'a').labels).toEqual([]);
  });

  test('all levels is the same as none', () => {
    let search = EVERYTHING;
    for (const level of ['critical', 'error', 'warn', 'info', 'debug', 'trace'] as const) search = toggleLevel(search, level);
    expect(search.levels).toHaveLength(6);
    expect(toggleLevel(search, 'unknown').levels).toEqual([]);
  });
});

describe('narrowing a query', () => {
  const stream = { name: 'job', value: 'a', origin: 'stream' } as const;
  const own = { name: 'trace_id', value: 'ab"c', origin: 'metadata' } as const;
  const parsed = { name: 'status', value: '500', origin: 'parsed', parser: 'json' } as const;

  test('that is a search changes the search', () => {
    expect(withField('', stream, false)).toBe('{job="a"}');
    expect(withField('{job="b"} |= "x"', stream, false)).toBe('{job="a"} |= "x"');
    expect(withField('{job="b"}', stream, true)).toBe('{job="b", job!="a"}');
    expect(withField('{job="b"}', own, false)).toBe(String.raw`{job="b"} | trace_id="ab\"c"`);
    expect(withField('{job="b"}', parsed, true)).toBe('{job="b"} | json | status!="500"');
    expect(withField('{job="b"} | json | status!="500"', parsed, false)).toBe('{job="b"} | json | status="500"');
    expect(withLevel('{job="b"} | detected_level="error"', 'error')).toBe('{job="b"}');
    expect(withPattern('{job="b"}', '<_> x', true)).toBe('{job="b"} !> "<_> x"');
  });

  test('that is more keeps its text', () => {
    const query = '{env=~"a.*}"} |~ "x+"';
    expect(withField(query, stream, true)).toBe('{env=~"a.*}", job!="a"} |~ "x+"');
    expect(withField(query, parsed, false)).toBe('{env=~"a.*}"} |~ "x+" | json | status="500"');
    expect(withLevel(query, 'critical')).toBe('{env=~"a.*}"} |~ "x+" | detected_level=~"critical|fatal"');
    expect(withPattern(query, '<_> x', false)).toBe('{env=~"a.*}"} |> "<_> x" |~ "x+"');
    expect(withField('sum(rate({env=~"a.*"} | json [5m]))', parsed, false)).toBe('sum(rate({env=~"a.*"} | json | status="500" [5m]))');
  });

  test('finds its lines and its streams', () => {
    expect(lineSelection('topk(3, sum by (x) (rate({a="b"} |= "c" [5m])))')).toBe('{a="b"} |= "c"');
    expect(streamSelector('{a="}", b=`}`} |= "c"')).toBe('{a="}", b="}"}');
    expect(lineSelection('{')).toBeUndefined();
  });

  test('knows what to mark in the lines', () => {
    expect(soughtIn(String.raw`{a="b"} |= "x" or "y" != "z" |~ "(?i)a\\.b" |~ "c+"`)).toEqual([
      { text: 'x', ignoreCase: false },
      { text: 'y', ignoreCase: false },
      { text: 'a.b', ignoreCase: true },
    ]);
  });
});
