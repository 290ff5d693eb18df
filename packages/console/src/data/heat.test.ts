import { expect, test } from 'vitest';

import { heatOf, placeInHeat } from './heat.ts';

const window = { start: 0, end: 2000, step: 1000 };
const histogram = (...buckets: [number, string, string, string][]) => ({ count: '0', sum: '0', buckets });

test('buckets are spread over the rows that they cover, series added up, gaps left empty', () => {
  const heat = heatOf(
    [
      { metric: {}, values: [], histograms: [[0, histogram([0, '1', '2', '8'], [0, '2', '4', '4'])]] },
      { metric: {}, values: [], histograms: [[2, histogram([0, '1', '4', '16'])]] },
      { metric: {}, values: [[0, '5']] },
    ],
    window,
  );
  if (heat === undefined) throw new Error('no heat');
  const column = (at: number) => Array.from({ length: heat.edges.length - 1 }, (_, row) => heat.cells[row * 3 + at]);
  expect(heat.edges.map((edge) => Number(edge.toFixed(2)))).toEqual([1, 1.19, 1.41, 1.68, 2, 2.38, 2.83, 3.36, 4]);
  expect(column(0)).toEqual([2, 2, 2, 2, 1, 1, 1, 1]);
  expect(column(1)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  expect(column(2).map((value) => Math.round(value as number))).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
  expect(heat.largest).toBe(2);
});

test('what is zero or negative lies in the lowest row, an open bucket ends at the double', () => {
  const heat = heatOf(
    [{ metric: {}, values: [], histograms: [[0, histogram([3, '-1', '0', '5'], [0, '1', '2', '1'], [0, '2', '+Inf', '4'])]] }],
    window,
  );
  expect(heat?.edges.at(-1)).toBe(4);
  expect(heat?.cells[0]).toBe(5.25);
  expect(heatOf([{ metric: {}, values: [], histograms: [[0, histogram()]] }], window)).toBeUndefined();
});

test('a single observation has its place on the logarithmic scale; what lies outside has none', () => {
  const heat = { times: [0, 10], edges: [1, 2, 4], cells: new Float64Array(4), largest: 1 };
  expect(placeInHeat(heat, { time: 5, value: 2 })).toEqual({ x: 0.25, y: 0.5 });
  expect(placeInHeat(heat, { time: 5, value: 0.5 })?.y).toBe(0);
  expect(placeInHeat(heat, { time: 5, value: 8 })).toBeUndefined();
  expect(placeInHeat(heat, { time: 30, value: 2 })).toBeUndefined();
});
