import { expect, test } from 'vitest';
import { RateMeter } from './rate-meter.ts';

test('the rate is the growth over the window, bursts included', () => {
  const meter = new RateMeter(10_000);
  expect(meter.perSecond).toBe(0);
  meter.read(0, 0);
  meter.read(5000, 100);
  expect(meter.perSecond).toBe(20);
  meter.read(15_000, 100);
  meter.read(25_000, 100);
  expect(meter.perSecond).toBe(0);
});
