/** A job that reads the systemd journal: through `journalctl`, which follows it, from where it was read up to. */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { ownLabels, rulesOf } from '../default-labels.ts';
import { EntryFlow } from '../entry-flow.ts';
import { countsOf, type JobOf, type LogSource, type LogTarget, type SourceContext, streamLabels } from '../log-source.ts';
import type { BookmarkSource } from '../outlet.ts';
import { attributesOf, type JournalEntry, metaLabels, parseJournalLine } from './journal-entry.ts';

const RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;
/** A process that has lived so long had nothing to do with the failures before. */
const HEALTHY_MS = 60_000;
/** A line that does not end before is no entry. */
const MAX_ENTRY_BYTES = 64 * 1024 * 1024;

export class JournalSource implements LogSource, BookmarkSource {
  readonly key: string;
  readonly #job: JobOf<'journal'>;
  readonly #context: SourceContext;
  readonly #program: string;
  readonly #flow: EntryFlow<string | undefined>;
  readonly #labels: ReadonlyMap<string, string>;
  /** Of the last entry that went into the pipeline. */
  #cursor: string | undefined;
  #child: ChildProcessByStdio<null, Readable, Readable> | undefined;
  #lastError: string | undefined;
  #said = new Set<string>();
  readonly #abort = new AbortController();
  #wake: (() => void) | undefined;
  readonly #done: Promise<void>;

  constructor(job: JobOf<'journal'>, context: SourceContext, program: string) {
    const { outlet, clock, bookmarks } = context;
    this.#job = job;
    this.#context = context;
    this.#program = program;
    this.key = `journal:${job.name}`;
    this.#cursor = bookmarks.get(this.key);
    this.#labels = ownLabels(job, job.source.labels);
    this.#flow = new EntryFlow({ pipeline: job.pipeline(), outlet, clock, start: this.#cursor, onMoved: () => outlet.touch(this) });
    this.#done = this.#run();
  }

  bookmark(): string | null {
    return this.#flow.read ?? null;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#child?.kill();
    this.#wake?.();
    await this.#done;
    this.#flow.close();
    this.#context.outlet.detach(this);
  }

  targets(): LogTarget[] {
    const { name, source } = this.#job;
    return [
      {
        job: name,
        kind: 'journal',
        name: source.path === '' ? 'systemd journal' : source.path,
        labels: Object.fromEntries(this.#labels),
        state: this.#lastError === undefined ? 'reading' : 'failed',
        ...countsOf(this.#flow.counts),
        ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      },
    ];
  }

  /** Keeps a process running. */
  async #run(): Promise<void> {
    const { clock } = this.#context;
    let pause = RETRY_MS;
    while (!this.#abort.signal.aborted) {
      const begun = clock.monotonic();
      const failure = await this.#follow();
      if (this.#abort.signal.aborted) return;
      this.#fail(failure);
      if (clock.monotonic() - begun > HEALTHY_MS) pause = RETRY_MS;
      await this.#pause(pause);
      pause = Math.min(pause * 2, MAX_RETRY_MS);
    }
  }

  /** Runs until the process ends; resolves with why. */
  async #follow(): Promise<string> {
    const child = spawn(this.#program, this.#arguments(), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const ended = new Promise<string>((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('close', (code, signal) => resolve(`${this.#program} ended with ${signal ?? code}`));
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = chunk.toString().trim().slice(-500);
      this.#warn(complaint);
    });
    try {
      await this.#read(child.stdout);
    } catch (error) {
      complaint = String(error);
    }
    child.kill();
    const end = await ended;
    return complaint === '' ? end : `${end}: ${complaint}`;
  }

  #arguments(): string[] {
    const { path, maxAgeMs, matches } = this.#job.source;
    const since = Math.floor((this.#context.clock.now() - maxAgeMs) / 1000);
    return [
      '--output=json',
      '--all',
      '--follow',
      '--no-tail',
      '--no-pager',
      ...(path === '' ? [] : [`--directory=${path}`]),
      this.#cursor === undefined ? `--since=@${since}` : `--after-cursor=${this.#cursor}`,
      ...matches,
    ];
  }

  async #read(output: Readable): Promise<void> {
    const { outlet } = this.#context;
    let rest: Buffer[] = [];
    let waiting = 0;
    for await (const chunk of output as AsyncIterable<Buffer>) {
      // Not reading on makes journalctl wait.
      await outlet.room(this.#abort.signal);
      if (this.#abort.signal.aborted) return;
      let start = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
        const line =
          rest.length === 0 ? chunk.toString('utf8', start, end) : Buffer.concat([...rest, chunk.subarray(start, end)]).toString();
        rest = [];
        waiting = 0;
        start = end + 1;
        if (line !== '') this.#take(line);
      }
      if (start < chunk.length) {
        rest.push(chunk.subarray(start));
        waiting += chunk.length - start;
        if (waiting > MAX_ENTRY_BYTES) throw new Error(`an entry of more than ${MAX_ENTRY_BYTES} bytes`);
      }
      outlet.touch(this);
    }
  }

  #take(line: string): void {
    let entry: JournalEntry;
    try {
      entry = parseJournalLine(line);
    } catch (error) {
      this.#warn(`a line of journalctl cannot be read: ${String(error)}`);
      return;
    }
    const { cursor, fields, message, timestamp } = entry;
    // Where a cursor's entry is gone journalctl may begin with what it finds next to it: never with the same again.
    if (cursor === this.#cursor) return;
    this.#lastError = undefined;
    this.#cursor = cursor;
    const { counts } = this.#flow;
    counts.bytes += line.length;
    counts.lastReadAt = this.#context.clock.now();
    const labels = streamLabels(new Map([...this.#labels, ...metaLabels(fields)]), rulesOf(this.#job));
    const text = this.#job.source.json ? JSON.stringify(Object.fromEntries(fields)) : message;
    if (labels === undefined || text === undefined) {
      this.#flow.pass(cursor);
      return;
    }
    this.#flow.take({ labels: new Map(labels), attributes: attributesOf(fields), timestamp, line: text }, cursor);
  }

  #fail(reason: string): void {
    if (this.#lastError !== reason)
      this.#context.log.warn({ job: this.#job.name, reason }, 'the systemd journal cannot be read; it is tried again');
    this.#lastError = reason;
  }

  /** What journalctl says once, once. */
  #warn(text: string): void {
    if (this.#said.has(text) || this.#said.size >= 100) return;
    this.#said.add(text);
    this.#context.log.warn({ job: this.#job.name, journalctl: text }, 'a remark of journalctl');
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#context.clock.after(milliseconds, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
