/** What the logs page asks and how it shows it: all of it in the URL, with the acts that change it. */

import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { type FieldValue, withField, withLevel, withPattern } from '../../data/logs/edit-query.ts';
import type { Level } from '../../data/logs/levels.ts';
import type { Zone } from '../../data/logs/nanoseconds.ts';
import { buildLogql, EVERYTHING, type LogSearch, type ReadSearch, readSearch, toggleLabel } from '../../data/logs/search.ts';
import { recall, remember, withQuery } from '../../data/remembered.ts';
import { type LogsSearch, MAX_COLUMNS } from '../../data/search.ts';

const route = getRouteApi('/logs');

/** The page's question, its looks and its acts. */
export interface Logs {
  /** The LogQL that is asked. */
  readonly query: string;
  /** Nobody has asked for anything in particular. */
  readonly untouched: boolean;
  readonly read: ReadSearch;
  /** What the controls show; a question beyond them shows as a search for everything. */
  readonly search: LogSearch;
  readonly expert: boolean;
  readonly url: LogsSearch;
  readonly zone: Zone;
  readonly columns: readonly string[];
  readonly history: readonly string[];
  /** Asks another question. */
  ask(query: string): void;
  /** Asks what the controls say now. */
  askSearch(search: LogSearch): void;
  setExpert(expert: boolean): void;
  /** Changes how things are shown. */
  show(change: Partial<LogsSearch>): void;
  filterField(field: FieldValue, without: boolean): void;
  /** Chooses a stream label's value or lets it go; several values of a label may be chosen. */
  filterFacet(name: string, value: string, without: boolean): void;
  filterLevel(level: Level): void;
  filterPattern(pattern: string, without: boolean): void;
  toggleColumn(name: string): void;
}

/** The page's state. */
export function useLogs(): Logs {
  const url = route.useSearch();
  const navigate = route.useNavigate();
  const [history, setHistory] = useState(() => recall<string[]>('log-history', []));
  const query = url.q ?? buildLogql(EVERYTHING);
  const read = useMemo(() => readSearch(query), [query]);
  const expert = url.mode === 'logql';
  const columns = useMemo(() => url.column ?? [], [url.column]);

  const write = (change: Partial<LogsSearch>, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...withoutFalse(change) }), replace, resetScroll: false });
  const ask = (text: string) => {
    const asked = text.trim();
    const next = withQuery(recall<string[]>('log-history', []), asked);
    setHistory(next);
    remember('log-history', next);
    // Another question has other lines: a link to one of them, and a table of patterns, belong to the old one.
    write({ q: asked === buildLogql(EVERYTHING) ? '' : asked, line: '' });
  };
  return {
    query,
    untouched: url.q === undefined,
    read,
    search: read.kind === 'search' ? read.search : EVERYTHING,
    expert,
    url,
    zone: url.utc === true ? 'utc' : 'browser',
    columns,
    history,
    ask,
    askSearch: (search) => ask(buildLogql(search)),
    setExpert: (wanted) => write(wanted ? { mode: 'logql' } : { mode: undefined as never }),
    show: (change) => write(change, true),
    filterField: (field, without) => ask(withField(query, field, without)),
    filterFacet(name, value, without) {
      if (read.kind === 'search') ask(buildLogql(toggleLabel(read.search, name, value, without)));
      else ask(withField(query, { name, value, origin: 'stream' }, without));
    },
    filterLevel: (level) => ask(withLevel(query, level)),
    filterPattern(pattern, without) {
      const next = withPattern(query, pattern, without);
      write({ q: next, line: '', ...(without ? {} : { tab: undefined as never }) });
    },
    toggleColumn(name) {
      const next = columns.includes(name) ? columns.filter((other) => other !== name) : [...columns, name].slice(-MAX_COLUMNS);
      write({ column: next }, true);
    },
  };
}

/** What is off has no place in the URL. */
function withoutFalse(change: Partial<LogsSearch>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(change).map(([name, value]) => [
      name,
      value === false || value === '' || (Array.isArray(value) && value.length === 0) ? undefined : value,
    ]),
  );
}
