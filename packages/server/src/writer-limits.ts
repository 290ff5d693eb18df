/** The limits of the writers, from the settings. */

import type { LogLimits, MetricLimits, SpanLimits } from '@atalaya/receive';
import type { Settings } from './settings/table.ts';

const orUnlimited = (milliseconds: number): number => (milliseconds === 0 ? Infinity : milliseconds);

export function logLimits(settings: Settings): LogLimits {
  return {
    streams: settings['limits.streams'],
    labels: settings['limits.labels'],
    labelNameBytes: settings['limits.label_name_bytes'],
    labelValueBytes: settings['limits.label_value_bytes'],
    lineBytes: settings['limits.line_bytes'],
    attributes: settings['limits.attributes'],
    attributeBytes: settings['limits.attribute_bytes'],
    // A line is taken when the streams that are kept longest could still have it.
    retentionMs: Math.max(
      ...[settings['retention.logs'], ...settings['retention.logs_streams'].map(({ ageMs }) => ageMs)].map(orUnlimited),
    ),
    maxFutureMs: orUnlimited(settings['limits.future']),
  };
}

export function metricLimits(settings: Settings): MetricLimits {
  return {
    series: settings['limits.series'],
    labels: settings['limits.labels'],
    labelNameBytes: settings['limits.label_name_bytes'],
    labelValueBytes: settings['limits.label_value_bytes'],
    histogramBuckets: settings['limits.histogram_buckets'],
    outOfOrderWindowMs: orUnlimited(settings['limits.out_of_order']),
    retentionMs: orUnlimited(settings['retention.metrics']),
    maxFutureMs: orUnlimited(settings['limits.future']),
  };
}

export function spanLimits(settings: Settings): SpanLimits {
  return {
    attributes: settings['limits.attributes'],
    attributeBytes: settings['limits.attribute_bytes'],
    events: settings['limits.span_parts'],
    links: settings['limits.span_parts'],
    spanBytes: settings['limits.span_bytes'],
    retentionMs: orUnlimited(settings['retention.traces']),
    maxFutureMs: orUnlimited(settings['limits.future']),
  };
}
