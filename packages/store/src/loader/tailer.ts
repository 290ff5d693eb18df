/** Reads the journal as it grows: what it reads is part of every answer from then on, and waits here to be inserted. */

import { comparePositions, type JournalPosition, type JournalReader, type JournalRecord } from '@atalaya/journal';
import type { Clock, Logger } from '@atalaya/model';
import type { DeadLetters } from './dead-letters.ts';
import { Rest } from './rest.ts';
import type { Retry } from './retry.ts';
import type { Sink, Sinks } from './sink.ts';

/** What a tailer is made of. */
export interface TailerOptions {
  readonly reader: JournalReader;
  readonly sinks: Sinks;
  readonly clock: Clock;
  readonly log: Logger;
  readonly deadLetters: DeadLetters;
  readonly retry: Retry;
  /** With so many rows, or bytes, held, nothing more is read until some are released. */
  readonly heldRows: number;
  readonly heldBytes: number;
}

/** A batch, and where it is to be put. */
export interface HeldBatch {
  readonly sink: Sink;
  readonly batch: unknown;
  readonly rows: number;
}

/** A record that was read; without a batch when it held none that can be read. */
export interface HeldRecord {
  readonly record: JournalRecord;
  readonly held: HeldBatch | undefined;
}

/** Bytes read at once, about: decoding them holds up nothing for long. */
const READ_BYTES = 4 * 1_048_576;
/** While nobody waits for the newest records, they are read together with those that follow within this time: each read costs. */
const GATHER_MS = 50;

export class Tailer {
  readonly #options: TailerOptions;
  readonly #waiters = new Set<{ readonly ready: () => boolean; readonly resolve: () => void; readonly urgent: boolean }>();
  #durable: JournalPosition;
  #waitingSince: number | undefined;
  /** Read from the journal; those from `next` on are not decoded yet. */
  #queue: readonly JournalRecord[] = [];
  #next = 0;
  #position: JournalPosition;
  #rows = 0;
  #bytes = 0;
  #deadLetters = 0;
  #stopping = false;
  readonly #rest: Rest;
  #finished: Promise<void> = Promise.resolve();

  /** Records that wait to be inserted, in order. The owner takes them from the front, and tells of it by {@link release}. */
  readonly held: HeldRecord[] = [];

  constructor(options: TailerOptions) {
    this.#options = options;
    this.#rest = new Rest(options.clock);
    this.#durable = options.reader.position;
    this.#position = options.reader.position;
  }

  /** Everything before it is on disk. */
  get durable(): JournalPosition {
    return this.#durable;
  }

  /** Everything before it was taken in. The reader is ahead of it while it reads. */
  get position(): JournalPosition {
    return this.#position;
  }

  /** When it was told of the oldest record that it has not read; `undefined` when it has read all. */
  get waitingSince(): number | undefined {
    return this.#waitingSince;
  }

  /** Batches that could not be read, kept aside. */
  get deadLetters(): number {
    return this.#deadLetters;
  }

  get heldRows(): number {
    return this.#rows;
  }

  get heldBytes(): number {
    return this.#bytes;
  }

  start(): void {
    this.#finished = this.#run();
  }

  /** Tells that the journal is on disk up to a position. */
  advance(durable: JournalPosition): void {
    if (comparePositions(durable, this.#durable) <= 0) return;
    this.#durable = durable;
    this.#waitingSince ??= this.#options.clock.now();
    this.#rest.news();
  }

  /** Resolves when `ready` says so, asked after each piece that was read, or when stopped. While one waits that is urgent, nothing is read later than it could be. */
  until(ready: () => boolean, urgent = true): Promise<void> {
    if (this.#stopping || ready()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.add({ ready, resolve, urgent });
      if (urgent) this.#rest.wake();
    });
  }

  /** Everything that is durable now was read. */
  get caughtUp(): boolean {
    return comparePositions(this.position, this.#durable) >= 0;
  }

  /** Tells that so many rows and bytes are not held any more. */
  release(rows: number, bytes: number): void {
    this.#rows -= rows;
    this.#bytes -= bytes;
    this.#rest.news();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#options.retry.stop();
    this.#rest.stop();
    this.#tellWaiters();
    await this.#finished;
  }

  async #run(): Promise<void> {
    const { retry, heldRows, heldBytes } = this.#options;
    while (!this.#stopping) {
      if (this.caughtUp || this.#rows >= heldRows || this.#bytes >= heldBytes) {
        await this.#rest.sleep();
        continue;
      }
      const target = this.#durable;
      if ((await retry.untilItWorks('reading the journal', () => this.#read())) === undefined) return;
      this.#tellWaiters();
      const all = comparePositions(this.position, target) >= 0;
      if (all && ![...this.#waiters].some(({ urgent }) => urgent)) await this.#rest.sleep(GATHER_MS);
    }
  }

  /** Reads and takes in the next records. Called again after a failure it goes on where it was. */
  async #read(): Promise<true> {
    const { reader } = this.#options;
    if (this.#next === this.#queue.length) {
      this.#queue = await reader.read(this.#durable, READ_BYTES);
      this.#next = 0;
    }
    for (const record of this.#queue.slice(this.#next)) {
      const held = await this.#decode(record);
      held?.sink.take(held.batch, this.#position);
      this.#next++;
      this.#position = record.end;
      this.#rows += held?.rows ?? 0;
      this.#bytes += record.payload.length;
      this.held.push({ record, held });
    }
    this.#queue = [];
    this.#next = 0;
    // Behind the last record there may be damage that was passed over.
    this.#position = reader.position;
    if (this.caughtUp) this.#waitingSince = undefined;
    return true;
  }

  /** The batch of a record; one that is none is kept aside, because nothing would ever make it one. */
  async #decode(record: JournalRecord): Promise<HeldBatch | undefined> {
    const sink = this.#options.sinks.get(record.signal);
    let reason = `records of signal ${record.signal} are not known to this program`;
    try {
      if (sink !== undefined) {
        const batch = sink.decode(record);
        return { sink, batch, rows: sink.rowsOf(batch) };
      }
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    const { log, deadLetters } = this.#options;
    await deadLetters(record, reason);
    this.#deadLetters++;
    log.error({ batchId: record.batchId, rows: record.rows, reason }, 'a batch cannot be read and was kept aside');
    return undefined;
  }

  #tellWaiters(): void {
    for (const waiter of this.#waiters) {
      if (!this.#stopping && !waiter.ready()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }
}
