/** What a group of files needs. */

import type { JobOf, SourceContext } from '../log-source.ts';
import type { FileBookmark } from './file-bookmark.ts';
import type { FileTail } from './file-tail.ts';
import type { TailTiming } from './file-tail-options.ts';
import type { OpenFile } from './open-file.ts';
import type { ReadTurns } from './read-turns.ts';

type FileJob = JobOf<'files'>;

export interface FileGroupOptions {
  readonly job: FileJob;
  readonly group: FileJob['source']['groups'][number];
  /** Tells groups of the job with the same glob apart. */
  readonly ordinal: number;
  readonly context: SourceContext;
  readonly turns: ReadTurns;
  readonly timing?: TailTiming;
  /** How often all folders are gone through, milliseconds. */
  readonly searchMs?: number;
}

/** How a file is begun. */
export interface Beginning {
  readonly bookmark?: FileBookmark | undefined;
  /** Open already, and known to fit the bookmark. */
  readonly file?: OpenFile;
  readonly after?: FileTail | undefined;
  /** The path that it is read under, if not its own. */
  readonly path?: string;
}
