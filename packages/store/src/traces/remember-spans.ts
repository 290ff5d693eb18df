/** Remembers, at the start, the spans that were received last: a sender that got no answer from the run before sends them again. */

import type { Engine } from '../engine/engine.ts';
import type { RecentHashes } from '../loader/recent-hashes.ts';
import { firstKeyAt } from '../loader/record-key.ts';
import { readLazily } from '../native/lazy.ts';
import { sql } from '../sql.ts';
import { storedSpans } from './stored-spans.ts';

/** Senders give up after some minutes; an OpenTelemetry Collector, by default, after five. */
const REMEMBERED_MS = 10 * 60_000;
/** More spans than these are not read: the start would take too long. */
const MOST_SPANS = 500_000;

/** Fills the memory of recent spans from the table; gives how many there were. `now` is in milliseconds. */
export async function rememberSpans(engine: Engine, recent: RecentHashes, now: number): Promise<number> {
  const first = await firstKey(engine, firstKeyAt(now - REMEMBERED_MS));
  if (first === undefined) return 0;
  return storedSpans(engine, sql`Batch >= ${first}`, ({ low, high }) => recent.add(low, high));
}

/** The oldest record, not before `earliest`, from which on there are not too many spans; `undefined` when there are none. */
async function firstKey(engine: Engine, earliest: bigint): Promise<bigint | undefined> {
  const { bytes } = await engine.query(
    sql`SELECT Batch AS key, toFloat64(count()) AS spans FROM otel_traces
      WHERE Batch >= ${earliest} AND Batch != 0 GROUP BY key ORDER BY key DESC LIMIT ${MOST_SPANS}`,
  );
  let first: bigint | undefined;
  let spans = 0;
  for (const block of readLazily(bytes)) {
    const keys = block.column('key', 'UInt64');
    const counts = block.column('spans', 'Float64');
    for (let row = 0; row < block.rows; row++) {
      spans += counts[row] as number;
      if (spans > MOST_SPANS) return first;
      first = (BigInt(keys[row * 2 + 1] as number) << 32n) | BigInt(keys[row * 2] as number);
    }
  }
  return first;
}
