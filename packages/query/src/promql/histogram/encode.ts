/** Native histograms as the HTTP API gives them. */

import { formatSampleValue } from '@atalaya/lang';
import type { NativeHistogram } from '@atalaya/model';
import type { Bucket } from './bounds.ts';
import { allBuckets } from './buckets.ts';

/** `{"count":"4","sum":"5","buckets":[[0,"0.5","1","1"],…]}`; without buckets that hold nothing, and without `buckets` when none is left. */
export function encodeHistogram(histogram: NativeHistogram): string {
  const buckets = allBuckets(histogram).filter(({ count }) => count !== 0);
  const shown = buckets.length === 0 ? '' : `,"buckets":[${buckets.map(encodeBucket).join()}]`;
  return `{"count":"${formatSampleValue(histogram.count)}","sum":"${formatSampleValue(histogram.sum)}"${shown}}`;
}

/** First comes which bounds belong to the bucket: 0 the upper, 1 the lower, 2 none, 3 both. */
function encodeBucket({ lower, upper, lowerInclusive, upperInclusive, count }: Bucket): string {
  const rule = lowerInclusive ? (upperInclusive ? 3 : 1) : upperInclusive ? 0 : 2;
  return `[${rule},"${formatSampleValue(lower)}","${formatSampleValue(upper)}","${formatSampleValue(count)}"]`;
}
