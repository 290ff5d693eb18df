/** A trace in numbers: what it is in short, and its spans counted by operation. */

import type { TraceTree } from './tree.ts';

/** What one operation of a service took part in. Nanoseconds. */
export interface OperationStatistics {
  readonly key: string;
  readonly service: string;
  readonly name: string;
  readonly count: number;
  readonly errors: number;
  readonly total: number;
  readonly self: number;
  readonly p95: number;
  readonly longest: number;
  /** The longest span, to go to. */
  readonly place: number;
}

/** The operations, those with the most own time first. */
export function operationStatistics(tree: TraceTree): OperationStatistics[] {
  const groups = new Map<string, number[]>();
  for (const [place, span] of tree.spans.entries()) {
    const key = `${span.origin.service}\n${span.name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [place]);
    else group.push(place);
  }
  return [...groups]
    .map(([key, places]): OperationStatistics => {
      const durations = places.map((place) => tree.spans[place]?.duration ?? 0).sort((a, b) => a - b);
      const longest = durations.at(-1) ?? 0;
      const first = tree.spans[places[0] as number];
      return {
        key,
        service: first?.origin.service ?? '',
        name: first?.name ?? '',
        count: places.length,
        errors: places.filter((place) => tree.spans[place]?.status === 'error').length,
        total: durations.reduce((sum, duration) => sum + duration, 0),
        self: places.reduce((sum, place) => sum + (tree.self[place] ?? 0), 0),
        p95: durations[Math.ceil(durations.length * 0.95) - 1] ?? 0,
        longest,
        place: places.find((place) => tree.spans[place]?.duration === longest) ?? (places[0] as number),
      };
    })
    .sort((a, b) => b.self - a.self);
}

/** A service within a trace. */
export interface ServiceShare {
  readonly service: string;
  readonly spans: number;
  readonly errors: number;
  /** Own time of all its spans, nanoseconds. */
  readonly self: number;
}

/** The services, in the order in which they first appear. */
export function serviceShares(tree: TraceTree): ServiceShare[] {
  const found = new Map<string, { spans: number; errors: number; self: number }>();
  for (const [place, span] of tree.spans.entries()) {
    let share = found.get(span.origin.service);
    if (share === undefined) found.set(span.origin.service, (share = { spans: 0, errors: 0, self: 0 }));
    share.spans += 1;
    share.errors += span.status === 'error' ? 1 : 0;
    share.self += tree.self[place] ?? 0;
  }
  return [...found].map(([service, share]) => ({ service, ...share }));
}
