/** What is known of the files of a group besides those that are being read: what was read of them before, and what need not be read. */

import { basename, dirname } from 'node:path';
import type { Clock } from '@atalaya/model';
import type { Bookmarks } from '../bookmarks.ts';
import { type FileBookmark, parseBookmark } from './file-bookmark.ts';
import type { FileTail } from './file-tail.ts';
import type { FormerContent } from './file-tail-options.ts';
import type { FileId, FoundFile } from './find-files.ts';
import { beginsAs, type Fingerprint, fits, HEAD_BYTES } from './fingerprint.ts';
import type { OpenFile } from './open-file.ts';
import { findCopy, generationsSince, isCopyName, openFound, siblings } from './rotation.ts';

export interface KnownFilesOptions {
  /** Of the bookmarks' keys; device and inode follow. */
  readonly prefix: string;
  readonly bookmarks: Bookmarks;
  /** Files that are being read. */
  readonly tails: ReadonlyMap<FileId, FileTail>;
  /** Whether the group's glob names a path: such files are found and read for themselves. */
  readonly wants: (path: string) => boolean;
  readonly clock: Clock;
}

/** A bookmark outlives its file by so long: in the midst of a rotation a file may not be found, and nothing may come of that. */
const FORGET_MS = 86_400_000;

export class KnownFiles {
  readonly #options: KnownFilesOptions;
  /** Rotated files that were read to their end and let go of, by their size then. */
  readonly #finished = new Map<FileId, number>();

  constructor(options: KnownFilesOptions) {
    this.#options = options;
  }

  keyOf(id: FileId): string {
    return this.#options.prefix + id;
  }

  bookmarkOf(id: FileId): FileBookmark | undefined {
    const text = this.#options.bookmarks.get(this.keyOf(id));
    return text === undefined ? undefined : parseBookmark(text);
  }

  /** All bookmarks of the group. */
  bookmarks(): [FileId, FileBookmark][] {
    const { prefix, bookmarks } = this.#options;
    return bookmarks.entries(prefix).flatMap(([key, text]) => {
      const bookmark = parseBookmark(text);
      return bookmark === undefined ? [] : [[key.slice(prefix.length), bookmark] as [FileId, FileBookmark]];
    });
  }

  /** Drops the bookmark of a file that is gone, unless something was read of it lately. */
  forget(id: FileId, { time }: FileBookmark): void {
    if (this.#options.clock.now() - Number(time / 1_000_000n) < FORGET_MS) return;
    this.#options.bookmarks.forget(this.keyOf(id));
    this.#finished.delete(id);
  }

  /** Notes that a file was read up to its size. */
  finish(id: FileId, size: number): void {
    this.#finished.set(id, size);
  }

  /** Whether nothing was written since the file was let go of. */
  isFinished({ id, size }: Pick<FoundFile, 'id' | 'size'>): boolean {
    return this.#finished.get(id) === size;
  }

  /** Whether the file was, or is being, read for what it is, rather than one that has its inode by chance. */
  async isKnown(found: FoundFile): Promise<boolean> {
    if (this.#options.tails.has(found.id) || this.isFinished(found)) return true;
    const bookmark = this.bookmarkOf(found.id);
    if (bookmark === undefined) return false;
    const file = await openFound(found);
    try {
      // What cannot be opened cannot be told from what it was.
      return file === undefined || (await fits(file, bookmark.fingerprint));
    } finally {
      file?.close();
    }
  }

  /** A copy of what a file was that was truncated or replaced in place, in which the rest can be read. */
  copyOf(path: string, fingerprint: Fingerprint): Promise<FormerContent | undefined> {
    return findCopy(path, fingerprint, (id) => this.#options.tails.has(id));
  }

  /**
   * Copies of what came and went in a file that is truncated when it is rotated, since `modifiedMs`, the oldest first. Not among them: copies of
   * what the file is now, of which `start` are the first bytes. Since `start` was read before anybody looks here, nothing is missed: what
   * was truncated before it was copied before that.
   */
  async contentsSince(path: string, modifiedMs: number, start: Buffer): Promise<FormerContent[]> {
    const contents: FormerContent[] = [];
    for (const found of await generationsSince(path, modifiedMs)) {
      if (this.#options.wants(found.path) || (await this.isKnown(found))) continue;
      const file = await openFound(found);
      if (file === undefined) continue;
      if (await startsAlike(file, start)) file.close();
      else contents.push({ id: found.id, modifiedMs: found.modifiedMs, file });
    }
    return contents;
  }

  /** Rotated files of a path that nobody has seen under their own name, written since a time; the oldest first. Not copies of the former file. */
  async generationsAfter(path: string, modifiedMs: number, former: FileTail | undefined): Promise<FoundFile[]> {
    const found: FoundFile[] = [];
    for (const generation of await generationsSince(path, modifiedMs)) {
      if (this.#options.wants(generation.path) || (await this.isKnown(generation))) continue;
      if (former === undefined || !(await isCopyOf(generation, former))) found.push(generation);
    }
    return found;
  }

  /** Paths of which all that was read was read to its end and rotated away, and when the last of it was written, milliseconds. */
  endedPaths(): ReadonlyMap<string, number> {
    const ended = new Map<string, number>();
    const bookmarks = this.bookmarks();
    for (const [, { path, modifiedMs }] of bookmarks) ended.set(path, Math.max(ended.get(path) ?? 0, modifiedMs));
    for (const [, { path, done }] of bookmarks) if (!done) ended.delete(path);
    return ended;
  }

  /** Whether a new file is a copy of one that is being read, about to be truncated: then the rest of it is read when that happens. */
  async isPendingCopy(found: FoundFile): Promise<boolean> {
    const folder = dirname(found.path);
    for (const tail of this.#options.tails.values()) {
      if (tail.rotated || dirname(tail.path) !== folder || !isCopyName(basename(found.path), basename(tail.path))) continue;
      if (await isCopyOf(found, tail)) {
        tail.wake();
        return true;
      }
    }
    return false;
  }

  /** Of what was read to its end: forgets what is gone since, and notes what has not grown. */
  async sweep(present: ReadonlySet<FileId>): Promise<void> {
    const beside = new Map<string, ReadonlyMap<FileId, number>>();
    for (const [id, bookmark] of this.bookmarks()) {
      const { path, done, fingerprint } = bookmark;
      if (!done || present.has(id) || this.#options.tails.has(id)) continue;
      let sizes = beside.get(path);
      if (sizes === undefined) {
        sizes = new Map((await siblings(path)).map((sibling) => [sibling.id, sibling.size]));
        beside.set(path, sizes);
      }
      const size = sizes.get(id);
      if (size === fingerprint.offset) this.finish(id, size);
      else if (size === undefined) this.forget(id, bookmark);
    }
  }
}

async function isCopyOf(found: FoundFile, tail: FileTail): Promise<boolean> {
  const { fingerprint } = tail;
  if (fingerprint.offset === 0) return false;
  const file = await openFound(found);
  try {
    return file !== undefined && (await beginsAs(file, fingerprint));
  } finally {
    file?.close();
  }
}

/** Whether one of the two is the beginning of the other, as far as fingerprints go. */
async function startsAlike(file: OpenFile, start: Buffer): Promise<boolean> {
  const first = Buffer.alloc(Math.min(HEAD_BYTES, start.length));
  const length = await file.read(first, 0);
  return first.compare(start, 0, length, 0, length) === 0;
}
