import { describe, expect, test } from 'vitest';

import { nearestExemplar, onTheAxis, readExemplars } from './exemplars.ts';

const at = (timestamp: number, value: number | string, trace = 'a') => ({ labels: { trace_id: trace }, value: String(value), timestamp });

describe('exemplars', () => {
  test('come in order of time, with the labels of their series', () => {
    const found = readExemplars([
      { seriesLabels: { __name__: 'x', job: 'b' }, exemplars: [at(20, 2)] },
      { seriesLabels: { __name__: 'x', job: 'a' }, exemplars: [at(10, 1)] },
    ]);
    expect(found).toEqual([
      { time: 10, value: 1, labels: { trace_id: 'a' }, series: { __name__: 'x', job: 'a' } },
      { time: 20, value: 2, labels: { trace_id: 'a' }, series: { __name__: 'x', job: 'b' } },
    ]);
  });

  test('one that several buckets tell of is one; what is no number is none', () => {
    const found = readExemplars([
      { seriesLabels: { job: 'a', le: '1' }, exemplars: [at(10, 0.5), at(11, 'NaN')] },
      { seriesLabels: { job: 'a', le: '+Inf' }, exemplars: [at(10, 0.5)] },
    ]);
    expect(found).toHaveLength(1);
  });

  test('of too many the largest of each group stay', () => {
    const many = Array.from({ length: 1000 }, (_, i) => at(i, i === 501 ? 99 : 1, `t${i}`));
    const found = readExemplars([{ seriesLabels: {}, exemplars: many }], 100);
    expect(found).toHaveLength(100);
    expect(found.some(({ value }) => value === 99)).toBe(true);
  });

  test('lie on the axis of an expression that measures the same', () => {
    expect(onTheAxis('histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))')).toBe(true);
    expect(onTheAxis('rate(x_count[5m])')).toBe(false);
  });

  test('the nearest to a moment, if it is near enough', () => {
    const found = readExemplars([{ seriesLabels: {}, exemplars: [at(10, 1), at(20, 2)] }]);
    expect(nearestExemplar(found, 17, 5)?.value).toBe(2);
    expect(nearestExemplar(found, 100, 5)).toBeUndefined();
  });
});
