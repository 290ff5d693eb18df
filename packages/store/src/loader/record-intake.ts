/** What comes in for a table, record by record: taken in at once, put into the table in groups or when a question waits for them. */

import { randomUUID } from 'node:crypto';
import type { Clock } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import type { InsertBlock } from '../native/block.ts';

/** A journal's record, or a portion of one. */
export interface KeyedRecord {
  /** `Batch` of its rows in the table. */
  readonly key: bigint;
  /** When it was received, milliseconds since the epoch. */
  readonly appendedAt: number;
}

/** A record that was taken in. */
export interface TakenRecord<AnyRecord extends KeyedRecord> {
  readonly record: AnyRecord;
  /** Rows of it that are kept. */
  readonly rows: number;
  /** Whether some of it may be in the table already. */
  uncertain: boolean;
  inserted: boolean;
}

/** A group that is ready to be put into the table, without what is there already. */
export interface PreparedGroup {
  readonly rows: number;
  readonly block: InsertBlock;
}

/** Inserts on behalf of questions are at least so far apart, milliseconds: each insert costs a merge. */
const EARLY_INSERT_MS = 200;

/** Puts the records of one table into it. Who extends it says what is kept of a record, and what a group of them is as a block. */
export abstract class RecordIntake<AnyRecord extends KeyedRecord, Taken extends TakenRecord<AnyRecord>, Prepared extends PreparedGroup> {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #table: string;
  readonly #taken = new Map<AnyRecord, Taken>();
  /** Taken in, but not in the table. */
  readonly #waiting = new Set<Taken>();
  readonly #run = randomUUID();
  readonly #openedAt: number;
  #lastInsert = Number.NEGATIVE_INFINITY;
  #flush: Promise<void> | undefined;
  /** Changes of the table run one after another. */
  #turn: Promise<unknown> = Promise.resolve();
  #found = 0;

  protected constructor(table: string, { engine, clock }: { readonly engine: Engine; readonly clock: Clock }) {
    this.#table = table;
    this.#engine = engine;
    this.#clock = clock;
    this.#openedAt = clock.now();
  }

  /** Decides what is kept of a record; called once for each. */
  protected abstract decide(record: AnyRecord, uncertain: boolean): Taken;

  /** Called when a record has been taken in. */
  protected received(_taken: Taken): void {}

  /** Leaves out what is in the table already, and saves what has to be there before the rows. */
  protected abstract prepare(group: readonly Taken[]): Promise<Prepared>;

  /** Rows that were in the table already, because the program had ended between an insert and its checkpoint. */
  protected get found(): number {
    return this.#found;
  }

  /** Rows that are taken in but not in the table. */
  get waitingRows(): number {
    let rows = 0;
    for (const taken of this.#waiting) rows += taken.rows;
    return rows;
  }

  /** Takes a record in, in order. */
  take(record: AnyRecord): void {
    this.#take(record);
  }

  #take(record: AnyRecord): Taken {
    const known = this.#taken.get(record);
    if (known !== undefined) return known;
    // What this process did not see being received may have been inserted by the one before it. A clock that was set does not matter:
    // asking once too often is right, too.
    const certain = record.appendedAt > this.#openedAt && record.appendedAt <= this.#clock.now();
    const taken = this.decide(record, !certain);
    this.#taken.set(record, taken);
    this.#waiting.add(taken);
    this.received(taken);
    return taken;
  }

  /** Resolves when the records are in the table: with the rows that are kept of them, and what was prepared for those that were not there yet. */
  protected loadRecords(records: readonly AnyRecord[]): Promise<{ readonly rows: number; readonly prepared: Prepared | undefined }> {
    const all = Array.from(new Set(records), (record) => this.#take(record));
    return this.alone(async () => {
      const prepared = await this.#insert(all.filter(({ inserted }) => !inserted));
      for (const { record } of all) this.#taken.delete(record);
      return { rows: all.reduce((sum, { rows }) => sum + rows, 0), prepared };
    });
  }

  /** Puts what was taken in into the table now, together with whoever else asks for it. */
  flush(): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve();
    this.#flush ??= this.#flushSoon();
    return this.#flush;
  }

  async #flushSoon(): Promise<void> {
    const pause = this.#lastInsert + EARLY_INSERT_MS - this.#clock.monotonic();
    if (pause > 0) await this.#clock.sleep(pause);
    await this.alone(async () => {
      // Who asks from now on waits for what is taken in from now on, too.
      this.#flush = undefined;
      await this.#insert([...this.#waiting]);
    });
  }

  async #insert(group: readonly Taken[]): Promise<Prepared | undefined> {
    if (group.length === 0) return undefined;
    const prepared = await this.prepare(group);
    // From here on nobody can tell, until the insert has come back, how much of it is there.
    for (const taken of group) taken.uncertain = true;
    await this.#engine.insert(this.#table, prepared.block, { token: this.#tokenOf(group) });
    this.#lastInsert = this.#clock.monotonic();
    for (const taken of group) {
      taken.inserted = true;
      this.#waiting.delete(taken);
      this.#found += taken.rows;
    }
    this.#found -= prepared.rows;
    return prepared;
  }

  /**
   * Names an insert, so that one whose answer got lost, and that a server may still be at when it comes again, counts once. Only within this run: over a
   * power cut the engine's memory of inserts may be newer than its data. Portions of a record have the same key: the rows tell them apart.
   */
  #tokenOf(group: readonly Taken[]): string {
    const keys = group.map(({ record }) => record.key);
    const rows = group.reduce((sum, taken) => sum + taken.rows, 0);
    return `${this.#run}-${keys[0]}-${keys.at(-1)}-${keys.length}-${keys.reduce((sum, key) => sum ^ key, 0n)}-${rows}`;
  }

  /** Does something while nothing is put into the table or deleted from it. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
