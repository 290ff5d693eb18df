/** Where batches go that cannot be read although nothing damaged them: kept for people, out of the loader's way. */

import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRecord } from '@atalaya/journal';

/** Keeps a record; resolves when it is on disk. */
export type DeadLetters = (record: JournalRecord, reason: string) => Promise<void>;

/** Keeps each record as two files in a folder: `batch-N.bin`, its bytes, and `batch-N.json`, what is known of it. */
export function deadLetterFolder(folder: string): DeadLetters {
  return async (record, reason) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { signal, batchId, rows, appendedAt, payload } = record;
    await writeDurably(join(folder, `batch-${batchId}.bin`), payload);
    const about = JSON.stringify({ reason, signal, batchId, rows, appendedAt, bytes: payload.length }, undefined, 2);
    await writeDurably(join(folder, `batch-${batchId}.json`), Buffer.from(`${about}\n`));
    const directory = await open(folder, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  };
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(`${path}.tmp`, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
}
