/** The map as tables: services and what they call, and the calls between them. Serves narrow screens, and readers of the screen. */

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { type GraphEdge, type GraphNode, gravity, litBy, type ServiceGraph } from '../../data/services/graph.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Panel } from '../../parts/panel.tsx';
import { SeverityIcon } from '../../parts/severity.tsx';
import { ConnectionText } from './details.tsx';
import { NodeMark } from './node-mark.tsx';
import { useRedText } from './red-text.ts';
import classes from './services.module.css';
import type { ServicesState } from './use-services.ts';

/** Where a number is not known, a row sorts below those that are zero. */
const UNKNOWN = -1;

/** The tables. */
export function ServicesTable({ graph, state }: { graph: ServiceGraph; state: ServicesState }) {
  const { t } = useTranslation();
  const { find, chooseNode, chooseEdge } = state;
  const lit = useMemo(() => litBy(graph, undefined, find), [graph, find]);
  const nodes = useMemo(() => graph.nodes.filter(({ id }) => lit?.has(id) ?? true), [graph, lit]);
  const edges = useMemo(() => graph.edges.filter(({ id }) => lit?.has(id) ?? true), [graph, lit]);
  const red = useRedColumns();
  const nodeColumns = useMemo(
    (): DataColumn<GraphNode>[] => [
      {
        id: 'name',
        header: t('services.column.name'),
        value: ({ name }) => name,
        render: ({ id, name, kind }) => (
          <button type="button" className={classes['name']} onClick={() => chooseNode(id)}>
            <NodeMark kind={kind} size={15} />
            {name}
          </button>
        ),
        track: 'minmax(130px, 2fr)',
      },
      ...red,
      { id: 'kind', header: t('services.column.kind'), value: ({ kind }) => t(`services.kind.${kind}`), track: 'minmax(150px, 1.4fr)' },
    ],
    [t, red, chooseNode],
  );
  const edgeColumns = useMemo(
    (): DataColumn<GraphEdge>[] => [
      {
        id: 'client',
        header: t('services.column.client'),
        value: ({ client }) => client,
        render: (edge) => (
          <button type="button" className={classes['name']} onClick={() => chooseEdge(edge)}>
            {edge.client}
          </button>
        ),
        track: 'minmax(108px, 1.5fr)',
      },
      { id: 'server', header: t('services.column.server'), value: ({ server }) => server, track: 'minmax(108px, 1.5fr)' },
      ...red,
      {
        id: 'connection',
        header: t('services.column.kind'),
        value: ({ connection }) => connection,
        render: ({ connection }) => <ConnectionText connection={connection} />,
        track: 'minmax(150px, 1.4fr)',
      },
    ],
    [t, red, chooseEdge],
  );
  return (
    <>
      <Panel title={t('services.title')} flush>
        <DataTable
          label={t('services.title')}
          rows={nodes}
          columns={nodeColumns}
          rowKey={({ id }) => id}
          sortBy={{ id: 'errors', desc: true }}
          remembered="services"
          toolsAbove
        />
      </Panel>
      {edges.length === 0 ? null : (
        <Panel title={t('services.callsTitle')} flush>
          <DataTable
            label={t('services.callsTitle')}
            rows={edges}
            columns={edgeColumns}
            rowKey={({ id }) => id}
            sortBy={{ id: 'rate', desc: true }}
            remembered="service-calls"
            toolsAbove
          />
        </Panel>
      )}
    </>
  );
}

function useRedColumns() {
  const { t } = useTranslation();
  const text = useRedText();
  return useMemo(
    (): DataColumn<GraphNode | GraphEdge>[] => [
      {
        id: 'rate',
        header: t('services.rate'),
        numeric: true,
        value: ({ rate }) => rate ?? UNKNOWN,
        render: text.rate,
        track: 'minmax(78px, 1fr)',
      },
      {
        id: 'errors',
        header: t('services.errors'),
        numeric: true,
        value: ({ errors }) => errors ?? UNKNOWN,
        render: (row) => <Failures share={row.errors} text={text.errors(row)} />,
        track: 'minmax(78px, 1fr)',
      },
      {
        id: 'p95',
        header: t('services.p95'),
        numeric: true,
        value: ({ p95 }) => p95 ?? UNKNOWN,
        render: text.p95,
        track: 'minmax(78px, 1fr)',
      },
    ],
    [t, text],
  );
}

/** A share of failures, with its sign where it is grave. */
export function Failures({ share, text }: { share: number | undefined; text: string }) {
  const grave = gravity(share);
  return grave === undefined ? (
    text
  ) : (
    <span className={classes['failures']} data-severity={grave}>
      <SeverityIcon severity={grave} size={13} />
      {text}
    </span>
  );
}
