/** What comes in: records of spans are taken in at once, and put into the table in groups or when a question waits for them, each span once. */

import { selectSpans } from '@atalaya/journal';
import type { Clock, Logger } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import type { RecentHashes } from '../loader/recent-hashes.ts';
import { type PreparedGroup, RecordIntake, type TakenRecord } from '../loader/record-intake.ts';
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

/** A record that was taken in. */
interface Taken extends TakenRecord<SpanRecord> {
  /** Without the spans that repeat earlier ones. */
  readonly kept: SpanRecord;
}

/** Puts spans into `otel_traces`. */
export class SpanIntake extends RecordIntake<SpanRecord, Taken, PreparedGroup> {
  readonly #options: SpanIntakeOptions;
  readonly #hasher = new SpanHasher();
  #spans = 0;
  #repeated = 0;

  constructor(options: SpanIntakeOptions) {
    super('otel_traces', options);
    this.#options = options;
  }

  get counters(): SpanCounters {
    const { beyondLimits } = this.#options.operations;
    return { spans: this.#spans, repeated: this.#repeated, found: this.found, operationsBeyondLimits: beyondLimits };
  }

  protected decide(record: SpanRecord, uncertain: boolean): Taken {
    const kept = this.#withoutRepetitions(record);
    return { record, kept, rows: kept.batch.rows, uncertain, inserted: false };
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
  async load(records: readonly SpanRecord[]): Promise<{ readonly spans: number }> {
    const { rows } = await this.loadRecords(records);
    return { spans: rows };
  }

  protected async prepare(group: readonly Taken[]): Promise<PreparedGroup> {
    const { engine, operations } = this.#options;
    const there = await presentSpans(
      engine,
      group.filter(({ uncertain }) => uncertain).map(({ kept }) => kept.key),
    );
    const records = group.map(({ kept }) => withoutPresent(kept, there)).filter(({ batch }) => batch.rows > 0);
    // Before the spans: an operation without spans does no harm, spans without their operation would not be found.
    await operations.save();
    return { rows: records.reduce((sum, { batch }) => sum + batch.rows, 0), block: spanBlock(records) };
  }
}
