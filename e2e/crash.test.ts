import { expect, test } from 'vitest';
import { crashRounds } from './crash-rounds.ts';

test('kill -9 of main and engine in turn, under load: nothing acknowledged is lost, nothing is doubled', async () => {
  const report = await crashRounds(6);
  expect(report).toMatchObject({ lost: 0, doubled: 0, wrong: 0, invented: 0, refused: [] });
  expect(report.acknowledged).toBeGreaterThan(1000);
}, 120_000);
