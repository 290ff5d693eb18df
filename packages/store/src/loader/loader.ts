/** The loader: takes what is durable in the journal into the store, in order, and never loses or skips any of it. */

import { comparePositions, type JournalPosition, type JournalReader, type JournalRecord, type MetricBatch } from '@atalaya/journal';
import { AtalayaError, type Clock, type Logger, type Timer } from '@atalaya/model';
import type { MetricStore } from '../metrics/metric-store.ts';
import { Breaker, type BreakerState } from './breaker.ts';
import { readBatch } from './check-batch.ts';
import type { DeadLetters } from './dead-letters.ts';

/** What a loader is made of. */
export interface LoaderOptions {
  readonly reader: JournalReader;
  readonly store: Pick<MetricStore, 'load'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Notes durably that everything before the position is in the store. */
  writeCheckpoint(position: JournalPosition): Promise<void>;
  /** Told after every checkpoint. */
  onLoaded(position: JournalPosition, stats: LoadStats): void;
  readonly deadLetters: DeadLetters;
  /** Rows that one insert takes at most, about. */
  readonly maxRows?: number;
  /** How often to insert while little comes in, milliseconds. */
  readonly maxDelayMs?: number;
  /** Numbers from 0 to below 1, for the back-off. */
  readonly random?: () => number;
}

/** What one round loaded. Times in milliseconds. */
export interface LoadStats {
  readonly rows: number;
  /** Journal records. */
  readonly batches: number;
  readonly newSeries: number;
  /** Samples whose series nobody has defined. They wait in the store until somebody does. */
  readonly undefinedSamples: number;
  /** Reading, inserting and the checkpoint together. */
  readonly roundMs: number;
  readonly insertMs: number;
}

/** How a loader is doing. */
export interface LoaderState {
  readonly breaker: BreakerState;
  /** Everything before it is in the store. */
  readonly loaded: JournalPosition;
  /** Everything before it is on disk. */
  readonly durable: JournalPosition;
  /** Age of the oldest record that is on disk but not in the store, milliseconds, 0 when there is none. */
  readonly lagMs: number;
  readonly loadedRows: number;
  readonly loadedBatches: number;
  /** Batches that could not be read, kept aside. */
  readonly deadLetters: number;
  /** Failed tries since the start. */
  readonly failures: number;
  readonly lastError: string | undefined;
}

/** A running loader. */
export interface Loader {
  /** Tells that the journal is on disk up to a position. */
  advance(durable: JournalPosition): void;
  state(): LoaderState;
  /** Ends after the load that is under way, without waiting for a failing engine. Does not close the reader. */
  stop(): Promise<void>;
}

const MAX_ROWS = 1_000_000;
const MAX_DELAY_MS = 1000;
/** Bytes read at once, and held at most (one record more). */
const READ_BYTES = 8 * 1_048_576;
const HELD_BYTES = 96 * 1_048_576;

/** Starts a loader. It waits until it is told of durable records. */
export function createLoader(options: LoaderOptions): Loader {
  const loader = new JournalLoader(options);
  loader.start();
  return loader;
}

/** Records that are loaded together. */
interface Group {
  readonly records: readonly JournalRecord[];
  readonly batches: readonly MetricBatch[];
  readonly rows: number;
  /** Where the journal goes on after them. */
  readonly end: JournalPosition;
  /** There was more to read. */
  readonly full: boolean;
}

class JournalLoader implements Loader {
  readonly #options: LoaderOptions;
  readonly #breaker: Breaker;
  #durable: JournalPosition;
  #loaded: JournalPosition;
  /** When the oldest record that is not loaded was appended, or was told of. */
  #pendingSince: number | undefined;
  #loadedRows = 0;
  #loadedBatches = 0;
  #deadLetters = 0;
  #failures = 0;
  #lastError: string | undefined;
  #stopping = false;
  /** Read from the journal, but in no group yet. */
  #queue: JournalRecord[] = [];
  /** The group that is being collected. */
  #records: JournalRecord[] = [];
  #batches: MetricBatch[] = [];
  #rows = 0;
  #bytes = 0;
  /** Ends a sleep, whatever it is for, or one that waits for news only. */
  #wakeUp: (() => void) | undefined;
  #news: (() => void) | undefined;
  #pause: Timer | undefined;
  #finished: Promise<void> = Promise.resolve();

  constructor(options: LoaderOptions) {
    this.#options = options;
    const random = options.random ?? Math.random;
    this.#breaker = new Breaker({ clock: options.clock, firstDelayMs: 500, maxDelayMs: 30_000, random });
    this.#durable = options.reader.position;
    this.#loaded = options.reader.position;
  }

  start(): void {
    this.#finished = this.#run();
  }

  advance(durable: JournalPosition): void {
    if (comparePositions(durable, this.#durable) <= 0) return;
    this.#durable = durable;
    this.#pendingSince ??= this.#options.clock.now();
    this.#news?.();
  }

  state(): LoaderState {
    const since = this.#pendingSince;
    return {
      breaker: this.#breaker.state,
      loaded: this.#loaded,
      durable: this.#durable,
      lagMs: since === undefined ? 0 : Math.max(0, this.#options.clock.now() - since),
      loadedRows: this.#loadedRows,
      loadedBatches: this.#loadedBatches,
      deadLetters: this.#deadLetters,
      failures: this.#failures,
      lastError: this.#lastError,
    };
  }

  stop(): Promise<void> {
    this.#stopping = true;
    this.#breaker.cancel();
    this.#pause?.cancel();
    this.#wakeUp?.();
    return this.#finished;
  }

  async #run(): Promise<void> {
    const { clock, maxDelayMs = MAX_DELAY_MS } = this.#options;
    while (!this.#stopping) {
      // The reader may be ahead: what it has given that did not fit into the last insert waits in the queue.
      if (this.#queue.length === 0 && comparePositions(this.#options.reader.position, this.#durable) >= 0) {
        await this.#sleep();
        continue;
      }
      const started = clock.monotonic();
      const group = await this.#untilItWorks('reading the journal', () => this.#collect());
      if (group === undefined || !(await this.#load(group, started))) return;
      // While more waits than fits into one insert there is no pause; else inserts are few, because each one costs a merge.
      if (!group.full) await this.#sleep(maxDelayMs - (clock.monotonic() - started));
    }
  }

  /** Loads a group and writes the checkpoint; `false` when the loader was stopped before that worked. */
  async #load(group: Group, started: number): Promise<boolean> {
    const options = this.#options;
    const { clock, store } = options;
    const { records, batches, end } = group;
    if (comparePositions(end, this.#loaded) <= 0) return true;
    const inserting = clock.monotonic();
    const token = tokenOf(group);
    const result = await this.#untilItWorks('loading into the store', () => store.load(batches, token === undefined ? {} : { token }));
    if (result === undefined) return false;
    const insertMs = clock.monotonic() - inserting;
    const noted = await this.#untilItWorks('writing the checkpoint', () => options.writeCheckpoint(end).then(() => true));
    if (noted === undefined) return false;
    this.#loaded = end;
    this.#loadedRows += result.samples;
    this.#loadedBatches += records.length;
    this.#pendingSince = comparePositions(end, this.#durable) < 0 ? (records.at(-1)?.appendedAt ?? this.#pendingSince) : undefined;
    const roundMs = clock.monotonic() - started;
    const { newSeries, undefinedSamples } = result;
    options.onLoaded(end, { rows: result.samples, batches: records.length, newSeries, undefinedSamples, roundMs, insertMs });
    return true;
  }

  /** Reads until there is enough for one insert or nothing more. Called again after a failure it goes on where it was. */
  async #collect(): Promise<Group> {
    const { reader, maxRows = MAX_ROWS } = this.#options;
    for (;;) {
      while (this.#queue.length > 0) {
        if (this.#rows >= maxRows || this.#bytes >= HELD_BYTES) return this.#group(true);
        const record = this.#queue[0] as JournalRecord;
        if (this.#records.length === 0) this.#pendingSince = record.appendedAt;
        const batch = await this.#decode(record);
        this.#queue.shift();
        this.#records.push(record);
        this.#bytes += record.payload.length;
        if (batch === undefined) continue;
        this.#rows += batch.samples.count;
        this.#batches.push(batch);
      }
      if (comparePositions(reader.position, this.#durable) >= 0) return this.#group(false);
      this.#queue = await reader.read(this.#durable, READ_BYTES);
      if (this.#queue.length === 0) return this.#group(false);
    }
  }

  /** What was collected, and an empty table for the next. */
  #group(full: boolean): Group {
    const end = this.#queue.length === 0 ? this.#options.reader.position : (this.#records.at(-1)?.end ?? this.#loaded);
    const group: Group = { records: this.#records, batches: this.#batches, rows: this.#rows, end, full };
    this.#records = [];
    this.#batches = [];
    this.#rows = 0;
    this.#bytes = 0;
    return group;
  }

  /** The batch of a record; one that is none is kept aside, because nothing would ever make it one. */
  async #decode(record: JournalRecord): Promise<MetricBatch | undefined> {
    let reason: string;
    try {
      return readBatch(record);
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    const { log, deadLetters } = this.#options;
    await deadLetters(record, reason);
    this.#deadLetters++;
    log.error({ batchId: record.batchId, rows: record.rows, reason }, 'a batch cannot be read and was kept aside');
    return undefined;
  }

  /** Repeats something until it works, with growing pauses; `undefined` when the loader is stopped meanwhile. */
  async #untilItWorks<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    for (;;) {
      try {
        const result = await work();
        if (this.#breaker.state !== 'closed') this.#options.log.info({ failures: this.#breaker.failures }, `${what} works again`);
        this.#breaker.success();
        return result;
      } catch (thrown) {
        const error = AtalayaError.from(thrown);
        this.#failures++;
        this.#lastError = `${what}: ${error.message}`;
        if (this.#stopping) return undefined;
        await this.#breaker.failure((delayMs) => {
          this.#options.log.warn({ code: error.code, reason: error.message, retryInMs: Math.round(delayMs) }, `${what} failed`);
        });
        if (this.#stopping) return undefined;
      }
    }
  }

  /** Resolves after a time, or, without one, when there is something to do; at once when the loader is stopped. */
  async #sleep(milliseconds?: number): Promise<void> {
    if (this.#stopping || (milliseconds !== undefined && milliseconds <= 0)) return;
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
      if (milliseconds === undefined) this.#news = resolve;
      else this.#pause = this.#options.clock.after(milliseconds, resolve);
    });
    this.#wakeUp = undefined;
    this.#news = undefined;
  }
}

/** Names a group by the records in it, so that only the same records have the same name, even after the journal began anew. */
function tokenOf({ records, rows }: Group): string | undefined {
  const first = records[0];
  const last = records.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return `${first.batchId}-${last.batchId}-${first.appendedAt}-${last.appendedAt}-${rows}`;
}
