/** Files that the program follows, killed in the midst of it: every line is stored once. */

import { expect, test } from 'vitest';
import { collectRounds } from './collect-rounds.ts';

test('kill -9 while files are written and rotated, by renaming and by copying: every line once', { timeout: 180_000 }, async () => {
  const report = await collectRounds(3);
  expect(report).toMatchObject({ lost: 0, doubled: 0 });
  expect(report.rotations).toBeGreaterThan(4);
  expect(report.written).toBeGreaterThan(1000);
});
