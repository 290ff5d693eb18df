/** Follows one file: reads what is appended, line by line, and knows how far. */

import type { Clock } from '@atalaya/model';
import type { EntryPipeline } from '../entry.ts';
import { EntryFlow } from '../entry-flow.ts';
import type { BookmarkSource, Outlet } from '../outlet.ts';
import { type FileBookmark, formatBookmark } from './file-bookmark.ts';
import type { FileId } from './find-files.ts';
import { BEFORE_BYTES, type Fingerprint, HEAD_BYTES, hashOf } from './fingerprint.ts';
import { findNewline, type LineEncoding, lineText } from './line-splitter.ts';
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
  /** How far it was read before; it has been made sure that the file fits. */
  readonly bookmark: FileBookmark | undefined;
  /** Without a bookmark: where to begin; if not at 0, then behind the next line end. */
  readonly startAt: number;
  /** Called when the file has become shorter or another one: gives a copy of what it was, if there is one. */
  readonly findCopy: (fingerprint: Fingerprint) => Promise<{ readonly id: FileId; readonly file: OpenFile } | undefined>;
  /** Called when a copy was read to its end: nobody has to read it again. */
  readonly onCopyRead: (id: FileId, bookmark: string) => void;
  /** A file that must have been read to its end before this one is begun: the former one of the same name. */
  readonly after: FileTail | undefined;
  /** A copy of what the file was when it was bookmarked: the rest of that is read first. */
  readonly copy: { readonly id: FileId; readonly file: OpenFile } | undefined;
}

/** What came of a turn: there is more at once, nothing more for now, or the file is done with. */
export type TurnOutcome = 'more' | 'end' | 'closed';

/** Everything behind `#scanned` is unread; what lies between `#lineStart` and there is a line that has not ended yet. */
export class FileTail implements BookmarkSource {
  readonly key: string;
  readonly id: FileId;
  readonly path: string;
  readonly flow: EntryFlow<number>;
  readonly #options: FileTailOptions;
  #file: OpenFile;
  /** The file itself while a copy of its former content is read. */
  #detour: { readonly own: OpenFile; readonly copyId: FileId } | undefined;
  #lineStart: number;
  #scanned: number;
  /** What was read of an unfinished line, as far as it may be long. */
  #partial: Buffer[] = [];
  #partialBytes = 0;
  #head: Buffer = Buffer.alloc(0);
  #headHash: string | undefined;
  #before: Buffer = Buffer.alloc(0);
  /** Whether lines begin behind the next line end only. */
  #skipping: boolean;
  #size = 0;
  #modifiedMs = -1;
  #grewAt: number;
  #pause: number;
  #rotated = false;
  #drained = false;
  #closed = false;
  #lastTime: bigint;
  /** When it is to be looked at again, by the monotonic clock. */
  pollAt = 0;
  lastError: string | undefined;

  constructor(options: FileTailOptions) {
    const { key, id, path, file, copy, bookmark, startAt, pipeline, outlet, clock, timing } = options;
    this.#options = options;
    this.key = key;
    this.id = id;
    this.path = path;
    this.#file = copy?.file ?? file;
    if (copy !== undefined) this.#detour = { own: file, copyId: copy.id };
    // What was read of a line that had not ended is read again: only whole lines are remembered.
    this.#lineStart = bookmark?.offset ?? startAt;
    this.#scanned = this.#lineStart;
    this.#skipping = bookmark === undefined && startAt > 0;
    this.#lastTime = bookmark?.time ?? 0n;
    this.#grewAt = clock.monotonic();
    this.#pause = timing.busyMs;
    this.flow = new EntryFlow({ pipeline, outlet, clock, start: this.#lineStart, onMoved: () => outlet.touch(this) });
  }

  /** To be awaited before the first turn: reads what the file's fingerprint needs. */
  async prepare(): Promise<void> {
    const head = Buffer.alloc(Math.min(HEAD_BYTES, this.#scanned));
    const before = Buffer.alloc(Math.min(BEFORE_BYTES, this.#scanned));
    this.#head = head.subarray(0, await this.#file.read(head, 0));
    this.#before = before.subarray(0, await this.#file.read(before, this.#scanned - before.length));
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

  get labels(): ReadonlyMap<string, string> {
    return this.#options.labels;
  }

  /** Up to where it was looked at. */
  get endedAt(): number {
    return this.#scanned;
  }

  /** Bytes that are known to be there and were not read. */
  get lagBytes(): number {
    return Math.max(0, this.#size - this.#scanned);
  }

  /** When it was last seen to change, milliseconds since the epoch. */
  get modifiedMs(): number {
    return this.#modifiedMs;
  }

  get fingerprint(): Fingerprint {
    const head = this.#headHash ?? hashOf(this.#head);
    if (this.#head.length === HEAD_BYTES) this.#headHash = head;
    return { offset: this.#scanned, head, before: hashOf(this.#before) };
  }

  bookmark(): string {
    return formatBookmark({ path: this.path, offset: this.flow.read, time: this.#lastTime, fingerprint: this.fingerprint });
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
    this.#closed = true;
    this.flow.close();
    this.#options.outlet.detach(this);
    this.#file.close();
    this.#detour?.own.close();
  }

  /** Reads a portion, as large as the buffer. One turn at a time. */
  async turn(buffer: Buffer): Promise<TurnOutcome> {
    const { after, clock } = this.#options;
    if (this.#closed) return 'closed';
    if (after !== undefined && !after.drained) {
      this.#pause = this.#options.timing.busyMs;
      return this.#rest();
    }
    const { size, modifiedMs, links } = await this.#file.state();
    if (this.#closed) return 'closed';
    this.#size = size;
    if (size === this.#scanned && modifiedMs === this.#modifiedMs) return this.#atEnd(links);
    if (size < this.#scanned) return this.#restart();
    const from = this.#scanned - this.#before.length;
    const length = await this.#file.read(buffer.subarray(0, Math.min(buffer.length, size - from)), from);
    if (this.#closed) return 'closed';
    if (length < this.#before.length || buffer.compare(this.#before, 0, this.#before.length, 0, this.#before.length) !== 0) {
      return this.#restart();
    }
    this.#modifiedMs = modifiedMs;
    if (length === this.#before.length) return this.#atEnd(links);
    this.#grewAt = clock.monotonic();
    this.#pause = this.#options.timing.busyMs;
    this.#take(buffer, from, length);
    this.#options.outlet.touch(this);
    this.lastError = undefined;
    return from + length < size ? 'more' : this.#atEnd(links);
  }

  /** After a failed turn: looks again later. */
  failed(error: unknown): void {
    this.lastError = error instanceof Error ? error.message : String(error);
    this.#rest();
    if (this.#rotated) this.#drained = true;
  }

  #rest(): 'end' {
    this.pollAt = this.#options.clock.monotonic() + this.#pause;
    this.#pause = Math.min(this.#pause * 2, this.#options.timing.idleMs);
    return 'end';
  }

  #atEnd(links: number): TurnOutcome {
    const { timing, clock, outlet } = this.#options;
    if (this.#detour !== undefined) return this.#returnFromCopy();
    if (!this.#rotated) return this.#rest();
    this.#drained = true;
    const quiet = clock.monotonic() - this.#grewAt;
    if (quiet >= timing.lastLineMs) {
      const waiting = this.#partialBytes > 0 || this.flow.holds;
      this.#finishLine();
      this.flow.flush();
      if (waiting) outlet.touch(this);
    }
    if (quiet < (links === 0 ? timing.deletedMs : timing.renamedMs)) return this.#rest();
    if (links === 0) {
      // Its inode may belong to another file tomorrow.
      outlet.detach(this);
      outlet.touch({ key: this.key, bookmark: () => null });
    }
    this.close();
    return 'closed';
  }

  /** The file was truncated, or replaced in place: what it was may have been copied before. */
  async #restart(): Promise<TurnOutcome> {
    const copy = this.#detour === undefined ? await this.#options.findCopy(this.fingerprint) : undefined;
    if (this.#closed) {
      copy?.file.close();
      return 'closed';
    }
    if (copy !== undefined) {
      this.#detour = { own: this.#file, copyId: copy.id };
      this.#file = copy.file;
      this.#modifiedMs = -1;
      return 'more';
    }
    this.#beginAnew();
    return 'more';
  }

  #returnFromCopy(): TurnOutcome {
    const { own, copyId } = this.#detour as { own: OpenFile; copyId: FileId };
    this.#finishLine();
    this.flow.flush();
    this.#options.onCopyRead(copyId, this.bookmark());
    this.#file.close();
    this.#file = own;
    this.#detour = undefined;
    this.#beginAnew();
    return 'more';
  }

  #beginAnew(): void {
    this.#finishLine();
    this.flow.flush();
    this.flow.restart(0);
    this.#lineStart = 0;
    this.#scanned = 0;
    this.#head = Buffer.alloc(0);
    this.#headHash = undefined;
    this.#before = Buffer.alloc(0);
    this.#skipping = false;
    this.#modifiedMs = -1;
    this.#options.outlet.touch(this);
  }

  /** Takes the lines of `buffer[0…length)`, which begins at `from` in the file with bytes that are known already. */
  #take(buffer: Buffer, from: number, length: number): void {
    const { encoding, clock } = this.#options;
    const fresh = this.#scanned - from;
    this.flow.counts.bytes += length - fresh;
    this.flow.counts.lastReadAt = clock.now();
    if (this.#head.length < HEAD_BYTES) {
      this.#head = Buffer.concat([this.#head, buffer.subarray(fresh, Math.min(length, fresh + HEAD_BYTES - this.#head.length))]);
    }
    const now = BigInt(Math.trunc(clock.now())) * 1_000_000n;
    if (now > this.#lastTime) this.#lastTime = now;
    let start = fresh;
    if (this.#scanned === 0) {
      start = encoding.mark(buffer.subarray(0, length));
      this.#lineStart = start;
    }
    for (;;) {
      const newline = findNewline(encoding, buffer.subarray(0, length), Math.max(start, fresh), from);
      if (newline === -1) break;
      this.#endLine(buffer, start, newline, from + newline + encoding.unit);
      start = newline + encoding.unit;
    }
    this.#keepPartial(buffer.subarray(start, length));
    this.#scanned = from + length;
    this.#before = Buffer.from(buffer.subarray(Math.max(0, length - BEFORE_BYTES), length));
  }

  #endLine(buffer: Buffer, start: number, end: number, next: number): void {
    if (this.#skipping) {
      this.#skipping = false;
      this.flow.pass(next);
    } else if (this.#partialBytes === 0) this.#emit(buffer, start, end, end - start, next);
    else {
      this.#keepPartial(buffer.subarray(start, end));
      const line = Buffer.concat(this.#partial);
      this.#emit(line, 0, line.length, this.#partialBytes, next);
    }
    this.#partial = [];
    this.#partialBytes = 0;
    this.#lineStart = next;
  }

  /** Keeps what was read of an unfinished line, up to the longest line that is written whole. */
  #keepPartial(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const room = this.#options.outlet.lineBytes + 4 - Math.min(this.#partialBytes, this.#options.outlet.lineBytes + 4);
    if (room > 0 && !this.#skipping) this.#partial.push(Buffer.from(bytes.subarray(0, room)));
    this.#partialBytes += bytes.length;
  }

  /** Takes what was read of the last line for the line: nothing more will come. */
  #finishLine(): void {
    if (this.#partialBytes === 0) return;
    const end = this.#lineStart + this.#partialBytes;
    this.#endLine(Buffer.alloc(0), 0, 0, end);
  }

  /** @param length what the line had, whether or not all of it was kept */
  #emit(bytes: Buffer, start: number, end: number, length: number, mark: number): void {
    const { encoding, outlet, labels } = this.#options;
    const attributes = new Map<string, string>();
    let cut = end;
    if (length > outlet.lineBytes) {
      cut = start + outlet.lineBytes;
      // Not in the middle of a character.
      if (encoding.unit === 1) while (cut > start && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut--;
      attributes.set('truncated', String(length));
    }
    this.#lastTime += 1n;
    const line = lineText(encoding, bytes, start, cut);
    this.flow.take({ labels: new Map(labels), attributes, timestamp: this.#lastTime, line }, mark);
  }
}
