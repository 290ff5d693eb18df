import { ManualClock, labelsOf } from '@atalaya/model';
import { expect, test } from 'vitest';
import { createLogWriter } from './create-log-writer.ts';
import { ColumnPool } from './log-columns.ts';
import { RecordingLogJournal } from './read-batch-for-tests.ts';

const SECONDS = 1_700_000_000;

test('memory that was given back is empty, and taken again first', () => {
  const pool = new ColumnPool();
  const columns = pool.take();
  columns.bodies.push('x');
  columns.rows.rows = 1;
  pool.giveBack(columns);
  const again = pool.take();
  expect(again).toBe(columns);
  expect([again.bodies.length, again.rows.rows]).toEqual([0, 0]);
  expect(pool.take()).not.toBe(columns);
});

test('appenders that collect at the same time do not see each other, and leave nothing to the next', async () => {
  const journal = new RecordingLogJournal();
  const writer = createLogWriter({ journal, clock: new ManualClock(SECONDS * 1000) });
  const labels = labelsOf({ app: 'a' });
  const write = (appender: ReturnType<typeof writer.appender>, text: string, count: number): void => {
    const origin = appender.origin(labels) as number;
    for (let i = 0; i < count; i++)
      appender.line(origin, SECONDS, i, `${text} ${i}`, { attributes: ['n', String(i)], severityNumber: 9, traceFlags: 1 });
  };
  const options = { mayRepeat: false, truncates: false };
  const [one, two] = [writer.appender(options), writer.appender(options)];
  write(one, 'one', 1000);
  write(two, 'two', 3);
  write(one, 'more', 2);
  two.discard();
  await one.commit();
  write(two, 'again', 1);
  await two.commit();
  const three = writer.appender(options);
  three.line(three.origin(labels) as number, SECONDS, 7, 'plain');
  await three.commit();
  expect(journal.batches.map(({ rows }) => rows)).toEqual([1002, 1, 1]);
  expect(journal.lines[1002]).toMatchObject({ body: 'again 0', attributes: ['n', '0'], severityNumber: 9 });
  expect(journal.lines[1003]).toMatchObject({ body: 'plain', attributes: [], severityNumber: 0, traceFlags: 0, level: 'unknown' });
});
