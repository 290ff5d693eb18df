/** A service: how it does, what it is asked, whom it works with, what went wrong lately, what it wrote, where it runs. */

import { Button } from '@mantine/core';
import { IconBinaryTree2, IconLogs, IconTopologyStar3, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { logqlOf, placeOfLogs, placeOfTraces, traceqlOfService } from '../../../data/links/addresses.ts';
import { gravity } from '../../../data/services/graph.ts';
import { linkTo, PlaceLink } from '../../../parts/place-link.tsx';
import { StateBadge } from '../../../parts/severity.tsx';
import { Empty, Failure, Loading, Stale } from '../../../parts/states.tsx';
import { NodeMark } from '../node-mark.tsx';
import { useRedText } from '../red-text.ts';
import { useGraph } from '../use-graph.ts';
import { Neighbours } from './neighbours.tsx';
import { OperationsPanel } from './operations-panel.tsx';
import { RedCharts } from './red-charts.tsx';
import { ServiceLogs } from './service-logs.tsx';
import classes from './service.module.css';
import { ServiceInstances, ServiceMetrics } from './surroundings.tsx';
import { TraceList } from './trace-list.tsx';
import { type ServiceState, useService } from './use-service.ts';

/** The page. */
export function ServiceView() {
  const { t } = useTranslation();
  const state = useService();
  const { name, operations, operation, choice, loading, error, retry } = state;
  const { graph, loading: graphLoading } = useGraph();
  useEffect(() => {
    document.title = t('page.titleOfHost', { page: t('page.services'), host: name });
  }, [name, t]);
  const node = graph.nodes.find(({ id }) => id === name);
  const nothing = operations.length === 0 && !loading && error === null;
  const conditions = operation === undefined ? [] : [`name=${JSON.stringify(operation)}`];
  return (
    <div className={classes['page']}>
      <Head state={state} node={node} stale={error !== null && operations.length > 0} />
      {operations.length === 0 && error !== null ? <Failure error={error} height={240} onRetry={retry} /> : null}
      {nothing ? (
        <Empty title={t('service.notKnown', { name })} height={220}>
          <p>{t('service.notKnownText')}</p>
          <PlaceLink place={{ to: '/services', search: {} }}>{t('service.toAll')}</PlaceLink>
        </Empty>
      ) : null}
      {choice === undefined && loading ? <Loading height={236} /> : null}
      {choice === undefined ? null : <RedCharts choice={choice} />}
      {nothing ? null : (
        <>
          <div className={classes['split']}>
            <OperationsPanel state={state} />
            <div className={classes['stack']}>
              <Neighbours name={name} graph={graph} loading={graphLoading} />
            </div>
          </div>
          <div className={classes['halves']}>
            <TraceList
              title={t('service.failed')}
              none={t('service.noFailed')}
              query={traceqlOfService(name, ...conditions, 'status=error')}
              limit={8}
              shown={8}
            />
            <TraceList
              title={t('service.slow')}
              none={t('service.noSlow')}
              query={traceqlOfService(name, ...conditions)}
              limit={100}
              shown={8}
              slowest
            />
          </div>
        </>
      )}
      <ServiceLogs name={name} />
      <div className={classes['halves']}>
        <ServiceMetrics name={name} />
        <ServiceInstances name={name} />
      </div>
    </div>
  );
}

function Head({
  state,
  node,
  stale,
}: {
  state: ServiceState;
  node: ReturnType<typeof useGraph>['graph']['nodes'][number] | undefined;
  stale: boolean;
}) {
  const { t } = useTranslation();
  const text = useRedText();
  const { name, operation, chooseOperation } = state;
  const grave = gravity(node?.errors);
  return (
    <header className={classes['head']}>
      <NodeMark kind="service" size={20} />
      <h1>{name}</h1>
      {grave === undefined ? null : <StateBadge severity={grave}>{t(`services.grave.${grave}`)}</StateBadge>}
      {node === undefined ? null : <p className="at-muted at-figures">{text.line(node)}</p>}
      {stale ? <Stale /> : null}
      {operation === undefined ? null : (
        <Button
          size="compact-sm"
          variant="light"
          rightSection={<IconX size={13} />}
          aria-label={t('service.allOperations')}
          onClick={() => chooseOperation(undefined)}
        >
          {t('service.onlyOperation', { name: operation })}
        </Button>
      )}
      <div className={classes['ways']}>
        <Button
          component={Link}
          variant="default"
          size="compact-sm"
          leftSection={<IconTopologyStar3 size={14} />}
          {...linkTo({ to: '/services', search: { node: name } })}
        >
          {t('service.onMap')}
        </Button>
        <Button
          component={Link}
          variant="default"
          size="compact-sm"
          leftSection={<IconBinaryTree2 size={14} />}
          {...linkTo(placeOfTraces(traceqlOfService(name)))}
        >
          {t('services.traces')}
        </Button>
        <Button
          component={Link}
          variant="default"
          size="compact-sm"
          leftSection={<IconLogs size={14} />}
          {...linkTo(placeOfLogs(logqlOf('service_name', name)))}
        >
          {t('services.logs')}
        </Button>
      </div>
    </header>
  );
}
