/** What a histogram with explicit bounds holds: checked, added up, made a native one. */

import { customHistogram } from '../../scrape/classic-histogram.ts';
import type { ArrivedHistogram } from '../../native-histogram/admit.ts';
import type { DataPoint } from './data-point.ts';

/** Counts by bucket. */
export interface HistogramCounts {
  /** Ascending, finite: the bounds of all buckets but the last. */
  readonly bounds: Float64Array;
  /** Of each bucket, not cumulative; one more than bounds, or none at all. */
  readonly counts: Float64Array;
  readonly count: number;
  readonly sum: number;
  readonly hasSum: boolean;
}

/** What a data point holds, which must be valid; views, to be used before the next point is read. */
export function countsOfPoint({ bounds, bucketCounts, count, sum, hasSum }: DataPoint): HistogramCounts {
  return {
    bounds: bounds.values.subarray(0, bounds.count),
    counts: bucketCounts.values.subarray(0, bucketCounts.count),
    count,
    sum,
    hasSum,
  };
}

/** Why a data point is no histogram; undefined when it is one. Bounds are looked at even where there is no value: they name series. */
export function histogramFault(point: DataPoint, mostBuckets: number): 'histogram_buckets' | 'invalid_histogram' | undefined {
  const { bounds, bucketCounts, count, noRecordedValue } = point;
  if (bounds.count > mostBuckets || bucketCounts.count > mostBuckets + 1) return 'histogram_buckets';
  for (let i = 0; i < bounds.count; i++) {
    const bound = bounds.values[i] as number;
    // Written so that NaN is refused too.
    if (!Number.isFinite(bound) || !(i === 0 || bound > (bounds.values[i - 1] as number))) return 'invalid_histogram';
  }
  if (noRecordedValue) return undefined;
  if (bucketCounts.count !== bounds.count + 1 && bucketCounts.count + bounds.count > 0) return 'invalid_histogram';
  let below = 0;
  for (let i = 0; i < bounds.count; i++) below += bucketCounts.values[i] as number;
  // The bucket up to +Inf is the count: with more below it buckets would not be cumulative. Other differences senders have to know themselves.
  return below > count ? 'invalid_histogram' : undefined;
}

/** Both together. With other bounds than before there is no adding up: what was before counts no more. */
export function addCounts(before: HistogramCounts | undefined, delta: HistogramCounts): HistogramCounts {
  const { bounds, counts, count, sum, hasSum } = delta;
  if (before === undefined || !sameBounds(before.bounds, bounds))
    return { bounds: bounds.slice(), counts: counts.slice(), count, sum, hasSum };
  return {
    bounds: before.bounds,
    counts: before.counts.map((value, i) => value + (counts[i] as number)),
    count: before.count + count,
    sum: before.sum + sum,
    hasSum: before.hasSum && hasSum,
  };
}

/** The histogram as a native one with custom buckets. Without a sum it is 0, as in Prometheus. */
export function toCustomHistogram({ bounds, counts, count, sum, hasSum }: HistogramCounts): ArrivedHistogram {
  let upTo = 0;
  const cumulative = counts.map((value) => (upTo += value));
  return customHistogram({ bounds, counts: cumulative, count, sum: hasSum ? sum : 0 }, false);
}

function sameBounds(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((bound, i) => bound === b[i]);
}
