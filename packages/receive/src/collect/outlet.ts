/** Where the entries of all sources come together: batches of them become journal records, with the bookmarks that go with them. */

import { AtalayaError, type Clock, type Labels, type Logger, type Timer } from '@atalaya/model';
import type { LogAppender, LogRejectReason, LogWriter } from '../log-writer.ts';
import type { BookmarkChanges, Bookmarks } from './bookmarks.ts';

/** An entry that is ready to be written. */
export interface ReadyEntry {
  readonly labels: Labels;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly line: string;
  /** Names and values alternating. */
  readonly attributes: readonly string[] | undefined;
  /** Told when the entry is refused for good. */
  readonly reporter: RejectionReporter;
}

/** Hears of entries that the writer does not take. */
export interface RejectionReporter {
  rejected(reason: LogRejectReason): void;
}

/** A source's bookmark. */
export interface BookmarkSource {
  readonly key: string;
  /** How far the entries that were written up to this moment go; null when nothing needs to be remembered any more. */
  bookmark(): string | null;
}

/** What an outlet is made of. */
export interface OutletOptions {
  readonly writer: LogWriter;
  readonly bookmarks: Bookmarks;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A record is written when so much text waits, or so long after the first line. */
const BATCH_BYTES = 1024 * 1024;
const BATCH_MS = 50;
/** Sources are told to wait when so much text waits or is being written. */
const HELD_BYTES = 4 * 1024 * 1024;
/** What an entry takes besides its text, about. */
const ENTRY_BYTES = 100;
const RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;

/** Takes entries without waiting; sources that can wait ask {@link Outlet.room} between portions. */
export class Outlet {
  readonly #options: OutletOptions;
  #entries: ReadyEntry[] = [];
  #bytes = 0;
  #writingBytes = 0;
  #touched = new Set<BookmarkSource>();
  #timer: Timer | undefined;
  #working: Promise<void> | undefined;
  #waiting: (() => void)[] = [];
  #closed = false;
  #lastError: string | undefined;
  #retry: (() => void) | undefined;

  constructor(options: OutletOptions) {
    this.#options = options;
  }

  /** Why nothing can be written at the moment, if so. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** The longest line that is kept whole, bytes. */
  get lineBytes(): number {
    return this.#options.writer.limits.lineBytes;
  }

  /** Adds an entry. The bookmark of its source is to be touched when the source has moved on. */
  write(entry: ReadyEntry): void {
    this.#entries.push(entry);
    this.#bytes += entry.line.length + ENTRY_BYTES;
    if (this.#bytes >= BATCH_BYTES) this.#begin();
    else this.#timer ??= this.#options.clock.after(BATCH_MS, () => this.#begin());
  }

  /** Takes the source's bookmark along with the next record. A bookmark without any entry waits for the entries of others. */
  touch(source: BookmarkSource): void {
    this.#touched.add(source);
  }

  /** Takes leave of a bookmark that may be touched: its value now is what is kept. */
  detach(source: BookmarkSource): void {
    if (!this.#touched.delete(source)) return;
    const value = source.bookmark();
    this.#touched.add({ key: source.key, bookmark: () => value });
  }

  /** Bytes that wait or are being written, about. For sources that cannot wait, to know when to drop. */
  get heldBytes(): number {
    return this.#bytes + this.#writingBytes;
  }

  /** Whether sources should wait. */
  get full(): boolean {
    return !this.#closed && this.heldBytes >= HELD_BYTES;
  }

  /** Resolves at once when there is room, else when there is again, when the signal is given, or when nothing will be written any more. */
  async room(signal: AbortSignal): Promise<void> {
    if (!this.full || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const resume = (): void => resolve();
    this.#waiting.push(resume);
    signal.addEventListener('abort', resume);
    await promise;
    signal.removeEventListener('abort', resume);
  }

  /** Writes what waits, bookmarks too; resolves when that is durable, or was given up because the outlet was closed. */
  async flush(): Promise<void> {
    while (this.#entries.length > 0 || this.#touched.size > 0 || this.#working !== undefined) {
      this.#begin();
      await this.#working;
    }
  }

  /** Writes what waits if that succeeds at the first attempt, and ends. What is not written is read again at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.();
    for (const resume of this.#waiting.splice(0)) resume();
    await this.flush();
    this.#timer?.cancel();
  }

  #begin(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#entries.length > 0) this.#timer ??= this.#options.clock.after(BATCH_MS, () => this.#begin());
    });
  }

  async #work(): Promise<void> {
    // Whatever the running turn still writes belongs together with the bookmarks that it sets.
    await Promise.resolve();
    do {
      const entries = this.#entries;
      const changes = new Map([...this.#touched].map((source) => [source.key, source.bookmark()]));
      this.#entries = [];
      this.#writingBytes = this.#bytes;
      this.#bytes = 0;
      this.#touched = new Set();
      await this.#commit(entries, changes);
      this.#writingBytes = 0;
      for (const resume of this.#waiting.splice(0)) resume();
    } while (this.#bytes >= BATCH_BYTES);
  }

  /** Tries until it succeeds: a full journal or disk makes sources wait, nothing is dropped. */
  async #commit(entries: readonly ReadyEntry[], changes: BookmarkChanges): Promise<void> {
    const { bookmarks, clock, log } = this.#options;
    if (entries.length === 0) {
      // Without lines there is nothing that a crash could lose or double.
      if (changes.size > 0) bookmarks.committed(changes);
      return;
    }
    for (let pause = RETRY_MS; ; pause = Math.min(pause * 2, MAX_RETRY_MS)) {
      try {
        await this.#filled(entries, pause === RETRY_MS).commit(changes.size === 0 ? undefined : bookmarks.note(changes));
        if (changes.size > 0) bookmarks.committed(changes);
        if (this.#lastError !== undefined) log.info({}, 'collected log lines can be written again');
        this.#lastError = undefined;
        return;
      } catch (error) {
        const failure = AtalayaError.from(error);
        if (this.#lastError !== failure.message && !this.#closed) {
          log.warn({ reason: failure.message }, 'collected log lines cannot be written; their sources wait');
        }
        this.#lastError = failure.message;
        if (this.#closed) return;
      }
      await this.#pause(clock, pause);
    }
  }

  #filled(entries: readonly ReadyEntry[], first: boolean): LogAppender {
    const appender = this.#options.writer.appender({ mayRepeat: false, truncates: true });
    let labels: Labels | undefined;
    let origin: ReturnType<LogAppender['origin']> = 0;
    for (const entry of entries) {
      if (entry.labels !== labels) {
        labels = entry.labels;
        origin = appender.origin(labels);
      }
      const outcome =
        typeof origin === 'string'
          ? origin
          : appender.line(
              origin,
              entry.seconds,
              entry.nanoseconds,
              entry.line,
              entry.attributes === undefined ? undefined : { attributes: entry.attributes },
            );
      if (outcome !== 'written' && first) entry.reporter.rejected(outcome);
    }
    return appender;
  }

  #pause(clock: Clock, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = clock.after(milliseconds, resolve);
      this.#retry = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
