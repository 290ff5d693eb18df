/** What is chosen on the map, beside it: its numbers over time, its neighbours, and the ways to its traces, logs and page. */

import { ActionIcon, Button } from '@mantine/core';
import { IconArrowRight, IconBinaryTree2, IconChartLine, IconLogs, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { Sparkline } from '../../chart/sparkline.tsx';
import {
  logqlOf,
  placeOfLogs,
  placeOfMetrics,
  placeOfService,
  placeOfTraces,
  traceqlOfEdge,
  traceqlOfService,
} from '../../data/links/addresses.ts';
import { type GraphEdge, gravity, type Red, type ServiceGraph } from '../../data/services/graph.ts';
import { calledRed, edgeRed, INCOMING, type RedQueries, serviceRed } from '../../data/services/queries.ts';
import { onGrid } from '../../data/series.ts';
import { chooseStep, rateWindow } from '../../data/time-range.ts';
import { useRangeQuery } from '../../live/queries.ts';
import { useRange } from '../../live/range.tsx';
import { linkTo } from '../../parts/place-link.tsx';
import { StateBadge } from '../../parts/severity.tsx';
import classes from './details.module.css';
import { NodeMark } from './node-mark.tsx';
import { useRedText } from './red-text.ts';
import type { Chosen, ServicesState } from './use-services.ts';

const POINTS = 90;

/** The panel. */
export function Details({ chosen, graph, state }: { chosen: Chosen; graph: ServiceGraph; state: ServicesState }) {
  const { t } = useTranslation();
  const { span } = useRange();
  const window = rateWindow(chooseStep(span, POINTS));
  const red: Red = chosen.kind === 'node' ? chosen.node : chosen.edge;
  const queries = useMemo(() => queriesOf(chosen, window), [chosen, window]);
  const grave = gravity(red.errors);
  return (
    <section className={classes['panel']} aria-label={t('services.details')}>
      <header className={classes['head']}>
        <div className={classes['title']}>
          {chosen.kind === 'node' ? (
            <>
              <NodeMark kind={chosen.node.kind} size={18} />
              <h2>{chosen.node.name}</h2>
            </>
          ) : (
            <h2>
              {chosen.edge.client} <IconArrowRight size={15} aria-label={t('services.calls')} /> {chosen.edge.server}
            </h2>
          )}
          <ActionIcon aria-label={t('action.close')} onClick={state.chooseNothing}>
            <IconX size={16} />
          </ActionIcon>
        </div>
        <p className={classes['kind']}>
          {chosen.kind === 'node' ? t(`services.kind.${chosen.node.kind}`) : <ConnectionText connection={chosen.edge.connection} />}
          {grave === undefined ? null : <StateBadge severity={grave}>{t(`services.grave.${grave}`)}</StateBadge>}
        </p>
      </header>
      <Courses red={red} queries={queries} />
      <Ways chosen={chosen} queries={queries} />
      {chosen.kind === 'node' ? <Neighbours id={chosen.node.id} graph={graph} state={state} /> : <Ends edge={chosen.edge} state={state} />}
    </section>
  );
}

function queriesOf(chosen: Chosen, window: string): RedQueries {
  if (chosen.kind === 'edge') return edgeRed(chosen.edge.client, chosen.edge.server, chosen.edge.connection, window);
  const { name, kind } = chosen.node;
  return kind === 'service'
    ? serviceRed({ service: name, kinds: INCOMING.split('|') }, window)
    : calledRed(name, kind === 'database', window);
}

/** What kind of connection an edge is. */
export function ConnectionText({ connection }: { connection: string }) {
  const { t } = useTranslation();
  switch (connection) {
    case 'messaging_system':
      return t('services.connection.messages');
    case 'database':
      return t('services.connection.database');
    case 'virtual_node':
      return t('services.connection.virtual');
    default:
      return t('services.connection.calls');
  }
}

/** Three numbers and their course. */
function Courses({ red, queries }: { red: Red; queries: RedQueries }) {
  const { t } = useTranslation();
  const text = useRedText();
  const rows = [
    { name: t('services.rate'), value: text.rate(red), query: queries.rate, tone: undefined },
    { name: t('services.errors'), value: text.errors(red), query: queries.errors, tone: gravity(red.errors) },
    { name: t('services.p95'), value: text.p95(red), query: queries.latency, tone: undefined },
  ];
  return (
    <dl className={classes['courses']}>
      {rows.map(({ name, value, query, tone }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          <dd className={classes['course']}>
            <Course query={query} tone={tone} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Course({ query, tone }: { query: string; tone: 'warning' | 'critical' | undefined }) {
  const { data } = useRangeQuery(query, { points: POINTS });
  const values = useMemo(() => {
    const [series] = data?.data ?? [];
    return series === undefined || data === undefined ? [] : onGrid(series, data.window);
  }, [data]);
  return <Sparkline values={values} tone={tone} />;
}

/** Links away from the map; all of them keep the page's time. */
function Ways({ chosen, queries }: { chosen: Chosen; queries: RedQueries }) {
  const { t } = useTranslation();
  const metrics = placeOfMetrics([queries.rate]);
  if (chosen.kind === 'edge') {
    const { client, server, connection } = chosen.edge;
    return (
      <div className={classes['ways']}>
        <Way place={placeOfTraces(traceqlOfEdge(client, server, connection))} icon={<IconBinaryTree2 size={14} />}>
          {t('services.tracesOfEdge')}
        </Way>
        <Way place={metrics} icon={<IconChartLine size={14} />}>
          {t('services.metrics')}
        </Way>
      </div>
    );
  }
  const { name, kind, errors = 0 } = chosen.node;
  if (kind !== 'service') {
    return (
      <div className={classes['ways']}>
        <Way place={placeOfLogs(logqlOf('service_name', name))} icon={<IconLogs size={14} />}>
          {t('services.logs')}
        </Way>
        <Way place={metrics} icon={<IconChartLine size={14} />}>
          {t('services.metrics')}
        </Way>
      </div>
    );
  }
  return (
    <div className={classes['ways']}>
      <Button
        component={Link}
        size="compact-sm"
        className={classes['main']}
        rightSection={<IconArrowRight size={14} />}
        {...linkTo(placeOfService(name))}
      >
        {t('services.openService')}
      </Button>
      <Way place={placeOfTraces(traceqlOfService(name))} icon={<IconBinaryTree2 size={14} />}>
        {t('services.traces')}
      </Way>
      {errors > 0 ? (
        <Way place={placeOfTraces(traceqlOfService(name, 'status=error'))} icon={<IconBinaryTree2 size={14} />}>
          {t('services.failedTraces')}
        </Way>
      ) : null}
      <Way place={placeOfLogs(logqlOf('service_name', name))} icon={<IconLogs size={14} />}>
        {t('services.logs')}
      </Way>
    </div>
  );
}

function Way({ place, icon, children }: { place: Parameters<typeof linkTo>[0]; icon: ReactNode; children: ReactNode }) {
  return (
    <Button component={Link} variant="default" size="compact-sm" leftSection={icon} {...linkTo(place)}>
      {children}
    </Button>
  );
}

function Neighbours({ id, graph, state }: { id: string; graph: ServiceGraph; state: ServicesState }) {
  const { t } = useTranslation();
  const into = graph.edges.filter(({ to }) => to === id);
  const out = graph.edges.filter(({ from }) => from === id);
  return (
    <>
      <EdgeList title={t('services.calledBy')} edges={into} name={({ client }) => client} state={state} />
      <EdgeList title={t('services.callsTo')} edges={out} name={({ server }) => server} state={state} />
    </>
  );
}

interface EdgeListProps {
  readonly title: string;
  readonly edges: readonly GraphEdge[];
  name(edge: GraphEdge): string;
  readonly state: ServicesState;
}

function EdgeList({ title, edges, name, state }: EdgeListProps) {
  const text = useRedText();
  if (edges.length === 0) return null;
  return (
    <section className={classes['list']}>
      <h3>{title}</h3>
      <ul>
        {edges
          .toSorted((a, b) => (b.rate ?? 0) - (a.rate ?? 0))
          .map((edge) => (
            <li key={edge.id}>
              <button type="button" data-severity={gravity(edge.errors)} onClick={() => state.chooseEdge(edge)}>
                <span>{name(edge)}</span>
                <span>{text.line(edge)}</span>
              </button>
            </li>
          ))}
      </ul>
    </section>
  );
}

/** Both ends of an edge. */
function Ends({ edge, state }: { edge: GraphEdge; state: ServicesState }) {
  const { t } = useTranslation();
  return (
    <section className={classes['list']}>
      <h3>{t('services.ends')}</h3>
      <ul>
        {[
          { id: edge.from, name: edge.client, says: t('services.caller') },
          { id: edge.to, name: edge.server, says: t('services.called') },
        ].map(({ id, name, says }) => (
          <li key={says}>
            <button type="button" onClick={() => state.chooseNode(id)}>
              <span>{name}</span>
              <span>{says}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
