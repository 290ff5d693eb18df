import { describe, expect, test } from 'vitest';

import {
  alignedWindow,
  chooseStep,
  DEFAULT_RANGE,
  defaultRange,
  formatTimePoint,
  isLive,
  parseTimePoint,
  presetOf,
  rateWindow,
  resolveRange,
} from './time-range.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

describe('points in time', () => {
  test('are read relative, as epoch milliseconds and as dates, and written back', () => {
    expect(parseTimePoint('now')).toEqual({ kind: 'ago', by: 0 });
    expect(parseTimePoint('now-1h30m')).toEqual({ kind: 'ago', by: 5_400_000 });
    expect(parseTimePoint('now - 2d')).toEqual({ kind: 'ago', by: 172_800_000 });
    expect(parseTimePoint('1763812800000')).toEqual({ kind: 'instant', at: 1_763_812_800_000 });
    expect(parseTimePoint('2026-11-22 03:00:00')).toEqual({ kind: 'instant', at: new Date(2026, 10, 22, 3).getTime() });
    for (const text of ['now', 'now-1h30m', '1763812800000']) {
      expect(formatTimePoint(parseTimePoint(text) as NonNullable<ReturnType<typeof parseTimePoint>>)).toBe(text);
    }
  });

  test.each(['', 'tomorrow', 'now+1h', 'now-', '12', '2026-99-99'])('%j is none', (text) => {
    expect(parseTimePoint(text)).toBeUndefined();
  });
});

describe('ranges', () => {
  test('resolve against the clock', () => {
    expect(resolveRange({ from: 'now-1h', to: 'now' }, NOW)).toEqual({ start: NOW - 3_600_000, end: NOW });
    expect(resolveRange({ from: '1763812800000', to: '1763816400000' }, NOW)).toEqual({ start: 1_763_812_800_000, end: 1_763_816_400_000 });
  });

  test('that are backwards or unreadable become the default', () => {
    const hour = { start: NOW - 3_600_000, end: NOW };
    expect(resolveRange({ from: 'now', to: 'now-1h' }, NOW)).toEqual(hour);
    expect(resolveRange({ from: 'x', to: 'now' }, NOW)).toEqual(hour);
  });

  test('are live when they end now, and presets when they are one of those offered', () => {
    expect(isLive({ from: 'now-1h', to: 'now' })).toBe(true);
    expect(presetOf({ from: 'now-1h', to: 'now' })).toBe('1h');
    expect(presetOf({ from: 'now-61m', to: 'now' })).toBeUndefined();
    expect(presetOf({ from: 'now-1h', to: '1763816400000' })).toBeUndefined();
  });
});

describe('the range to start with', () => {
  test('is short while there is little data, then an hour', () => {
    expect(defaultRange(NOW - 60_000, NOW).from).toBe('now-5m');
    expect(defaultRange(NOW - 6 * 60_000, NOW).from).toBe('now-15m');
    expect(defaultRange(NOW - 20 * 60_000, NOW).from).toBe('now-30m');
    expect(defaultRange(NOW - 25 * 60_000, NOW)).toEqual(DEFAULT_RANGE);
    expect(defaultRange(undefined, NOW)).toEqual(DEFAULT_RANGE);
  });
});

describe('steps and windows', () => {
  test('a step is round, and never gives more points than wanted', () => {
    for (const span of [300_000, 3_600_000, 86_400_000, 30 * 86_400_000]) {
      const step = chooseStep(span, 240);
      expect(span / step).toBeLessThanOrEqual(240);
      expect(step % 1000).toBe(0);
    }
    expect(chooseStep(60_000, 240)).toBe(5000);
  });

  test('windows lie on multiples of the step', () => {
    expect(alignedWindow({ start: 61_234, end: 121_999 }, 10_000)).toEqual({ start: 60_000, end: 120_000, step: 10_000 });
  });

  test('a rate looks back over four scrapes or one step, whichever is longer', () => {
    expect(rateWindow(5000)).toBe('1m');
    expect(rateWindow(600_000)).toBe('10m');
  });
});
