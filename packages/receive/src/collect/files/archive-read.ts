/** Reads a compressed file once, from beginning to end. */

import { EntryFlow, type FlowCounts } from '../entry-flow.ts';
import type { EntryPipeline } from '../entry.ts';
import type { LogTarget, SourceContext } from '../log-source.ts';
import type { BookmarkSource } from '../outlet.ts';
import { decompressed } from './compressed.ts';
import { findNewline, type LineEncoding, lineText } from './line-splitter.ts';

export interface ArchiveReadOptions {
  readonly key: string;
  readonly path: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly pipeline: EntryPipeline;
  readonly encoding: LineEncoding;
  readonly context: SourceContext;
}

/** Marks are offsets in what the file decompresses to; -1 is its end. */
export class ArchiveRead implements BookmarkSource {
  readonly key: string;
  readonly #options: ArchiveReadOptions;
  readonly #flow: EntryFlow<number>;
  readonly #begun: number;
  #state: LogTarget['state'] = 'reading';
  #lastError: string | undefined;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #lastTime = 0n;

  constructor(options: ArchiveReadOptions) {
    const { key, pipeline, context } = options;
    const { outlet, clock, bookmarks } = context;
    this.#options = options;
    this.key = key;
    this.#begun = Number(bookmarks.get(key) ?? '0');
    this.#flow = new EntryFlow({ pipeline, outlet, clock, start: this.#begun, onMoved: () => outlet.touch(this) });
    this.#done = this.#run();
  }

  bookmark(): string {
    return String(this.#flow.read);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
    this.#flow.close();
    this.#options.context.outlet.detach(this);
  }

  get path(): string {
    return this.#options.path;
  }

  get labels(): ReadonlyMap<string, string> {
    return this.#options.labels;
  }

  get state(): LogTarget['state'] {
    return this.#state;
  }

  get counts(): FlowCounts {
    return this.#flow.counts;
  }

  get lastError(): string | undefined {
    return this.#lastError;
  }

  async #run(): Promise<void> {
    if (this.#begun === -1) {
      this.#state = 'done';
      return;
    }
    const { path, context } = this.#options;
    try {
      await this.#read();
      this.#state = this.#abort.signal.aborted ? 'waiting' : 'done';
    } catch (error) {
      this.#state = 'failed';
      this.#lastError = String(error);
      context.log.warn({ path, error: String(error) }, 'a compressed log file could not be read to its end');
    }
  }

  async #read(): Promise<void> {
    const { path, encoding, context } = this.#options;
    const { outlet } = context;
    let rest = Buffer.alloc(0);
    /** Where `rest` begins. */
    let at = 0;
    for await (const chunk of decompressed(path)) {
      if (this.#abort.signal.aborted) return;
      await outlet.room(this.#abort.signal);
      const bytes = Buffer.concat([rest, chunk as Buffer]);
      let start = at === 0 ? encoding.mark(bytes) : 0;
      for (;;) {
        const newline = findNewline(encoding, bytes, start, at);
        if (newline === -1) break;
        this.#line(bytes, start, newline, at + newline + encoding.unit);
        start = newline + encoding.unit;
      }
      at += start;
      rest = bytes.subarray(start);
      this.#flow.counts.bytes += (chunk as Buffer).length;
      if (this.#flow.read > this.#begun) outlet.touch(this);
    }
    if (rest.length > 0) this.#line(rest, 0, rest.length, at + rest.length);
    this.#flow.flush();
    this.#flow.restart(-1);
    outlet.touch(this);
  }

  #line(bytes: Buffer, start: number, end: number, next: number): void {
    if (next <= this.#begun) return;
    const { encoding, labels, context } = this.#options;
    const now = BigInt(Math.trunc(context.clock.now())) * 1_000_000n;
    this.#lastTime = now > this.#lastTime ? now : this.#lastTime + 1n;
    this.#flow.counts.lastReadAt = context.clock.now();
    const line = lineText(encoding, bytes, start, end);
    this.#flow.take({ labels: new Map(labels), attributes: new Map(), timestamp: this.#lastTime, line }, next);
  }
}
