/** When a disk will be full, from its free bytes so far; honest where the past does not say. */

/** One measurement: epoch milliseconds and free bytes. */
export interface FreeSpace {
  readonly at: number;
  readonly free: number;
}

/** What can be said about a disk's future. */
export type Forecast =
  /** Free space falls steadily and ends at this time (epoch milliseconds). */
  | { readonly kind: 'full'; readonly at: number; readonly bytesPerDay: number }
  /** It does not fall, or so slowly that it lasts for more than a year. */
  | { readonly kind: 'steady' }
  /** It goes up and down; no line fits. */
  | { readonly kind: 'unclear' }
  /** Not enough past: `span` milliseconds are known, `needed` are needed. */
  | { readonly kind: 'young'; readonly span: number; readonly needed: number };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NEEDED_SPAN = 6 * HOUR;
const NEEDED_POINTS = 12;
const HORIZON = 365 * DAY;

/**
 * Extrapolates with the median of all pairwise slopes (Theil and Sen's estimator): one big deletion or log rotation does
 * not turn the line round, as it would with least squares. `samples` ascend in time; a few hundred at most, since the
 * cost is quadratic.
 */
export function forecastFull(samples: readonly FreeSpace[]): Forecast {
  const first = samples[0];
  const last = samples.at(-1);
  const span = first && last ? last.at - first.at : 0;
  if (!last || samples.length < NEEDED_POINTS || span < NEEDED_SPAN) return { kind: 'young', span, needed: NEEDED_SPAN };
  const slope = medianSlope(samples);
  if (slope >= 0 || last.free / -slope > HORIZON) return { kind: 'steady' };
  const half = Math.floor(samples.length / 2);
  const recent = medianSlope(samples.slice(half));
  const earlier = medianSlope(samples.slice(0, half));
  if (recent >= 0 || earlier > 0) return { kind: 'unclear' };
  return { kind: 'full', at: last.at + last.free / -slope, bytesPerDay: -slope * DAY };
}

/** Median slope over all pairs, bytes per millisecond. */
function medianSlope(samples: readonly FreeSpace[]): number {
  const slopes: number[] = [];
  for (let i = 0; i < samples.length; i++) {
    for (let j = i + 1; j < samples.length; j++) {
      const a = samples[i] as FreeSpace;
      const b = samples[j] as FreeSpace;
      if (b.at > a.at) slopes.push((b.free - a.free) / (b.at - a.at));
    }
  }
  slopes.sort((x, y) => x - y);
  const middle = slopes.length >> 1;
  if (slopes.length === 0) return 0;
  return slopes.length % 2 === 1 ? (slopes[middle] as number) : ((slopes[middle - 1] as number) + (slopes[middle] as number)) / 2;
}
