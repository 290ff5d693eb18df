/** What the map of services shows and what is chosen on it: all of it in the URL. */

import { getRouteApi } from '@tanstack/react-router';
import { useMediaQuery } from '@mantine/hooks';
import { useMemo } from 'react';

import { edgeId, type GraphEdge, type GraphNode, type ServiceGraph } from '../../data/services/graph.ts';

const route = getRouteApi('/services');

/** What is looked at closely. */
export type Chosen = { readonly kind: 'node'; readonly node: GraphNode } | { readonly kind: 'edge'; readonly edge: GraphEdge };

/** The page's state and acts. */
export interface ServicesState {
  readonly table: boolean;
  readonly find: string;
  readonly chosen: Chosen | undefined;
  setTable(table: boolean): void;
  setFind(find: string): void;
  chooseNode(id: string): void;
  chooseEdge(edge: GraphEdge): void;
  chooseNothing(): void;
}

/** The state. On narrow screens the table is what is shown unless somebody asks for the map. */
export function useServices(graph: ServiceGraph): ServicesState {
  const url = route.useSearch();
  const navigate = route.useNavigate();
  const narrow = useMediaQuery('(max-width: 760px)', false);
  const chosen = useMemo((): Chosen | undefined => {
    const node = graph.nodes.find(({ id }) => id === url.node);
    if (node !== undefined) return { kind: 'node', node };
    const [client = '', server = '', connection = ''] = url.edge ?? [];
    const edge = graph.edges.find(({ id }) => id === edgeId(client, server, connection));
    return edge === undefined ? undefined : { kind: 'edge', edge };
  }, [graph, url.node, url.edge]);
  const write = (change: Record<string, unknown>, replace = true) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace, resetScroll: false });
  return {
    table: url.view === undefined ? narrow : url.view === 'table',
    find: url.find ?? '',
    chosen,
    setTable: (table) => write({ view: table ? 'table' : narrow ? 'map' : undefined }),
    setFind: (find) => write({ find: find === '' ? undefined : find }),
    chooseNode: (id) => write({ node: id, edge: undefined }, false),
    chooseEdge: ({ client, server, connection }) =>
      write({ node: undefined, edge: connection === '' ? [client, server] : [client, server, connection] }, false),
    chooseNothing: () => write({ node: undefined, edge: undefined }, false),
  };
}
