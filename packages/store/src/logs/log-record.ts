/** A journal record of log lines as the store takes it in, with the number that names it in the table. */

import { decodeLogBatch, type JournalRecord, type LogBatch } from '@atalaya/journal';
import { checkLabelSets } from '../loader/check-labels.ts';
import { recordKey } from '../loader/record-key.ts';

/** The lines of one journal record. */
export interface LogRecord {
  readonly batch: LogBatch;
  /** `otel_logs.Batch`, see {@link recordKey}. */
  readonly key: bigint;
  /** When it was received, milliseconds since the epoch. */
  readonly appendedAt: number;
}

/** The lines in a record. @throws RangeError when there are none that could be stored. */
export function readLogRecord(record: JournalRecord): LogRecord {
  const batch = decodeLogBatch(record.payload);
  checkLabelSets(batch.origins, 'stream');
  return { batch, key: recordKey(record), appendedAt: record.appendedAt };
}
