import { describe, expect, test } from 'vitest';

import { forecastFull, type FreeSpace } from './forecast.ts';

const HOUR = 3_600_000;
const GIB = 1024 ** 3;

/** Hourly measurements of free space, `free(hour)` in GiB. */
function past(hours: number, free: (hour: number) => number): FreeSpace[] {
  return Array.from({ length: hours + 1 }, (_, hour) => ({ at: hour * HOUR, free: free(hour) * GIB }));
}

describe('when a disk will be full', () => {
  test('a steady fall is followed to its end', () => {
    const forecast = forecastFull(past(48, (hour) => 100 - hour));
    expect(forecast.kind).toBe('full');
    if (forecast.kind !== 'full') return;
    expect(forecast.at / HOUR).toBeCloseTo(100, 5);
    expect(forecast.bytesPerDay / GIB).toBeCloseTo(24, 5);
  });

  test('one big deletion in between does not turn the line round', () => {
    const forecast = forecastFull(past(48, (hour) => 100 - hour + (hour >= 40 ? 15 : 0)));
    expect(forecast).toMatchObject({ kind: 'full', bytesPerDay: expect.toSatisfy((rate: number) => rate / GIB > 15) });
  });

  test('little past gives no forecast but says how much there is', () => {
    expect(forecastFull(past(3, (hour) => 100 - hour))).toEqual({ kind: 'young', span: 3 * HOUR, needed: 6 * HOUR });
    expect(forecastFull([])).toMatchObject({ kind: 'young', span: 0 });
  });

  test('what grows, stands still or lasts for years is steady', () => {
    expect(forecastFull(past(48, (hour) => 50 + hour)).kind).toBe('steady');
    expect(forecastFull(past(48, () => 50)).kind).toBe('steady');
    expect(forecastFull(past(48, (hour) => 500 - hour * 0.001)).kind).toBe('steady');
  });

  test('a fall that has stopped is called unclear', () => {
    expect(forecastFull(past(48, (hour) => (hour < 24 ? 100 - hour : 76 + (hour - 24) * 0.2))).kind).toBe('unclear');
  });
});
