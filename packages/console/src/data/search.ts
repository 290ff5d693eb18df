/** The state that lives in the URL: how it is written, and what of it each page reads. */

import { DEFAULT_REFRESH, parseTimePoint, REFRESH_INTERVALS, type RefreshName } from './time-range.ts';

/** Raw search parameters: a name given once is a text, several times a list. */
export type RawSearch = Readonly<Record<string, string | readonly string[]>>;

/** Reads `?a=1&b=2&b=3`; plain text, so that a hand-written link works. */
export function parseSearch(text: string): RawSearch {
  const raw: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = raw[name];
    if (before === undefined) raw[name] = value;
    else raw[name] = [...(typeof before === 'string' ? [before] : before), value];
  }
  return raw;
}

/** Writes a state as a query string with its `?`; what is undefined, empty or false is left out. */
export function stringifySearch(state: Readonly<Record<string, unknown>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof item === 'string' || typeof item === 'number') search.append(name, String(item));
      else if (item === true) search.append(name, '1');
    }
  }
  const text = search.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text === '' ? '' : `?${text}`;
}

/** State that every page shares. */
export interface SharedSearch {
  from?: string;
  to?: string;
  refresh?: RefreshName;
}

/** Reads the shared state; what cannot be understood is dropped, and the default refresh left out. */
export function sharedSearch(raw: Readonly<Record<string, unknown>>): SharedSearch {
  const search: SharedSearch = {};
  const from = textOf(raw['from']);
  const to = textOf(raw['to']) ?? 'now';
  if (from !== undefined && parseTimePoint(from) && parseTimePoint(to)) {
    search.from = from;
    search.to = to;
  }
  const refresh = textOf(raw['refresh']);
  if (refresh !== undefined && refresh !== DEFAULT_REFRESH && Object.hasOwn(REFRESH_INTERVALS, refresh)) {
    search.refresh = refresh as RefreshName;
  }
  return search;
}

/** State of the metrics explorer. */
export interface MetricsSearch {
  /** Expressions in order; their letters are A, B, … */
  q?: string[];
  /** Letters of the queries that are switched off. */
  off?: string;
  tab?: 'table' | 'explain';
  /** Which of its two askings is explained: the graph's unless this is set. */
  explain?: 'instant';
  stacked?: boolean;
  unit?: string;
}

/** Most queries that one page asks at once. */
export const MAX_QUERIES = 8;

/** Reads the explorer's state. */
export function metricsSearch(raw: Readonly<Record<string, unknown>>): MetricsSearch {
  const search: MetricsSearch = {};
  const queries = listOf(raw['q']).slice(0, MAX_QUERIES);
  if (queries.length > 0) search.q = queries;
  const off = textOf(raw['off'])
    ?.toUpperCase()
    .replaceAll(/[^A-H]/g, '');
  if (off) search.off = off;
  if (raw['tab'] === 'table' || raw['tab'] === 'explain') search.tab = raw['tab'];
  if (search.tab === 'explain' && raw['explain'] === 'instant') search.explain = 'instant';
  if (isTrue(raw['stacked'])) search.stacked = true;
  const unit = textOf(raw['unit']);
  if (unit) search.unit = unit;
  return search;
}

/** State of the logs page. */
export interface LogsSearch {
  /** The question in LogQL; without one, all lines. */
  q?: string;
  /** Written as LogQL, not with the search's controls. */
  mode?: 'logql';
  tab?: 'patterns';
  /** Lines are followed as they come in. */
  tail?: boolean;
  order?: 'oldest';
  /** Long lines are cut, or broken into several. */
  wrap?: boolean;
  /** Texts that are JSON stand over several lines. */
  pretty?: boolean;
  /** Times in UTC, not in the browser's zone. */
  utc?: boolean;
  /** Labels and fields that have a column. */
  column?: string[];
  /** The line that a link points at. */
  line?: string;
}

/** Most columns beside the lines. */
export const MAX_COLUMNS = 8;

/** Reads the logs page's state. */
export function logsSearch(raw: Readonly<Record<string, unknown>>): LogsSearch {
  const search: LogsSearch = {};
  const query = textOf(raw['q']);
  if (query) search.q = query;
  if (raw['mode'] === 'logql') search.mode = 'logql';
  if (raw['tab'] === 'patterns') search.tab = 'patterns';
  if (raw['order'] === 'oldest') search.order = 'oldest';
  for (const name of ['tail', 'wrap', 'pretty', 'utc'] as const) if (isTrue(raw[name])) search[name] = true;
  const columns = [...new Set(listOf(raw['column']))].slice(0, MAX_COLUMNS);
  if (columns.length > 0) search.column = columns;
  const line = textOf(raw['line']);
  if (line) search.line = line;
  return search;
}

/** State of the map of services. */
export interface ServicesSearch {
  /** The map unless the screen is narrow. */
  view?: 'map' | 'table';
  find?: string;
  /** The node that is looked at. */
  node?: string;
  /** The calls that are looked at: caller, called, and the kind of connection. */
  edge?: string[];
}

/** Reads the state of the map of services. */
export function servicesSearch(raw: Readonly<Record<string, unknown>>): ServicesSearch {
  const search: ServicesSearch = {};
  if (raw['view'] === 'table' || raw['view'] === 'map') search.view = raw['view'];
  const find = textOf(raw['find']);
  if (find) search.find = find;
  const node = textOf(raw['node']);
  const edge = listOf(raw['edge']);
  if (node) search.node = node;
  else if (edge.length === 2 || edge.length === 3) search.edge = edge;
  return search;
}

/** State of a service's page. */
export interface ServiceSearch {
  /** The operation that everything on the page is narrowed to. */
  op?: string;
}

/** Reads the state of a service's page. */
export function serviceSearch(raw: Readonly<Record<string, unknown>>): ServiceSearch {
  const op = textOf(raw['op']);
  return op === undefined ? {} : { op };
}

/** State of the targets page. */
export interface TargetsSearch {
  state?: 'up' | 'down' | 'unknown';
  find?: string;
  dropped?: boolean;
}

/** Reads the targets page's state. */
export function targetsSearch(raw: Readonly<Record<string, unknown>>): TargetsSearch {
  const search: TargetsSearch = {};
  const state = textOf(raw['state']);
  if (state === 'up' || state === 'down' || state === 'unknown') search.state = state;
  const find = textOf(raw['find']);
  if (find) search.find = find;
  if (isTrue(raw['dropped'])) search.dropped = true;
  return search;
}

/** State of the status page. */
export interface StatusSearch {
  section?: 'storage' | 'logs' | 'configuration';
}

/** Reads the status page's state. */
export function statusSearch(raw: Readonly<Record<string, unknown>>): StatusSearch {
  const section = textOf(raw['section']);
  return section === 'storage' || section === 'logs' || section === 'configuration' ? { section } : {};
}

/** A parameter that is given once and not empty. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function listOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** A parameter that is switched on. */
export function isTrue(value: unknown): boolean {
  return value === true || value === '1' || value === 'true';
}
