import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@atalaya/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type JournalRecord, openJournal, openJournalReader, readCheckpoint, writeCheckpoint } from '../src/index.ts';
import { numbersOf, seeded } from './support/journals.ts';
import { start } from './support/processes.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-crash-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('a writer killed at random moments leaves every acknowledged record, once, over many restarts', async () => {
  const random = seeded(20_260_101);
  const acknowledged: number[] = [];
  const found: JournalRecord[] = [];
  for (let round = 0; round < 12; round++) {
    const writer = start('writer', [directory, round * 1_000_000 + 1, 100_000, 1 + Math.floor(random() * 8)]);
    await writer.printed(Math.floor(random() * 120));
    writer.child.kill('SIGKILL');
    const lines = await writer.ended;
    expect(lines.filter((line) => !line.startsWith('+'))).toEqual([]);
    acknowledged.push(...lines.map((line) => Number(line.slice(1))));

    // Every other round the loader takes what is there and lets the journal delete it.
    if (round % 2 === 1) continue;
    const journal = await openJournal({ directory, clock: systemClock, log: silentLogger, limitBytes: 1e9 });
    const reader = await openJournalReader({ directory, log: silentLogger, from: await readCheckpoint(directory) });
    for (let records = await reader.read(journal.durable, 1e6); records.length > 0; records = await reader.read(journal.durable, 1e6)) {
      found.push(...records);
    }
    expect(reader.damage.quarantinedRecords).toBe(0);
    await reader.close();
    await writeCheckpoint(directory, reader.position);
    await journal.release(reader.position);
    expect(journal.stats()).toMatchObject({ segments: 1, bytes: 0 });
    if (round % 4 === 0) await journal.close();
  }
  const last = await openJournal({ directory, clock: systemClock, log: silentLogger, limitBytes: 1e9 });
  const reader = await openJournalReader({ directory, log: silentLogger, from: await readCheckpoint(directory) });
  for (let records = await reader.read(last.durable, 1e6); records.length > 0; records = await reader.read(last.durable, 1e6)) {
    found.push(...records);
  }
  await reader.close();
  await last.close();

  const numbers = new Set(numbersOf(found));
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(acknowledged.filter((number) => !numbers.has(number))).toEqual([]);
  expect(numbers.size).toBe(found.length);
  const ids = found.map((record) => record.batchId);
  expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] as number))).toBe(true);
});
