/** Why data points are refused, and the sentences that say so. */

import type { RejectReason } from '../../metric-writer.ts';
import type { MetricLimits } from '../../metrics/limits.ts';

/** The closed set is also the `reason` label of the counter of refused points. */
export type PointRejectReason =
  | RejectReason
  | 'no_value' // neither a value nor the flag that there is none
  | 'no_temporality' // it is not said whether sums are cumulative
  | 'delta_refused' // by the setting
  | 'delta_out_of_order'
  | 'delta_series_limit';

const SENTENCES: Readonly<Record<PointRejectReason, (limits: PointLimits) => string>> = {
  duplicate_timestamp: () => 'another value at a time that its series has a value of already',
  too_old: () => 'before the retention or the out-of-order window',
  too_far_in_future: ({ maxFutureMs }) => `more than ${maxFutureMs / 1000} s ahead of the clock`,
  invalid_labels: () => 'a name of which nothing valid is left, or text that is not UTF-8',
  label_limit: (limits) =>
    `more than ${limits.labels} labels, or one longer than ${limits.labelNameBytes} (name) or ${limits.labelValueBytes} (value) bytes`,
  series_limit: ({ series }) => `the limit of ${series} active series is reached`,
  invalid_histogram: () => 'bounds, buckets or counts that do not fit together',
  histogram_buckets: ({ histogramBuckets }) => `more than ${histogramBuckets} buckets`,
  no_value: () => 'no value, and no flag that there is none',
  no_temporality: () => 'a sum or histogram that is neither cumulative nor delta',
  delta_refused: () => 'delta temporality, which is refused (otlp.convert_delta)',
  delta_out_of_order: () => 'a delta that is not newer than the last one of its series',
  delta_series_limit: ({ deltaSeries }) => `the limit of ${deltaSeries} series with delta temporality is reached`,
};

/** The limits that points are held to. */
export interface PointLimits extends MetricLimits {
  /** Series whose deltas are added up at the same time. */
  readonly deltaSeries: number;
}

/** What a reason means, under these limits. */
export function explainRefusal(reason: PointRejectReason, limits: PointLimits): string {
  return SENTENCES[reason](limits);
}
