/** Follows one file: reads what is appended, line by line, and knows how far. */

import { EntryFlow } from '../entry-flow.ts';
import type { BookmarkSource } from '../outlet.ts';
import { formatBookmark } from './file-bookmark.ts';
import type { FileTailOptions, FormerContent } from './file-tail-options.ts';
import type { FileId } from './find-files.ts';
import { type Fingerprint, ReadTrace } from './fingerprint.ts';
import { LineAssembler } from './line-assembler.ts';
import type { OpenFile } from './open-file.ts';

/** What came of a turn: there is more at once, nothing more for now, or the file is done with. */
export type TurnOutcome = 'more' | 'end' | 'closed';

export class FileTail implements BookmarkSource {
  readonly key: string;
  readonly id: FileId;
  readonly path: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly flow: EntryFlow<number>;
  readonly #options: FileTailOptions;
  readonly #file: OpenFile;
  /** Copies that are to be read before the file itself; the first one is being read. */
  #former: FormerContent[];
  /** Set when the file is begun anew: since when, milliseconds, contents may have come and gone in it that were not read. */
  #anewSince: number | undefined;
  readonly #trace = new ReadTrace();
  readonly #lines: LineAssembler;
  #start: number;
  #size = 0;
  #modifiedMs = -1;
  #grewAt: number;
  #pause: number;
  #rotated = false;
  #drained = false;
  #closed = false;
  #deleted = false;
  #lastTime: bigint;
  /** When it is to be looked at again, by the monotonic clock. */
  pollAt = 0;
  lastError: string | undefined;

  constructor(options: FileTailOptions) {
    const { key, id, path, labels, file, copy, bookmark, startAt, pipeline, outlet, clock, timing, encoding } = options;
    this.#options = options;
    this.key = key;
    this.id = id;
    this.path = path;
    this.labels = labels;
    this.#file = file;
    this.#former = copy === undefined ? [] : [copy];
    // What was read of a line that had not ended is read again: only whole lines are remembered.
    this.#start = bookmark?.offset ?? startAt;
    this.#lastTime = bookmark?.time ?? 0n;
    if (bookmark?.fingerprint.offset === 0) this.#anewSince = bookmark.modifiedMs;
    this.#grewAt = clock.monotonic();
    this.#pause = timing.busyMs;
    this.flow = new EntryFlow({ pipeline, outlet, clock, start: this.#start, onMoved: () => outlet.touch(this) });
    this.#lines = new LineAssembler({
      encoding,
      limit: outlet.lineBytes,
      take: (text, cutFrom, next) => this.#take(text, cutFrom, next),
      pass: (next) => this.flow.pass(next),
      start: this.#start,
      skipFirst: bookmark === undefined && startAt > 0,
    });
  }

  /** To be awaited before the first turn. */
  prepare(): Promise<void> {
    return this.#trace.resume(this.#reading, this.#start);
  }

  get rotated(): boolean {
    return this.#rotated;
  }

  /** Whether, rotated, it has been read to its end, or is done with. */
  get drained(): boolean {
    return this.#drained || this.#closed;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether it had no name any more when it was last looked at. */
  get deleted(): boolean {
    return this.#deleted;
  }

  /** Up to where it was looked at. */
  get offset(): number {
    return this.#trace.offset;
  }

  /** Bytes that are known to be there and were not read. */
  get lagBytes(): number {
    return Math.max(0, this.#size - this.#trace.offset);
  }

  /** When it was last seen to change, milliseconds since the epoch. */
  get modifiedMs(): number {
    return Math.max(this.#modifiedMs, this.#options.foundMs);
  }

  get fingerprint(): Fingerprint {
    return this.#trace.fingerprint;
  }

  bookmark(): string {
    return this.#bookmark(this.drained);
  }

  /** Another file has its name now, or none: no more than what is being written still will come. */
  rotate(): void {
    if (this.#rotated) return;
    this.#rotated = true;
    this.#drained = false;
    this.#grewAt = this.#options.clock.monotonic();
    this.wake();
  }

  /** Has it looked at with the next tick. */
  wake(): void {
    this.pollAt = 0;
    this.#pause = this.#options.timing.busyMs;
  }

  /** Ends. What is held back or unfinished is read again at the next start. */
  close(): void {
    if (this.#closed) return;
    this.flow.close();
    this.#options.outlet.detach(this);
    this.#closed = true;
    this.#file.close();
    for (const { file } of this.#former) file.close();
  }

  /** Reads a portion, as large as the buffer. One turn at a time. */
  async turn(buffer: Buffer): Promise<TurnOutcome> {
    const { after, clock } = this.#options;
    if (this.#closed) return 'closed';
    if (after !== undefined && !after.drained) {
      this.#pause = this.#options.timing.busyMs;
      return this.#rest();
    }
    const trace = this.#trace;
    const { size, modifiedMs, links } = await this.#reading.state();
    if (this.#closed) return 'closed';
    this.#size = size;
    this.#deleted = links === 0;
    if (size === trace.offset && modifiedMs === this.#modifiedMs) return this.#atEnd();
    if (size < trace.offset) return this.#replaced();
    const { from } = trace;
    const bytes = buffer.subarray(0, await this.#reading.read(buffer.subarray(0, Math.min(buffer.length, size - from)), from));
    if (this.#closed) return 'closed';
    if (!trace.continues(bytes)) return this.#replaced();
    if (from + bytes.length > trace.offset && (await this.#hasMissed(bytes))) return this.#closed ? 'closed' : 'more';
    this.#modifiedMs = modifiedMs;
    if (from + bytes.length === trace.offset) return this.#atEnd();
    this.#grewAt = clock.monotonic();
    this.#pause = this.#options.timing.busyMs;
    this.#read(bytes, from);
    this.lastError = undefined;
    return from + bytes.length < size ? 'more' : this.#atEnd();
  }

  /** After a failed turn: looks again later. */
  failed(error: unknown): void {
    this.lastError = error instanceof Error ? error.message : String(error);
    this.#rest();
    if (this.#rotated) this.#drained = true;
  }

  get #reading(): OpenFile {
    return this.#former[0]?.file ?? this.#file;
  }

  #bookmark(done: boolean): string {
    const { path, fingerprint } = this;
    return formatBookmark({ path, offset: this.flow.read, time: this.#lastTime, modifiedMs: this.#contentMs, fingerprint, done });
  }

  /** When what is being read, which may be a copy, was last written. */
  get #contentMs(): number {
    return this.#modifiedMs >= 0 ? this.#modifiedMs : (this.#anewSince ?? this.#options.foundMs);
  }

  #rest(): 'end' {
    this.pollAt = this.#options.clock.monotonic() + this.#pause;
    this.#pause = Math.min(this.#pause * 2, this.#options.timing.idleMs);
    return 'end';
  }

  #atEnd(): TurnOutcome {
    const { timing, clock, outlet } = this.#options;
    if (this.#former.length > 0) return this.#formerRead();
    if (!this.#rotated) return this.#rest();
    if (!this.#drained) outlet.touch(this);
    this.#drained = true;
    const quiet = clock.monotonic() - this.#grewAt;
    if (quiet >= timing.lastLineMs) this.#finish();
    if (quiet < (this.#deleted ? timing.deletedMs : timing.renamedMs)) return this.#rest();
    if (this.#deleted) {
      // Its inode may belong to another file tomorrow.
      outlet.detach(this);
      outlet.touch({ key: this.key, bookmark: () => null });
    }
    this.close();
    return 'closed';
  }

  /** Takes the last line for ended, and lets go what the pipeline holds. */
  #finish(): void {
    if (!this.#lines.waits && !this.flow.holds) return;
    this.#lines.finish();
    this.flow.flush();
    this.#options.outlet.touch(this);
  }

  /** The file was truncated, or replaced in place: what it was may have been copied before. */
  async #replaced(): Promise<TurnOutcome> {
    // A copy that changes while it is read gives no more.
    if (this.#former.length > 0) return this.#formerRead();
    const copy = await this.#options.findCopy(this.fingerprint);
    if (this.#closed) {
      copy?.file.close();
      return 'closed';
    }
    const since = this.#contentMs;
    this.#modifiedMs = -1;
    if (copy !== undefined) this.#former.push(copy);
    else this.#beginAnew(since);
    return 'more';
  }

  /** Before the first bytes of a file are taken that was begun anew: whether other contents were in it before them. They are read first. */
  async #hasMissed(start: Buffer): Promise<boolean> {
    if (this.#anewSince === undefined || this.#former.length > 0) return false;
    const contents = await this.#options.findContents(this.#anewSince, start);
    if (this.#closed) {
      for (const { file } of contents) file.close();
      return true;
    }
    this.#anewSince = undefined;
    this.#former.push(...contents);
    return contents.length > 0;
  }

  #formerRead(): TurnOutcome {
    const { id, modifiedMs, file } = this.#former[0] as FormerContent;
    this.#finish();
    this.#options.onCopyRead(id, this.offset, this.#bookmark(true));
    file.close();
    this.#former.shift();
    this.#beginAnew(modifiedMs);
    return 'more';
  }

  #beginAnew(since: number): void {
    this.#finish();
    this.flow.restart(0);
    this.#lines.restart();
    this.#trace.restart();
    this.#anewSince = since;
    this.#modifiedMs = -1;
    this.#options.outlet.touch(this);
  }

  #read(bytes: Buffer, from: number): void {
    const { clock, outlet } = this.#options;
    const { counts } = this.flow;
    const fresh = this.#trace.advance(bytes);
    counts.bytes += bytes.length - fresh;
    counts.lastReadAt = clock.now();
    const now = BigInt(Math.trunc(clock.now())) * 1_000_000n;
    if (now > this.#lastTime) this.#lastTime = now;
    this.#lines.push(bytes, fresh, bytes.length, from);
    outlet.touch(this);
  }

  #take(line: string, cutFrom: number | undefined, next: number): void {
    const attributes = new Map<string, string>();
    if (cutFrom !== undefined) attributes.set('truncated', String(cutFrom));
    this.#lastTime += 1n;
    this.flow.take({ labels: new Map(this.labels), attributes, timestamp: this.#lastTime, line }, next);
  }
}
