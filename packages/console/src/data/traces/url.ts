/** The state of the trace pages that lives in the URL. */

import { isTrue, textOf } from '../search.ts';

/** How traces are ordered. */
export type TraceOrder = 'start' | 'duration' | 'spans' | 'errors' | 'matched';

/** The orders, the one to begin with first. */
export const ORDERS: readonly TraceOrder[] = ['start', 'duration', 'spans', 'errors', 'matched'];

/** So many traces may be asked for at once. */
export const LIMITS = [20, 50, 100, 200, 500, 1000] as const;

/** So many are, until somebody chooses. */
export const DEFAULT_LIMIT = 100;

/** State of the search for traces. */
export interface TracesSearch {
  /** The question in TraceQL; without one, every trace. */
  q?: string;
  /** Written as TraceQL, not with the search's controls. */
  mode?: 'traceql';
  limit?: number;
  order?: TraceOrder;
}

/** Reads the search's state. */
export function tracesSearch(raw: Readonly<Record<string, unknown>>): TracesSearch {
  const search: TracesSearch = {};
  const query = textOf(raw['q']);
  if (query) search.q = query;
  if (raw['mode'] === 'traceql') search.mode = 'traceql';
  const limit = LIMITS.find((known) => String(known) === textOf(raw['limit']));
  if (limit !== undefined && limit !== DEFAULT_LIMIT) search.limit = limit;
  const order = ORDERS.find((known) => known === raw['order']);
  if (order !== undefined && order !== 'start') search.order = order;
  return search;
}

/** State of a trace's page. */
export interface TraceViewSearch {
  /** The span whose details are open. */
  span?: string;
  view?: 'flame' | 'statistics' | 'json';
  /** What is looked for in the trace. */
  find?: string;
  errors?: boolean;
  critical?: boolean;
  service?: string;
  /** The part of the time that is on show, see `view.ts`. */
  part?: string;
}

/** Reads the state of a trace's page. */
export function traceViewSearch(raw: Readonly<Record<string, unknown>>): TraceViewSearch {
  const search: TraceViewSearch = {};
  const span = textOf(raw['span']);
  if (span) search.span = span.toLowerCase();
  const { view } = raw;
  if (view === 'flame' || view === 'statistics' || view === 'json') search.view = view;
  const find = textOf(raw['find']);
  if (find) search.find = find;
  if (isTrue(raw['errors'])) search.errors = true;
  if (isTrue(raw['critical'])) search.critical = true;
  const service = textOf(raw['service']);
  if (service) search.service = service;
  const part = textOf(raw['part']);
  if (part) search.part = part;
  return search;
}

/** State of the comparison. */
export interface CompareSearch {
  a?: string;
  b?: string;
  /** Only what differs. */
  changes?: boolean;
}

/** Reads the comparison's state. */
export function compareSearch(raw: Readonly<Record<string, unknown>>): CompareSearch {
  const search: CompareSearch = {};
  const a = textOf(raw['a']);
  if (a) search.a = a;
  const b = textOf(raw['b']);
  if (b) search.b = b;
  if (isTrue(raw['changes'])) search.changes = true;
  return search;
}
