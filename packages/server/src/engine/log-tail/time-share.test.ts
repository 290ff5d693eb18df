import { ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import { TimeShare } from './time-share.ts';

test('work may take a fifth of the time, and so much at once after a rest', async () => {
  const clock = new ManualClock();
  const share = new TimeShare(clock, 0.2, 100);
  share.begin();
  await clock.advance(99);
  expect(share.isLeft).toBe(true);
  await clock.advance(1);
  expect(share.isLeft).toBe(false);
  share.end();
  // What was worked counts as time that has passed, too.
  share.begin();
  expect(share.isLeft).toBe(true);
  await clock.advance(20);
  expect(share.isLeft).toBe(false);
  share.end();
  await clock.advance(10_000);
  share.begin();
  await clock.advance(100);
  expect(share.isLeft).toBe(false);
});
