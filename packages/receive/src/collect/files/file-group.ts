/** The files that one glob of a job names: finds them, notices when they are rotated, and has them read. */

import { basename, dirname, join } from 'node:path';
import type { Timer } from '@atalaya/model';
import type { JobOf, LogSource, LogTarget, SourceContext } from '../log-source.ts';
import { countsOf, streamLabels } from '../log-source.ts';
import { ArchiveRead } from './archive-read.ts';
import { canDecompress, isCompressed } from './compressed.ts';
import { type FileBookmark, parseBookmark } from './file-bookmark.ts';
import { FileTail, TAIL_TIMING, type TailTiming } from './file-tail.ts';
import { type FileId, findFiles, type FoundFile, statFile } from './find-files.ts';
import { HEAD_BYTES, fits, hashOf } from './fingerprint.ts';
import { FolderWatch } from './folder-watch.ts';
import { compileGlobs, type Glob } from './glob.ts';
import { encodingOf, type LineEncoding } from './line-splitter.ts';
import { OpenFile } from './open-file.ts';
import type { ReadTurns } from './read-turns.ts';
import { type Continuation, findCopy, findRenamed, generationsSince, isRotationOf } from './rotation.ts';

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

const SEARCH_MS = 10_000;
/** How long after a change in a folder it is gone through, so that a rotation's steps are seen together. */
const SETTLE_MS = 50;

/** One glob at work. */
export class FileGroup implements LogSource {
  readonly #options: FileGroupOptions;
  readonly #timing: TailTiming;
  readonly #prefix: string;
  readonly #globs: readonly Glob[];
  readonly #excludes: readonly Glob[];
  readonly #encoding: LineEncoding;
  readonly #watch: FolderWatch;
  /** Files that are being read, by device and inode, and by the path at which they were found. */
  readonly #tails = new Map<FileId, FileTail>();
  readonly #byPath = new Map<string, FileTail>();
  readonly #archives = new Map<FileId, ArchiveRead>();
  /** Rotated files that were read to their end and let go of, by their size then. */
  readonly #finished = new Map<FileId, number>();
  /** Compressed files and copies that were passed over, so that it is said once. */
  readonly #passedOver = new Set<string>();
  #failures: ReadonlyMap<string, string> = new Map();
  #firstSearch = true;
  #searching: Promise<void> | undefined;
  #again = false;
  #settling: Timer | undefined;
  readonly #timer: Timer;
  #stopped = false;

  constructor(options: FileGroupOptions) {
    const { job, group, ordinal, context } = options;
    this.#options = options;
    this.#timing = options.timing ?? TAIL_TIMING;
    this.#prefix = `file:${job.name}:${group.path}${ordinal === 0 ? '' : `#${ordinal}`}:`;
    this.#globs = compileGlobs(group.path);
    this.#excludes = group.exclude === undefined ? [] : compileGlobs(group.exclude);
    this.#encoding = encodingOf(job.source.encoding);
    this.#watch = new FolderWatch(context.log, (folder, name) => this.#changed(folder, name));
    this.#timer = context.clock.every(options.searchMs ?? SEARCH_MS, () => this.search());
    this.search();
  }

  /** Goes through the folders now. */
  search(): void {
    if (this.#stopped) return;
    if (this.#searching !== undefined) {
      this.#again = true;
      return;
    }
    this.#searching = this.#search()
      .catch((error: unknown) => {
        this.#options.context.log.error({ path: this.#options.group.path, error: String(error) }, 'log files could not be looked for');
      })
      .finally(() => {
        this.#searching = undefined;
        if (this.#again) {
          this.#again = false;
          this.search();
        }
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer.cancel();
    this.#settling?.cancel();
    this.#watch.close();
    await this.#searching;
    for (const tail of this.#tails.values()) {
      this.#options.turns.remove(tail);
      tail.close();
    }
    await Promise.all([...this.#archives.values()].map((archive) => archive.stop()));
  }

  targets(): LogTarget[] {
    const job = this.#options.job.name;
    const files = [...this.#tails.values()].map((tail): LogTarget => ({
      job,
      kind: 'file',
      name: tail.path,
      labels: Object.fromEntries(tail.labels),
      state: tail.lastError !== undefined ? 'failed' : tail.lagBytes > 0 ? 'reading' : tail.rotated ? 'done' : 'waiting',
      lagBytes: tail.lagBytes,
      ...countsOf(tail.flow.counts),
      ...(tail.lastError === undefined ? {} : { lastError: tail.lastError }),
    }));
    const unreadable = [...this.#failures].map(([name, reason]): LogTarget => ({
      job,
      kind: 'file',
      name,
      labels: {},
      state: 'failed',
      lines: 0,
      bytes: 0,
      rejected: {},
      lastError: reason,
    }));
    return [...files, ...[...this.#archives.values()].map((archive) => archive.target(job)), ...unreadable];
  }

  /** Something changed in a folder: a file that is known is read on, anything else may be a rotation. */
  #changed(folder: string, name: string | undefined): void {
    const tail = name === undefined ? undefined : this.#byPath.get(join(folder, name));
    if (tail !== undefined && !tail.closed) {
      tail.wake();
      // A rename is told as a change of the old name; the path is compared with what is open.
      void this.#stillThere(tail);
      return;
    }
    if (name !== undefined && !this.#wanted(join(folder, name)) && name.includes('.')) return;
    this.#settle();
  }

  #settle(): void {
    this.#settling ??= this.#options.context.clock.after(SETTLE_MS, () => {
      this.#settling = undefined;
      this.search();
    });
  }

  async #stillThere(tail: FileTail): Promise<void> {
    const found = await statFile(tail.path);
    if (found?.id !== tail.id && !tail.rotated) this.#settle();
  }

  #wanted(path: string): boolean {
    return this.#globs.some((glob) => glob.matches(path)) && !this.#excluded(path);
  }

  #excluded(path: string): boolean {
    return this.#excludes.some((glob) => glob.matches(path));
  }

  async #search(): Promise<void> {
    const { files, folders, failures } = await findFiles(this.#globs, (path) => this.#excluded(path));
    this.#tellFailures(failures);
    if (this.#stopped) return;
    this.#watch.keep(folders);
    for (const [id, tail] of this.#tails) if (tail.closed) this.#letGo(id, tail);
    const atPath = new Map(files.map((file) => [file.path, file]));
    for (const tail of this.#tails.values()) if (atPath.get(tail.path)?.id !== tail.id) await this.#rotated(tail);
    const lost = this.#firstSearch ? await this.#lostFiles(files) : new Map<string, FileTail>();
    // What bore a name before is begun before what bears it now.
    const renamed = files.filter((found) => (this.#bookmarkOf(found.id)?.path ?? found.path) !== found.path);
    for (const found of new Set([...renamed, ...files])) {
      if (this.#stopped) return;
      await this.#consider(found, lost.get(found.path));
    }
    this.#firstSearch = false;
  }

  #tellFailures(failures: ReadonlyMap<string, string>): void {
    for (const [path, reason] of failures) {
      if (!this.#failures.has(path)) this.#options.context.log.warn({ path, reason }, 'a log file or its folder cannot be read');
    }
    this.#failures = failures;
  }

  #letGo(id: FileId, tail: FileTail): void {
    this.#tails.delete(id);
    this.#finished.set(id, tail.endedAt);
    if (this.#byPath.get(tail.path) === tail) this.#byPath.delete(tail.path);
  }

  /** Its path leads to another file now, or to none. Generations that came and went in between are read before the newest one. */
  async #rotated(tail: FileTail): Promise<void> {
    if (tail.rotated) return;
    tail.rotate();
    this.#options.turns.due(tail);
    await this.#readGenerations(tail, tail.modifiedMs);
  }

  /** Reads rotated files that nobody has seen under their own name, one after the other; `#byPath` has the last of them. */
  async #readGenerations(former: FileTail, modifiedMs: number): Promise<void> {
    for (const found of await generationsSince(former.path, modifiedMs)) {
      const known = this.#tails.has(found.id) || this.#finished.has(found.id) || this.#bookmarkOf(found.id) !== undefined;
      if (known || this.#wanted(found.path) || (await this.#isCopyOf(found, former))) continue;
      const current = await statFile(former.path);
      if (current?.id === found.id) continue;
      const tail = await this.#begin({ ...found, path: former.path }, { after: this.#byPath.get(former.path), from: found.path });
      tail?.rotate();
    }
  }

  /** At the start: files that were being read and have been rotated or copied away since. Gives them by the path that they had. */
  async #lostFiles(files: readonly FoundFile[]): Promise<Map<string, FileTail>> {
    const { context } = this.#options;
    const present = new Set(files.map(({ id }) => id));
    const found = new Map<string, FileTail>();
    for (const [key, text] of context.bookmarks.entries(this.#prefix)) {
      const id = key.slice(this.#prefix.length);
      const bookmark = parseBookmark(text);
      if (bookmark === undefined || present.has(id) || this.#tails.has(id)) continue;
      const { path, fingerprint } = bookmark;
      const rest = (await findRenamed(path, id, fingerprint)) ?? (await findCopy(path, fingerprint, (other) => this.#tails.has(other)));
      if (rest === undefined) {
        context.log.info({ path }, 'a log file that was being read is gone; what was written to it since it was last read cannot be read');
        context.bookmarks.forget(key);
        continue;
      }
      const tail = await this.#resumeLost(bookmark, rest);
      if (tail !== undefined) found.set(path, tail);
    }
    return found;
  }

  async #resumeLost(bookmark: FileBookmark, rest: Continuation): Promise<FileTail | undefined> {
    const { path } = bookmark;
    const tail = await this.#begin({ path, id: rest.id, size: 0, modifiedMs: 0 }, { bookmark, file: rest.file });
    if (tail === undefined) return undefined;
    tail.rotate();
    const state = await rest.file.state();
    await this.#readGenerations(tail, state.modifiedMs);
    return this.#byPath.get(path) ?? tail;
  }

  async #consider(found: FoundFile, lost: FileTail | undefined): Promise<void> {
    if (this.#tails.has(found.id) || this.#archives.has(found.id) || this.#finished.get(found.id) === found.size) return;
    if (isCompressed(found.path)) {
      this.#considerCompressed(found);
      return;
    }
    const former = this.#byPath.get(found.path) ?? lost;
    const bookmark = this.#bookmarkOf(found.id);
    if (bookmark === undefined && (await this.#isPendingCopy(found))) return;
    const tail = await this.#begin(found, { bookmark, after: former });
    if (tail !== undefined && tail.path !== found.path) tail.rotate();
  }

  #considerCompressed(found: FoundFile): void {
    const { job, context, group } = this.#options;
    if (job.source.decompress && canDecompress(found.path)) {
      const labels = this.#labelsOf(found.path);
      if (labels === undefined) return;
      const key = this.#prefix + found.id;
      const archive = new ArchiveRead({ key, path: found.path, labels, pipeline: job.pipeline(), encoding: this.#encoding, context });
      this.#archives.set(found.id, archive);
      return;
    }
    if (this.#passedOver.has(found.path)) return;
    this.#passedOver.add(found.path);
    const first = this.#passedOver.size === 1;
    if (first) context.log.info({ path: found.path, glob: group.path }, 'compressed log files are passed over');
  }

  /** Whether a new file is a copy of one that is being read, about to be truncated: then the rest of it is read when that happens. */
  async #isPendingCopy(found: FoundFile): Promise<boolean> {
    const folder = dirname(found.path);
    for (const tail of this.#tails.values()) {
      if (tail.rotated || dirname(tail.path) !== folder || !isRotationOf(basename(found.path), basename(tail.path))) continue;
      if (await this.#isCopyOf(found, tail)) {
        // It has to be looked at again: it may be the start of something else that begins alike.
        tail.wake();
        return true;
      }
    }
    return false;
  }

  async #isCopyOf(found: FoundFile, tail: FileTail): Promise<boolean> {
    const { offset, head } = tail.fingerprint;
    if (offset === 0) return false;
    try {
      const file = await OpenFile.open(found.path);
      const first = Buffer.alloc(Math.min(HEAD_BYTES, offset));
      const length = await file.read(first, 0);
      file.close();
      return length === first.length && hashOf(first) === head;
    } catch {
      return false;
    }
  }

  #bookmarkOf(id: FileId): FileBookmark | undefined {
    const text = this.#options.context.bookmarks.get(this.#prefix + id);
    return text === undefined ? undefined : parseBookmark(text);
  }

  #labelsOf(path: string): ReadonlyMap<string, string> | undefined {
    const { job, group } = this.#options;
    return streamLabels(new Map([...Object.entries(group.labels), ['__path__', group.path]]), job.relabelConfigs, [['filename', path]]);
  }

  /** Begins to read a file: from its bookmark if that fits, else from the start. */
  async #begin(
    found: FoundFile,
    how: {
      readonly bookmark?: FileBookmark | undefined;
      readonly file?: OpenFile;
      readonly after?: FileTail | undefined;
      /** Where it is now, if not at its path. */
      readonly from?: string;
    },
  ): Promise<FileTail | undefined> {
    const { job, context, turns } = this.#options;
    const path = how.bookmark?.path ?? found.path;
    const labels = this.#labelsOf(path);
    if (labels === undefined) return undefined;
    let file = how.file;
    try {
      file ??= await OpenFile.open(how.from ?? found.path);
      // Between the search and now it may have been rotated: then the next search sees it right.
      if (how.file === undefined && (await file.id()) !== found.id) throw Object.assign(new Error('it was rotated'), { code: 'ENOENT' });
    } catch (error) {
      file?.close();
      const { code } = error as { code?: string };
      if (code === 'ENOENT') this.#settle();
      else this.#tellFailures(new Map([...this.#failures, [found.path, code ?? String(error)]]));
      return undefined;
    }
    let bookmark = how.bookmark;
    let copy: Continuation | undefined;
    if (bookmark !== undefined && !(await fits(file, bookmark.fingerprint))) {
      copy = await findCopy(path, bookmark.fingerprint, (id) => this.#tails.has(id));
      if (copy === undefined) {
        context.log.info({ path }, 'a log file was truncated or replaced while nobody read it; it is read from its start');
        bookmark = undefined;
      }
    }
    const tail = new FileTail({
      key: this.#prefix + found.id,
      id: found.id,
      path,
      labels,
      file,
      copy,
      encoding: this.#encoding,
      pipeline: job.pipeline(),
      outlet: context.outlet,
      clock: context.clock,
      timing: this.#timing,
      bookmark,
      startAt: bookmark === undefined && this.#firstSearch ? this.#startOf(found) : 0,
      after: how.after,
      findCopy: (fingerprint) => findCopy(path, fingerprint, (id) => this.#tails.has(id)),
      onCopyRead: (id, text) => this.#copyRead(id, text),
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

  /** Of files that are there at the very first start only the end is read, if the job says so. */
  #startOf({ size }: FoundFile): number {
    const { existingBytes } = this.#options.job.source;
    if (existingBytes === undefined || size <= existingBytes) return 0;
    const start = size - existingBytes;
    return start - (start % this.#encoding.unit);
  }

  #copyRead(id: FileId, text: string): void {
    const key = this.#prefix + id;
    this.#options.context.outlet.touch({ key, bookmark: () => text });
    this.#finished.set(id, parseBookmark(text)?.fingerprint.offset ?? 0);
  }
}
