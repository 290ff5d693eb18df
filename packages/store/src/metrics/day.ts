/** UTC days, the unit of partitions, activity and retention: counted from 1970-01-01, negative before. */

export const DAY_MS = 86_400_000;

const LEAST_DAY = -0x8000_0000;
const GREATEST_DAY = 0x7fff_fffe;

/** The day of a timestamp in milliseconds. Any number will do: infinities become the first and the last day there is. */
export function dayOf(timestamp: number): number {
  return Math.min(GREATEST_DAY, Math.max(LEAST_DAY, Math.floor(timestamp / DAY_MS)));
}
