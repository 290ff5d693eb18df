/** Client of the metric metadata, and the metric browser's list made of it. */

import { requestJson } from './http.ts';
import { unwrap } from './prometheus.ts';

/** What a target said about one of its metrics. */
export interface MetricDescription {
  readonly type: string;
  readonly help: string;
  readonly unit?: string;
}

/** Metadata by metric family. */
export type MetadataByMetric = Readonly<Record<string, readonly MetricDescription[]>>;

/** Query key and function of all metadata. */
export const metadataQuery = {
  queryKey: ['metadata'] as const,
  queryFn: async ({ signal }: { signal: AbortSignal }) => unwrap<MetadataByMetric>(await requestJson('/api/v1/metadata', { signal })).data,
  staleTime: 60_000,
};

/** One entry of the metric browser. */
export interface MetricEntry {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

/** Series of a histogram or summary carry the family's metadata under a longer name. */
const PART_SUFFIX = /_(?:bucket|count|sum)$/;

/** Joins names with their metadata, sorted by name; names without metadata have type `''`. */
export function metricEntries(names: readonly string[], metadata: MetadataByMetric): MetricEntry[] {
  return names
    .map((name) => {
      const found = metadata[name]?.[0] ?? metadata[name.replace(PART_SUFFIX, '')]?.[0];
      return { name, type: found?.type === 'unknown' ? '' : (found?.type ?? ''), help: found?.help ?? '' };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The query a click on a metric starts with: counters and histograms mean little as they are. `selector` narrows it: `{job="x"}`. */
export function startingQuery(entry: MetricEntry, window = '5m', selector = ''): string {
  const series = `${entry.name}${selector}`;
  if (entry.type === 'histogram' && entry.name.endsWith('_bucket')) {
    return `histogram_quantile(0.95, sum by (le) (rate(${series}[${window}])))`;
  }
  const isPart = (entry.type === 'histogram' || entry.type === 'summary') && PART_SUFFIX.test(entry.name);
  return entry.type === 'counter' || isPart ? `rate(${series}[${window}])` : series;
}
