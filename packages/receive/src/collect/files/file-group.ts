/** The files that one glob of a job names: finds them, notices when they are rotated, and has them read. */

import { join } from 'node:path';
import type { Timer } from '@atalaya/model';
import { type LogSource, type LogTarget, streamLabels } from '../log-source.ts';
import { Archives } from './archives.ts';
import { isCompressed } from './compressed.ts';
import type { FileBookmark } from './file-bookmark.ts';
import { FileTail } from './file-tail.ts';
import { type FormerContent, TAIL_TIMING } from './file-tail-options.ts';
import type { Beginning, FileGroupOptions } from './file-group-options.ts';
import { failedTarget, tailTarget } from './file-target.ts';
import { type FileId, findFiles, type FoundFile, statFile } from './find-files.ts';
import { fits, NOTHING_READ } from './fingerprint.ts';
import { FolderWatch } from './folder-watch.ts';
import { compileGlobs, type Glob } from './glob.ts';
import { KnownFiles } from './known-files.ts';
import { encodingOf, type LineEncoding } from './line-splitter.ts';
import { OpenFile } from './open-file.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { type Continuation, findCopy, findRenamed, openFound } from './rotation.ts';

const SEARCH_MS = 10_000;
/** How long after a change in a folder it is gone through, so that a rotation's steps are seen together. */
const SETTLE_MS = 50;
const SWEEP_MS = 3_600_000;

/** One glob at work. */
export class FileGroup implements LogSource {
  readonly #options: FileGroupOptions;
  readonly #globs: readonly Glob[];
  readonly #excludes: readonly Glob[];
  readonly #encoding: LineEncoding;
  readonly #watch: FolderWatch;
  /** Files that are being read, by device and inode, and the newest of those that had a path. */
  readonly #tails = new Map<FileId, FileTail>();
  readonly #byPath = new Map<string, FileTail>();
  readonly #archives: Archives;
  readonly #known: KnownFiles;
  #failures: ReadonlyMap<string, string> = new Map();
  #firstSearch = true;
  readonly #searches: OneAtATime;
  #settling: Timer | undefined;
  readonly #timer: Timer;
  #sweptAt: number;
  #stopped = false;

  constructor(options: FileGroupOptions) {
    const { job, group, ordinal, context } = options;
    this.#options = options;
    const prefix = `file:${job.name}:${group.path}${ordinal === 0 ? '' : `#${ordinal}`}:`;
    this.#known = new KnownFiles({
      prefix,
      bookmarks: context.bookmarks,
      tails: this.#tails,
      wants: (path) => this.#wants(path),
      clock: context.clock,
    });
    this.#globs = compileGlobs(group.path);
    this.#excludes = group.exclude === undefined ? [] : compileGlobs(group.exclude);
    this.#encoding = encodingOf(job.source.encoding);
    const { decompress } = job.source;
    this.#archives = new Archives({ decompress, glob: group.path, encoding: this.#encoding, pipeline: () => job.pipeline(), context });
    this.#searches = new OneAtATime(
      () => this.#search(),
      (error) => context.log.error({ path: group.path, error: String(error) }, 'log files could not be looked for'),
    );
    this.#watch = new FolderWatch(context.log, (folder, name) => this.#changed(folder, name));
    this.#timer = context.clock.every(options.searchMs ?? SEARCH_MS, () => this.#startSearch());
    this.#sweptAt = context.clock.monotonic();
    this.#startSearch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer.cancel();
    this.#settling?.cancel();
    this.#watch.close();
    await this.#searches.ended;
    for (const tail of this.#tails.values()) {
      this.#options.turns.remove(tail);
      tail.close();
    }
    await this.#archives.stop();
  }

  targets(): LogTarget[] {
    const { name } = this.#options.job;
    return [
      ...[...this.#tails.values()].map((tail) => tailTarget(name, tail)),
      ...this.#archives.targets(name),
      ...[...this.#failures].map(([path, reason]) => failedTarget(name, path, reason)),
    ];
  }

  /** Something changed in a folder: a file that is known is read on, anything else may be a rotation. */
  #changed(folder: string, name: string | undefined): void {
    const path = name === undefined ? undefined : join(folder, name);
    const tail = path === undefined ? undefined : this.#byPath.get(path);
    if (tail !== undefined && !tail.closed) {
      tail.wake();
      // A rename is told as a change of the old name; the path is compared with what is open.
      void statFile(tail.path).then((found) => (found?.id === tail.id || tail.rotated ? undefined : this.#settle()));
    } else if (path === undefined || this.#wants(path) || !name?.includes('.')) this.#settle();
  }

  #settle(): void {
    this.#settling ??= this.#options.context.clock.after(SETTLE_MS, () => {
      this.#settling = undefined;
      this.#startSearch();
    });
  }

  #wants(path: string): boolean {
    return this.#globs.some((glob) => glob.matches(path)) && !this.#excludes.some((glob) => glob.matches(path));
  }

  #startSearch(): void {
    if (!this.#stopped) this.#searches.start();
  }

  async #search(): Promise<void> {
    const { files, folders, failures } = await findFiles(this.#globs, (path) => this.#excludes.some((glob) => glob.matches(path)));
    this.#tellFailures(failures);
    if (this.#stopped) return;
    this.#watch.keep(folders);
    for (const [id, tail] of this.#tails) if (tail.closed) this.#letGo(id, tail);
    const atPath = new Map(files.map((file) => [file.path, file]));
    for (const tail of this.#tails.values()) if (atPath.get(tail.path)?.id !== tail.id) this.#rotated(tail);
    if (this.#firstSearch) await this.#resumeLost(files);
    // What bore a name before is begun before what bears it now.
    const renamed = files.filter((found) => (this.#known.bookmarkOf(found.id)?.path ?? found.path) !== found.path);
    for (const found of new Set([...renamed, ...files])) {
      if (this.#stopped) return;
      await this.#consider(found);
    }
    this.#firstSearch = false;
    const now = this.#options.context.clock.monotonic();
    if (now - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = now;
    await this.#known.sweep(new Set(files.map(({ id }) => id)));
  }

  #tellFailures(failures: ReadonlyMap<string, string>): void {
    for (const [path, reason] of failures) {
      if (!this.#failures.has(path)) this.#options.context.log.warn({ path, reason }, 'a log file or its folder cannot be read');
    }
    this.#failures = failures;
  }

  #letGo(id: FileId, tail: FileTail): void {
    this.#tails.delete(id);
    if (!tail.deleted) this.#known.finish(id, tail.offset);
    if (this.#byPath.get(tail.path) === tail) this.#byPath.delete(tail.path);
  }

  /** Its path leads to another file now, or to none. */
  #rotated(tail: FileTail): void {
    if (tail.rotated) return;
    tail.rotate();
    this.#options.turns.due(tail);
  }

  /** Reads generations that came and went under a path since a time, one after the other. */
  async #readGenerations(path: string, sinceMs: number, former?: FileTail): Promise<void> {
    const current = await statFile(path);
    for (const found of await this.#known.generationsAfter(path, sinceMs, former)) {
      if (found.id === current?.id) continue;
      const tail = await this.#begin(found, { after: this.#byPath.get(path), path });
      tail?.rotate();
    }
  }

  /** At the start: goes on with files that were being read and have been rotated or copied away since. */
  async #resumeLost(files: readonly FoundFile[]): Promise<void> {
    const present = new Set(files.map(({ id }) => id));
    const ended = this.#known.endedPaths();
    await this.#known.sweep(present);
    for (const [id, bookmark] of this.#known.bookmarks()) {
      if (present.has(id) || this.#known.isFinished({ id, size: bookmark.fingerprint.offset })) continue;
      const { path, fingerprint, done } = bookmark;
      const rest =
        (await findRenamed(path, id, fingerprint)) ?? (await findCopy(path, fingerprint, (other) => done || this.#tails.has(other)));
      if (rest !== undefined) await this.#resume(bookmark, rest);
      else {
        if (!done)
          this.#options.context.log.info({ path }, 'a log file is gone; what was written to it after it was last read cannot be read');
        this.#known.forget(id, bookmark);
      }
    }
    // What followed the last of a path that were read to their end may have come and gone without having been looked at.
    for (const [path, sinceMs] of ended) await this.#readGenerations(path, sinceMs);
  }

  async #resume(bookmark: FileBookmark, { id, modifiedMs, file }: Continuation): Promise<void> {
    const { path, done } = bookmark;
    const tail = await this.#begin({ path, id, size: 0, modifiedMs }, { bookmark, file, after: this.#byPath.get(path) });
    if (tail === undefined) return;
    tail.rotate();
    if (!done) await this.#readGenerations(path, modifiedMs, tail);
  }

  async #consider(found: FoundFile): Promise<void> {
    if (this.#tails.has(found.id) || this.#known.isFinished(found)) return;
    if (isCompressed(found.path)) {
      this.#archives.consider(found.id, found.path, this.#known.keyOf(found.id), this.#labelsOf(found.path));
      return;
    }
    const bookmark = this.#known.bookmarkOf(found.id);
    if (bookmark === undefined && (await this.#known.isPendingCopy(found))) return;
    // Between the file that had this name and this one there may have been others.
    const former = this.#byPath.get(found.path);
    if (former?.rotated === true) await this.#readGenerations(found.path, former.modifiedMs, former);
    // It may have been rotated just then, and have been begun as one of these.
    if (this.#tails.has(found.id)) return;
    const tail = await this.#begin(found, { bookmark, after: this.#byPath.get(found.path) });
    if (tail !== undefined && tail.path !== found.path) tail.rotate();
  }

  #labelsOf(path: string): ReadonlyMap<string, string> | undefined {
    const { job, group } = this.#options;
    return streamLabels(new Map([...Object.entries(group.labels), ['__path__', group.path]]), job.relabelConfigs, [['filename', path]]);
  }

  /** Begins to read a file: from its bookmark if that fits, else from the start. */
  async #begin(found: FoundFile, how: Beginning): Promise<FileTail | undefined> {
    const { job, context, turns, timing = TAIL_TIMING } = this.#options;
    const path = how.bookmark?.path ?? how.path ?? found.path;
    const labels = this.#labelsOf(path);
    const file = labels === undefined ? undefined : (how.file ?? (await this.#open(found)));
    if (labels === undefined || file === undefined) return undefined;
    let { bookmark } = how;
    let copy: FormerContent | undefined;
    if (bookmark !== undefined && !(await fits(file, bookmark.fingerprint))) {
      copy = await this.#known.copyOf(path, bookmark.fingerprint);
      if (copy === undefined) {
        context.log.info({ path }, 'a log file was truncated or replaced while nobody read it; it is read from its start');
        bookmark = { ...bookmark, offset: 0, fingerprint: NOTHING_READ };
      }
    }
    const tail = new FileTail({
      key: this.#known.keyOf(found.id),
      id: found.id,
      path,
      labels,
      file,
      copy,
      encoding: this.#encoding,
      pipeline: job.pipeline(),
      outlet: context.outlet,
      clock: context.clock,
      timing,
      bookmark,
      foundMs: found.modifiedMs,
      startAt: bookmark === undefined && this.#firstSearch ? this.#startOf(found) : 0,
      after: how.after,
      findCopy: (fingerprint) => this.#known.copyOf(path, fingerprint),
      findContents: (modifiedMs, start) => this.#known.contentsSince(path, modifiedMs, start),
      onCopyRead: (id, size, text) => {
        this.#known.finish(id, size);
        context.outlet.touch({ key: this.#known.keyOf(id), bookmark: () => text });
      },
    });
    await tail.prepare();
    if (this.#stopped) {
      tail.close();
      return undefined;
    }
    this.#tails.set(found.id, tail);
    const current = this.#byPath.get(path);
    if (current === undefined || current.rotated || path === found.path) this.#byPath.set(path, tail);
    turns.add(tail);
    return tail;
  }

  /** Opens what was found, wherever a rotation has moved it since. */
  async #open(found: FoundFile): Promise<OpenFile | undefined> {
    try {
      const file = await OpenFile.open(found.path);
      if ((await file.id()) === found.id) return file;
      file.close();
    } catch (error) {
      const { code = String(error) } = error as { code?: string };
      if (code !== 'ENOENT') {
        this.#tellFailures(new Map([...this.#failures, [found.path, code]]));
        return undefined;
      }
    }
    this.#settle();
    return openFound(found);
  }

  /** Of files that are there at the very first start only the end is read, if the job says so. */
  #startOf({ size }: FoundFile): number {
    const { existingBytes } = this.#options.job.source;
    if (existingBytes === undefined || size <= existingBytes) return 0;
    const start = size - existingBytes;
    return start - (start % this.#encoding.unit);
  }
}
