/** The sentences for refused series and samples: what, why, which limit. */

import { AtalayaError, type Labels } from '@atalaya/model';
import { formatLabels } from '@atalaya/model';
import type { RejectReason } from '../metric-writer.ts';
import type { RefusedSample } from './raw-series.ts';
import { checkLabels } from './label-check.ts';
import { admitHistogram } from '../native-histogram/admit.ts';
import type { MetricLimits } from './limits.ts';

const SHOWN_CHARACTERS = 300;

/**
 * Says in one sentence why a series or a sample was refused, naming the series. `sample` where one was refused. The text is that of the catalogue's BAD_LABELS, BAD_SAMPLE or TOO_MANY_SERIES, and has no line feed.
 */
export function rejectionText(reason: RejectReason, labels: Labels, limits: MetricLimits, sample?: RefusedSample): string {
  const { timestamp, histogram } = sample ?? {};
  const series = shownSeries(labels);
  switch (reason) {
    case 'invalid_labels':
    case 'label_limit':
      return new AtalayaError('BAD_LABELS', { reason: `series ${series}: ${checkLabels(labels, limits)?.text ?? reason}` }).message;
    case 'series_limit':
      return `${new AtalayaError('TOO_MANY_SERIES', { limit: limits.series }).message} (series ${series})`;
    case 'duplicate_timestamp':
      return badSample(`series ${series} has another value at ${shownTime(timestamp)} already`);
    case 'too_old':
      return badSample(`series ${series}: ${shownTime(timestamp)} is before the retention or the out-of-order window`);
    case 'too_far_in_future':
      return badSample(
        `series ${series}: ${shownTime(timestamp)} is more than ${limits.maxFutureMs / 1000} s ahead of this server's clock`,
      );
    case 'invalid_histogram':
    case 'histogram_buckets': {
      const admitted = histogram && admitHistogram(histogram, limits.histogramBuckets);
      const fault = admitted !== undefined && 'text' in admitted ? admitted.text : reason;
      return badSample(`series ${series} at ${shownTime(timestamp)}: ${fault}`);
    }
  }
}

function badSample(reason: string): string {
  return new AtalayaError('BAD_SAMPLE', { reason }).message;
}

/** A label set for an error text: one line, bounded whatever was sent. */
export function shownSeries(labels: Labels): string {
  const few = labels.slice(0, 40).map((text) => text.slice(0, SHOWN_CHARACTERS).toWellFormed());
  const text = formatLabels(few).replaceAll(/\p{Cc}/gu, '�');
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function shownTime(timestamp = NaN): string {
  const inRange = Math.abs(timestamp) <= 8.64e15;
  return inRange ? `${new Date(timestamp).toISOString()} (${timestamp})` : `timestamp ${timestamp}`;
}
