/** What the traces page asks and how it shows it: all of it in the URL, with the acts that change it. */

import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { recall, remember, withQuery } from '../../data/remembered.ts';
import { buildTraceql, EVERY_TRACE, type ReadTraceql, readTraceql, type TraceSearch } from '../../data/traces/search.ts';
import type { TimeRangeText } from '../../data/time-range.ts';
import { DEFAULT_LIMIT, type TraceOrder, type TracesSearch } from '../../data/traces/url.ts';

const route = getRouteApi('/traces');

/** The page's question, its looks and its acts. */
export interface Traces {
  /** The TraceQL that is asked. */
  readonly query: string;
  /** Nobody has asked for anything in particular. */
  readonly untouched: boolean;
  readonly read: ReadTraceql;
  /** What the controls show; a question beyond them shows as a search for everything. */
  readonly search: TraceSearch;
  readonly expert: boolean;
  readonly limit: number;
  readonly order: TraceOrder;
  readonly history: readonly string[];
  /** Asks another question. */
  ask(query: string): void;
  /** Asks what the controls say now. */
  askSearch(search: TraceSearch): void;
  setExpert(expert: boolean): void;
  /** Changes how things are shown. */
  show(change: { limit?: number; order?: TraceOrder }): void;
  /** Narrows the time, and with a search the question, in one step. */
  narrow(range: TimeRangeText, search?: TraceSearch): void;
  /** Opens a trace. */
  open(id: string): void;
}

/** The page's state. */
export function useTraces(): Traces {
  const url = route.useSearch();
  const navigate = route.useNavigate();
  const [history, setHistory] = useState(() => recall<string[]>('trace-history', []));
  const every = buildTraceql(EVERY_TRACE);
  const query = url.q ?? every;
  const read = useMemo(() => readTraceql(query), [query]);

  const write = (change: { [Key in keyof TracesSearch]?: TracesSearch[Key] | undefined }, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...change }) as TracesSearch, replace, resetScroll: false });
  const ask = (text: string) => {
    const asked = text.trim() === '' ? every : text.trim();
    if (asked !== every) {
      const next = withQuery(recall<string[]>('trace-history', []), asked);
      setHistory(next);
      remember('trace-history', next);
    }
    write({ q: asked === every ? undefined : asked });
  };
  return {
    query,
    untouched: url.q === undefined,
    read,
    search: read.kind === 'search' ? read.search : EVERY_TRACE,
    expert: url.mode === 'traceql',
    limit: url.limit ?? DEFAULT_LIMIT,
    order: url.order ?? 'start',
    history,
    ask,
    askSearch: (search) => ask(buildTraceql(search)),
    setExpert: (wanted) => write({ mode: wanted ? 'traceql' : undefined }),
    show: ({ limit, order }) =>
      write(
        {
          ...(limit === undefined ? {} : { limit: limit === DEFAULT_LIMIT ? undefined : limit }),
          ...(order === undefined ? {} : { order: order === 'start' ? undefined : order }),
        },
        true,
      ),
    narrow: ({ from, to }, search) => {
      const q = search === undefined ? url.q : buildTraceql(search);
      void navigate({ search: (old) => ({ ...old, from, to, q: q === every ? undefined : q }) as never, resetScroll: false });
    },
    open: (id) =>
      void navigate({
        to: '/traces/$traceId',
        params: { traceId: id },
        search: (({ from, to, refresh }: Record<string, unknown>) => ({ from, to, refresh })) as never,
      }),
  };
}
