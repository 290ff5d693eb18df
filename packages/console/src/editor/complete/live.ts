/** Live data for the completion, through the console's own clients and cache. Failures give nothing: typing goes on without help. */

import { PROMQL_FEATURES, type PromqlFeature } from '@atalaya/lang';
import type { QueryClient } from '@tanstack/react-query';

import { configurationQuery } from '../../data/configuration.ts';
import { labelNamesQuery, labelValuesQuery, type Listed, metricNamesQuery } from '../../data/labels.ts';
import { type MetadataByMetric, metadataQuery, metricEntries, type MetricEntry } from '../../data/metadata.ts';
import { parseSample, queryInstant } from '../../data/prometheus.ts';
import { quoted } from '../text/scan.ts';
import { labelText, metricText } from '../text/selectors.ts';

/** Up to this many values of a label are fetched at once and searched here; of longer lists the server searches. */
const WHOLE_LIST = 20_000;
/** As many of a longer list are asked for. */
const SEARCHED = 200;
/** From so many letters on a long list is searched. */
const SEARCH_FROM = 2;
const NOTHING: Listed = { values: [], complete: true };

/** What the completion asks. */
export interface Live {
  /** Metrics whose names may contain `typed`, with type and help. */
  metrics(typed: string): Promise<{ entries: readonly MetricEntry[]; complete: boolean }>;
  /** Label names of the selectors' series. */
  labels(match: readonly string[]): Promise<readonly string[]>;
  /** Values of a label in the selector's series that may contain `typed`. */
  values(label: string, match: string | undefined, typed: string): Promise<Listed>;
  /** How many series a metric has now; `undefined` when that cannot be told. */
  seriesCount(metric: string): Promise<number | undefined>;
  /** The metrics if they are known here already; `undefined` when not, or when there are too many to know all. */
  knownMetrics(): readonly MetricEntry[] | undefined;
  /** The server's PromQL feature flags; `undefined` where it does not tell. */
  features(): Promise<ReadonlySet<PromqlFeature> | undefined>;
}

/** Live data through a cache. */
export function liveData(cache: QueryClient): Live {
  const joined = new WeakMap<readonly string[], { metadata: unknown; entries: MetricEntry[] }>();

  /** All metric names, when the list beside the editor or an earlier question has them. */
  function allNames(): readonly string[] | undefined {
    const ofList = cache.getQueryData<readonly string[]>(metricNamesQuery.queryKey);
    if (ofList !== undefined) return ofList;
    const asked = cache.getQueryData<Listed>(labelValuesQuery('__name__', [], WHOLE_LIST).queryKey);
    return asked?.complete === true ? asked.values : undefined;
  }

  async function values(label: string, match: string | undefined, typed: string): Promise<Listed> {
    const own = match === undefined ? [] : [match];
    const names = label === '__name__' && match === undefined ? allNames() : undefined;
    if (names !== undefined) return { values: names, complete: true };
    try {
      const all = await cache.fetchQuery(labelValuesQuery(label, own, WHOLE_LIST));
      if (all.complete || typed.length < SEARCH_FROM) return all;
      const pattern = `(?i).*${typed.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}.*`;
      const matcher = `${labelText(label)}=~${quoted(pattern)}`;
      const narrowed = match === undefined ? `{${matcher}}` : `${match.slice(0, -1)},${matcher}}`;
      return await cache.fetchQuery(labelValuesQuery(label, [narrowed], SEARCHED));
    } catch {
      return NOTHING;
    }
  }

  /** Names joined with metadata: once for each list, since there may be ten thousands. */
  function entriesOf(names: readonly string[], metadata: Parameters<typeof metricEntries>[1]): MetricEntry[] {
    const before = joined.get(names);
    if (before?.metadata === metadata) return before.entries;
    const entries = metricEntries(names, metadata);
    joined.set(names, { metadata, entries });
    return entries;
  }

  const none = {};
  return {
    values,
    async metrics(typed) {
      const [names, metadata] = await Promise.all([
        values('__name__', undefined, typed),
        cache.fetchQuery(metadataQuery).catch(() => none),
      ]);
      return { entries: entriesOf(names.values, metadata), complete: names.complete };
    },
    labels: (match) =>
      cache.fetchQuery(labelNamesQuery(match)).then(
        ({ values: names }) => names,
        () => [],
      ),
    async seriesCount(metric) {
      try {
        return await cache.fetchQuery({
          queryKey: ['labels', 'series-count', metric],
          queryFn: async ({ signal }) => {
            const { data } = await queryInstant(`count(${metricText(metric)})`, Date.now(), signal);
            return data.resultType === 'vector' ? parseSample(data.result[0]?.value?.[1] ?? '0') : 0;
          },
          staleTime: 60_000,
        });
      } catch {
        return undefined;
      }
    },
    async features() {
      const configuration = await cache.fetchQuery({ ...configurationQuery, staleTime: 60_000 }).catch(() => undefined);
      const names = configuration?.settings.find(({ path }) => path === 'query.features')?.value.split(/[^\w-]+/);
      return names && new Set(PROMQL_FEATURES.filter((feature) => names.includes(feature)));
    },
    knownMetrics() {
      const names = allNames();
      return names && entriesOf(names, cache.getQueryData<MetadataByMetric>(metadataQuery.queryKey) ?? none);
    },
  };
}
