/** Who calls a service, and whom it calls, with the numbers of the calls. */

import { useTranslation } from 'react-i18next';

import { placeOfService } from '../../../data/links/addresses.ts';
import { type GraphEdge, gravity, type ServiceGraph } from '../../../data/services/graph.ts';
import { Panel } from '../../../parts/panel.tsx';
import { PlaceLink } from '../../../parts/place-link.tsx';
import { Loading } from '../../../parts/states.tsx';
import { NodeMark } from '../node-mark.tsx';
import { useRedText } from '../red-text.ts';
import classes from './service.module.css';

/** Both lists. */
export function Neighbours({ name, graph, loading }: { name: string; graph: ServiceGraph; loading: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <NeighbourList
        title={t('service.callers')}
        none={t('service.noCallers')}
        edges={graph.edges.filter(({ to }) => to === name)}
        other={({ from, client }) => ({ id: from, name: client })}
        graph={graph}
        loading={loading}
      />
      <NeighbourList
        title={t('service.callees')}
        none={t('service.noCallees')}
        edges={graph.edges.filter(({ from }) => from === name)}
        other={({ to, server }) => ({ id: to, name: server })}
        graph={graph}
        loading={loading}
      />
    </>
  );
}

interface NeighbourListProps {
  readonly title: string;
  readonly none: string;
  readonly edges: readonly GraphEdge[];
  other(edge: GraphEdge): { readonly id: string; readonly name: string };
  readonly graph: ServiceGraph;
  readonly loading: boolean;
}

function NeighbourList({ title, none, edges, other, graph, loading }: NeighbourListProps) {
  const text = useRedText();
  return (
    <Panel title={title} flush>
      {edges.length === 0 ? (
        <div className={classes['inset']}>{loading ? <Loading lines={2} /> : <p className="at-muted">{none}</p>}</div>
      ) : (
        <ul className={classes['rows']}>
          {edges
            .toSorted((a, b) => (b.rate ?? 0) - (a.rate ?? 0))
            .map((edge) => {
              const { id, name } = other(edge);
              const kind = graph.nodes.find((node) => node.id === id)?.kind ?? 'virtual';
              return (
                <li key={edge.id} className={classes['row']} data-severity={gravity(edge.errors)}>
                  <NodeMark kind={kind} size={15} />
                  <PlaceLink
                    place={kind === 'service' ? placeOfService(name) : { to: '/services', search: { node: id } }}
                    className={classes['rowName']}
                  >
                    {name}
                  </PlaceLink>
                  <span className={classes['rowNumbers']}>{text.line(edge)}</span>
                </li>
              );
            })}
        </ul>
      )}
    </Panel>
  );
}
