import { expect, test } from 'vitest';
import { formatLogLine } from './log-text.ts';

test('a line has the time, the level, the sentence and its details', () => {
  const json = JSON.stringify({ level: 40, time: 1000, reason: 'disk full', retryMs: 5, pid: undefined, msg: 'engine went away' });
  expect(formatLogLine(json)).toBe('00:00:01.000 WARN  engine went away reason="disk full" retryMs=5');
});
