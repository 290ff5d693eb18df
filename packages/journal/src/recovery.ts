/** What a former process left in the journal directory: where its last segment ends and which batch ids it used. */

import { join } from 'node:path';
import type { Logger } from '@atalaya/model';
import { errorCode, type JournalFiles } from './files.ts';
import { SegmentCursor } from './segment-cursor.ts';
import { FIRST_RECORD, MAX_PAYLOAD, RECORD_HEADER, type SegmentEnd, segmentName, segmentNumbers } from './segment-format.ts';

export interface Recovered {
  /** Sizes of the existing segments in bytes, by number, ascending. */
  readonly sizes: Map<number, number>;
  /** The end of the newest segment that was in use. */
  readonly previous: SegmentEnd;
  /** Larger than any id in the journal; undefined when there is none to go by. */
  readonly nextBatchId: number | undefined;
}

/** Looks through the segments, from the newest to the first one that was in use. Changes nothing. */
export async function recover(files: JournalFiles, directory: string, log: Logger): Promise<Recovered> {
  const sizes = new Map<number, number>();
  for (const segment of segmentNumbers(await files.list(directory))) {
    const size = await sizeOf(files, join(directory, segmentName(segment)));
    if (size !== undefined) sizes.set(segment, size);
  }
  for (const segment of [...sizes.keys()].toReversed()) {
    const found = await recoverSegment(files, directory, segment);
    if (found === undefined) continue; // its creation was cut short: nothing in it was ever acknowledged
    if (!found.previous.exact)
      log.info({ file: segmentName(segment), end: found.previous.end }, 'the last run ended without closing the journal');
    return { sizes, ...found };
  }
  return { sizes, previous: { segment: 0, end: 0, exact: true }, nextBatchId: undefined };
}

async function sizeOf(files: JournalFiles, path: string): Promise<number | undefined> {
  try {
    const file = await files.open(path);
    try {
      return await file.size();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined; // released between the listing and now
    throw error;
  }
}

async function recoverSegment(
  files: JournalFiles,
  directory: string,
  segment: number,
): Promise<Pick<Recovered, 'previous' | 'nextBatchId'> | undefined> {
  const cursor = await SegmentCursor.open(files, directory, segment, 0, MAX_PAYLOAD);
  try {
    let nextBatchId = cursor.header?.firstBatchId;
    // Acknowledged are: all before the last commit, as the records of that commit say, and the whole records that follow
    // without a gap. What is damaged before that is damage; what is damaged behind it was torn by the crash.
    let end = FIRST_RECORD;
    const size = await cursor.size();
    for (;;) {
      const item = await cursor.next(size);
      if (item === undefined) break;
      if (item.kind === 'damage') {
        if (nextBatchId !== undefined) nextBatchId += Math.ceil((item.end - item.start) / RECORD_HEADER); // as many may be lost there
        continue;
      }
      end = Math.max(end, item.header.commitStart);
      nextBatchId = item.header.batchId;
      if (item.kind === 'end') return { previous: { segment, end, exact: end === item.start }, nextBatchId };
      if (item.start <= end) end = item.end;
      nextBatchId++;
    }
    if (nextBatchId === undefined) return undefined;
    return { previous: { segment, end, exact: false }, nextBatchId };
  } finally {
    await cursor.close();
  }
}
