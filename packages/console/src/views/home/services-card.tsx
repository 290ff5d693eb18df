/** The services that need a look most, when any send traces: by share of failures, then by latency. */

import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { placeOfService } from '../../data/links/addresses.ts';
import { sharedSearch } from '../../data/search.ts';
import { graphOf, gravity, worstServices } from '../../data/services/graph.ts';
import { mapQueries } from '../../data/services/queries.ts';
import { useFormat } from '../../format/use-format.ts';
import { useInstantQuery } from '../../live/queries.ts';
import { useRange } from '../../live/range.tsx';
import { Panel } from '../../parts/panel.tsx';
import { PlaceLink } from '../../parts/place-link.tsx';
import { SeverityIcon } from '../../parts/severity.tsx';
import { Empty, Failure, Loading, Stale } from '../../parts/states.tsx';
import classes from './home.module.css';

const SHOWN = 5;
const HEIGHT = 96;

/** The card. */
export default function ServicesCard() {
  const { t } = useTranslation();
  const formats = useFormat();
  const { span } = useRange();
  const queries = useMemo(() => mapQueries(span), [span]);
  const calls = useInstantQuery(queries.calls);
  const latency = useInstantQuery(queries.serviceLatency);
  const graph = useMemo(
    () =>
      graphOf({
        calls: calls.data,
        serviceLatency: latency.data,
        requests: undefined,
        failed: undefined,
        edgeLatency: undefined,
        calledLatency: undefined,
      }),
    [calls.data, latency.data],
  );
  const worst = worstServices(graph, SHOWN);
  const { error } = calls;
  const empty = calls.data !== undefined && worst.length === 0;
  return (
    <Panel
      title={t('page.services')}
      flush
      note={
        error !== null && worst.length > 0 ? (
          <Stale />
        ) : worst.length === 0 ? undefined : (
          t('home.services.worst', { count: graph.nodes.length })
        )
      }
      actions={
        <Link to="/services" search={sharedSearch}>
          {t('home.services.show')}
        </Link>
      }
    >
      {calls.data === undefined ? (
        <div className={classes['inset']}>
          {error === null ? (
            <Loading height={HEIGHT} />
          ) : (
            <Failure brief error={error} height={HEIGHT} onRetry={() => void calls.refetch()} />
          )}
        </div>
      ) : null}
      {empty ? <Empty title={t('home.services.none')} height={HEIGHT} /> : null}
      {worst.length === 0 ? null : (
        <ul className={classes['services']}>
          {worst.map((node) => {
            const grave = gravity(node.errors);
            return (
              <li key={node.id} data-severity={grave}>
                <SeverityIcon severity={grave ?? 'ok'} size={15} />
                <PlaceLink place={placeOfService(node.id)}>{node.id}</PlaceLink>
                <span>{t('services.failing', { share: formats.value(node.errors, 'ratio') })}</span>
                <span>
                  {t('services.p95')} {formats.value(node.p95, 'seconds')}
                </span>
                <span>{formats.value(node.rate, 'per-second')}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}
