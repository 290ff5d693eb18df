import { decodeLogBatch, eachText, LOG_LEVELS } from '@atalaya/journal';
import { AtalayaError, ManualClock } from '@atalaya/model';
import { createLogWriter, type LogWriter } from '@atalaya/receive';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';
import { OwnLogs } from './own-logs.ts';

const NOW = 1_700_000_000_123;

function start() {
  const clock = new ManualClock(NOW);
  const own = new OwnLogs(clock);
  const payloads: Uint8Array[] = [];
  const journal = {
    fail: false,
    /** Called while a batch is written. */
    during: (): void => undefined,
    async append(_signal: number, _rows: number, payload: Uint8Array): Promise<void> {
      journal.during();
      await Promise.resolve();
      journal.during();
      if (journal.fail) throw new AtalayaError('JOURNAL_FULL', { reason: 'full' });
      payloads.push(payload);
    },
  };
  const writer: LogWriter = createLogWriter({ journal, clock });
  const log = createLog({ level: 'debug', format: 'json', clock, own, write: () => undefined });
  return { clock, own, journal, writer, log, batches: () => payloads.map(decodeLogBatch) };
}

function texts(column: Uint8Array): string[] {
  const found: string[] = [];
  eachText(column, (from, to) => found.push(Buffer.from(column.subarray(from, to)).toString()));
  return found;
}

test('what is logged is a stream: the sentence is the line, level and details are structured metadata', async () => {
  const { clock, own, writer, log, batches } = start();
  log.warn({ reason: 'disk "full"', retryMs: 5, where: { disk: 1 }, token: 'abc' }, 'engine went away');
  own.start(writer);
  log.info({ process: 'engine' }, 'back');
  await clock.advance(500);
  const [batch] = batches();
  expect(Buffer.from(batch?.origins.labels ?? []).toString('latin1')).toBe('job\xffatalaya\xffservice_name\xffatalaya\xff');
  expect(texts(batch?.bodies as Uint8Array)).toEqual(['engine went away', 'back']);
  expect([...(batch?.levels ?? [])].map((level) => LOG_LEVELS[level])).toEqual(['warn', 'info']);
  expect(texts(batch?.attributeNames as Uint8Array)).toEqual(['level', 'reason', 'retryMs', 'where', 'token', 'level', 'process']);
  expect(texts(batch?.attributeValues as Uint8Array)).toEqual(['warn', 'disk "full"', '5', '{"disk":1}', '<secret>', 'info', 'engine']);
  expect(batch?.rows).toBe(2);
  expect(own.stats()).toEqual({ written: 2, dropped: 0, suppressed: 0 });
});

test('what is logged while lines are written is left out', async () => {
  const { clock, own, journal, writer, log, batches } = start();
  own.start(writer);
  journal.during = () => log.warn({}, 'writing is slow');
  log.info({}, 'hello');
  for (let i = 0; i < 5; i++) await clock.advance(500);
  expect(batches()).toHaveLength(1);
  expect(own.stats()).toEqual({ written: 1, dropped: 0, suppressed: 2 });
});

test('a line that each written batch causes elsewhere dies down', async () => {
  const { clock, own, journal, writer, log } = start();
  own.start(writer);
  let caused = 0;
  journal.during = () => void caused++;
  log.info({}, 'begin');
  for (let i = 0; i < 1000; i++) {
    await clock.advance(500);
    // Another process saw the batch, and has something to say each time.
    if (caused > 0) log.warn({ batch: i }, 'a batch cannot be read');
    caused = 0;
  }
  const { written, suppressed } = own.stats();
  // 100 at once, then one in ten seconds of which each causes one more that is left out.
  expect(written).toBeLessThan(110);
  expect(suppressed).toBeGreaterThan(0);
});

test('lines wait while writing fails, up to a bound, and are written later', async () => {
  const { clock, own, journal, writer, log, batches } = start();
  own.start(writer);
  journal.fail = true;
  log.info({}, 'first');
  await clock.advance(500);
  for (let i = 0; i < 10_050; i++) log.info({}, `line ${i}`);
  await clock.advance(500);
  expect(own.stats()).toEqual({ written: 0, dropped: 51, suppressed: 0 });
  journal.fail = false;
  await clock.advance(500);
  expect(own.stats()).toEqual({ written: 10_000, dropped: 51, suppressed: 0 });
  expect(texts(batches()[0]?.bodies as Uint8Array).slice(0, 2)).toEqual(['first', 'line 0']);
});

test('stopping writes what waits, and takes no more', async () => {
  const { own, writer, log, batches } = start();
  own.start(writer);
  log.info({}, 'last words');
  await own.stop();
  log.info({}, 'too late');
  await own.stop();
  expect(batches().map(({ rows }) => rows)).toEqual([1]);
});

test('switched off it keeps nothing', async () => {
  const { clock, own, writer, log, batches } = start();
  log.info({}, 'early');
  own.switchOff();
  log.info({}, 'later');
  own.start(writer);
  await clock.advance(1000);
  expect(batches()).toEqual([]);
});
