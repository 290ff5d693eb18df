/** A journal record of spans as the store takes it in, with the number that names it in the table. */

import { decodeSpanBatch, type JournalRecord, type SpanBatch } from '@atalaya/journal';
import { recordKey } from '../loader/record-key.ts';

/** The spans of one journal record, or some of them. */
export interface SpanRecord {
  readonly batch: SpanBatch;
  /** `otel_traces.Batch`, see {@link recordKey}. Several portions of one record may have the same. */
  readonly key: bigint;
  /** When it was received, milliseconds since the epoch. */
  readonly appendedAt: number;
}

/** The spans in a record. @throws RangeError when there are none that could be stored. */
export function readSpanRecord(record: JournalRecord): SpanRecord {
  return { batch: decodeSpanBatch(record.payload), key: recordKey(record), appendedAt: record.appendedAt };
}
