/** Native histograms as text, as Prometheus writes them where a label needs one: `{count:4, sum:5, (0.5,1]:1, (1,2]:3}`. */

import type { NativeHistogram } from '@atalaya/model';
import type { Bucket } from './bounds.ts';
import { negativeBuckets, positiveBuckets, zeroBucket } from './buckets.ts';

/** Only buckets that hold something are shown, ascending. */
export function formatHistogram(histogram: NativeHistogram): string {
  const buckets = [...negativeBuckets(histogram).toReversed(), zeroBucket(histogram), ...positiveBuckets(histogram)];
  const parts = [`count:${short(histogram.count)}`, `sum:${short(histogram.sum)}`];
  for (const bucket of buckets) if (bucket.count !== 0) parts.push(formatBucket(bucket));
  return `{${parts.join(', ')}}`;
}

function formatBucket({ lower, upper, lowerInclusive, upperInclusive, count }: Bucket): string {
  const begin = lowerInclusive ? '[' : '(';
  const end = upperInclusive ? ']' : ')';
  return `${begin}${short(lower)},${short(upper)}${end}:${short(count)}`;
}

/** As Go's `%g`: with the fewest digits that read back the same, and an exponent below 1e-4 and from 1e6 on. */
function short(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity || value === -Infinity) return value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  if (size === 0) return Object.is(value, -0) ? '-0' : '0';
  if (size >= 1e-4 && size < 1e6) return String(value);
  const [mantissa, power] = value.toExponential().split('e') as [string, string];
  return `${mantissa}e${power[0]}${power.slice(1).padStart(2, '0')}`;
}
