import { ManualClock, silentLogger } from '@atalaya/model';
import { expect, test } from 'vitest';
import { Lifecycle } from './lifecycle.ts';

test('parts stop in reverse order, a failing one does not hold up the rest, stopping twice is once', async () => {
  const lifecycle = new Lifecycle(new ManualClock(), silentLogger);
  const order: string[] = [];
  lifecycle.onStop('first', () => void order.push('first'));
  lifecycle.onStop('broken', () => {
    order.push('broken');
    throw new Error('no');
  });
  lifecycle.onStop('last', async () => void order.push('last'));
  await Promise.all([lifecycle.stop(), lifecycle.stop()]);
  expect(order).toEqual(['last', 'broken', 'first']);
});

test('a part that hangs is left behind after its time', async () => {
  const clock = new ManualClock();
  const warnings: object[] = [];
  const lifecycle = new Lifecycle(clock, { ...silentLogger, warn: (details) => warnings.push(details) });
  let stopped = false;
  lifecycle.onStop('first', () => {
    stopped = true;
  });
  lifecycle.onStop('hanging', () => new Promise(() => undefined), 500);
  const stopping = lifecycle.stop();
  await clock.advance(499);
  expect(stopped).toBe(false);
  await clock.advance(1);
  await stopping;
  expect(stopped).toBe(true);
  expect(warnings).toEqual([{ part: 'hanging', limitMs: 500 }]);
});
