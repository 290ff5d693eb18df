import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['15s', 15_000],
  ['1h30m', 5_400_000],
  ['1d2h3m4s5ms', 93_784_005],
  ['2w', 1_209_600_000],
  ['0', 0],
  ['0s', 0],
])('%s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '15', '1s1h', '1.5h', '-1s', ' 1s', '1x'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [0, '0s'],
  [90_000, '1m30s'],
  [7 * 86_400_000, '1w'],
  [15 * 86_400_000, '15d'],
  [1500, '1s500ms'],
])('%d ms prints as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
  expect(parseDuration(text)).toBe(milliseconds);
});
