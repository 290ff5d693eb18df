import { describe, expect, test } from 'vitest';

import { combine, distinguishingNames, formatLabelRecord, frameOf, gridOf, onGrid, seriesId, stack, summarise } from './series.ts';

const WINDOW = { start: 0, end: 40_000, step: 10_000 };

describe('samples on a grid', () => {
  test('what was not sampled, and what no line can be drawn to, is a gap', () => {
    const values: [number, string][] = [
      [0, '1'],
      [20, 'NaN'],
      [30, '+Inf'],
      [40, '5'],
      [90, '9'],
    ];
    expect(gridOf(WINDOW)).toEqual([0, 10, 20, 30, 40]);
    expect(onGrid({ metric: {}, values }, WINDOW)).toEqual([1, null, null, null, 5]);
  });

  test('a frame keeps the order of the answer and a stable id for each series', () => {
    const frame = frameOf([{ metric: { b: '2', a: '1' }, values: [[10, '3']] }], WINDOW, (labels) => labels['a'] ?? '');
    expect(frame.series[0]).toMatchObject({ name: '1', values: [null, 3, null, null, null] });
    expect(frame.series[0]?.id).toBe(seriesId({ a: '1', b: '2' }));
  });
});

describe('names', () => {
  test('leave out what all series share', () => {
    expect(
      distinguishingNames(
        [
          { __name__: 'm', job: 'a', cpu: '0' },
          { __name__: 'm', job: 'a', cpu: '1' },
        ],
        '',
      ),
    ).toEqual(['0', '1']);
    expect(
      distinguishingNames(
        [
          { __name__: 'm', a: '1', b: 'x' },
          { __name__: 'n', a: '2', b: 'x' },
        ],
        '',
      ),
    ).toEqual(['m a=1', 'n a=2']);
  });

  test('a lone series keeps its metric name, a nameless one its labels, an empty one the fallback', () => {
    expect(distinguishingNames([{ __name__: 'up', job: 'a' }], 'x')).toEqual(['up']);
    expect(distinguishingNames([{ job: 'a' }], 'x')).toEqual(['{job="a"}']);
    expect(distinguishingNames([{}], 'sum(up)')).toEqual(['sum(up)']);
  });

  test('labels print as Prometheus prints them', () => {
    expect(formatLabelRecord({ __name__: 'm', b: 'say "hi"', a: '1' })).toBe('m{a="1", b="say \\"hi\\""}');
    expect(formatLabelRecord({ __name__: 'm' })).toBe('m');
  });
});

describe('arithmetic over columns', () => {
  test('a summary ignores gaps', () => {
    expect(summarise([null, 4, 1, null])).toEqual({ last: 1, min: 1, max: 4, avg: 2.5 });
    expect(summarise([null])).toEqual({ last: null, min: null, max: null, avg: null });
  });

  test('stacking adds up shown series; a gap stays one and lifts nothing', () => {
    const columns = [
      [1, null, 3],
      [10, 10, 10],
      [5, 5, 5],
    ];
    expect(stack(columns, [true, true, true])).toEqual([
      [1, null, 3],
      [11, 10, 13],
      [16, 15, 18],
    ]);
    expect(stack(columns, [true, false, true])[2]).toEqual([6, 5, 8]);
  });

  test('combining columns has a gap wherever one of them has', () => {
    expect(
      combine(
        [
          [1, null, 3],
          [1, 1, 1],
        ],
        (values) => values.reduce((a, b) => a + b),
      ),
    ).toEqual([2, null, 4]);
  });
});
