/** Asks the table which lines of records it has already, and leaves those out. */

import type { Engine } from '../engine/engine.ts';
import { column, readNative } from '../native/read.ts';
import { joined, sql } from '../sql.ts';
import type { InsertedLines } from './log-columns.ts';
import { logDayOf } from './log-day.ts';

/** Records that one question names at most. */
const ASKED_AT_ONCE = 5000;

/**
 * The days of which lines of these records are in the table, by {@link dayKey}. An insert is one block, so that of a record all lines of a day
 * are there or none.
 */
export async function presentDays(engine: Engine, keys: readonly bigint[]): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (let at = 0; at < keys.length; at += ASKED_AT_ONCE) {
    const some = keys.slice(at, at + ASKED_AT_ONCE).map((key) => sql`${key}`);
    const { bytes } = await engine.query(
      sql`SELECT Batch AS key, toInt32(intDiv(toUnixTimestamp64Nano(Timestamp), 86400000000000)) AS day
        FROM otel_logs WHERE Batch IN (${joined(some, ', ')}) GROUP BY key, day`,
    );
    for (const block of readNative(bytes)) {
      const { words } = column(block, 'key', 'UInt64');
      const days = column(block, 'day', 'Int32').values;
      for (let row = 0; row < block.rows; row++) {
        there.add(dayKey(words[row * 2 + 1] as number, words[row * 2] as number, days[row] as number));
      }
    }
  }
  return there;
}

/** The lines whose days are not there. */
export function withoutPresent({ record, keep, rows }: InsertedLines, there: ReadonlySet<string>): InsertedLines {
  if (there.size === 0) return { record, keep, rows };
  const high = Number(record.key >> 32n);
  const low = Number(record.key & 0xffff_ffffn);
  const { timestamps } = record.batch;
  const missing = Uint8Array.from(timestamps, (timestamp) => (there.has(dayKey(high, low, logDayOf(timestamp))) ? 0 : 1));
  if (!missing.includes(0)) return { record, keep, rows };
  if (keep !== undefined) keep.forEach((kept, row) => (missing[row] = (missing[row] as number) & kept));
  return { record, keep: missing, rows: missing.reduce((sum, kept) => sum + kept, 0) };
}

function dayKey(high: number, low: number, day: number): string {
  return `${high}:${low}:${day}`;
}
