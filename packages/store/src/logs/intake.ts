/** What comes in: records are taken in at once, and put into the table in groups or when a question waits for them, each exactly once. */

import { randomUUID } from 'node:crypto';
import type { LogBatch } from '@atalaya/journal';
import type { Clock, Labels, Logger } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import { hashLines, LineHasher } from './line-hash.ts';
import { logBlock } from './log-columns.ts';
import type { LogRecord } from './log-record.ts';
import { applyLogRetention, type LogRetention, type LogRetentionResult } from './log-retention.ts';
import { presentDays, withoutPresent } from './present-days.ts';
import type { RecentHashes } from '../loader/recent-hashes.ts';
import { noteDays } from './stream-days.ts';
import { REFUSED_STREAM, type Streams } from './streams.ts';

/** Lines as they are taken in, for whoever follows them. */
export interface TakenLines {
  readonly batch: LogBatch;
  /** 1 for each row that is stored; absent: all are. The others repeat earlier ones, or their stream was refused. */
  readonly keep: Uint8Array | undefined;
  /** Labels of an origin's stream, `service_name` always among them: the same object for the same stream. */
  readonly labels: (origin: number) => Labels;
  /** The same as the sender gave them. */
  readonly given: (origin: number) => Labels;
}

/** Counted since the start. */
export interface LogCounters {
  /** Lines that were taken in, those that were left out included. */
  readonly lines: number;
  /** Lines that repeated an earlier one and were left out. */
  readonly repeated: number;
  /** Streams refused because another one has the same fingerprint, and their lines. */
  readonly collisions: number;
  readonly refused: number;
  /** Lines that were in the table already, because the program had ended between an insert and its checkpoint. */
  readonly found: number;
}

/** What an intake works on. */
export interface IntakeOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  readonly streams: Streams;
  readonly recent: RecentHashes;
}

/** A record that was taken in. */
interface Taken {
  readonly record: LogRecord;
  readonly keep: Uint8Array | undefined;
  readonly rows: number;
  readonly slots: Uint32Array;
  /** How often streams had been removed when its streams were looked up. */
  removals: number;
  /** Whether some of it may be in the table already. */
  uncertain: boolean;
  inserted: boolean;
}

/** Inserts on behalf of questions are at least so far apart, milliseconds: each insert costs a merge. */
const EARLY_INSERT_MS = 200;

export class LogIntake {
  readonly #options: IntakeOptions;
  readonly #listeners = new Set<(lines: TakenLines) => void>();
  readonly #taken = new Map<LogRecord, Taken>();
  /** Taken in, but not in the table. */
  readonly #waiting = new Set<Taken>();
  readonly #hasher = new LineHasher();
  readonly #run = randomUUID();
  readonly #openedAt: number;
  #lastInsert = Number.NEGATIVE_INFINITY;
  #flush: Promise<void> | undefined;
  /** Changes of the table run one after another. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Rounds of removing streams. */
  #removals = 0;
  #lines = 0;
  #repeated = 0;
  #refused = 0;
  #found = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#openedAt = options.clock.now();
  }

  get counters(): LogCounters {
    const { collisions } = this.#options.streams;
    return { lines: this.#lines, repeated: this.#repeated, collisions, refused: this.#refused, found: this.#found };
  }

  /** Lines that are taken in but not in the table. */
  get waitingRows(): number {
    let rows = 0;
    for (const taken of this.#waiting) rows += taken.rows;
    return rows;
  }

  /** See {@link LogStore.onTaken}. */
  onTaken(listener: (lines: TakenLines) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** See {@link LogStore.take}. */
  take(record: LogRecord): void {
    this.#take(record);
  }

  #take(record: LogRecord): Taken {
    const known = this.#taken.get(record);
    if (known !== undefined) return known;
    const { streams, clock } = this.#options;
    const { batch } = record;
    const slots = streams.register(batch.origins);
    noteDays(batch, slots, streams);
    const keep = this.#keptRows(batch, slots);
    const rows = keep === undefined ? batch.rows : keep.reduce((sum, kept) => sum + kept, 0);
    this.#lines += batch.rows;
    // What this process did not see being received may have been inserted by the one before it. A clock that was set does not matter:
    // asking once too often is right, too.
    const certain = record.appendedAt > this.#openedAt && record.appendedAt <= clock.now();
    const taken: Taken = { record, keep, rows, slots, removals: this.#removals, uncertain: !certain, inserted: false };
    this.#taken.set(record, taken);
    this.#waiting.add(taken);
    const lines: TakenLines = {
      batch,
      keep,
      labels: (origin) => streams.labels(slots[origin] as number),
      given: (origin) => streams.given(slots[origin] as number),
    };
    for (const listener of this.#listeners) listener(lines);
    return taken;
  }

  #keptRows(batch: LogBatch, slots: Uint32Array): Uint8Array | undefined {
    let keep: Uint8Array | undefined;
    const drop = (row: number): void => {
      keep ??= new Uint8Array(batch.rows).fill(1);
      keep[row] = 0;
    };
    if (slots.includes(REFUSED_STREAM)) {
      for (let row = 0; row < batch.rows; row++) {
        if (slots[batch.rowOrigins[row] as number] !== REFUSED_STREAM) continue;
        drop(row);
        this.#refused++;
      }
    }
    if (batch.repetitionsDropped) {
      hashLines(batch, this.#hasher, (row) => {
        if (keep?.[row] === 0 || this.#options.recent.add(this.#hasher.low, this.#hasher.high)) return;
        drop(row);
        this.#repeated++;
      });
    }
    return keep;
  }

  /** See {@link LogStore.load}. */
  load(records: readonly LogRecord[]): Promise<{ readonly lines: number; readonly newStreams: number }> {
    const all = Array.from(new Set(records), (record) => this.#take(record));
    return this.#alone(async () => {
      const newStreams = await this.#insert(all.filter(({ inserted }) => !inserted));
      for (const { record } of all) this.#taken.delete(record);
      return { lines: all.reduce((sum, { rows }) => sum + rows, 0), newStreams };
    });
  }

  /** Puts what was taken in into the table now, together with whoever else asks for it. */
  flush(): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve();
    this.#flush ??= this.#flushSoon();
    return this.#flush;
  }

  async #flushSoon(): Promise<void> {
    const { clock } = this.#options;
    const pause = this.#lastInsert + EARLY_INSERT_MS - clock.monotonic();
    if (pause > 0) await clock.sleep(pause);
    await this.#alone(() => {
      // Who asks from now on waits for what is taken in from now on, too.
      this.#flush = undefined;
      return this.#insert([...this.#waiting]);
    });
  }

  async #insert(group: readonly Taken[]): Promise<number> {
    if (group.length === 0) return 0;
    const { engine, streams, clock } = this.#options;
    const uncertain = group.filter((taken) => taken.uncertain).map(({ record }) => record.key);
    const there = await presentDays(engine, uncertain);
    const parts = group.map((taken) => withoutPresent(taken, there));
    for (const taken of group) this.#registerAgain(taken);
    const newStreams = await streams.save();
    // From here on nobody can tell, until the insert has come back, how much of it is there.
    for (const taken of group) taken.uncertain = true;
    await engine.insert('otel_logs', logBlock(parts.filter(({ rows }) => rows > 0)), { token: this.#tokenOf(group) });
    this.#lastInsert = clock.monotonic();
    for (const taken of group) {
      taken.inserted = true;
      this.#waiting.delete(taken);
      this.#found += taken.rows;
    }
    for (const { rows } of parts) this.#found -= rows;
    return newStreams;
  }

  /**
   * Names an insert, so that one whose answer got lost, and that a server may still be at when it comes again, counts once. Only within this run: over a
   * power cut the engine's memory of inserts may be newer than its data.
   */
  #tokenOf(group: readonly Taken[]): string {
    const keys = group.map(({ record }) => record.key);
    return `${this.#run}-${keys[0]}-${keys.at(-1)}-${keys.length}-${keys.reduce((sum, key) => sum ^ key, 0n)}`;
  }

  /** Streams of a record may have been removed as too old since it was taken in. */
  #registerAgain(taken: Taken): void {
    if (taken.removals === this.#removals) return;
    taken.removals = this.#removals;
    const { streams } = this.#options;
    const { batch } = taken.record;
    streams.register(batch.origins);
    noteDays(batch, taken.slots, streams);
  }

  /** See {@link LogStore.enforceRetention}. */
  enforceRetention(retention: LogRetention): Promise<LogRetentionResult> {
    const { engine, streams, clock, log } = this.#options;
    return this.#alone(async () => {
      this.#removals++;
      return applyLogRetention(engine, streams, retention, clock.now(), log);
    });
  }

  /** Does something while nothing is put into the table or deleted from it. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
