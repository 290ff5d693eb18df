/** What comes in: records of spans are taken in at once, and put into the table in groups or when a question waits for them, each span once. */

import { randomUUID } from 'node:crypto';
import { selectSpans } from '@atalaya/journal';
import type { Clock, Logger } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import type { RecentHashes } from '../loader/recent-hashes.ts';
import type { Operations } from './operations.ts';
import { presentSpans, withoutPresent } from './present-spans.ts';
import { spanBlock } from './span-columns.ts';
import { hashSpans, SpanHasher } from './span-identity.ts';
import type { SpanRecord } from './span-record.ts';
import { spanHourOf } from './span-time.ts';

/** Counted since the start. */
export interface SpanCounters {
  /** Spans that were taken in, those that were left out included. */
  readonly spans: number;
  /** Spans that repeated an earlier one and were left out. */
  readonly repeated: number;
  /** Spans that were in the table already, because the program had ended between an insert and its checkpoint. */
  readonly found: number;
  /** How often spans came of operations that are not remembered, because there are too many. */
  readonly operationsBeyondLimits: number;
}

/** What an intake works on. */
export interface SpanIntakeOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  readonly operations: Operations;
  readonly recent: RecentHashes;
}

/** A record that was taken in, without the spans that repeat earlier ones. */
interface Taken {
  readonly record: SpanRecord;
  readonly kept: SpanRecord;
  /** Whether some of it may be in the table already. */
  uncertain: boolean;
  inserted: boolean;
}

/** Inserts on behalf of questions are at least so far apart, milliseconds: each insert costs a merge. */
const EARLY_INSERT_MS = 200;

export class SpanIntake {
  readonly #options: SpanIntakeOptions;
  readonly #taken = new Map<SpanRecord, Taken>();
  /** Taken in, but not in the table. */
  readonly #waiting = new Set<Taken>();
  readonly #hasher = new SpanHasher();
  readonly #run = randomUUID();
  readonly #openedAt: number;
  #lastInsert = Number.NEGATIVE_INFINITY;
  #flush: Promise<void> | undefined;
  /** Changes of the table run one after another. */
  #turn: Promise<unknown> = Promise.resolve();
  #spans = 0;
  #repeated = 0;
  #found = 0;

  constructor(options: SpanIntakeOptions) {
    this.#options = options;
    this.#openedAt = options.clock.now();
  }

  get counters(): SpanCounters {
    const { beyondLimits } = this.#options.operations;
    return { spans: this.#spans, repeated: this.#repeated, found: this.#found, operationsBeyondLimits: beyondLimits };
  }

  /** Spans that are taken in but not in the table. */
  get waitingRows(): number {
    let rows = 0;
    for (const { kept } of this.#waiting) rows += kept.batch.rows;
    return rows;
  }

  /** See {@link TraceStore.take}. */
  take(record: SpanRecord): void {
    this.#take(record);
  }

  #take(record: SpanRecord): Taken {
    const known = this.#taken.get(record);
    if (known !== undefined) return known;
    const kept = this.#withoutRepetitions(record);
    // What this process did not see being received may have been inserted by the one before it. A clock that was set does not matter:
    // asking once too often is right, too.
    const certain = record.appendedAt > this.#openedAt && record.appendedAt <= this.#options.clock.now();
    const taken: Taken = { record, kept, uncertain: !certain, inserted: false };
    this.#taken.set(record, taken);
    this.#waiting.add(taken);
    return taken;
  }

  /** Leaves out repetitions, and notes the operations of the others. */
  #withoutRepetitions(record: SpanRecord): SpanRecord {
    const { recent, operations } = this.#options;
    const { batch } = record;
    const { origins, rowOrigins, kinds, starts, names } = batch;
    const hasher = this.#hasher;
    let keep: Uint8Array | undefined;
    hashSpans(batch, hasher, (row, nameStart, nameEnd) => {
      if (!recent.add(hasher.low, hasher.high)) {
        keep ??= new Uint8Array(batch.rows).fill(1);
        keep[row] = 0;
        return;
      }
      const service = origins[rowOrigins[row] as number]?.serviceName ?? '';
      const name = (): string => Buffer.from(names.subarray(nameStart, nameEnd)).toString('utf8');
      operations.note(service, kinds[row] as number, hasher.nameLow, hasher.nameHigh, spanHourOf(starts[row] as bigint), name);
    });
    this.#spans += batch.rows;
    if (keep === undefined) return record;
    const kept = selectSpans(batch, keep);
    this.#repeated += batch.rows - kept.rows;
    return { ...record, batch: kept };
  }

  /** See {@link TraceStore.load}. */
  load(records: readonly SpanRecord[]): Promise<{ readonly spans: number }> {
    const all = Array.from(new Set(records), (record) => this.#take(record));
    return this.#alone(async () => {
      await this.#insert(all.filter(({ inserted }) => !inserted));
      for (const { record } of all) this.#taken.delete(record);
      return { spans: all.reduce((sum, { kept }) => sum + kept.batch.rows, 0) };
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

  async #insert(group: readonly Taken[]): Promise<void> {
    if (group.length === 0) return;
    const { engine, operations, clock } = this.#options;
    const there = await presentSpans(
      engine,
      group.filter(({ uncertain }) => uncertain).map(({ kept }) => kept.key),
    );
    const records = group.map(({ kept }) => withoutPresent(kept, there)).filter(({ batch }) => batch.rows > 0);
    // Before the spans: an operation without spans does no harm, spans without their operation would not be found.
    await operations.save();
    // From here on nobody can tell, until the insert has come back, how much of it is there.
    for (const taken of group) taken.uncertain = true;
    await engine.insert('otel_traces', spanBlock(records), { token: this.#tokenOf(group) });
    this.#lastInsert = clock.monotonic();
    for (const taken of group) {
      taken.inserted = true;
      this.#waiting.delete(taken);
      this.#found += taken.kept.batch.rows;
    }
    for (const { batch } of records) this.#found -= batch.rows;
  }

  /**
   * Names an insert, so that one whose answer got lost, and that a server may still be at when it comes again, counts once. Only within this run: over a
   * power cut the engine's memory of inserts may be newer than its data.
   */
  #tokenOf(group: readonly Taken[]): string {
    const keys = group.map(({ record }) => record.key);
    const rows = group.reduce((sum, { kept }) => sum + kept.batch.rows, 0);
    return `${this.#run}-${keys[0]}-${keys.at(-1)}-${keys.length}-${keys.reduce((sum, key) => sum ^ key, 0n)}-${rows}`;
  }

  /** Does something while nothing is put into the table or deleted from it. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#alone(work);
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
