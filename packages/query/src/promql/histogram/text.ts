/** Native histograms as text, as Prometheus writes them where a label needs one: `{count:4, sum:5, (0.5,1]:1, (1,2]:3}`. */

import { formatGeneral } from '@atalaya/lang';
import type { NativeHistogram } from '@atalaya/model';
import type { Bucket } from './bounds.ts';
import { negativeBuckets, positiveBuckets, zeroBucket } from './buckets.ts';

/** Only buckets that hold something are shown, ascending. */
export function formatHistogram(histogram: NativeHistogram): string {
  const buckets = [...negativeBuckets(histogram).toReversed(), zeroBucket(histogram), ...positiveBuckets(histogram)];
  const parts = [`count:${formatGeneral(histogram.count)}`, `sum:${formatGeneral(histogram.sum)}`];
  for (const bucket of buckets) if (bucket.count !== 0) parts.push(formatBucket(bucket));
  return `{${parts.join(', ')}}`;
}

function formatBucket({ lower, upper, lowerInclusive, upperInclusive, count }: Bucket): string {
  const begin = lowerInclusive ? '[' : '(';
  const end = upperInclusive ? ']' : ')';
  return `${begin}${formatGeneral(lower)},${formatGeneral(upper)}${end}:${formatGeneral(count)}`;
}
