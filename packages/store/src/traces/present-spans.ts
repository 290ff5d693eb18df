/** Asks the table which spans of records it has already, and leaves those out. */

import { selectSpans } from '@atalaya/journal';
import type { Engine } from '../engine/engine.ts';
import { joined, sql } from '../sql.ts';
import { hashSpans, SpanHasher } from './span-identity.ts';
import { storedSpans } from './stored-spans.ts';
import type { SpanRecord } from './span-record.ts';

/** Records that one question names at most. */
const ASKED_AT_ONCE = 1000;

/** The spans of these records that are in the table, by {@link spanKey}. */
export async function presentSpans(engine: Engine, keys: readonly bigint[]): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (let at = 0; at < keys.length; at += ASKED_AT_ONCE) {
    const some = keys.slice(at, at + ASKED_AT_ONCE).map((key) => sql`${key}`);
    await storedSpans(engine, sql`Batch IN (${joined(some, ', ')})`, ({ low, high }) => there.add(spanKey(low, high)));
  }
  return there;
}

/** The spans that are not there. */
export function withoutPresent(record: SpanRecord, there: ReadonlySet<string>): SpanRecord {
  if (there.size === 0) return record;
  const { batch } = record;
  const missing = new Uint8Array(batch.rows);
  const hasher = new SpanHasher();
  hashSpans(batch, hasher, (row) => (missing[row] = there.has(spanKey(hasher.low, hasher.high)) ? 0 : 1));
  return missing.includes(0) ? { ...record, batch: selectSpans(batch, missing) } : record;
}

function spanKey(low: number, high: number): string {
  return `${high}:${low}`;
}
