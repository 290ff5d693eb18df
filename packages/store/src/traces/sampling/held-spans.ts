/** Spans whose traces are not decided yet, in the order of their traces' first spans. */

import { type AttributeColumns, type JournalPosition, selectSpans, type SpanBatch } from '@atalaya/journal';
import type { SpanRecord } from '../span-record.ts';

/** Some spans of a record that were held together. */
interface Portion {
  readonly record: SpanRecord;
  readonly from: JournalPosition;
  readonly bytes: number;
  /** Marks of the rows that are to be kept, until they are handed out. */
  keep: Uint8Array | undefined;
  /** Rows about which nothing is decided. */
  undecided: number;
}

/** The held spans of one trace. */
interface HeldTrace {
  /** When the first of them was received, by the journal's time, and taken, by the monotonic clock; milliseconds. */
  readonly receivedAt: number;
  readonly takenAt: number;
  readonly portions: Portion[];
  readonly rows: number[];
}

/** Spans that leave, and where their record begins. */
export interface ReleasedSpans {
  readonly record: SpanRecord;
  readonly from: JournalPosition;
}

/** What the bookkeeping of a portion, and of a row, takes, about. */
const PORTION_BYTES = 2048;
const ROW_BYTES = 120;

export class HeldSpans {
  readonly #traces = new Map<bigint, HeldTrace>();
  /** Those with undecided rows, in order. */
  readonly #portions = new Set<Portion>();
  readonly #released = new Set<Portion>();
  #bytes = 0;
  #spans = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get spans(): number {
    return this.#spans;
  }

  get traces(): number {
    return this.#traces.size;
  }

  /** Where the first record begins of which something is held. */
  get from(): JournalPosition | undefined {
    for (const { from } of this.#portions) return from;
    return undefined;
  }

  /** The trace that has waited longest. */
  get oldest(): { readonly trace: bigint; readonly receivedAt: number; readonly takenAt: number } | undefined {
    for (const [trace, { receivedAt, takenAt }] of this.#traces) return { trace, receivedAt, takenAt };
    return undefined;
  }

  /** Holds all spans of a record, which its owner gives away; `traces` says to which trace each row belongs. */
  hold(record: SpanRecord, traces: readonly bigint[], from: JournalPosition, takenAt: number): void {
    const { rows } = record.batch;
    const bytes = bytesOf(record.batch) + PORTION_BYTES + rows * ROW_BYTES;
    const portion: Portion = { record, from, bytes, keep: undefined, undecided: rows };
    this.#portions.add(portion);
    this.#bytes += bytes;
    this.#spans += rows;
    for (const [row, trace] of traces.entries()) {
      let held = this.#traces.get(trace);
      if (held === undefined) {
        held = { receivedAt: record.appendedAt, takenAt, portions: [], rows: [] };
        this.#traces.set(trace, held);
      }
      held.portions.push(portion);
      held.rows.push(row);
    }
  }

  /** Decides about the held spans of a trace; gives how many there are. Those that are kept are handed out by {@link takeReleased}. */
  decide(trace: bigint, keep: boolean): number {
    const held = this.#traces.get(trace);
    if (held === undefined) return 0;
    this.#traces.delete(trace);
    for (const [i, portion] of held.portions.entries()) {
      if (keep) {
        portion.keep ??= new Uint8Array(portion.record.batch.rows);
        portion.keep[held.rows[i] as number] = 1;
        this.#released.add(portion);
      }
      if (--portion.undecided > 0) continue;
      this.#portions.delete(portion);
      this.#bytes -= portion.bytes;
    }
    this.#spans -= held.rows.length;
    return held.rows.length;
  }

  /** The spans that were decided to be kept since the last call. */
  takeReleased(): ReleasedSpans[] {
    const released = Array.from(this.#released, (portion): ReleasedSpans => {
      const batch = selectSpans(portion.record.batch, portion.keep as Uint8Array);
      portion.keep = undefined;
      return { record: { ...portion.record, batch }, from: portion.from };
    });
    this.#released.clear();
    return released;
  }
}

/** Bytes of the columns. */
function bytesOf(batch: SpanBatch): number {
  const { attributes, events, links } = batch;
  const ofAttributes = ({ counts, types, names, values }: AttributeColumns): number =>
    counts.byteLength + types.byteLength + names.byteLength + values.byteLength;
  const columns = [
    ...[
      batch.rowOrigins,
      batch.traceIds,
      batch.spanIds,
      batch.parentSpanIds,
      batch.starts,
      batch.durations,
      batch.kinds,
      batch.statusCodes,
    ],
    ...[batch.flags, batch.names, batch.statusMessages, batch.traceStates, batch.dropped],
    ...[events.counts, events.times, events.names, links.counts, links.traceIds, links.spanIds, links.traceStates],
  ];
  const all = columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return all + ofAttributes(attributes) + ofAttributes(events.attributes) + ofAttributes(links.attributes);
}
