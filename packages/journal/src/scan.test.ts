import { describe, expect, test } from 'vitest';
import { appendAll, DIRECTORY, numbersOf, numbersTo, open, readAll } from '../test/support/journals.ts';
import { SimulatedDisk, systemError } from '../test/support/simulated-disk.ts';
import type { JournalPosition, JournalRecord } from './journal.ts';
import { scanJournal } from './scan.ts';

async function scan(disk: SimulatedDisk, from?: JournalPosition): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  await scanJournal(DIRECTORY, from, (record) => records.push(record), disk);
  return records;
}

describe('scanning what a former run left', () => {
  test('finds what a reader finds, from any record on, over segments', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, { segmentBytes: 1000 });
    await appendAll(journal, numbersTo(20));
    const { records } = await readAll(disk, journal.durable);
    expect(await scan(disk)).toEqual(records);
    for (const record of records) expect(await scan(disk, record.end)).toEqual(records.filter(({ batchId }) => batchId > record.batchId));
  });

  test('passes over records that were refused because the disk failed', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    await appendAll(journal, [1, 2]);
    disk.fault = (operation) => {
      if (operation === 'sync' || operation === 'truncate') throw systemError('EIO');
    };
    await expect(appendAll(journal, [3])).rejects.toThrow('EIO');
    disk.fault = () => undefined;
    await appendAll(journal, [4]);
    expect(numbersOf(await scan(disk))).toEqual([1, 2, 4]);
  });

  test('finds nothing where no journal was', async () => {
    expect(await scan(new SimulatedDisk())).toEqual([]);
  });
});
