import { expect, test } from 'vitest';
import { logVolumes, type LogVolumeRequest } from './log-volume.ts';
import { createMemoryLogReader } from './memory-log-reader.ts';

const NEVER = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
const reader = createMemoryLogReader([
  {
    labels: ['app', 'web', 'env', 'prod'],
    lines: [
      { timestamp: 10_000_000n, text: '12345' },
      { timestamp: 25_000_000n, text: '123' },
      { timestamp: 30_000_000n, text: 'after the end' },
    ],
  },
  { labels: ['app', 'web', 'env', 'dev'], lines: [{ timestamp: 12_000_000n, text: '1234567' }] },
  { labels: ['app', 'db'], lines: [{ timestamp: 29_000_000n, text: '1' }] },
]);

async function volumes(request: Partial<LogVolumeRequest>): Promise<unknown[]> {
  const all = {
    matchers: [],
    start: 10_000_000n,
    end: 30_000_000n,
    step: undefined,
    labels: ['app', 'env'],
    required: [],
    byNames: false,
    limit: 100,
  };
  const found = await logVolumes(reader, { ...all, ...request }, NEVER);
  return found.map(({ labels, points, bytes }) => [labels.join(' '), bytes, points.length]);
}

test('bytes by labels, the largest first, from the start to before the end', async () => {
  expect(await volumes({})).toEqual([
    ['app web env prod', 8, 1],
    ['app web env dev', 7, 1],
    ['app db', 1, 1],
  ]);
  expect(await volumes({ limit: 1 })).toEqual([['app web env prod', 8, 1]]);
  expect(await volumes({ labels: ['app'] })).toEqual([
    ['app web', 15, 1],
    ['app db', 1, 1],
  ]);
});

test('lines without a label that is required, or with none of the labels, are left out', async () => {
  expect(await volumes({ required: ['env'] })).toHaveLength(2);
  expect(await volumes({ labels: ['env'] })).toHaveLength(2);
});

test('by names a line counts once for each label that it has', async () => {
  expect(await volumes({ byNames: true })).toEqual([
    ['app ', 16, 1],
    ['env ', 15, 1],
  ]);
});

test('over time in steps from the start, the last of which may be shorter', async () => {
  const found = await logVolumes(
    reader,
    { matchers: [], start: 10_000_000n, end: 30_000_000n, step: 15_000_000n, labels: ['app'], required: [], byNames: false, limit: 10 },
    NEVER,
  );
  expect(found.map(({ points }) => points.map(([, bytes]) => bytes))).toEqual([[12, 3], [1]]);
  expect(await volumes({ start: 30_000_000n })).toEqual([]);
});
