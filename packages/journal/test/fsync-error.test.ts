import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { silentLogger, systemClock } from '@atalaya/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal, openJournalReader } from '../src/index.ts';
import { numbersOf, numbersTo } from './support/journals.ts';
import { programPath, run } from './support/processes.ts';

const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace && process.env['CI'] !== 'true') console.warn('skipped: fsync errors by strace; install strace to run them');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-strace-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Runs the writer, one record at a time, with a fault injected into its system calls. */
async function writeUnder(inject: string, count: number): Promise<{ lines: string[]; calls: string }> {
  const trace = join(directory, 'trace');
  // strace counts calls per thread: one thread makes the count that of the process.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const args = ['-f', '-qq', '-o', trace, '-e', `trace=${inject.split(':')[0]}`, '-e', `inject=${inject}`];
  const journal = join(directory, 'journal');
  const program = run('strace', [...args, process.execPath, programPath('writer'), journal, '1', String(count), '1'], env);
  return { lines: await program.ended, calls: await readFile(trace, 'utf8') };
}

async function readBack(): Promise<number[]> {
  const options = { directory: join(directory, 'journal'), log: silentLogger };
  const journal = await openJournal({ ...options, clock: systemClock, limitBytes: 1e9 });
  const reader = await openJournalReader({ ...options, from: undefined });
  const records = await reader.read(journal.durable, 1e9);
  expect(reader.damage).toEqual({ quarantinedRecords: 0, quarantinedBytes: 0, tornTails: 0 });
  await reader.close();
  await journal.close();
  return numbersOf(records);
}

test.runIf(hasStrace || process.env['CI'] === 'true')(
  'fdatasync fails once with EIO: that record is rejected, all others are kept',
  async () => {
    // The first fdatasync is that of the segment's header, so the fifth is that of record 4.
    const { lines, calls } = await writeUnder('fdatasync:error=EIO:when=5', 20);
    expect(calls.match(/fdatasync\(\d+\) += -1 EIO .*\(INJECTED\)/g)).toHaveLength(1);
    expect(calls.match(/fdatasync\(\d+\) += 0/g)!.length).toBeGreaterThanOrEqual(20);
    const others = numbersTo(20).filter((number) => number !== 4);
    expect(lines).toEqual(numbersTo(20).map((number) => (number === 4 ? '-4 JOURNAL_FAILED' : `+${number}`)));
    expect(await readBack()).toEqual(others);
  },
);

test.runIf(hasStrace || process.env['CI'] === 'true')(
  'the disk is full for some writes: those are rejected, then it goes on by itself',
  async () => {
    // A record takes a vectored or a plain write by its size; both fail from the third on, three times each.
    const { lines, calls } = await writeUnder('pwrite64,pwritev:error=ENOSPC:when=3..5', 20);
    expect(calls.match(/\(INJECTED\)/g)!.length).toBeGreaterThanOrEqual(3);
    const rejected = lines.filter((line) => line.startsWith('-'));
    expect(rejected.length).toBeGreaterThan(0);
    expect(rejected.every((line) => line.endsWith(' JOURNAL_FULL'))).toBe(true);
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toBe('+20');
    expect(await readBack()).toEqual(lines.filter((line) => line.startsWith('+')).map((line) => Number(line.slice(1))));
  },
);
