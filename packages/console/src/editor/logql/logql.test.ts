import { parseLogql } from '@atalaya/lang';
import { describe, expect, test } from 'vitest';

import { formatLogql, logqlDiagnostics, logqlReason } from './check.ts';
import { logqlPlace } from './place.ts';
import { english } from './words/en.ts';
import { spanish } from './words/es.ts';
import { EXAMPLES, RANGE_FUNCTIONS, VECTOR_FUNCTIONS } from './words/words.ts';

const t = ((key: string) => key) as never;

/** The place of the `¦` in a text. */
const placeIn = (marked: string) => logqlPlace(marked.replace('¦', ''), marked.indexOf('¦'));

describe('the place of the cursor', () => {
  test.each([
    ['¦', { kind: 'operand', prefix: '' }],
    ['su¦', { kind: 'operand', prefix: 'su' }],
    ['sum(¦', { kind: 'operand' }],
    ['{¦', { kind: 'label', used: [], selector: undefined }],
    ['{job="a", ho¦', { kind: 'label', prefix: 'ho', used: ['job'], selector: '{job="a"}' }],
    ['{¦, job="a"}', { kind: 'label', used: ['job'], selector: '{job="a"}' }],
    ['{job¦="a"}', { kind: 'label', prefix: 'job', used: [] }],
    ['{job ¦', { kind: 'match-operator' }],
    ['{job="¦', { kind: 'value', label: 'job', operator: '=', quote: '"', selector: undefined }],
    ['{job="ng¦inx", host="x"}', { kind: 'value', label: 'job', prefix: 'ng', selector: '{host="x"}' }],
    ['{job="a"¦', { kind: 'nothing' }],
    ['{job="a"} ¦', { kind: 'pipeline' }],
    ['{job="a"} |= "x" ¦', { kind: 'pipeline' }],
    ['{job="a"} |= ¦', { kind: 'nothing' }],
    ['{job="a"} |= "¦', { kind: 'nothing' }],
    ['{job="a"} | ¦', { kind: 'stage', query: '{job="a"}' }],
    ['{job="a"} |= "x" | json | st¦', { kind: 'stage', query: '{job="a"} |= "x" | json', prefix: 'st' }],
    ['{job="a"} | json | unwrap ¦', { kind: 'field', query: '{job="a"} | json' }],
    ['{job="a"} | json | a="b" and ¦', { kind: 'field', query: '{job="a"} | json' }],
    ['rate({job="a"} [¦', { kind: 'duration' }],
    ['rate({job="a"} | ¦', { kind: 'stage', query: '{job="a"}' }],
    ['sum by (¦) (rate({job="a"} | json [5m]))', { kind: 'field', query: '{job="a"} | json' }],
    ['rate({job="a"} [5m]) ¦', { kind: 'after' }],
    ['rate({job="a"} [5m]) / ¦', { kind: 'operand' }],
    ['# not h¦ere', { kind: 'nothing' }],
  ])('%s', (marked, place) => {
    expect(placeIn(marked)).toMatchObject(place);
  });
});

describe('checking', () => {
  test('marks the place, in the reader’s words and the server’s', () => {
    const [mark] = logqlDiagnostics('{job="a"} | json | status >', t);
    expect(mark).toMatchObject({ from: 26, to: 27, severity: 'error' });
    expect(mark?.message).toMatch(/^diagnostic\.unexpectedEnd\nparse error at line 1, col 28/);
    expect(logqlDiagnostics('{job="a"}', t)).toEqual([]);
    expect(logqlDiagnostics(' ', t)).toEqual([]);
  });

  test.each([
    ['{}', 'logql.error.emptySelector'],
    ['{job="a', 'diagnostic.unterminated'],
    ['{job="a"} | json | 5', 'diagnostic.unexpected'],
    ['{job="a"} |~ "("', 'logql.error.expression'],
    ['{job="a"} | line_format "{{"', 'logql.error.template'],
    ['{job="a"} | pattern "none"', 'logql.error.capture'],
    ['sum_over_time({job="a"} [5m])', 'logql.error.needsUnwrap'],
    ['topk(sum(rate({job="a"} [5m])))', 'logql.error.parameter'],
  ])('%s is told in the reader’s language', (text, key) => {
    expect(logqlDiagnostics(text, t)[0]?.message.split('\n')[0]).toBe(key);
  });

  test('keeps a sentence that is not known', () => {
    expect(logqlReason('something new', t)).toBe('something new');
  });

  test('formats what is right and has no remarks', () => {
    expect(formatLogql('{job = "a"}|="x"')).toEqual({ state: 'ready', formatted: '{job="a"} |= "x"' });
    expect(formatLogql('{job="a"} |= "x"').state).toBe('formatted');
    expect(formatLogql('{job=').state).toBe('wrong');
    expect(formatLogql('{job="a"} # x').state).toBe('comments');
    expect(formatLogql('').state).toBe('empty');
  });
});

describe('the words', () => {
  test('are told in both languages, differently', () => {
    expect(Object.keys(spanish).sort()).toEqual(Object.keys(english).sort());
    expect((Object.keys(english) as (keyof typeof english)[]).filter((word) => english[word] === spanish[word])).toEqual([]);
  });

  test.each(Object.values(EXAMPLES))('the example %s is LogQL', (example) => {
    expect(() => parseLogql(example)).not.toThrow();
  });

  test('name functions that the parser knows', () => {
    const ranges = RANGE_FUNCTIONS.map((name) => {
      const lines = /^(?:count_over_time|bytes_|absent)/.test(name) || name === 'rate' ? '{a="b"}' : '{a="b"} | unwrap x';
      return `${name}(${name === 'quantile_over_time' ? '0.9, ' : ''}${lines} [5m])`;
    });
    const vectors = VECTOR_FUNCTIONS.filter((name) => name !== 'label_replace' && name !== 'vector').map(
      (name) => `${name}(${name.includes('k') ? '3, ' : ''}rate({a="b"} [5m]))`,
    );
    for (const text of [...ranges, ...vectors]) expect(() => parseLogql(text)).not.toThrow();
  });
});
