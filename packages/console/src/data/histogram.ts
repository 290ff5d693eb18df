/** The shape of a native histogram for a small picture: which share of the observations lies where. */

import { type ApiHistogram, parseSample } from './prometheus.ts';

/** A bar of the picture. */
export interface HistogramBar {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  /** Its count relative to the largest one, 0…1. */
  readonly height: number;
}

/** What a histogram comes to. */
export interface HistogramShape {
  readonly bars: readonly HistogramBar[];
  readonly count: number;
  /** Mean of the observations; not a number when there are none. */
  readonly average: number;
}

/** A picture of more bars than this shows nothing more: neighbours are added up. */
const MOST_BARS = 20;

/** The shape, with at most {@link MOST_BARS} bars of neighbouring buckets. */
export function histogramShape({ count, sum, buckets = [] }: ApiHistogram): HistogramShape {
  const each = Math.ceil(buckets.length / MOST_BARS);
  const groups: { lower: number; upper: number; count: number }[] = [];
  for (const [index, [, lower, upper, observed]] of buckets.entries()) {
    const last = groups.at(-1);
    if (index % each === 0 || last === undefined) {
      groups.push({ lower: parseSample(lower), upper: parseSample(upper), count: parseSample(observed) });
    } else {
      last.upper = parseSample(upper);
      last.count += parseSample(observed);
    }
  }
  const largest = Math.max(...groups.map((group) => group.count), 0);
  const bars = groups.map((group) => ({ ...group, height: largest === 0 ? 0 : group.count / largest }));
  const observations = parseSample(count);
  return { bars, count: observations, average: parseSample(sum) / observations };
}
