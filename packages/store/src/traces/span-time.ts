/** Days and hours of the span table, counted from nanoseconds as its partition and sort keys do: rounded towards 1970. */

import { joined, sql, type Sql } from '../sql.ts';

const HOUR_NS = 3_600_000_000_000n;

/** Hours of a day. */
export const DAY_HOURS = 24;

/** The hour that begins the sort key, for a time in nanoseconds. */
export function spanHourOf(time: bigint): number {
  return Number(time / HOUR_NS);
}

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

function clamp(time: bigint): bigint {
  if (time < LEAST) return LEAST;
  return time > GREATEST ? GREATEST : time;
}

/** Conditions for spans that start from `start` on and before `end`, nanoseconds, such that the table's keys help. */
export function startsWithin(start: bigint, end: bigint): Sql {
  if (start >= end || start > GREATEST || end <= LEAST) return sql`0`;
  const from = clamp(start);
  const to = clamp(end - 1n);
  return sql`${joined(
    [
      sql`intDiv(toUnixTimestamp64Nano(Timestamp), 3600000000000) >= ${spanHourOf(from)}`,
      sql`intDiv(toUnixTimestamp64Nano(Timestamp), 3600000000000) <= ${spanHourOf(to)}`,
      sql`Timestamp >= fromUnixTimestamp64Nano(toInt64(${from}))`,
      sql`Timestamp <= fromUnixTimestamp64Nano(toInt64(${to}))`,
    ],
    ' AND ',
  )}`;
}
