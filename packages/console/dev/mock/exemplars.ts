/** Exemplars of the pretended histograms: spans of the pretended traces. */

import { tracesIn } from './traces/world.ts';
import { HISTOGRAM_METRIC, type MockMetric } from './world.ts';

const SPANS = 'traces_spanmetrics_duration_seconds_bucket';
/** Exemplars of a series at most, as a server keeps a few only. */
const MOST = 240;

/** `GET /api/v1/query_exemplars`, for histograms alone: the spans of the service that a query names. Seconds. */
export function exemplarsOf(query: string, world: readonly MockMetric[], start: number, end: number) {
  const name = query.includes(SPANS) ? SPANS : query.includes(HISTOGRAM_METRIC) ? HISTOGRAM_METRIC : undefined;
  const service = /service_name="([^"]+)"/.exec(query)?.[1] ?? 'checkout';
  const labels = world
    .find((metric) => metric.name === name)
    ?.series.find((series) => (series.labels['service_name'] ?? service) === service && (series.labels['le'] ?? '+Inf') === '+Inf')?.labels;
  if (labels === undefined) return [];
  const exemplars: { labels: Record<string, string>; value: string; timestamp: number }[] = [];
  for (const { id, at, spans } of tracesIn(start * 1000, end * 1000)) {
    const span = spans.find((each) => each.service === service && each.kind === 2);
    if (span === undefined) continue;
    const timestamp = at / 1000 + (span.start + span.duration) / 1e9;
    exemplars.push({ labels: { trace_id: id, span_id: span.id }, value: String(span.duration / 1e9), timestamp });
    if (exemplars.length === MOST) break;
  }
  return [{ seriesLabels: labels, exemplars: exemplars.toReversed() }];
}
