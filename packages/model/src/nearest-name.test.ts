import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

test.each([
  ['scrape_intervall', 'scrape_interval'],
  ['metrcs', 'metrics'],
  ['xyz', undefined],
])('%s probably means %s', (given, meant) => {
  expect(nearestName(given, ['scrape_interval', 'scrape_timeout', 'metrics'])).toBe(meant);
});
