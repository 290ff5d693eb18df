/** What else carries a service's name: its other metrics, and the hosts and instances that its spans name. */

import { useQueries, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { labelValuesQuery } from '../../../data/labels.ts';
import { placeOfLogs, placeOfMetrics, promqlOfHost, traceqlOfService } from '../../../data/links/addresses.ts';
import type { Place } from '../../../data/links/place.ts';
import { resolvedQuery } from '../../../data/links/resolve.ts';
import { metadataQuery, metricEntries, startingQuery } from '../../../data/metadata.ts';
import { SERIES_LABELS } from '../../../data/links/subject.ts';
import { tagValuesQuery } from '../../../data/traces/tempo.ts';
import { DEFAULT_RATE_WINDOW } from '../../../data/time-range.ts';
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

/** Hosts and instances of the service, each with its ways on. */
export function ServiceInstances({ name }: { name: string }) {
  const { t } = useTranslation();
  const { range } = useRange();
  const own = traceqlOfService(name);
  const hosts = useQuery(tagValuesQuery('resource.host.name', own, range, Date.now));
  const instances = useQuery(tagValuesQuery('resource.service.instance.id', own, range, Date.now));
  const none = (hosts.data ?? []).length === 0 && (instances.data ?? []).length === 0;
  return (
    <Panel title={t('service.instances')} flush>
      {none ? (
        <div className={classes['inset']}>
          {hosts.isPending || instances.isPending ? <Loading lines={2} /> : <p className="at-muted">{t('service.noInstances')}</p>}
        </div>
      ) : (
        <div className={classes['instances']}>
          {(hosts.data ?? []).length === 0 ? null : (
            <section>
              <h3>{t('service.hosts')}</h3>
              <ul className={classes['rows']}>
                {hosts.data?.map(({ value: host }) => (
                  <HostRow key={host} host={host} />
                ))}
              </ul>
            </section>
          )}
          {(instances.data ?? []).length === 0 ? null : (
            <section>
              <h3>{t('service.instance')}</h3>
              <ul className={classes['metrics']}>
                {instances.data?.map(({ value: instance }) => (
                  <li key={instance}>
                    <code>{instance}</code>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      )}
    </Panel>
  );
}

/** A host: its processors, and its logs where there are any. */
function HostRow({ host }: { host: string }) {
  const { t } = useTranslation();
  const { range } = useRange();
  const { data } = useQuery(resolvedQuery({ host }, range, Date.now));
  const logs = data?.logs.find(({ about }) => about === 'host');
  const ways: [string, Place][] = [
    [t('services.metrics'), placeOfMetrics([promqlOfHost(host)])],
    ...(logs === undefined ? [] : [[t('services.logs'), placeOfLogs(logs.query)] satisfies [string, Place]]),
  ];
  return (
    <li className={classes['row']}>
      <span className={classes['rowName']}>{host}</span>
      <span className={classes['rowNumbers']}>
        {ways.map(([text, place]) => (
          <PlaceLink key={text} place={place}>
            {text}
          </PlaceLink>
        ))}
      </span>
    </li>
  );
}
