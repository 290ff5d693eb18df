import { describe, expect, test } from 'vitest';

import { type Answered, labelColumns, mergeAnswers, tableRows } from './explorer.ts';

const WINDOW = { start: 0, end: 20_000, step: 10_000 };
const answered = (letter: string, metrics: Record<string, string>[]): Answered => ({
  letter,
  expression: `query ${letter}`,
  answer: { data: metrics.map((metric) => ({ metric, values: [[10, '1']] })), warnings: [], infos: [], window: WINDOW },
});

describe('several queries in one chart', () => {
  test('series get their query’s letter, and an id of their own even when alike', () => {
    const { frame } = mergeAnswers([answered('A', [{ __name__: 'up', job: 'x' }]), answered('B', [{ __name__: 'up', job: 'x' }])]);
    expect(frame.series.map(({ name }) => name)).toEqual(['A up', 'B up']);
    expect(new Set(frame.series.map(({ id }) => id)).size).toBe(2);
  });

  test('a series without labels is called by its expression', () => {
    expect(mergeAnswers([answered('A', [{}])]).frame.series[0]?.name).toBe('query A');
  });

  test('more series than can be told apart are cut, and counted', () => {
    const many = Array.from({ length: 5 }, (_, i) => ({ i: String(i) }));
    const { frame, total } = mergeAnswers([answered('A', many)], 3);
    expect([frame.series.length, total]).toEqual([3, 5]);
  });

  test('no answer is an empty chart', () => {
    expect(mergeAnswers([])).toEqual({ frame: { times: [], series: [] }, total: 0 });
  });
});

describe('the table', () => {
  test('has a row for each sample whatever the kind of the result', () => {
    const rows = tableRows([
      { letter: 'A', data: { resultType: 'vector', result: [{ metric: { __name__: 'up', job: 'x' }, value: [0, '1'] }] } },
      { letter: 'B', data: { resultType: 'scalar', result: [0, '42'] } },
      { letter: 'C', data: { resultType: 'string', result: [0, 'hello'] } },
      {
        letter: 'D',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { a: '1' },
              values: [
                [0, '1'],
                [1, '+Inf'],
              ],
            },
          ],
        },
      },
    ]);
    expect(rows.map(({ letter, value, text }) => [letter, text ?? value])).toEqual([
      ['A', 1],
      ['B', 42],
      ['C', 'hello'],
      ['D', Infinity],
    ]);
    expect(labelColumns(rows)).toEqual(['__name__', 'a', 'job']);
  });

  test('has the labels first that tell its rows apart', () => {
    const row = (labels: Record<string, string>) => ({ key: JSON.stringify(labels), letter: 'A', labels, value: 1 });
    expect(labelColumns([row({ __name__: 'm', job: 'x', cpu: '0' }), row({ __name__: 'm', job: 'x', cpu: '1' })])).toEqual([
      'cpu',
      '__name__',
      'job',
    ]);
  });
});
