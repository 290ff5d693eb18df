/** Beats under clocks that jump and loops that are late. */

import { ManualClock } from '@atalaya/model';
import { expect, it } from 'vitest';
import { Cadence } from './cadence.ts';

/** A clock whose wall time can be set apart from its monotonic time. */
class JumpingClock extends ManualClock {
  jump = 0;

  override now(): number {
    return super.now() + this.jump;
  }
}

it('begins at the phase, counted from the epoch', async () => {
  const clock = new ManualClock(100_003);
  const cadence = new Cadence(clock, 10_000, 4000);
  expect(cadence.delay).toBe(3997);
  await clock.advance(3997);
  expect(cadence.begin()).toEqual({ timestamp: 104_000, missed: 0 });
  expect(cadence.delay).toBe(10_000);
});

it('forgives a little lateness and neither shifts nor adds it up', async () => {
  const clock = new ManualClock(0);
  const cadence = new Cadence(clock, 10_000, 0);
  const timestamps: number[] = [];
  for (const late of [0, 90, 100, 101, 5]) {
    await clock.advance(cadence.delay + late);
    timestamps.push(cadence.begin().timestamp);
  }
  expect(timestamps).toEqual([0, 10_000, 20_000, 30_101, 40_000]);
});

it('counts the beats it missed and goes on at the old places', async () => {
  const clock = new ManualClock(0);
  const cadence = new Cadence(clock, 1000, 0);
  cadence.begin();
  await clock.advance(3400);
  expect(cadence.begin()).toEqual({ timestamp: 3400, missed: 2 });
  expect(cadence.delay).toBe(600);
});

it('follows a wall clock that is set, without losing the beat', async () => {
  const clock = new JumpingClock(0);
  const cadence = new Cadence(clock, 1000, 0);
  cadence.begin();
  clock.jump = 3_600_123;
  await clock.advance(1000);
  expect(cadence.begin().timestamp).toBe(3_601_123);
  clock.jump = -50_000;
  await clock.advance(1000);
  expect(cadence.begin().timestamp).toBe(-48_000);
  await clock.advance(1003);
  expect(cadence.begin().timestamp).toBe(-47_000);
});
