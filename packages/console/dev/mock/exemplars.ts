/** Exemplars of the pretended histograms: about one in forty seconds, slower where the shop is in trouble. */

import { HISTOGRAM_METRIC, type MockMetric, noise } from './world.ts';

const EVERY = 40;

/** A trace id that is the same for the same moment. */
function traceAt(seed: number, seconds: number): string {
  return Array.from({ length: 4 }, (_, i) =>
    Math.floor(noise(seed + i * 17, seconds, 1) * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}

/** `GET /api/v1/query_exemplars`: for histograms alone, those of the first series that fit what the query names. */
export function exemplarsOf(query: string, world: readonly MockMetric[], start: number, end: number) {
  const service = /service_name="([^"]+)"/.exec(query)?.[1];
  const spans = query.includes('traces_spanmetrics_duration_seconds_bucket');
  const name = spans ? 'traces_spanmetrics_duration_seconds_bucket' : query.includes(HISTOGRAM_METRIC) ? HISTOGRAM_METRIC : undefined;
  const series = world
    .find((metric) => metric.name === name)
    ?.series.filter(({ labels }) => (service === undefined || labels['service_name'] === service) && (labels['le'] ?? '+Inf') === '+Inf')
    .slice(0, 2);
  return (series ?? []).map(({ labels }, index) => {
    const seed = 700 + index * 31;
    const times = Array.from(
      { length: Math.max(Math.floor(end / EVERY) - Math.ceil(start / EVERY), 0) },
      (_, i) => (Math.ceil(start / EVERY) + i) * EVERY + 7 * index,
    );
    return {
      seriesLabels: labels,
      exemplars: times.map((time) => {
        const value = 0.02 * Math.exp(5.5 * noise(seed, time, 11) * noise(seed + 1, time, 900));
        return {
          labels: { trace_id: traceAt(seed, time), span_id: traceAt(seed + 5, time).slice(0, 16) },
          value: value.toFixed(4),
          timestamp: time,
        };
      }),
    };
  });
}
