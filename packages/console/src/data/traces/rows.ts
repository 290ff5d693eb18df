/** Which spans of a trace are in sight: what is folded away, what is looked for, what is filtered. */

import type { CriticalPath, TraceTree } from './tree.ts';
import type { TraceSpan } from './span.ts';

/** What the waterfall is reduced to. */
export interface SpanFilter {
  readonly errors: boolean;
  readonly critical: boolean;
  /** Empty: all. */
  readonly service: string;
}

/** Nothing is filtered. */
export const ALL_SPANS: SpanFilter = { errors: false, critical: false, service: '' };

/** Whether a span fits a filter. */
export function fits(tree: TraceTree, path: CriticalPath, filter: SpanFilter, place: number): boolean {
  const span = tree.spans[place] as TraceSpan;
  if (filter.errors && span.status !== 'error') return false;
  if (filter.critical && !path.has(place)) return false;
  return filter.service === '' || span.origin.service === filter.service;
}

/** A row of the waterfall. */
export interface Row {
  readonly place: number;
  /** Stays only because something below it fits. */
  readonly dimmed: boolean;
}

/** The rows in their order. A span that fits is shown with everything above it. */
export function rowsOf(tree: TraceTree, path: CriticalPath, filter: SpanFilter, folded: ReadonlySet<number>): Row[] {
  const all = !filter.errors && !filter.critical && filter.service === '';
  const kept = new Uint8Array(tree.spans.length);
  if (!all) {
    for (let place = tree.spans.length - 1; place >= 0; place -= 1) {
      if (fits(tree, path, filter, place)) kept[place] = 2;
      const above = tree.parent[place] as number;
      if (kept[place] !== 0 && above >= 0 && kept[above] === 0) kept[above] = 1;
    }
  }
  const rows: Row[] = [];
  for (let place = 0; place < tree.spans.length;) {
    if (!all && kept[place] === 0) {
      place = tree.after[place] as number;
      continue;
    }
    rows.push({ place, dimmed: !all && kept[place] === 1 });
    place = folded.has(place) ? (tree.after[place] as number) : place + 1;
  }
  return rows;
}

/** Places of the spans that hold a text anywhere: service, operation, id, status, attributes, events. Upper and lower case are the same. */
export function findSpans(tree: TraceTree, text: string): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  const has = (given: string) => given.toLowerCase().includes(wanted);
  const [key, value] = /^([\w.-]+)=(.*)$/.exec(wanted)?.slice(1) ?? [];
  const hasAttribute = (attributes: TraceSpan['attributes']) =>
    attributes.some(
      (attribute) =>
        has(attribute.key) ||
        has(attribute.value) ||
        (key !== undefined && attribute.key.toLowerCase() === key && attribute.value.toLowerCase().includes(value ?? '')),
    );
  const found: number[] = [];
  for (const [place, span] of tree.spans.entries()) {
    if (
      has(span.name) ||
      has(span.origin.service) ||
      span.id === wanted ||
      has(span.statusMessage) ||
      hasAttribute(span.attributes) ||
      span.events.some((event) => has(event.name) || hasAttribute(event.attributes))
    )
      found.push(place);
  }
  return found;
}

/** The places above a span, which must not be folded for it to be seen. */
export function above(tree: TraceTree, place: number): number[] {
  const found: number[] = [];
  for (let at = tree.parent[place] ?? -1; at >= 0; at = tree.parent[at] as number) found.push(at);
  return found;
}

/** The spans to fold so that only the first levels stay open. */
export function foldedBelow(tree: TraceTree, depth: number): Set<number> {
  const folded = new Set<number>();
  for (let place = 0; place < tree.spans.length; place += 1) {
    if (tree.depth[place] === depth && (tree.after[place] as number) > place + 1) folded.add(place);
  }
  return folded;
}
