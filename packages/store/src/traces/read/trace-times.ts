/** When traces were, told by the table's projection. */

import type { CancelSignal, TimeBounds } from '@atalaya/model';
import { lazyText, readLazily } from '../../native/lazy.ts';
import { joined, sql } from '../../sql.ts';
import type { TraceSources } from './sources.ts';

/** Traces that one question names at most. */
const ASKED_AT_ONCE = 5000;

/** Of each trace that is known the time from its first start to behind its last one, by id. */
export async function traceTimes(
  { engine, limits }: TraceSources,
  traceIds: readonly string[],
  signal: CancelSignal,
): Promise<Map<string, TimeBounds>> {
  const times = new Map<string, TimeBounds>();
  for (let at = 0; at < traceIds.length; at += ASKED_AT_ONCE) {
    const some = traceIds.slice(at, at + ASKED_AT_ONCE).map((id) => sql`${id}`);
    const { bytes } = await engine.query(
      sql`SELECT TraceId AS id, toUnixTimestamp64Nano(min(Timestamp)) AS first, toUnixTimestamp64Nano(max(Timestamp)) AS last
        FROM otel_traces WHERE TraceId IN (${joined(some, ', ')}) GROUP BY TraceId`,
      { limits, signal },
    );
    for (const block of readLazily(bytes)) {
      const ids = block.column('id', 'String');
      const [firsts, lasts] = [block.column('first', 'Int64'), block.column('last', 'Int64')];
      for (let row = 0; row < block.rows; row++) {
        times.set(lazyText(ids, row), { start: firsts[row] as bigint, end: (lasts[row] as bigint) + 1n });
      }
    }
  }
  return times;
}

/** A range that covers all of them; `undefined` for none. */
export function spanned(times: Iterable<TimeBounds>): TimeBounds | undefined {
  let all: TimeBounds | undefined;
  for (const { start, end } of times) {
    all = all === undefined ? { start, end } : { start: start < all.start ? start : all.start, end: end > all.end ? end : all.end };
  }
  return all;
}
