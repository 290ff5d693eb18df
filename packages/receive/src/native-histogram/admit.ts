/** Whether a native histogram is taken, and in which form it is kept. */

import { EXPONENTIAL_SCHEMAS, isStaleHistogram, type NativeHistogram, nativeHistogramFault, reduceResolution } from '@atalaya/model';
import { MOST_BUCKETS } from './number-list.ts';

/** A histogram as it arrived. */
export interface ArrivedHistogram {
  readonly histogram: NativeHistogram;
  /** Whether its counts were whole numbers, which must add up. */
  readonly exact: boolean;
  /** Spans, buckets or bounds of one kind, when these are more than were read; see HistogramMessage. */
  readonly largest: number;
}

/** Why a histogram is refused. */
export interface HistogramFault {
  readonly reason: 'invalid_histogram' | 'histogram_buckets';
  /** What is wrong, for whoever sent it. */
  readonly text: string;
}

/** The histogram to keep: one finer than what is stored is reduced, as Prometheus does. A fault when it is refused. */
export function admitHistogram({ histogram, exact, largest }: ArrivedHistogram, mostBuckets: number): NativeHistogram | HistogramFault {
  if (isStaleHistogram(histogram)) return histogram;
  const most = Math.min(mostBuckets, MOST_BUCKETS);
  if (largest > most) {
    return {
      reason: 'histogram_buckets',
      text: `a native histogram has ${largest} buckets; the limit is ${most} (limits.histogram_buckets)`,
    };
  }
  const { max, maxReserved } = EXPONENTIAL_SCHEMAS;
  const reducible = histogram.schema > max && histogram.schema <= maxReserved;
  const text = nativeHistogramFault(reducible ? { ...histogram, schema: max } : histogram, exact);
  if (text !== undefined) return { reason: 'invalid_histogram', text };
  return reducible ? reduceResolution(histogram, max) : histogram;
}
