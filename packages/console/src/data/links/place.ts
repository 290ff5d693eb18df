/** Where a link leads, and the stretch of time it takes along. */

import type { TimeRangeText } from '../time-range.ts';

/** A page with what its address holds. Without a range, the one of the page that is left stays. */
export interface Place {
  readonly to: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly search: Readonly<Record<string, unknown>>;
}

/** What happened just before a moment explains it more often than what came after: so much of both is shown. Milliseconds. */
const AROUND = 450_000;
/** Clocks of hosts differ, and lines are written late: so much more than the stretch itself. Milliseconds. */
const LEAST_MARGIN = 60_000;

/** The range around a moment; milliseconds. */
export function around(at: number, margin = AROUND): TimeRangeText {
  return { from: String(Math.floor(at - margin)), to: String(Math.ceil(at + margin)) };
}

/** The range around a stretch of time, with a tenth of its length on either side, a minute at least; milliseconds. */
export function spanning(start: number, end: number): TimeRangeText {
  const margin = Math.max((end - start) / 10, LEAST_MARGIN);
  return { from: String(Math.floor(start - margin)), to: String(Math.ceil(end + margin)) };
}
