/** Takes the data directory for this program alone and opens what lies in it. */

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Journal, lockDirectory, openJournal } from '@atalaya/journal';
import { AtalayaError, type Clock, type Logger } from '@atalaya/model';
import { Bookmarks } from '@atalaya/receive';
import type { Lifecycle } from './lifecycle.ts';
import { collectDirectory } from './log-collection.ts';
import type { Settings } from './settings/table.ts';

/** @throws AtalayaError BAD_CONFIG when the directory cannot be made, or another program has it. */
export async function openData(
  directory: string,
  settings: Settings,
  { clock, log, lifecycle }: { clock: Clock; log: Logger; lifecycle: Lifecycle },
): Promise<{ readonly journal: Journal; readonly bookmarks: Bookmarks }> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AtalayaError('BAD_CONFIG', { file: `data ${directory}`, reason: (error as Error).message }, { cause: error });
  }
  const lock = await lockDirectory(directory, { log });
  lifecycle.onStop('lock', () => lock.release());
  const journalDirectory = path.join(directory, 'journal');
  // Before the journal, which deletes what an earlier run had loaded when it is opened.
  const bookmarks = await Bookmarks.open({ directory: collectDirectory(directory), journalDirectory, log });
  const journal = await openJournal({ directory: journalDirectory, clock, log, limitBytes: settings['journal.limit'] });
  lifecycle.onStop('journal', () => journal.close());
  return { journal, bookmarks };
}
