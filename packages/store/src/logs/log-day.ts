/** Days and hours of the log table, counted from nanoseconds as its partition and sort keys do. */

/** Nanoseconds of an hour and a day. */
export const HOUR_NS = 3_600_000_000_000n;
export const DAY_NS = 86_400_000_000_000n;

/** The partition of a time in nanoseconds: UTC days since 1970; what lies within a day before or after 1970 is day 0. */
export function logDayOf(timestamp: bigint): number {
  return Number(timestamp / DAY_NS);
}

/** The hour that begins the sort key, for a time in nanoseconds. */
export function logHourOf(timestamp: bigint): bigint {
  return timestamp / HOUR_NS;
}
