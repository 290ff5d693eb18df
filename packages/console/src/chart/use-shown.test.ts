import { expect, test } from 'vitest';

import { clickSeries } from './use-shown.ts';

const IDS = ['a', 'b', 'c'];

test('a click isolates a series, a second one shows all again', () => {
  const isolated = clickSeries(new Set(), IDS, 'b', false);
  expect([...isolated]).toEqual(['a', 'c']);
  expect(clickSeries(isolated, IDS, 'b', false).size).toBe(0);
});

test('a click on another moves the isolation there', () => {
  expect([...clickSeries(new Set(['a', 'c']), IDS, 'c', false)]).toEqual(['a', 'b']);
});

test('with a key held it switches one; the last one cannot be hidden', () => {
  expect([...clickSeries(new Set(), IDS, 'a', true)]).toEqual(['a']);
  expect([...clickSeries(new Set(['a']), IDS, 'a', true)]).toEqual([]);
  expect(clickSeries(new Set(['a', 'b']), IDS, 'c', true).size).toBe(0);
});
