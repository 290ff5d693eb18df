/** What a trace's page shows of its trace: all of it in the URL but what is folded, with the acts that change it. */

import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { above, ALL_SPANS, findSpans, fits, foldedBelow, type Row, rowsOf, type SpanFilter } from '../../../data/traces/rows.ts';
import { type ServiceShare, serviceShares } from '../../../data/traces/statistics.ts';
import type { LoadedTrace } from '../../../data/traces/tempo.ts';
import { buildTree, type CriticalPath, type TraceTree } from '../../../data/traces/tree.ts';
import type { TraceViewSearch } from '../../../data/traces/url.ts';
import { type Part, readPart, writePart } from '../../../data/traces/view.ts';

const route = getRouteApi('/traces/$traceId');

/** The page's trace, its looks and its acts. */
export interface TraceState {
  readonly loaded: LoadedTrace;
  readonly tree: TraceTree;
  readonly path: CriticalPath;
  readonly services: readonly ServiceShare[];
  readonly url: TraceViewSearch;
  readonly filter: SpanFilter;
  readonly filtered: boolean;
  readonly rows: readonly Row[];
  readonly folded: ReadonlySet<number>;
  /** Places of the spans that hold what is looked for, in the order of the rows. */
  readonly found: readonly number[];
  readonly foundSet: ReadonlySet<number>;
  readonly part: Part;
  /** Place of the span whose details are open. */
  readonly chosen: number | undefined;
  choose(place: number | undefined): void;
  setView(view: TraceViewSearch['view']): void;
  setFilter(change: Partial<SpanFilter>): void;
  setFind(text: string): void;
  setPart(part: Part): void;
  toggleFold(place: number): void;
  /** Folds all below a depth; unfolds all without one. */
  foldTo(depth: number | undefined): void;
  /** Makes sure that nothing above a span hides it, and chooses it; with a view of its own, goes to the timeline. */
  reveal(place: number): void;
}

/** The page's state. */
export function useTrace(loaded: LoadedTrace): TraceState {
  const url = route.useSearch();
  const navigate = route.useNavigate();
  const { tree, path } = useMemo(() => buildTree(loaded.trace), [loaded.trace]);
  const services = useMemo(() => serviceShares(tree), [tree]);
  const [folded, setFolded] = useState<ReadonlySet<number>>(() => new Set());
  const { errors = false, critical = false, service = '' } = url;
  const filter = useMemo((): SpanFilter => ({ errors, critical, service }), [errors, critical, service]);
  const rows = useMemo(() => rowsOf(tree, path, filter, folded), [tree, path, filter, folded]);
  const found = useMemo(() => findSpans(tree, url.find ?? ''), [tree, url.find]);
  const foundSet = useMemo(() => new Set(found), [found]);
  const part = useMemo(() => readPart(url.part, tree.duration), [url.part, tree.duration]);
  const chosen = useMemo(() => {
    const place = url.span === undefined ? -1 : tree.spans.findIndex(({ id }) => id === url.span);
    return place < 0 ? undefined : place;
  }, [tree, url.span]);

  const write = (change: { [Key in keyof TraceViewSearch]?: TraceViewSearch[Key] | undefined }, replace = true) =>
    void navigate({ search: (old) => ({ ...old, ...change }) as TraceViewSearch, replace, resetScroll: false });
  const openAbove = (place: number) => {
    const hiding = above(tree, place).filter((at) => folded.has(at));
    if (hiding.length > 0) setFolded(new Set([...folded].filter((at) => !hiding.includes(at))));
  };
  return {
    loaded,
    tree,
    path,
    services,
    url,
    filter,
    filtered: filter.errors || filter.critical || filter.service !== '',
    rows,
    folded,
    found,
    foundSet,
    part,
    chosen,
    choose: (place) => write({ span: place === undefined ? undefined : tree.spans[place]?.id }),
    setView: (view) => write({ view }, false),
    setFilter(change) {
      const next = { ...filter, ...change };
      write({ errors: next.errors || undefined, critical: next.critical || undefined, service: next.service || undefined });
    },
    setFind: (text) => write({ find: text || undefined }),
    setPart: (next) => write({ part: writePart(next, tree.duration) }),
    toggleFold(place) {
      const next = new Set(folded);
      if (!next.delete(place)) next.add(place);
      setFolded(next);
    },
    foldTo: (depth) => setFolded(depth === undefined ? new Set() : foldedBelow(tree, depth)),
    reveal(place) {
      openAbove(place);
      const kept = fits(tree, path, filter, place) ? filter : ALL_SPANS;
      write(
        {
          span: tree.spans[place]?.id,
          view: undefined,
          errors: kept.errors || undefined,
          critical: kept.critical || undefined,
          service: kept.service || undefined,
        },
        url.view === undefined,
      );
    },
  };
}
