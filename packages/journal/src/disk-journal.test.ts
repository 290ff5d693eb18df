import { AtalayaError, ManualClock } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import {
  appendAll,
  codeOf,
  DIRECTORY,
  NO_DAMAGE,
  numbersOf,
  numbersTo,
  open,
  payload,
  readAll,
  recordingLogger,
} from '../test/support/journals.ts';
import { type Operation, SimulatedDisk, systemError } from '../test/support/simulated-disk.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { SIGNAL } from './journal.ts';
import { segmentNumbers } from './segment-format.ts';

const segmentsOn = async (disk: SimulatedDisk): Promise<number[]> => segmentNumbers(await disk.list(DIRECTORY));

/** Makes the next operation of a kind on a segment fail, once. */
function failOnce(disk: SimulatedDisk, operation: Operation, code: string): void {
  disk.fault = (current, path) => {
    if (current !== operation || (!path.endsWith('.wal') && operation !== 'syncDirectory')) return;
    disk.fault = () => undefined;
    throw systemError(code);
  };
}

describe('group commit', () => {
  test('gathers what comes in while an fsync is under way into the next one', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    const before = disk.counts.sync;
    const gate = Promise.withResolvers<void>();
    disk.fault = (operation) => (operation === 'sync' ? gate.promise : undefined);
    const first = journal.append(SIGNAL.metrics, 1, payload(1));
    while (disk.counts.sync === before) await new Promise(setImmediate);
    const others = numbersTo(1000)
      .slice(1)
      .map((number) => journal.append(SIGNAL.metrics, number, payload(number)));
    gate.resolve();
    await Promise.all([first, ...others]);
    expect(disk.counts.sync - before).toBe(2);
    expect(journal.stats()).toMatchObject({ commits: 2, appendedRecords: 1000, appendedRows: 500_500 });
    expect(numbersOf((await readAll(disk, journal.durable)).records)).toEqual(numbersTo(1000));
  });

  test('takes all appends of one turn of the event loop in one fsync', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    const before = { ...disk.counts };
    await Promise.all(numbersTo(64).map((number) => journal.append(SIGNAL.metrics, number, payload(number, 20_000))));
    expect({ syncs: disk.counts.sync - before.sync, writes: disk.counts.write - before.write }).toEqual({ syncs: 1, writes: 1 });
  });

  test('does not acknowledge before the fsync', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    const gate = Promise.withResolvers<void>();
    disk.fault = (operation) => (operation === 'sync' ? gate.promise : undefined);
    const before = { durable: journal.durable, syncs: disk.counts.sync };
    let acknowledged = false;
    const append = journal.append(SIGNAL.metrics, 1, payload(1)).then(() => (acknowledged = true));
    while (disk.counts.sync === before.syncs) await new Promise(setImmediate);
    expect({ acknowledged, durable: journal.durable }).toEqual({ acknowledged: false, durable: before.durable });
    gate.resolve();
    await append;
    expect(journal.durable.offset).toBeGreaterThan(before.durable.offset);
  });

  test('tells listeners of the new durable position, whatever one of them does', async () => {
    const disk = new SimulatedDisk();
    const log = recordingLogger();
    const journal = await open(disk, { log });
    const heard: unknown[] = [];
    journal.onDurable(() => {
      throw new Error('broken listener');
    });
    journal.onDurable((position) => heard.push(position));
    await appendAll(journal, [1, 2]);
    expect(heard).toHaveLength(2);
    expect(heard[1]).toEqual(journal.durable);
    expect(log.lines.filter((line) => line.message === 'a listener of the journal failed')).toHaveLength(2);
  });

  test('splits very large commits, in order', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    await Promise.all(numbersTo(20).map((number) => journal.append(SIGNAL.metrics, number, payload(number, 1_000_000))));
    expect(journal.stats().commits).toBeGreaterThan(1);
    expect(numbersOf((await readAll(disk, journal.durable)).records)).toEqual(numbersTo(20));
  });

  test('keeps signal, rows, time and bytes of each record, payloads at multiples of 8', async () => {
    const disk = new SimulatedDisk();
    const clock = new ManualClock(1_700_000_000_123);
    const journal = await open(disk, { clock });
    const lengths = [0, 1, 7, 8, 9, 16_383, 16_384, 16_385, 70_001];
    await Promise.all(lengths.map((length, index) => journal.append(SIGNAL.traces, index, payload(index, length))));
    const { records } = await readAll(disk, journal.durable);
    expect(numbersOf(records)).toEqual(lengths.map((_, index) => index));
    for (const [index, record] of records.entries()) {
      expect(record).toMatchObject({ signal: SIGNAL.traces, rows: index, appendedAt: 1_700_000_000_123 });
      expect(record.payload.byteOffset % 8).toBe(0);
    }
  });
});

describe('segments', () => {
  test('are begun anew when one is full and at each start, and end with a mark when closed', async () => {
    const disk = new SimulatedDisk();
    const first = await open(disk, { segmentBytes: 2000 });
    await appendAll(first, numbersTo(30));
    await first.close();
    const count = (await segmentsOn(disk)).length;
    expect(count).toBeGreaterThan(2);
    const second = await open(disk, { segmentBytes: 2000 });
    expect(await segmentsOn(disk)).toHaveLength(count + 1);
    const { records, damage } = await readAll(disk, second.durable);
    expect(numbersOf(records)).toEqual(numbersTo(30));
    expect(damage).toEqual(NO_DAMAGE);
  });

  test('are made durable, name included, before anything in them is acknowledged', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, { segmentBytes: 1000 });
    for (const number of numbersTo(20)) {
      await appendAll(journal, [number]);
      const cut = disk.afterPowerCut();
      expect(numbersOf((await readAll(cut, journal.durable)).records)).toEqual(numbersTo(number));
    }
  });

  test('are deleted when the store has them, the newest excepted', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, { segmentBytes: 1000 });
    await appendAll(journal, numbersTo(30));
    const { records } = await readAll(disk, journal.durable);
    const middle = records[14]!.end;
    await journal.release(middle);
    expect((await segmentsOn(disk))[0]).toBe(middle.segment);
    expect(numbersOf((await readAll(disk, journal.durable, { from: middle })).records)).toEqual(numbersTo(30).slice(15));
    await journal.release({ segment: 1e6, offset: 0 });
    expect(await segmentsOn(disk)).toEqual([journal.durable.segment]);
    expect(journal.stats()).toMatchObject({ bytes: 0, segments: 1 });
  });

  test('a large one that is all released gives way to an empty one, and appends go on undisturbed', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    const large = new Uint8Array(2 * 1024 * 1024);
    await journal.append(SIGNAL.metrics, 1, large);
    const before = journal.durable;
    await journal.release(before);
    await journal.append(SIGNAL.metrics, 1, large.subarray(0, 8));
    expect(journal.durable.segment).toBe(before.segment + 1);
    expect(await segmentsOn(disk)).toEqual([journal.durable.segment]);
    expect((await readAll(disk, journal.durable, { from: before })).records).toMatchObject([{ rows: 1, payload: { length: 8 } }]);
  });

  test('that were released before a crash are deleted at the next start', async () => {
    const disk = new SimulatedDisk();
    const first = await open(disk, { segmentBytes: 1000 });
    await appendAll(first, numbersTo(30));
    await writeCheckpoint(DIRECTORY, first.durable, disk);
    const second = await open(disk);
    expect(await segmentsOn(disk)).toEqual([first.durable.segment, second.durable.segment]);
    expect(second.stats().segments).toBe(2);
  });
});

describe('batch ids', () => {
  test('go on over restarts, clean or not, and over released segments', async () => {
    const disk = new SimulatedDisk();
    const seen: number[] = [];
    for (const round of numbersTo(6)) {
      const journal = await open(disk, { segmentBytes: 500 });
      const from = journal.durable;
      await appendAll(journal, numbersTo(round));
      seen.push(...(await readAll(disk, journal.durable, { from })).records.map((record) => record.batchId));
      if (round % 2 === 0) await journal.close();
      if (round % 3 === 0) await journal.release(journal.durable);
    }
    expect(seen).toEqual(numbersTo(21));
  });

  test('are not used again after damage at the end of the last segment', async () => {
    const disk = new SimulatedDisk();
    const first = await open(disk);
    await appendAll(first, numbersTo(10));
    const { records } = await readAll(disk, first.durable);
    const path = disk.paths().at(-1)!;
    disk.bytes(path).fill(0xff, records[6]!.end.offset);
    const second = await open(disk);
    await appendAll(second, [11]);
    const last = (await readAll(disk, second.durable)).records.at(-1)!;
    expect(last.batchId).toBeGreaterThan(records[9]!.batchId);
  });

  test('and segment numbers stay ahead of a journal whose segments somebody deleted', async () => {
    const disk = new SimulatedDisk();
    const clock = new ManualClock(1_700_000_000_000);
    const first = await open(disk, { clock, segmentBytes: 500 });
    await appendAll(first, numbersTo(20));
    await writeCheckpoint(DIRECTORY, first.durable, disk);
    const before = (await readAll(disk, first.durable)).records.at(-1)!;
    for (const path of disk.paths().filter((name) => name.endsWith('.wal'))) await disk.remove(path);
    await clock.advance(1000);
    const second = await open(disk, { clock });
    await appendAll(second, [21]);
    const { records } = await readAll(disk, second.durable, { from: first.durable });
    expect(numbersOf(records)).toEqual([21]);
    expect(records[0]!.batchId).toBeGreaterThan(before.batchId);
  });
});

describe('a failing disk', () => {
  test.each([
    ['write', 'EIO'],
    ['sync', 'EIO'],
    ['sync', 'ENOSPC'],
    ['write', 'EROFS'],
  ] as const)('%s fails once with %s: that commit is rejected, the next ones go to a new segment', async (operation, code) => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    await appendAll(journal, [1, 2, 3]);
    const segment = journal.durable.segment;
    failOnce(disk, operation, code);
    const expected = code === 'ENOSPC' ? 'JOURNAL_FULL' : 'JOURNAL_FAILED';
    const rejected = await Promise.all([4, 5].map((number) => codeOf(journal.append(SIGNAL.metrics, number, payload(number)))));
    expect(rejected).toEqual([expected, expected]);
    expect(journal.stats()).toMatchObject({
      state: code === 'ENOSPC' ? 'full' : 'failing',
      rejectedRows: 9,
      fsyncErrors: operation === 'sync' ? 1 : 0,
      lastError: `${code}: simulated`,
    });
    await appendAll(journal, [6, 7]);
    expect(journal.stats().state).toBe('ok');
    expect(journal.durable.segment).toBe(segment + 1);
    const { records, damage } = await readAll(disk, journal.durable);
    expect(numbersOf(records)).toEqual([1, 2, 3, 6, 7]);
    expect(damage).toEqual(NO_DAMAGE);
  });

  test('a failed fsync is never tried again on the same file', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    const synced: string[] = [];
    disk.fault = (operation, path) => {
      if (operation !== 'sync') return;
      synced.push(path);
      if (synced.length === 1) throw systemError('EIO');
    };
    await codeOf(journal.append(SIGNAL.metrics, 1, payload(1)));
    await appendAll(journal, [2]);
    await journal.close();
    expect(synced.filter((path) => path === synced[0])).toHaveLength(1);
  });

  test('rejected records are not read even when they cannot be cut off', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    await appendAll(journal, [1, 2]);
    let failures = 2;
    disk.fault = (operation) => {
      if ((operation === 'sync' || operation === 'truncate') && failures-- > 0) throw systemError('EIO');
    };
    expect(await codeOf(journal.append(SIGNAL.metrics, 3, payload(3)))).toBe('JOURNAL_FAILED');
    await appendAll(journal, [4]);
    expect(numbersOf((await readAll(disk, journal.durable)).records)).toEqual([1, 2, 4]);
    const reopened = await open(disk);
    expect(numbersOf((await readAll(disk, reopened.durable)).records)).toEqual([1, 2, 4]);
  });

  test.each(['create', 'write', 'sync', 'syncDirectory'] as const)(
    'a new segment whose %s fails rejects the commit and leaves nothing behind',
    async (operation) => {
      const disk = new SimulatedDisk();
      const journal = await open(disk, { segmentBytes: 100 }); // every commit ends its segment
      await appendAll(journal, [1]);
      failOnce(disk, operation, 'EIO');
      expect(await codeOf(journal.append(SIGNAL.metrics, 2, payload(2)))).toBe('JOURNAL_FAILED');
      await appendAll(journal, [3]);
      const { records, damage } = await readAll(disk, journal.durable);
      expect(numbersOf(records)).toEqual([1, 3]);
      expect(damage).toEqual(NO_DAMAGE);
      expect(await segmentsOn(disk)).toHaveLength(2);
    },
  );

  test('short writes are gone on with: the bytes are the same', async () => {
    const disks = [new SimulatedDisk(), new SimulatedDisk()];
    disks[1]!.longestWrite = 7;
    const contents = await Promise.all(
      disks.map(async (disk) => {
        const journal = await open(disk);
        await Promise.all(numbersTo(20).map((number) => journal.append(SIGNAL.logs, number, payload(number, number * 100))));
        await journal.close();
        return readAll(disk, journal.durable);
      }),
    );
    expect(disks[1]!.counts.write).toBeGreaterThan(1000);
    expect(numbersOf(contents[1]!.records)).toEqual(numbersTo(20));
    expect(contents[1]).toEqual(contents[0]);
  });

  test('a write that makes no progress is an error, not an endless loop', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    disk.longestWrite = 0;
    expect(await codeOf(journal.append(SIGNAL.metrics, 1, payload(1)))).toBe('JOURNAL_FAILED');
    disk.longestWrite = 1000;
    await appendAll(journal, [2]);
    expect(numbersOf((await readAll(disk, journal.durable)).records)).toEqual([2]);
  });

  test('logs the same trouble once', async () => {
    const disk = new SimulatedDisk();
    const log = recordingLogger();
    const journal = await open(disk, { log });
    disk.capacity = disk.used;
    for (const number of numbersTo(20)) await codeOf(journal.append(SIGNAL.metrics, number, payload(number)));
    expect(log.lines.filter((line) => line.level === 'error')).toHaveLength(1);
  });
});

describe('a full disk', () => {
  test('rejects with a time to try again, and takes appends again by itself when there is room', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    await appendAll(journal, [1, 2]);
    disk.capacity = disk.used + 100; // a part of the next record still fits
    for (const number of [3, 4, 5]) {
      const error = await journal.append(SIGNAL.metrics, number, payload(number, 500)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AtalayaError);
      expect(error).toMatchObject({ code: 'JOURNAL_FULL', status: 503, retryAfterSeconds: 5 });
    }
    expect(journal.stats().state).toBe('full');
    disk.capacity = Number.POSITIVE_INFINITY;
    await appendAll(journal, [6, 7]);
    expect(journal.stats().state).toBe('ok');
    const { records, damage } = await readAll(disk, journal.durable);
    expect(numbersOf(records)).toEqual([1, 2, 6, 7]);
    expect(damage).toEqual(NO_DAMAGE);
  });

  test('does not keep the journal from opening', async () => {
    const disk = new SimulatedDisk();
    const first = await open(disk);
    await appendAll(first, [1, 2]);
    await first.close();
    disk.capacity = disk.used;
    const second = await open(disk);
    expect(second.stats().state).toBe('full');
    expect(numbersOf((await readAll(disk, second.durable)).records)).toEqual([1, 2]);
    disk.capacity = Number.POSITIVE_INFINITY;
    await appendAll(second, [3]);
    expect(numbersOf((await readAll(disk, second.durable)).records)).toEqual([1, 2, 3]);
  });

  test('is told from a disk that cannot be used', async () => {
    const disk = new SimulatedDisk();
    disk.fault = (operation) => {
      if (operation === 'create') throw systemError('EACCES');
    };
    expect(await codeOf(open(disk))).toBe('JOURNAL_FAILED');
  });
});

describe('the limit', () => {
  test('counts what waits for the store and what is being written; releasing makes room', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, { limitBytes: 10_000, segmentBytes: 1e6 });
    const outcomes = await Promise.all(
      numbersTo(12).map((number) => codeOf(journal.append(SIGNAL.metrics, number, payload(number, 1000)))),
    );
    expect(outcomes).toEqual([...numbersTo(9).map(() => 'resolved'), ...numbersTo(3).map(() => 'JOURNAL_FULL')]);
    expect(journal.stats()).toMatchObject({ state: 'full', rejectedRows: 33, appendedRows: 45 });
    expect(journal.stats().bytes).toBeLessThanOrEqual(10_000);
    // All in one segment, which cannot be deleted yet: what is released counts nevertheless.
    await journal.release(journal.durable);
    expect(journal.stats()).toMatchObject({ state: 'ok', bytes: 0 });
    await appendAll(journal, [13]);
  });

  test('refuses a record that no journal takes, for good', async () => {
    const journal = await open(new SimulatedDisk());
    const error = await journal.append(SIGNAL.metrics, 1, new Uint8Array(128 * 1024 * 1024 + 1)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BAD_REQUEST', retry: false });
  });
});

describe('a caller or a clock that is wrong', () => {
  test.each([-1, 0.5, Number.NaN, 2 ** 32])('%d rows are refused without harm to other records', async (rows) => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    const good = journal.append(SIGNAL.metrics, 1, payload(1));
    await expect(journal.append(SIGNAL.metrics, rows, payload(2))).rejects.toThrow(RangeError);
    await good;
  });

  test.each([-1e15, 1.5, 1e18])('a clock at %d is no reason not to write', async (now) => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, { clock: new ManualClock(now) });
    await appendAll(journal, [1, 2]);
    const { records } = await readAll(disk, journal.durable);
    expect(numbersOf(records)).toEqual([1, 2]);
    expect(records.every((record) => Number.isSafeInteger(record.batchId))).toBe(true);
  });
});

describe('closing', () => {
  test('waits for what is under way, then refuses', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    const appends = numbersTo(10).map((number) => journal.append(SIGNAL.metrics, number, payload(number)));
    const closed = Promise.all([journal.close(), journal.close()]);
    expect(await codeOf(journal.append(SIGNAL.metrics, 11, payload(11)))).toBe('SHUTTING_DOWN');
    await Promise.all(appends);
    await closed;
    expect(journal.stats().state).toBe('closed');
    expect(numbersOf((await readAll(disk, journal.durable)).records)).toEqual(numbersTo(10));
  });
});
