import { expect, test } from 'vitest';

import { numberPlaces, pathOf } from './edge-shapes.ts';
import type { GraphEdge } from './graph.ts';

const edge = (id: string, rate: number, errors = 0): GraphEdge => ({
  id,
  client: 'a',
  server: 'b',
  connection: '',
  from: 'a',
  to: 'b',
  rate,
  errors,
  p95: undefined,
});
const line = (y: number) => [
  { x: 0, y: 0 },
  { x: 100, y },
];

test('a path is curved between the layers and straight through them', () => {
  const points = [...line(10), { x: 200, y: 10 }, { x: 300, y: 0 }];
  expect(pathOf(points, false)).toBe('M0 0 C50 0 50 10 100 10 L200 10 C250 10 250 0 300 0');
  expect(pathOf([], false)).toBe('');
});

test('numbers stand in the middle; where that is taken, elsewhere on their own line', () => {
  const routes = new Map([
    ['quiet', line(300)],
    ['failing', line(300)],
  ]);
  const places = numberPlaces([edge('quiet', 9), edge('failing', 1, 0.5)], routes);
  expect(places.get('failing')).toEqual({ x: 50, y: 150 });
  expect(places.get('quiet')?.y).not.toBe(150);
});

test('apart from each other all stand in the middle, and without a route nowhere', () => {
  const routes = new Map([
    ['up', line(-100)],
    ['down', line(100)],
  ]);
  const places = numberPlaces([edge('up', 1), edge('down', 1), edge('lost', 1)], routes);
  expect([...places]).toEqual([
    ['up', { x: 50, y: -50 }],
    ['down', { x: 50, y: 50 }],
  ]);
});
