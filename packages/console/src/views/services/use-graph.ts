/** The service graph of the page's range, asked again as the page's interval says. */

import { useMemo } from 'react';

import { graphOf, type ServiceGraph } from '../../data/services/graph.ts';
import { mapQueries } from '../../data/services/queries.ts';
import { useInstantQuery } from '../../live/queries.ts';
import { useRange } from '../../live/range.tsx';

/** The graph with its state. Old numbers stay, marked as stale, while new ones cannot be had. */
export interface GraphState {
  readonly graph: ServiceGraph;
  readonly loading: boolean;
  readonly error: Error | null;
  readonly stale: boolean;
  retry(): void;
}

/** The whole graph. */
export function useGraph(): GraphState {
  const { span } = useRange();
  const queries = useMemo(() => mapQueries(span), [span]);
  const requests = useInstantQuery(queries.requests);
  const failed = useInstantQuery(queries.failed);
  const edgeLatency = useInstantQuery(queries.edgeLatency);
  const calls = useInstantQuery(queries.calls);
  const serviceLatency = useInstantQuery(queries.serviceLatency);
  const calledLatency = useInstantQuery(queries.calledLatency);
  const graph = useMemo(
    () =>
      graphOf({
        requests: requests.data,
        failed: failed.data,
        edgeLatency: edgeLatency.data,
        calls: calls.data,
        serviceLatency: serviceLatency.data,
        calledLatency: calledLatency.data,
      }),
    [requests.data, failed.data, edgeLatency.data, calls.data, serviceLatency.data, calledLatency.data],
  );
  const all = [requests, failed, edgeLatency, calls, serviceLatency, calledLatency];
  const error = all.find((question) => question.error !== null)?.error ?? null;
  return {
    graph,
    loading: requests.isPending || calls.isPending,
    error,
    stale: error !== null && graph.nodes.length > 0,
    retry: () => all.forEach((question) => void question.refetch()),
  };
}
