import { expect, test } from 'vitest';
import { RecentKeys } from './recent-keys.ts';

const random = (i: number): number => {
  const mixed = Math.imul(i ^ (i >>> 15), 0x2c1b3c6d);
  return Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) ^ (mixed >>> 9);
};

test('a key is new once', () => {
  const keys = new RecentKeys();
  expect([keys.add(1, 2), keys.add(1, 2), keys.add(2, 2), keys.add(1, 0), keys.add(1, 0), keys.add(1, -1), keys.add(1, -1)]).toEqual([
    true,
    false,
    true,
    true,
    false,
    true,
    false,
  ]);
});

test('the oldest are forgotten first, and the newest are known for certain', () => {
  const keys = new RecentKeys(1 << 8);
  const fits = (1 << 8) * 15;
  for (let i = 1; i <= 20 * fits; i++) keys.add(random(i), random(-i));
  let known = 0;
  for (let i = 20 * fits - Math.floor(fits / 4); i <= 20 * fits; i++) known += keys.add(random(i), random(-i)) ? 0 : 1;
  expect(known).toBe(Math.floor(fits / 4) + 1);
  expect(keys.add(random(1), random(-1))).toBe(true);
});
