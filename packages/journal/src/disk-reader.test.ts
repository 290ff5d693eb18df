import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { silentLogger } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import {
  appendAll,
  DIRECTORY,
  NO_DAMAGE,
  numbersOf,
  numbersTo,
  open,
  payload,
  readAll,
  recordingLogger,
  seeded,
  text,
} from '../test/support/journals.ts';
import { SimulatedDisk, systemError } from '../test/support/simulated-disk.ts';
import { openJournalReader } from './disk-reader.ts';
import { type JournalPosition, type JournalRecord, SIGNAL } from './journal.ts';
import { encodeRecordHeader, FIRST_RECORD, padded, RECORD_HEADER, SEGMENT_HEADER } from './segment-format.ts';

/** A closed journal of one segment, its path, its records and where a reader may read to once another journal was opened. */
async function closedJournal(count: number): Promise<{ disk: SimulatedDisk; path: string; records: JournalRecord[] }> {
  const disk = new SimulatedDisk();
  const journal = await open(disk);
  await appendAll(journal, numbersTo(count));
  await journal.close();
  const { records } = await readAll(disk, journal.durable);
  return { disk, path: disk.paths()[0]!, records };
}

const startOf = (record: JournalRecord): number => record.end.offset - padded(record.payload.length) - RECORD_HEADER;
const quarantined = (disk: SimulatedDisk): string[] => disk.paths().filter((path) => path.includes('/quarantine/'));

describe('reading', () => {
  test('goes on where a checkpoint was taken, after any record', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, { segmentBytes: 1000 });
    await appendAll(journal, numbersTo(20));
    const { records } = await readAll(disk, journal.durable);
    for (const [index, record] of records.entries()) {
      const rest = await readAll(disk, journal.durable, { from: record.end });
      expect(numbersOf(rest.records)).toEqual(numbersTo(20).slice(index + 1));
    }
  });

  test('never goes beyond the limit, and ends at it', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, { segmentBytes: 1000 });
    await appendAll(journal, numbersTo(20));
    const { records } = await readAll(disk, journal.durable);
    for (const [index, record] of records.entries()) {
      const { records: found, position } = await readAll(disk, record.end);
      expect(numbersOf(found)).toEqual(numbersTo(index + 1));
      expect(position).toEqual(record.end);
    }
  });

  test('follows a journal while it is being written', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, { segmentBytes: 3000 });
    const reader = await openJournalReader({ directory: DIRECTORY, log: silentLogger, from: undefined, files: disk });
    const found: JournalRecord[] = [];
    const random = seeded(5);
    for (let number = 1; number <= 300; number++) {
      await appendAll(journal, [number]);
      if (random() < 0.4) found.push(...(await reader.read(journal.durable, random() * 1000)));
    }
    for (let turn = 0; turn < 300; turn++) found.push(...(await reader.read(journal.durable, 1000)));
    expect(numbersOf(found)).toEqual(numbersTo(300));
    expect(reader.position).toEqual(journal.durable);
    expect(await reader.read(journal.durable, 1000)).toEqual([]);
    await reader.close();
  });

  test('gives about as many bytes as asked for, but always a record when there is one', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    for (const number of numbersTo(10)) await journal.append(SIGNAL.metrics, number, payload(number, 1000));
    const reader = await openJournalReader({ directory: DIRECTORY, log: silentLogger, from: undefined, files: disk });
    expect(await reader.read(journal.durable, 0)).toHaveLength(1);
    expect(await reader.read(journal.durable, 2500)).toHaveLength(3);
    expect(await reader.read(journal.durable, 1e9)).toHaveLength(6);
  });

  test('leaves handed out payloads alone', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    const count = 60;
    for (const number of numbersTo(count)) await journal.append(SIGNAL.metrics, number, payload(number, 100_000));
    const { records } = await readAll(disk, journal.durable, { maxBytes: 1 });
    expect(numbersOf(records)).toEqual(numbersTo(count));
  });

  test('skips forward over segments that are gone', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, { segmentBytes: 1000 });
    await appendAll(journal, numbersTo(20));
    const { records } = await readAll(disk, journal.durable);
    const cut = records[9]!.end;
    await journal.release({ segment: cut.segment, offset: 0 });
    const expected = records.filter((record) => record.end.segment >= cut.segment).map((record) => record.rows);
    for (const from of [undefined, { segment: 1, offset: 500 }]) {
      const rest = await readAll(disk, journal.durable, from === undefined ? {} : { from });
      expect(numbersOf(rest.records)).toEqual(expected);
      expect(rest.damage).toEqual(NO_DAMAGE);
    }
  });

  test('reads in large chunks, not record by record', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    for (const number of numbersTo(2000)) void journal.append(SIGNAL.metrics, number, payload(number, 1000));
    await journal.append(SIGNAL.metrics, 1, payload(1));
    const before = disk.counts.read;
    expect((await readAll(disk, journal.durable)).records).toHaveLength(2001);
    expect(disk.counts.read - before).toBeLessThan(10);
  });

  test('that fails hands out what it has, and goes on at the same place', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, { segmentBytes: 2000 });
    await appendAll(journal, numbersTo(40));
    const reader = await openJournalReader({ directory: DIRECTORY, log: silentLogger, from: undefined, files: disk });
    const found: JournalRecord[] = [];
    let failures = 0;
    const random = seeded(11);
    disk.fault = (operation) => {
      if (operation === 'read' && random() < 0.3) throw systemError('EMFILE');
    };
    while (found.length < 40) found.push(...(await reader.read(journal.durable, 1e6).catch(() => (failures++, []))));
    expect(numbersOf(found)).toEqual(numbersTo(40));
    expect(failures).toBeGreaterThan(0);
  });

  test('of an empty or a missing journal gives nothing', async () => {
    const disk = new SimulatedDisk();
    expect(await readAll(disk, { segment: 3, offset: 500 })).toEqual({
      records: [],
      damage: NO_DAMAGE,
      position: { segment: 3, offset: 500 },
    });
    const journal = await open(disk);
    expect((await readAll(disk, journal.durable)).records).toEqual([]);
  });

  test('refuses a journal that a newer version wrote', async () => {
    const { disk, path } = await closedJournal(3);
    const header = disk.bytes(path).subarray(0, SEGMENT_HEADER);
    header.writeUInt32LE(2, 8);
    header.writeUInt32LE(crc32(header.subarray(8)), 4);
    await expect(readAll(disk, { segment: 1, offset: 1e6 })).rejects.toThrow('version 2; this program reads version 1');
    await expect(open(disk)).rejects.toThrow('version 2; this program reads version 1');
  });
});

describe('a torn tail', () => {
  test('of any length is dropped and counted once; every other record stays', async () => {
    const { disk, path, records } = await closedJournal(5);
    const last = records[4]!;
    for (let length = startOf(last); length < last.end.offset; length++) {
      const cut = disk.clone();
      cut.put(path, disk.bytes(path).subarray(0, length));
      const log = recordingLogger();
      const journal = await open(cut);
      await appendAll(journal, [6]);
      const found = await readAll(cut, journal.durable, { log });
      const padding = length >= startOf(last) + RECORD_HEADER + last.payload.length;
      expect(numbersOf(found.records), `cut at ${length}`).toEqual([1, 2, 3, 4, 6]);
      expect(found.damage, `cut at ${length}`).toEqual({ ...NO_DAMAGE, tornTails: length === startOf(last) ? 0 : 1 });
      expect(log.lines.map((line) => line.details['offset'])).toEqual(length === startOf(last) ? [] : [startOf(last)]);
      expect(padding && found.records[4]!.batchId === last.batchId).toBe(false);
    }
  });

  test('may be cut at every place of the file, its header included', async () => {
    const { disk, path, records } = await closedJournal(3);
    for (let length = 0; length < FIRST_RECORD; length++) {
      const cut = disk.clone();
      cut.put(path, disk.bytes(path).subarray(0, length));
      const journal = await open(cut);
      await appendAll(journal, [4]);
      const found = await readAll(cut, journal.durable);
      expect(numbersOf(found.records), `cut at ${length}`).toEqual([4]);
      expect(found.damage, `cut at ${length}`).toEqual(NO_DAMAGE);
    }
    expect(records).toHaveLength(3);
  });

  test('counts as loss when the records in it had been acknowledged', async () => {
    const { disk, path, records } = await closedJournal(5);
    const journal = await open(disk); // its header says where the segment before ends
    disk.put(path, disk.bytes(path).subarray(0, startOf(records[3]!)));
    const log = recordingLogger();
    const found = await readAll(disk, journal.durable, { log });
    expect(numbersOf(found.records)).toEqual([1, 2, 3]);
    expect(found.damage).toEqual({ ...NO_DAMAGE, quarantinedRecords: 1 });
    expect(log.lines[0]).toMatchObject({ level: 'error', message: expect.stringContaining('shorter than what was acknowledged') });
  });
});

describe('damage', () => {
  test('of one byte anywhere in a record is found, quarantined once and costs only that record', async () => {
    const count = 30;
    const { disk, path, records } = await closedJournal(count);
    const random = seeded(42);
    for (let trial = 0; trial < 400; trial++) {
      const hit = records[Math.floor(random() * count)]!;
      const at = startOf(hit) + Math.floor(random() * (RECORD_HEADER + hit.payload.length));
      const damaged = disk.clone();
      damaged.bytes(path)[at]! ^= 1 << Math.floor(random() * 8);
      const log = recordingLogger();
      const journal = await open(damaged);
      await appendAll(journal, [count + 1]);
      const found = await readAll(damaged, journal.durable, { log });
      expect(numbersOf(found.records), `trial ${trial}: byte ${at}`).toEqual(numbersTo(count + 1).filter((number) => number !== hit.rows));
      const bytes = hit.end.offset - startOf(hit);
      expect(found.damage, `trial ${trial}: byte ${at}`).toEqual({ quarantinedRecords: 1, quarantinedBytes: bytes, tornTails: 0 });
      expect(quarantined(damaged), `trial ${trial}: byte ${at}`).toHaveLength(1);
      expect(text(damaged.bytes(quarantined(damaged)[0]!)), `trial ${trial}: byte ${at}`).toBe(
        text(damaged.bytes(path).subarray(startOf(hit), hit.end.offset)),
      );
      expect(log.lines, `trial ${trial}: byte ${at}`).toMatchObject([
        { level: 'error', details: { file: path, offset: startOf(hit), bytes, records: 1 } },
      ]);
    }
  });

  test('of the segment that is being written is found too', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    await appendAll(journal, numbersTo(10));
    const { records } = await readAll(disk, journal.durable);
    disk.bytes(disk.paths()[0]!)[startOf(records[9]!) + 5]! ^= 1; // the newest record: nothing follows it
    const found = await readAll(disk, journal.durable);
    expect(numbersOf(found.records)).toEqual(numbersTo(9));
    expect(found.damage.quarantinedRecords).toBe(1);
    await appendAll(journal, [11]);
    expect(numbersOf((await readAll(disk, journal.durable)).records)).toEqual([...numbersTo(9), 11]);
  });

  test('over several records counts each of them', async () => {
    const { disk, path, records } = await closedJournal(20);
    disk.bytes(path).fill(0, startOf(records[4]!) + 10, records[8]!.end.offset - 10);
    const journal = await open(disk);
    const found = await readAll(disk, journal.durable);
    expect(numbersOf(found.records)).toEqual(numbersTo(20).filter((number) => number < 5 || number > 9));
    expect(found.damage.quarantinedRecords).toBe(5);
  });

  test('of one copy of a segment header costs nothing; of both, no record', async () => {
    const { disk, path } = await closedJournal(10);
    for (const bytes of [[3], [SEGMENT_HEADER + 3], [3, SEGMENT_HEADER + 3]]) {
      const damaged = disk.clone();
      for (const at of bytes) damaged.bytes(path)[at]! ^= 0x10;
      const journal = await open(damaged);
      await appendAll(journal, [11]);
      const found = await readAll(damaged, journal.durable);
      expect(numbersOf(found.records), `bytes ${bytes.join()}`).toEqual(numbersTo(11));
      expect(found.damage).toEqual(NO_DAMAGE);
    }
  });

  test('of the end mark or of padding costs nothing', async () => {
    const { disk, path, records } = await closedJournal(10);
    const size = disk.bytes(path).length;
    const paddingAt = records.find((record) => record.payload.length % 8 !== 0)!.end.offset - 1;
    for (let at = size - RECORD_HEADER; at < size; at++) {
      const damaged = disk.clone();
      damaged.bytes(path)[at]! ^= 1;
      damaged.bytes(path)[paddingAt]! ^= 1;
      const journal = await open(damaged);
      const found = await readAll(damaged, journal.durable);
      expect(numbersOf(found.records)).toEqual(numbersTo(10));
      expect(found.damage.quarantinedRecords).toBe(0);
    }
  });

  test('does not make a reader believe a header that a sender put into a payload', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk);
    await appendAll(journal, [1]);
    const start = journal.durable.offset;
    // The sender guessed everything right, the place included, but cannot know the salt.
    const forged = Buffer.alloc(3 * RECORD_HEADER);
    const header = {
      signal: SIGNAL.metrics,
      length: 64,
      checksum: crc32(forged.subarray(128)),
      batchId: 2,
      appendedAt: 0,
      commitStart: start,
      rows: 99,
    };
    encodeRecordHeader({ ...header, salt: 0n }, forged, RECORD_HEADER, start + 2 * RECORD_HEADER);
    await journal.append(SIGNAL.metrics, 2, forged);
    await appendAll(journal, [3]);
    disk.bytes(disk.paths()[0]!)[start]! ^= 1;
    const found = await readAll(disk, journal.durable);
    expect(numbersOf(found.records)).toEqual([1, 3]);
    expect(found.damage).toEqual({ quarantinedRecords: 1, quarantinedBytes: 4 * RECORD_HEADER, tornTails: 0 });
  });

  test('by a block that was written to the wrong place of its own segment is found', async () => {
    const { disk, path, records } = await closedJournal(300);
    const hit = records.find((record, index) => index > 0 && record.payload.length === records[0]!.payload.length)!;
    const bytes = disk.bytes(path);
    bytes.copy(bytes, startOf(hit), startOf(records[0]!), records[0]!.end.offset);
    const journal = await open(disk);
    const found = await readAll(disk, journal.durable);
    expect(numbersOf(found.records)).toEqual(numbersTo(300).filter((number) => number !== hit.rows));
  });

  test('of a length never makes the reader allocate or read beyond the file', async () => {
    const { disk, path, records } = await closedJournal(3);
    const bytes = disk.bytes(path);
    const at = startOf(records[1]!);
    bytes.writeUInt32LE(0xffff_fff0, at + 8); // with a right checksum, as a bug might write it
    bytes.writeUInt32LE(crc32(bytes.subarray(at + 8, at + RECORD_HEADER)), at + 4);
    const journal = await open(disk);
    const found = await readAll(disk, journal.durable);
    expect(numbersOf(found.records)).toEqual([1, 3]);
    expect(found.damage.quarantinedRecords).toBe(1);
  });

  test('that is read again after a restart leaves one copy in the quarantine', async () => {
    const { disk, path, records } = await closedJournal(3);
    disk.bytes(path)[startOf(records[1]!) + 70]! ^= 1;
    const journal = await open(disk);
    await readAll(disk, journal.durable);
    await readAll(disk, journal.durable);
    expect(quarantined(disk)).toHaveLength(1);
  });

  test('is passed over, logged and counted even when the quarantine cannot be written', async () => {
    const { disk, path, records } = await closedJournal(3);
    disk.bytes(path)[startOf(records[1]!) + 70]! ^= 1;
    const journal = await open(disk);
    disk.capacity = disk.used;
    const log = recordingLogger();
    const found = await readAll(disk, journal.durable, { log });
    expect(numbersOf(found.records)).toEqual([1, 3]);
    expect(found.damage.quarantinedRecords).toBe(1);
    expect(log.lines).toHaveLength(2);
  });

  test('by a sector that cannot be read costs only the records on it', async () => {
    const disk = new SimulatedDisk();
    const first = await open(disk);
    for (const number of numbersTo(200)) await first.append(SIGNAL.metrics, number, payload(number, 1000));
    const journal = await open(disk);
    const path = disk.paths()[0]!;
    disk.unreadable = { path, start: 81_920, end: 86_016 };
    const { records, damage } = await readAll(disk, journal.durable);
    const numbers = numbersOf(records);
    expect(numbers).toHaveLength(200 - damage.quarantinedRecords);
    expect(damage.quarantinedRecords).toBeGreaterThanOrEqual(4);
    expect(damage.quarantinedRecords).toBeLessThanOrEqual(6);
    expect(numbers.at(-1)).toBe(200);
  });

  test('made of random bytes never breaks the reader', async () => {
    const { disk, path } = await closedJournal(12);
    const random = seeded(7);
    for (let trial = 0; trial < 200; trial++) {
      const damaged = disk.clone();
      const bytes = damaged.bytes(path);
      const start = Math.floor(random() * bytes.length);
      for (let at = start; at < Math.min(bytes.length, start + random() * 600); at++) bytes[at] = random() * 256;
      const journal = await open(damaged);
      await appendAll(journal, [13]);
      const found = await readAll(damaged, journal.durable);
      const numbers = numbersOf(found.records);
      expect(numbers.at(-1)).toBe(13);
      expect(numbers.length + found.damage.quarantinedRecords + found.damage.tornTails * 12).toBeGreaterThanOrEqual(13);
    }
  });

  test('after a crash counts as damage before the last commit, as a torn tail in it', async () => {
    const disk = new SimulatedDisk();
    const crashed = await open(disk);
    await appendAll(crashed, numbersTo(5));
    const { records } = await readAll(disk, crashed.durable);
    const damageOf = async (hits: readonly number[]): Promise<unknown> => {
      const copy = disk.clone();
      for (const hit of hits) copy.bytes(copy.paths()[0]!)[startOf(records[hit - 1]!) + 70]! ^= 1;
      const journal = await open(copy);
      const found = await readAll(copy, journal.durable);
      return { numbers: numbersOf(found.records), quarantined: found.damage.quarantinedRecords, torn: found.damage.tornTails };
    };
    expect(await damageOf([2])).toEqual({ numbers: [1, 3, 4, 5], quarantined: 1, torn: 0 });
    expect(await damageOf([5])).toEqual({ numbers: [1, 2, 3, 4], quarantined: 0, torn: 1 });
    expect(await damageOf([2, 5])).toEqual({ numbers: [1, 3, 4], quarantined: 1, torn: 1 });
  });
});

describe('whole records behind a torn one', () => {
  test('are read, even when the same commit ended the segment: they may have been acknowledged', async () => {
    const disk = new SimulatedDisk();
    const crashed = await open(disk, { segmentBytes: 300 });
    const start = crashed.durable.offset;
    await Promise.all([1, 2, 3].map((number) => crashed.append(SIGNAL.metrics, number, payload(number))));
    expect(crashed.stats().commits).toBe(1);
    disk.bytes(disk.paths()[0]!)[start + 70]! ^= 1;
    const journal = await open(disk);
    const found = await readAll(disk, journal.durable);
    expect(numbersOf(found.records)).toEqual([2, 3]);
    expect(found.damage).toEqual({ ...NO_DAMAGE, tornTails: 1 });
  });
});

describe('positions', () => {
  test('of a reader that has all equal the limit, over segment borders too', async () => {
    const disk = new SimulatedDisk();
    let limit: JournalPosition = { segment: 0, offset: 0 };
    for (const round of numbersTo(3)) {
      const journal = await open(disk);
      await appendAll(journal, numbersTo(round));
      limit = journal.durable;
      expect((await readAll(disk, limit)).position).toEqual(limit);
    }
  });
});
