/** What comes in: records are taken in at once, and put into the table in groups or when a question waits for them, each exactly once. */

import type { LogBatch } from '@atalaya/journal';
import type { Clock, Labels, Logger } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import type { RecentHashes } from '../loader/recent-hashes.ts';
import { type PreparedGroup, RecordIntake, type TakenRecord } from '../loader/record-intake.ts';
import { hashLines, LineHasher } from './line-hash.ts';
import { logBlock } from './log-columns.ts';
import type { LogRecord } from './log-record.ts';
import { applyLogRetention, type LogRetention, type LogRetentionResult } from './log-retention.ts';
import { presentDays, withoutPresent } from './present-days.ts';
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
interface Taken extends TakenRecord<LogRecord> {
  readonly keep: Uint8Array | undefined;
  readonly slots: Uint32Array;
  /** How often streams had been removed when its streams were looked up. */
  removals: number;
}

interface PreparedLines extends PreparedGroup {
  readonly newStreams: number;
}

/** Puts lines into `otel_logs`. */
export class LogIntake extends RecordIntake<LogRecord, Taken, PreparedLines> {
  readonly #options: IntakeOptions;
  readonly #listeners = new Set<(lines: TakenLines) => void>();
  readonly #hasher = new LineHasher();
  /** Rounds of removing streams. */
  #removals = 0;
  #lines = 0;
  #repeated = 0;
  #refused = 0;

  constructor(options: IntakeOptions) {
    super('otel_logs', options);
    this.#options = options;
  }

  get counters(): LogCounters {
    const { collisions } = this.#options.streams;
    return { lines: this.#lines, repeated: this.#repeated, collisions, refused: this.#refused, found: this.found };
  }

  /** See {@link LogStore.onTaken}. */
  onTaken(listener: (lines: TakenLines) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected decide(record: LogRecord, uncertain: boolean): Taken {
    const { streams } = this.#options;
    const { batch } = record;
    const slots = streams.register(batch.origins);
    noteDays(batch, slots, streams);
    const keep = this.#keptRows(batch, slots);
    const rows = keep === undefined ? batch.rows : keep.reduce((sum, kept) => sum + kept, 0);
    this.#lines += batch.rows;
    return { record, keep, rows, slots, removals: this.#removals, uncertain, inserted: false };
  }

  /** Tells whoever follows the lines. */
  protected override received({ record: { batch }, keep, slots }: Taken): void {
    const { streams } = this.#options;
    const lines: TakenLines = {
      batch,
      keep,
      labels: (origin) => streams.labels(slots[origin] as number),
      given: (origin) => streams.given(slots[origin] as number),
    };
    for (const listener of this.#listeners) listener(lines);
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
  async load(records: readonly LogRecord[]): Promise<{ readonly lines: number; readonly newStreams: number }> {
    const { rows, prepared } = await this.loadRecords(records);
    return { lines: rows, newStreams: prepared?.newStreams ?? 0 };
  }

  protected async prepare(group: readonly Taken[]): Promise<PreparedLines> {
    const { engine, streams } = this.#options;
    const uncertain = group.filter((taken) => taken.uncertain).map(({ record }) => record.key);
    const there = await presentDays(engine, uncertain);
    const parts = group.map((taken) => withoutPresent(taken, there)).filter(({ rows }) => rows > 0);
    for (const taken of group) this.#registerAgain(taken);
    const newStreams = await streams.save();
    return { rows: parts.reduce((sum, { rows }) => sum + rows, 0), block: logBlock(parts), newStreams };
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
    return this.alone(async () => {
      this.#removals++;
      return applyLogRetention(engine, streams, retention, clock.now(), log);
    });
  }
}
