import { afterEach, describe, expect, test, vi } from 'vitest';

import { histogramLetters, lineOfHistograms, tableRows } from './explorer.ts';
import { histogramShape } from './histogram.ts';
import { queryInstant, queryRange } from './prometheus.ts';

const HISTOGRAM = {
  count: '6',
  sum: '9',
  buckets: [
    [0, '0.5', '1', '2'],
    [0, '1', '2', '4'],
  ],
};
const answering = (data: unknown) => vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ status: 'success', data })));

describe('native histograms', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('come as rows that sort by their observations', async () => {
    answering({
      resultType: 'vector',
      result: [
        { metric: { a: '1' }, histogram: [5, HISTOGRAM] },
        { metric: {}, value: [5, '3'] },
      ],
    });
    const { data } = await queryInstant('x', 5000);
    expect(tableRows([{ letter: 'A', data }])).toMatchObject([{ value: 6, histogram: { sum: '9' } }, { value: 3 }]);
  });

  test('of ranges leave the lines empty and are told of', async () => {
    answering({ resultType: 'matrix', result: [{ metric: {}, histograms: [[5, HISTOGRAM]] }] });
    const window = { start: 0, end: 5000, step: 1000 };
    const answer = { ...(await queryRange('x', window)), window };
    expect(answer.data[0]?.values).toEqual([]);
    expect(histogramLetters([{ letter: 'B', expression: 'x', answer }])).toEqual(['B']);
  });

  test('are drawn by their buckets, many neighbours as one', () => {
    const { bars, average, count } = histogramShape(HISTOGRAM as never);
    expect([bars.map(({ height }) => height), average, count]).toEqual([[0.5, 1], 1.5, 6]);
    const fine = Array.from({ length: 100 }, (_, i) => [0, String(i), String(i + 1), '1'] as const);
    const many = histogramShape({ count: '100', sum: '1', buckets: fine });
    expect(many.bars.length).toBe(20);
    expect(many.bars.at(-1)).toMatchObject({ lower: 95, upper: 100, count: 5 });
    expect(histogramShape({ count: '0', sum: '0' })).toMatchObject({ bars: [], average: Number.NaN });
  });

  test('become lines by questions about them', () => {
    expect(lineOfHistograms('http_seconds{a="b"}', 'p95')).toBe('histogram_quantile(0.95, rate(http_seconds{a="b"}[5m]))');
    expect(lineOfHistograms('sum(rate(h[1m]))', 'average')).toBe('histogram_avg(sum(rate(h[1m])))');
  });
});
