import { ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import { warmUp } from './warm-up.ts';

test('every expression evaluates, and a pause can end it', async () => {
  let pauses = 0;
  await warmUp(new ManualClock(), () => Promise.resolve(++pauses > 0));
  expect(pauses).toBeGreaterThan(50);
  let left = 3;
  await warmUp(new ManualClock(), () => Promise.resolve(left-- > 0));
  expect(left).toBe(-1);
});
