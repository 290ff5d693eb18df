/** Keeps damaged bytes of the journal for a later look: `quarantine/` in the journal's directory. */

import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { errorCode, type JournalFiles, writeFully } from './files.ts';
import type { SegmentCursor } from './segment-cursor.ts';
import { segmentName } from './segment-format.ts';

export const QUARANTINE = 'quarantine';
const CHUNK = 1024 * 1024;

/**
 * Copies the bytes [start, end) of a segment into the quarantine and resolves with the path of the copy. The name is made
 * from the place, so that reading the same damage again after a restart leaves one copy.
 */
export async function quarantine(
  files: JournalFiles,
  directory: string,
  cursor: SegmentCursor,
  start: number,
  end: number,
): Promise<string> {
  const folder = join(directory, QUARANTINE);
  const path = join(folder, `${segmentName(cursor.segment)}.${start}-${end}`);
  await files.makeDirectory(folder);
  await files.remove(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  const file = await files.create(path);
  try {
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK, end - start));
    for (let at = start; at < end; at += chunk.length) {
      const length = await cursor.copy(chunk.subarray(0, Math.min(chunk.length, end - at)), at);
      await writeFully(file, [chunk.subarray(0, length)], at - start);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return path;
}
