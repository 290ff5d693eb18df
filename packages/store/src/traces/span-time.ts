/** Minutes, hours and days of the span table, counted from nanoseconds as its keys are: rounded towards 1970. */

import { joined, sql, type Sql } from '../sql.ts';

const HOUR_NS = 3_600_000_000_000n;
const MINUTE_NS = 60_000_000_000n;

/** Hours of a day. */
export const DAY_HOURS = 24;

/** The hour of a time in nanoseconds. */
export function spanHourOf(time: bigint): number {
  return Number(time / HOUR_NS);
}

/** The minute that begins the sort key, for a time in nanoseconds. */
export function spanMinuteOf(time: bigint): number {
  return Number(time / MINUTE_NS);
}

/** The least time of a minute, nanoseconds. The minute 0 is two minutes long. */
export function minuteStart(minute: number): bigint {
  return BigInt(minute) * MINUTE_NS - (minute <= 0 ? MINUTE_NS - 1n : 0n);
}

/** The first time behind a minute, nanoseconds. */
export function minuteEnd(minute: number): bigint {
  return BigInt(minute) * MINUTE_NS + (minute >= 0 ? MINUTE_NS : 1n);
}

/** The minute of a span, as SQL: the first part of the table's key. */
export const SPAN_MINUTE = sql`intDiv(toUnixTimestamp64Nano(Timestamp), 60000000000)`;

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
      sql`intDiv(toUnixTimestamp64Nano(Timestamp), 60000000000) >= ${spanMinuteOf(from)}`,
      sql`intDiv(toUnixTimestamp64Nano(Timestamp), 60000000000) <= ${spanMinuteOf(to)}`,
      sql`Timestamp >= fromUnixTimestamp64Nano(toInt64(${from}))`,
      sql`Timestamp <= fromUnixTimestamp64Nano(toInt64(${to}))`,
    ],
    ' AND ',
  )}`;
}
