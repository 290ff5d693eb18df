/** When traces were, told by the table's projection: by a hash of its id and in minutes, because that costs least to keep. */

import type { CancelSignal, TimeBounds } from '@atalaya/model';
import { lazyText, readLazily } from '../../native/lazy.ts';
import { fragment, joined, sql, type Sql } from '../../sql.ts';
import { minuteEnd, minuteStart, SPAN_MINUTE, spanMinuteOf } from '../span-time.ts';
import type { TraceSources } from './sources.ts';

/** Traces that one question names at most. */
const ASKED_AT_ONCE = 1000;
/** Minutes that are named one by one. */
const MOST_MINUTES = 2000;

/** Of each trace that is known a range of whole minutes in which all of its spans start, by id. */
export async function traceTimes(
  { engine, limits }: TraceSources,
  traceIds: readonly string[],
  signal: CancelSignal,
): Promise<Map<string, TimeBounds>> {
  const times = new Map<string, TimeBounds>();
  for (let at = 0; at < traceIds.length; at += ASKED_AT_ONCE) {
    const some = traceIds.slice(at, at + ASKED_AT_ONCE);
    const minute = fragment(SPAN_MINUTE);
    const ids = some.map((id) => sql`${id}`);
    const hashes = some.map((id) => sql`cityHash64(${id})`);
    const { bytes } = await engine.query(
      sql`WITH [${joined(ids, ', ')}] AS ids, [${joined(hashes, ', ')}] AS hashes
        SELECT ids[indexOf(hashes, hash)] AS id, first, last FROM (
          SELECT cityHash64(TraceId) AS hash, toInt64(min(${minute})) AS first, toInt64(max(${minute})) AS last
          FROM otel_traces WHERE cityHash64(TraceId) IN (${joined(hashes, ', ')}) GROUP BY cityHash64(TraceId)
        )`,
      { limits, signal },
    );
    for (const block of readLazily(bytes)) {
      const ids = block.column('id', 'String');
      const [firsts, lasts] = [block.column('first', 'Int64'), block.column('last', 'Int64')];
      for (let row = 0; row < block.rows; row++) {
        times.set(lazyText(ids, row), { start: minuteStart(Number(firsts[row])), end: minuteEnd(Number(lasts[row])) });
      }
    }
  }
  return times;
}

/** That spans lie where one of the traces does: as single minutes where they are few, so that what is between is not looked at. */
export function somewhereWithin(times: Iterable<TimeBounds>): Sql {
  const minutes = new Set<number>();
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { start, end } of times) {
    const [from, to] = [spanMinuteOf(start), spanMinuteOf(end - 1n)];
    first = Math.min(first, from);
    last = Math.max(last, to);
    for (let minute = from; minute <= to && minutes.size <= MOST_MINUTES; minute++) minutes.add(minute);
  }
  if (first > last) return sql`0`;
  const minute = fragment(SPAN_MINUTE);
  if (minutes.size > MOST_MINUTES) return sql`(${minute} >= ${first} AND ${minute} <= ${last})`;
  return sql`${minute} IN (${joined(
    [...minutes].map((one) => sql`${one}`),
    ', ',
  )})`;
}
