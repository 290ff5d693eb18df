/** Gives the PromQL completion its live data through the console's own clients and cache. */

import type { PrometheusClient } from '@prometheus-io/codemirror-promql';
import type { QueryClient } from '@tanstack/react-query';

import { labelNamesQuery, labelValuesQuery, metricNamesQuery, seriesQuery } from '../data/labels.ts';
import { metadataQuery } from '../data/metadata.ts';

/** Most series that a completion looks at. */
const SERIES_LIMIT = 1000;

/** A client for the completion. Failures give an empty list: typing goes on without help. */
export function completionClient(cache: QueryClient): PrometheusClient {
  const selector = (metric: string | undefined) =>
    metric === undefined || metric === '' ? undefined : `{__name__=${JSON.stringify(metric)}}`;
  return {
    metricNames: () => cache.fetchQuery(metricNamesQuery).catch(() => []),
    labelNames: (metric) => cache.fetchQuery(labelNamesQuery(selector(metric))).catch(() => []),
    labelValues: (name, metric) =>
      name === '__name__'
        ? cache.fetchQuery(metricNamesQuery).catch(() => [])
        : cache.fetchQuery(labelValuesQuery(name, selector(metric))).catch(() => []),
    metricMetadata: () =>
      cache.fetchQuery(metadataQuery).then(
        (metadata) => Object.fromEntries(Object.entries(metadata).map(([name, entries]) => [name, [...entries]])),
        () => ({}),
      ),
    series: (metric) =>
      cache.fetchQuery(seriesQuery(selector(metric) ?? '{__name__!=""}', SERIES_LIMIT)).then(
        (series) => series.map((labels) => new Map(Object.entries(labels))),
        () => [],
      ),
    flags: () => Promise.resolve({}),
  };
}
