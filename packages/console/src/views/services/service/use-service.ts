/** A service's page: which service, which operation, and the kinds of spans that stand for it. */

import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';

import { standingKinds } from '../../../data/services/graph.ts';
import { type Operation, operationsOf } from '../../../data/services/operations.ts';
import { operationQueries, type SpanChoice } from '../../../data/services/queries.ts';
import { useInstantQuery } from '../../../live/queries.ts';
import { useRange } from '../../../live/range.tsx';

const route = getRouteApi('/services/$name');

/** The page's state. */
export interface ServiceState {
  readonly name: string;
  readonly operation: string | undefined;
  readonly operations: readonly Operation[];
  /** What the charts ask for; `undefined` until it is known. */
  readonly choice: SpanChoice | undefined;
  readonly loading: boolean;
  readonly error: Error | null;
  retry(): void;
  chooseOperation(name: string | undefined): void;
}

/** The state. */
export function useService(): ServiceState {
  const { name } = route.useParams();
  const { op: operation } = route.useSearch();
  const navigate = route.useNavigate();
  const { span } = useRange();
  const queries = useMemo(() => operationQueries(name, span), [name, span]);
  const calls = useInstantQuery(queries.calls);
  const seconds = useInstantQuery(queries.seconds);
  const latency = useInstantQuery(queries.latency);
  const operations = useMemo(
    () => operationsOf({ calls: calls.data, seconds: seconds.data, latency: latency.data }),
    [calls.data, seconds.data, latency.data],
  );
  // By their names: the charts must not ask anew because an operation was called more often.
  const kinds = [...new Set(operations.filter((each) => operation === undefined || each.name === operation).map(({ kind }) => kind))];
  const standing = standingKinds(kinds).toSorted().join('|');
  const choice = useMemo(
    () => (standing === '' ? undefined : { service: name, kinds: standing.split('|'), operation }),
    [name, standing, operation],
  );
  const all = [calls, seconds, latency];
  return {
    name,
    operation,
    operations,
    choice,
    loading: calls.isPending || calls.isPlaceholderData,
    error: all.find((question) => question.error !== null)?.error ?? null,
    retry: () => all.forEach((question) => void question.refetch()),
    chooseOperation: (op) => void navigate({ search: (old) => ({ ...old, op: op as never }), resetScroll: false }),
  };
}
