import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChangeLog } from './change-log.ts';

test('it tells the oldest timestamp that changed after a version', () => {
  const log = new ChangeLog();
  expect(log.oldestSince(0)).toBe(Infinity);
  for (const oldest of [100, 200, 150, 300]) log.note(oldest);
  expect([0, 1, 2, 3, 4].map((version) => log.oldestSince(version))).toEqual([100, 150, 150, 300, Infinity]);
  log.note(-Infinity);
  expect(log.oldestSince(4)).toBe(-Infinity);
  expect(log.oldestSince(log.version)).toBe(Infinity);
});

test('it equals a list of all changes while that is short', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 100 }), (times) => {
      const log = new ChangeLog();
      for (const time of times) log.note(time);
      for (let version = 0; version <= times.length; version++) {
        expect(log.oldestSince(version)).toBe(Math.min(Infinity, ...times.slice(version)));
      }
    }),
  );
});

test('when it forgets it errs to the side of more change', () => {
  const log = new ChangeLog();
  const times = Array.from({ length: 30_000 }, (_, i) => i * 10);
  for (const time of times) log.note(time);
  for (let version = 0; version <= times.length; version += 7) {
    expect(log.oldestSince(version)).toBeLessThanOrEqual(times[version] ?? Infinity);
  }
  // The newest versions, which are the ones that are asked for, are told exactly.
  for (let version = times.length - 1000; version < times.length; version++) expect(log.oldestSince(version)).toBe(times[version]);
});
