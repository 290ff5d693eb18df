/** Makes journal records of spans for tests. */

import { encodeSpanBatch, type JournalRecord, SIGNAL } from '@atalaya/journal';
import { type PlainSpan, spanBatch } from '@atalaya/journal/testing';
import { readSpanRecord, type SpanRecord } from './span-record.ts';

let lastBatchId = 5000;

/** A record with these spans, as the journal's reader gives it. */
export function spanJournalRecordOf(
  spans: readonly PlainSpan[],
  { batchId = ++lastBatchId, appendedAt = 0 }: { readonly batchId?: number; readonly appendedAt?: number } = {},
): JournalRecord {
  const payload = encodeSpanBatch(spanBatch(spans));
  return { signal: SIGNAL.traces, batchId, rows: spans.length, appendedAt, payload, end: { segment: 1, offset: batchId } };
}

/** The same as the store takes it. */
export function spanRecordOf(
  spans: readonly PlainSpan[],
  options: { readonly batchId?: number; readonly appendedAt?: number } = {},
): SpanRecord {
  return readSpanRecord(spanJournalRecordOf(spans, options));
}
