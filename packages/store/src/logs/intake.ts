/** What comes in: records are taken in at once, and put into the table in groups or when a question waits for them, each exactly once. */

import type { LogBatch } from '@atalaya/journal';
import type { Clock, Labels, Logger } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import { column, readNative } from '../native/read.ts';
import { joined, sql, type Sql } from '../sql.ts';
import { logBlock, rowEnds } from './log-columns.ts';
import { logDayOf } from './log-day.ts';
import type { LogRecord } from './log-record.ts';
import { LineHasher } from './line-hash.ts';
import { packedEnds } from './packed-texts.ts';
import { applyLogRetention, type LogRetention, type LogRetentionResult } from './log-retention.ts';
import type { RecentLines } from './recent-lines.ts';
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
  readonly recent: RecentLines;
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
/** Records that one question about what is there names at most. */
const ASKED_AT_ONCE = 5000;

export class LogIntake {
  readonly #options: IntakeOptions;
  readonly #listeners = new Set<(lines: TakenLines) => void>();
  readonly #taken = new Map<LogRecord, Taken>();
  /** Taken in, but not in the table. */
  readonly #waiting = new Set<Taken>();
  readonly #hasher = new LineHasher();
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
    const there = await this.#there(group.filter(({ uncertain }) => uncertain));
    const parts = group.map((taken) => this.#without(taken, there));
    for (const taken of group) this.#registerAgain(taken);
    const newStreams = await streams.save();
    // From here on nobody can tell, until the insert has come back, how much of it is there.
    for (const taken of group) taken.uncertain = true;
    await engine.insert('otel_logs', logBlock(parts.filter(({ rows }) => rows > 0)));
    this.#lastInsert = clock.monotonic();
    for (const taken of group) {
      taken.inserted = true;
      this.#waiting.delete(taken);
      this.#found += taken.rows;
    }
    for (const { rows } of parts) this.#found -= rows;
    return newStreams;
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

  /**
   * The days of which lines of these records are in the table, by key and day. An insert is one block, so that of a record all lines of a
   * day are there or none.
   */
  async #there(uncertain: readonly Taken[]): Promise<ReadonlySet<string>> {
    const there = new Set<string>();
    for (let at = 0; at < uncertain.length; at += ASKED_AT_ONCE) {
      const keys = uncertain.slice(at, at + ASKED_AT_ONCE).map(({ record }) => sql`${record.key}`);
      for (const block of readNative((await this.#options.engine.query(presentDays(keys))).bytes)) {
        const words = column(block, 'key', 'UInt64').words;
        const days = column(block, 'day', 'Int32').values;
        for (let row = 0; row < block.rows; row++) there.add(`${words[row * 2 + 1]}:${words[row * 2]}:${days[row]}`);
      }
    }
    return there;
  }

  #without({ record, keep, rows }: Taken, there: ReadonlySet<string>): { record: LogRecord; keep: Uint8Array | undefined; rows: number } {
    const high = Number(record.key >> 32n);
    const low = Number(record.key & 0xffff_ffffn);
    if (there.size === 0) return { record, keep, rows };
    const { timestamps } = record.batch;
    const missing = Uint8Array.from(timestamps, (timestamp) => (there.has(`${high}:${low}:${logDayOf(timestamp)}`) ? 0 : 1));
    if (!missing.includes(0)) return { record, keep, rows };
    if (keep !== undefined) keep.forEach((kept, row) => (missing[row] = (missing[row] as number) & kept));
    return { record, keep: missing, rows: missing.reduce((sum, kept) => sum + kept, 0) };
  }

  /** Does something while nothing is put into the table or deleted from it. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function presentDays(keys: readonly Sql[]): Sql {
  return sql`SELECT Batch AS key, toInt32(intDiv(toUnixTimestamp64Nano(Timestamp), 86400000000000)) AS day
    FROM otel_logs WHERE Batch IN (${joined(keys, ', ')}) GROUP BY key, day`;
}

/** Tells the streams on which days they have lines. */
function noteDays(batch: LogBatch, slots: Uint32Array, streams: Streams): void {
  const words = new Int32Array(batch.timestamps.buffer, batch.timestamps.byteOffset, batch.rows * 2);
  const earliest = new Float64Array(batch.origins.count).fill(Number.POSITIVE_INFINITY);
  const latest = new Float64Array(batch.origins.count).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < batch.rows; row++) {
    // Exact to some hundred nanoseconds, which is made up for below.
    const time = (words[row * 2 + 1] as number) * 0x1_0000_0000 + ((words[row * 2] as number) >>> 0);
    const origin = batch.rowOrigins[row] as number;
    if (time < (earliest[origin] as number)) earliest[origin] = time;
    if (time > (latest[origin] as number)) latest[origin] = time;
  }
  slots.forEach((slot, origin) => {
    if (slot === REFUSED_STREAM || earliest[origin] === Number.POSITIVE_INFINITY) return;
    streams.touch(slot, Math.floor(((earliest[origin] as number) - ROUNDING) / DAY));
    streams.touch(slot, Math.floor(((latest[origin] as number) + ROUNDING) / DAY));
  });
}

const DAY = 86_400e9;
const ROUNDING = 1024;

/** Hashes each line of a batch: `told` finds the hash in the hasher. */
function hashLines(batch: LogBatch, hasher: LineHasher, told: (row: number) => void): void {
  const { bodies, attributeNames, attributeValues, origins } = batch;
  const bodyEnds = packedEnds(bodies, batch.rows);
  const without = attributeNames.length === 0;
  const nameEnds = without ? undefined : rowEnds(attributeNames, batch.attributeCounts);
  const valueEnds = without ? undefined : rowEnds(attributeValues, batch.attributeCounts);
  const words = new Uint32Array(batch.timestamps.buffer, batch.timestamps.byteOffset, batch.rows * 2);
  const line = { streamLow: 0, streamHigh: 0, timeLow: 0, timeHigh: 0 };
  const startOf = (ends: Uint32Array | undefined, row: number): number => (row === 0 ? 0 : (ends?.[row - 1] ?? 0));
  for (let row = 0; row < batch.rows; row++) {
    const origin = batch.rowOrigins[row] as number;
    line.streamLow = origins.fingerprints[origin * 2] as number;
    line.streamHigh = origins.fingerprints[origin * 2 + 1] as number;
    line.timeLow = words[row * 2] as number;
    line.timeHigh = words[row * 2 + 1] as number;
    const [name, nameEnd] = [startOf(nameEnds, row), nameEnds?.[row] ?? 0];
    const [value, valueEnd] = [startOf(valueEnds, row), valueEnds?.[row] ?? 0];
    // The text with its length, as it lies packed.
    hasher.hash(
      line,
      bodies,
      startOf(bodyEnds, row),
      bodyEnds[row] as number,
      attributeNames,
      name,
      nameEnd,
      attributeValues,
      value,
      valueEnd,
    );
    told(row);
  }
}
