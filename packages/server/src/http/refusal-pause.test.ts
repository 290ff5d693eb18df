import { ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import { RefusalPause } from './refusal-pause.ts';

test('a few refusals are answered at once, those of a loop are held back, and it is forgiven', async () => {
  const clock = new ManualClock();
  const pause = new RefusalPause(clock);
  let answered = 0;
  const refuse = (): void => void pause.wait().then(() => answered++);
  for (let i = 0; i < 8; i++) refuse();
  await clock.advance(0);
  expect(answered).toBe(5);
  await clock.advance(1000);
  expect(answered).toBe(8);
  refuse();
  await clock.advance(0);
  expect(answered).toBe(8);
  await clock.advance(20_000);
  for (let i = 0; i < 5; i++) refuse();
  await clock.advance(0);
  expect(answered).toBe(14);
});
