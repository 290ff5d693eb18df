/** The number that names a journal record in tables whose rows say which record they came in. */

import type { JournalRecord } from '@atalaya/journal';

/** Bits of the key that come from the record's number. */
const NUMBER_BITS = 20n;
const NUMBER_MASK = (1n << NUMBER_BITS) - 1n;

/** The least key of records that were received at a time in milliseconds. */
export function firstKeyAt(time: number): bigint {
  return BigInt(Math.max(0, Math.trunc(time))) << NUMBER_BITS;
}

/** When a record was received and which it was; no two records have the same, even if the journal begins anew. */
export function recordKey({ appendedAt, batchId }: Pick<JournalRecord, 'appendedAt' | 'batchId'>): bigint {
  return firstKeyAt(appendedAt) | (BigInt(batchId) & NUMBER_MASK);
}
