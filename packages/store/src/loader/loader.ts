/** The loader: takes what is durable in the journal into the store, in order, and never loses or skips any of it. */

import { comparePositions, type JournalPosition, type JournalReader, type JournalRecord } from '@atalaya/journal';
import type { Clock, Logger } from '@atalaya/model';
import type { BreakerState } from './breaker.ts';
import type { DeadLetters } from './dead-letters.ts';
import { Rest } from './rest.ts';
import { Retry } from './retry.ts';
import type { Sink, SinkResult, Sinks } from './sink.ts';
import { type HeldRecord, Tailer } from './tailer.ts';

/** What a loader is made of. */
export interface LoaderOptions {
  readonly reader: JournalReader;
  readonly sinks: Sinks;
  readonly clock: Clock;
  readonly log: Logger;
  /** Notes durably that everything before the position is in the store. */
  writeCheckpoint(position: JournalPosition): Promise<void>;
  /** Told after every load: where the checkpoint is, which may be before the end of what was loaded. */
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
  /** Where the journal goes on behind what was loaded. */
  readonly end: JournalPosition;
  readonly rows: number;
  /** Journal records. */
  readonly batches: number;
  readonly newSeries: number;
  /** Samples whose series nobody has defined. They wait in the store until somebody does. */
  readonly undefinedSamples: number;
  /** Waiting for the end of the journal, inserting and the checkpoint together. */
  readonly roundMs: number;
  readonly insertMs: number;
}

/** How a loader is doing. */
export interface LoaderState {
  readonly breaker: BreakerState;
  /** Everything before it is in the store, but for what a sink holds back. */
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
  /** Resolves when questions see all that is on disk now, with `true`, or after a time in milliseconds, with `false`. */
  readable(timeoutMs: number): Promise<boolean>;
  state(): LoaderState;
  /** Ends after the load that is under way, without waiting for a failing engine. Does not close the reader. */
  stop(): Promise<void>;
}

const MAX_ROWS = 1_000_000;
const MAX_DELAY_MS = 1000;
/** Bytes of records that are held at most (a few records more); one insert takes half. */
const HELD_BYTES = 96 * 1_048_576;
/** Rows that are held at most, in inserts: while one is under way the next is collected. */
const HELD_INSERTS = 1.5;

/** Starts a loader. It waits until it is told of durable records. */
export function createLoader(options: LoaderOptions): Loader {
  const loader = new JournalLoader(options);
  loader.start();
  return loader;
}

/** Records that are loaded together. */
interface Group {
  readonly records: readonly JournalRecord[];
  /** By their sinks, in order. */
  readonly batches: ReadonlyMap<Sink, readonly unknown[]>;
  readonly rows: number;
  readonly bytes: number;
  /** Where the journal goes on after them. */
  readonly end: JournalPosition;
}

class JournalLoader implements Loader {
  readonly #options: LoaderOptions;
  readonly #maxRows: number;
  readonly #inserting: Retry;
  readonly #reading: Retry;
  readonly #tailer: Tailer;
  #loaded: JournalPosition;
  /** Where the checkpoint is: not behind the end of what was loaded, and before what a sink holds back. */
  #noted: JournalPosition;
  /** The group that is being loaded. */
  #group: Group | undefined;
  #loadedRows = 0;
  #loadedBatches = 0;
  #stopping = false;
  readonly #rest: Rest;
  #finished: Promise<void> = Promise.resolve();

  constructor(options: LoaderOptions) {
    this.#options = options;
    this.#rest = new Rest(options.clock);
    const { reader, sinks, clock, log, deadLetters, random = Math.random, maxRows = MAX_ROWS } = options;
    this.#maxRows = maxRows;
    this.#inserting = new Retry(clock, log, random);
    this.#reading = new Retry(clock, log, random);
    this.#tailer = new Tailer({
      reader,
      sinks,
      clock,
      log,
      deadLetters,
      retry: this.#reading,
      heldRows: maxRows * HELD_INSERTS,
      heldBytes: HELD_BYTES,
    });
    this.#loaded = reader.position;
    this.#noted = reader.position;
  }

  start(): void {
    this.#tailer.start();
    this.#finished = this.#run();
  }

  advance(durable: JournalPosition): void {
    this.#tailer.advance(durable);
    this.#rest.news();
  }

  async readable(timeoutMs: number): Promise<boolean> {
    if (this.#tailer.caughtUp) return true;
    const { durable } = this.#tailer;
    const isRead = (): boolean => comparePositions(this.#tailer.position, durable) >= 0;
    let timedOut = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(timeoutMs, () => {
      timedOut = true;
      resolve();
    });
    await Promise.race([promise, this.#tailer.until(() => timedOut || isRead())]);
    timer.cancel();
    return isRead();
  }

  state(): LoaderState {
    const since = (this.#group?.records[0] ?? this.#tailer.held[0]?.record)?.appendedAt ?? this.#tailer.waitingSince;
    return {
      breaker: this.#inserting.state === 'closed' ? this.#reading.state : this.#inserting.state,
      loaded: this.#loaded,
      durable: this.#tailer.durable,
      lagMs: since === undefined ? 0 : Math.max(0, this.#options.clock.now() - since),
      loadedRows: this.#loadedRows,
      loadedBatches: this.#loadedBatches,
      deadLetters: this.#tailer.deadLetters,
      failures: this.#inserting.failures + this.#reading.failures,
      lastError: this.#inserting.lastError ?? this.#reading.lastError,
    };
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#inserting.stop();
    this.#rest.stop();
    await this.#tailer.stop();
    await this.#finished;
  }

  async #run(): Promise<void> {
    const { clock, maxDelayMs = MAX_DELAY_MS } = this.#options;
    while (!this.#stopping) {
      if (comparePositions(this.#tailer.durable, this.#loaded) <= 0) {
        const isHolding = comparePositions(this.#noted, this.#loaded) < 0;
        await this.#rest.sleep(isHolding ? maxDelayMs : undefined);
        if (!isHolding || this.#stopping || comparePositions(this.#tailer.durable, this.#loaded) > 0) continue;
        if (!(await this.#load({ records: [], batches: new Map(), rows: 0, bytes: 0, end: this.#loaded }, clock.monotonic()))) return;
        continue;
      }
      const started = clock.monotonic();
      const { durable } = this.#tailer;
      await this.#tailer.until(() => this.#isEnough || comparePositions(this.#tailer.position, durable) >= 0);
      if (this.#stopping) return;
      const full = this.#isEnough;
      const group = this.#take();
      this.#group = group;
      if (!(await this.#load(group, started))) return;
      this.#group = undefined;
      // While more waits than fits into one insert there is no pause; else inserts are few, because each one costs a merge.
      if (!full) await this.#rest.sleep(maxDelayMs - (clock.monotonic() - started));
    }
  }

  /** More is held than one insert takes. */
  get #isEnough(): boolean {
    return this.#tailer.heldRows >= this.#maxRows || this.#tailer.heldBytes >= HELD_BYTES / 2;
  }

  /** Takes what the next insert is to hold from what was read. */
  #take(): Group {
    const { held } = this.#tailer;
    let rows = 0;
    let bytes = 0;
    let count = 0;
    while (count < held.length && rows < this.#maxRows && bytes < HELD_BYTES / 2) {
      const next = held[count++] as HeldRecord;
      rows += next.held?.rows ?? 0;
      bytes += next.record.payload.length;
    }
    const taken = held.splice(0, count);
    const records = taken.map(({ record }) => record);
    const batches = new Map<Sink, unknown[]>();
    for (const { held: one } of taken) {
      if (one === undefined) continue;
      const ofSink = batches.get(one.sink);
      if (ofSink === undefined) batches.set(one.sink, [one.batch]);
      else ofSink.push(one.batch);
    }
    const end = held.length === 0 ? this.#tailer.position : (records.at(-1)?.end ?? this.#loaded);
    return { records, batches, rows, bytes, end };
  }

  /** Loads a group and writes the checkpoint; `false` when the loader was stopped before that worked. */
  async #load({ records, batches, rows, bytes, end }: Group, started: number): Promise<boolean> {
    const options = this.#options;
    const { clock } = options;
    if (records.length > 0 && comparePositions(end, this.#loaded) <= 0) return true;
    const inserting = clock.monotonic();
    const token = tokenOf(records, rows);
    const total = { rows: 0, newSeries: 0, undefinedSamples: 0 };
    const holding = [...options.sinks.values()].filter((sink) => sink.heldFrom?.() !== undefined);
    for (const sink of new Set([...batches.keys(), ...holding])) {
      const load = (): Promise<SinkResult> => sink.load(batches.get(sink) ?? [], token === undefined ? {} : { token });
      const result = await this.#inserting.untilItWorks('loading into the store', load);
      if (result === undefined) return false;
      total.rows += result.rows;
      total.newSeries += result.newSeries;
      total.undefinedSamples += result.undefinedSamples ?? 0;
    }
    const insertMs = clock.monotonic() - inserting;
    this.#tailer.release(rows, bytes);
    const before = this.#noted;
    if (!(await this.#note(end))) return false;
    this.#loaded = end;
    this.#loadedRows += total.rows;
    this.#loadedBatches += records.length;
    const roundMs = clock.monotonic() - started;
    if (records.length > 0 || total.rows > 0 || this.#noted !== before) {
      options.onLoaded(this.#noted, { end, ...total, batches: records.length, roundMs, insertMs });
    }
    return true;
  }

  /** Writes the checkpoint, after what was loaded up to `end`; `false` when the loader was stopped before that worked. */
  async #note(end: JournalPosition): Promise<boolean> {
    let position = end;
    for (const sink of this.#options.sinks.values()) {
      const held = sink.heldFrom?.();
      if (held !== undefined && comparePositions(held, position) < 0) position = held;
    }
    // What is held by a sink was read after the last checkpoint; before it there is nothing to note.
    if (comparePositions(position, this.#noted) <= 0) return true;
    const noted = await this.#inserting.untilItWorks('writing the checkpoint', () =>
      this.#options.writeCheckpoint(position).then(() => true),
    );
    if (noted === undefined) return false;
    this.#noted = position;
    return true;
  }
}

/** Names a group by the records in it, so that only the same records have the same name, even after the journal began anew. */
function tokenOf(records: readonly JournalRecord[], rows: number): string | undefined {
  const first = records[0];
  const last = records.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return `${first.batchId}-${last.batchId}-${first.appendedAt}-${last.appendedAt}-${rows}`;
}
