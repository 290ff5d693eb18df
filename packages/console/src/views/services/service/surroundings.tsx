/** What else carries a service's name: its other metrics, and the hosts and instances that its spans name. */

import { useQueries, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { labelValuesQuery } from '../../../data/labels.ts';
import { placeOfLogs, placeOfMetrics, promqlOfHost } from '../../../data/links/addresses.ts';
import { resolvedQuery } from '../../../data/links/resolve.ts';
import { metadataQuery, metricEntries, startingQuery } from '../../../data/metadata.ts';
import { SERIES_LABELS } from '../../../data/links/subject.ts';
import { instancesQuery, type ServiceInstance } from '../../../data/services/instances.ts';
import { DEFAULT_RATE_WINDOW } from '../../../data/time-range.ts';
import { useFormat } from '../../../format/use-format.ts';
import { useRange } from '../../../live/range.tsx';
import { Panel } from '../../../parts/panel.tsx';
import { PlaceLink } from '../../../parts/place-link.tsx';
import { Loading } from '../../../parts/states.tsx';
import classes from './service.module.css';

/** Names that are listed of each label. */
const MOST = 60;

/** Metrics whose label has the service's name. */
export function ServiceMetrics({ name }: { name: string }) {
  const { t } = useTranslation();
  const metadata = useQuery(metadataQuery);
  const found = useQueries({
    queries: SERIES_LABELS.map((label) => labelValuesQuery('__name__', [selectorOf(label, name)], MOST)),
    combine: (results) => ({
      loading: results.some(({ isPending }) => isPending),
      rows: SERIES_LABELS.flatMap((label, index) =>
        (results[index]?.data?.values ?? [])
          // The series that are derived from its spans are what this page is made of.
          .filter((metric) => !metric.startsWith('traces_'))
          .map((metric) => ({ metric, selector: selectorOf(label, name) })),
      ),
    }),
  });
  const selectors = new Map(found.rows.toReversed().map(({ metric, selector }) => [metric, selector]));
  const rows = metricEntries([...selectors.keys()], metadata.data ?? {}).map((entry) => ({
    entry,
    selector: selectors.get(entry.name) ?? '',
  }));
  return (
    <Panel title={t('service.metrics')} flush>
      {rows.length === 0 ? (
        <div className={classes['inset']}>
          {found.loading ? <Loading lines={3} /> : <p className="at-muted">{t('service.noMetrics')}</p>}
        </div>
      ) : (
        <ul className={classes['metrics']} tabIndex={0} aria-label={t('service.metrics')}>
          {rows.map(({ entry, selector }) => (
            <li key={entry.name}>
              <PlaceLink place={placeOfMetrics([startingQuery(entry, DEFAULT_RATE_WINDOW, selector)])}>{entry.name}</PlaceLink>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** `job` may have the namespace in front, as OTLP makes it. */
function selectorOf(label: string, name: string): string {
  if (label !== 'job') return `{${label}=${JSON.stringify(name)}}`;
  const literal = name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return `{job=~${JSON.stringify(`([^/]+/)?${literal}`)}}`;
}

/** Instances of the service and their hosts, each with its ways on. */
export function ServiceInstances({ name }: { name: string }) {
  const { t } = useTranslation();
  const { range } = useRange();
  const { data, isPending } = useQuery(instancesQuery(name, range, Date.now));
  return (
    <Panel title={t('service.instances')} flush>
      {data === undefined || data.length === 0 ? (
        <div className={classes['inset']}>{isPending ? <Loading lines={2} /> : <p className="at-muted">{t('service.noInstances')}</p>}</div>
      ) : (
        <ul className={classes['rows']}>
          {data.map((instance) => (
            <InstanceRow key={`${instance.host} ${instance.instance}`} instance={instance} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** An instance: its host's processors, and its host's logs where there are any. */
function InstanceRow({ instance: { host, instance, spans } }: { instance: ServiceInstance }) {
  const { t } = useTranslation();
  const formats = useFormat();
  const { range } = useRange();
  const { data } = useQuery({ ...resolvedQuery({ host }, range, Date.now), enabled: host !== '' });
  const logs = data?.logs.find(({ about }) => about === 'host');
  return (
    <li className={classes['row']}>
      <span className={classes['rowName']}>{instance === '' ? host : instance}</span>
      {instance === '' || host === '' ? null : <span className="at-muted">{t('links.ofHost', { name: host })}</span>}
      <span className={classes['rowNumbers']}>
        {t('service.spans', { count: spans, spans: formats.value(spans, 'count') })}
        {host === '' ? null : <PlaceLink place={placeOfMetrics([promqlOfHost(host)])}>{t('service.hostCpu')}</PlaceLink>}
        {logs === undefined ? null : <PlaceLink place={placeOfLogs(logs.query)}>{t('service.hostLogs')}</PlaceLink>}
      </span>
    </li>
  );
}
