/** Records of a program's journal as they lie on disk, for tests that damage them. */

import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { SIGNAL } from '@atalaya/journal';

const RECORD_HEADER = 64;
const RECORD_MAGIC = Buffer.from('ATRC');

/** Where a record's payload lies. */
export interface RecordOnDisk {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** The records of metrics in all segments in order; what the program logs of itself lies between them. The bytes of a program that runs are those that it has written so far. */
export function recordsOf(folder: string): RecordOnDisk[] {
  const journal = path.join(folder, 'data', 'journal');
  const files = readdirSync(journal)
    .filter((name) => name.endsWith('.wal'))
    .toSorted();
  return files.flatMap((name) => recordsIn(path.join(journal, name)));
}

function recordsIn(file: string): RecordOnDisk[] {
  const bytes = readFileSync(file);
  const records: RecordOnDisk[] = [];
  for (let at = bytes.indexOf(RECORD_MAGIC); at >= 0 && at + RECORD_HEADER <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 8);
    const signal = bytes.readUInt32LE(at + 52);
    if (signal === SIGNAL.metrics) records.push({ file, offset: at + RECORD_HEADER, length });
    at = bytes.indexOf(RECORD_MAGIC, at + RECORD_HEADER + length);
  }
  return records;
}

/** Flips a bit in the middle of a record's payload. */
export function damage({ file, offset, length }: RecordOnDisk): void {
  const at = offset + (length >> 1);
  const byte = (readFileSync(file)[at] as number) ^ 0x10;
  const handle = openSync(file, 'r+');
  writeSync(handle, Uint8Array.of(byte), 0, 1, at);
  closeSync(handle);
}
