/** A journal record of log lines as the store takes it in, with the number that names it in the table. */

import { decodeLogBatch, type JournalRecord, type LogBatch } from '@atalaya/journal';
import { checkLabelSets } from '../loader/check-labels.ts';

/** The lines of one journal record. */
export interface LogRecord {
  readonly batch: LogBatch;
  /** `otel_logs.Batch`: when it was received and which record it was; no two records have the same, even if the journal begins anew. */
  readonly key: bigint;
  /** When it was received, milliseconds since the epoch. */
  readonly appendedAt: number;
}

/** Bits of the key that come from the record's number. */
const NUMBER_BITS = 20n;
const NUMBER_MASK = (1n << NUMBER_BITS) - 1n;

/** The least key of records that were received at a time in milliseconds. */
export function firstKeyAt(time: number): bigint {
  return BigInt(Math.max(0, Math.trunc(time))) << NUMBER_BITS;
}

/** The lines in a record. @throws RangeError when there are none that could be stored. */
export function readLogRecord(record: JournalRecord): LogRecord {
  const batch = decodeLogBatch(record.payload);
  checkLabelSets(batch.origins, 'stream');
  const key = firstKeyAt(record.appendedAt) | (BigInt(record.batchId) & NUMBER_MASK);
  return { batch, key, appendedAt: record.appendedAt };
}
