/** Goes through the records that a former run left in the journal, before the journal is opened for writing again. */

import { errorCode, type JournalFiles, nodeFiles } from './files.ts';
import type { JournalPosition, JournalRecord, Signal } from './journal.ts';
import { SegmentCursor } from './segment-cursor.ts';
import { MAX_PAYLOAD, type SegmentEnd, segmentNumbers } from './segment-format.ts';

/**
 * Shows every whole record behind `from` (undefined: from the oldest on), in order: the very records that a {@link JournalReader} gives,
 * those included that were whole on disk when the run crashed but were never acknowledged. Damage is passed over in silence; the reader
 * reports it. Nothing may be writing. A directory that does not exist has no records.
 */
export async function scanJournal(
  directory: string,
  from: JournalPosition | undefined,
  visit: (record: JournalRecord) => void,
  files: JournalFiles = nodeFiles,
): Promise<void> {
  const segments = (await list(files, directory)).filter((segment) => segment >= (from?.segment ?? 0));
  const cursors: SegmentCursor[] = [];
  try {
    for (const segment of segments) {
      const offset = segment === from?.segment ? from.offset : 0;
      cursors.push(await SegmentCursor.open(files, directory, segment, offset, MAX_PAYLOAD));
    }
    for (const [index, cursor] of cursors.entries()) {
      await scanSegment(cursor, endOf(cursor.segment, cursors.slice(index + 1)), visit);
    }
  } finally {
    for (const cursor of cursors) await cursor.close();
  }
}

async function list(files: JournalFiles, directory: string): Promise<number[]> {
  try {
    return segmentNumbers(await files.list(directory));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Where the next segment that was in use says that this one ends; undefined when the end of the file is as good. */
function endOf(segment: number, following: readonly SegmentCursor[]): number | undefined {
  const previous: SegmentEnd | undefined = following.find(({ header }) => (header?.previous.segment ?? -1) >= segment)?.header?.previous;
  return previous?.segment === segment && previous.exact ? previous.end : undefined;
}

async function scanSegment(cursor: SegmentCursor, end: number | undefined, visit: (record: JournalRecord) => void): Promise<void> {
  const limit = Math.min(await cursor.size(), end ?? Infinity);
  for (;;) {
    const item = await cursor.next(limit);
    if (item === undefined || item.kind === 'end') return;
    if (item.kind === 'damage') continue;
    const { batchId, rows, appendedAt, signal } = item.header;
    visit({
      signal: signal as Signal,
      batchId,
      rows,
      appendedAt,
      payload: item.payload,
      end: { segment: cursor.segment, offset: item.end },
    });
  }
}
