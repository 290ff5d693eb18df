/** What following a file needs. */

import type { Clock } from '@atalaya/model';
import type { EntryPipeline } from '../entry.ts';
import type { Outlet } from '../outlet.ts';
import type { FileBookmark } from './file-bookmark.ts';
import type { FileTail } from './file-tail.ts';
import type { FileId } from './find-files.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { LineEncoding } from './line-splitter.ts';
import type { OpenFile } from './open-file.ts';

/** How long what is waited for, milliseconds. */
export interface TailTiming {
  /** Between two looks at a file that is being written, and at one that is not. */
  readonly busyMs: number;
  readonly idleMs: number;
  /** A rotated file that did not grow for so long has its last line, whether it ends with a line feed or not. */
  readonly lastLineMs: number;
  /** A deleted, and a renamed file that did not grow for so long is let go of. */
  readonly deletedMs: number;
  readonly renamedMs: number;
}

export const TAIL_TIMING: TailTiming = { busyMs: 250, idleMs: 5000, lastLineMs: 5000, deletedMs: 30_000, renamedMs: 600_000 };

/** A file that holds what another one was. */
export interface FormerContent {
  readonly id: FileId;
  readonly modifiedMs: number;
  readonly file: OpenFile;
}

export interface FileTailOptions {
  /** Key of its bookmark. */
  readonly key: string;
  readonly id: FileId;
  /** Where the file was found first; it stays that when the file is renamed. */
  readonly path: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly file: OpenFile;
  readonly encoding: LineEncoding;
  readonly pipeline: EntryPipeline;
  readonly outlet: Outlet;
  readonly clock: Clock;
  readonly timing: TailTiming;
  /** How far it was read before; it has been made sure that the file fits, or the copy. */
  readonly bookmark: FileBookmark | undefined;
  /** When it was last changed as it was found, milliseconds since the epoch. */
  readonly foundMs: number;
  /** Without a bookmark: where to begin; if not at 0, then behind the next line end. */
  readonly startAt: number;
  /** Called when the file has become shorter or another one: gives a copy of what it was, if there is one. */
  readonly findCopy: (fingerprint: Fingerprint) => Promise<FormerContent | undefined>;
  /** Called with the first bytes that were read of it then: gives copies of what it was in between, since a time in milliseconds, the oldest first. */
  readonly findContents: (modifiedMs: number, start: Buffer) => Promise<readonly FormerContent[]>;
  /** Called when a copy was read to its end: nobody has to read it again. */
  readonly onCopyRead: (id: FileId, size: number, bookmark: string) => void;
  /** A file that must have been read to its end before this one is begun: the former one of the same name. */
  readonly after: FileTail | undefined;
  /** A copy of what the file was when it was bookmarked: the rest of that is read first. */
  readonly copy: FormerContent | undefined;
}
