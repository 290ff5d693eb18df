/** Native histograms of a scrape within the bounds that its configuration sets. */

import {
  CUSTOM_BUCKETS_SCHEMA,
  compactHistogram,
  EXPONENTIAL_SCHEMAS,
  type NativeHistogram,
  nativeHistogramFault,
  reduceResolution,
} from '@atalaya/model';
import type { ArrivedHistogram } from '../native-histogram/admit.ts';
import type { HistogramScraping } from '../scrape-config/config.ts';

/** `undefined` when even the coarsest resolution has more buckets than `bucketLimit` allows: the scrape fails then. */
export function withinLimits(arrived: ArrivedHistogram, options: HistogramScraping): ArrivedHistogram | undefined {
  const { exact, largest } = arrived;
  // What is not valid is left to those who say so.
  if (arrived.histogram.schema > EXPONENTIAL_SCHEMAS.max || nativeHistogramFault(arrived.histogram, exact) !== undefined) return arrived;
  let histogram = compactHistogram(arrived.histogram);
  histogram = reduceResolution(histogram, options.finestSchema);
  if (options.bucketLimit > 0) {
    while (buckets(histogram) > options.bucketLimit) {
      if (histogram.schema === CUSTOM_BUCKETS_SCHEMA || histogram.schema === EXPONENTIAL_SCHEMAS.min) return undefined;
      histogram = reduceResolution(histogram, histogram.schema - 1);
    }
  }
  return { histogram, exact, largest: histogram === arrived.histogram ? largest : buckets(histogram) };
}

const buckets = ({ positiveBuckets, negativeBuckets }: NativeHistogram): number => positiveBuckets.length + negativeBuckets.length;
