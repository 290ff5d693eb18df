/** When a span was busy itself: the stretches of its time in which no child of it ran. */

import type { TraceSpan } from './span.ts';
import type { TraceTree } from './tree.ts';

/** The stretches of a span as `start, end, start, end, …`, nanoseconds since the trace's first start. */
export function selfStretches(tree: TraceTree, place: number): number[] {
  const start = tree.starts[place] as number;
  const end = start + (tree.spans[place] as TraceSpan).duration;
  const below: [number, number][] = [];
  for (let child = place + 1; child < (tree.after[place] as number); child = tree.after[child] as number) {
    const from = tree.starts[child] as number;
    below.push([from, from + (tree.spans[child] as TraceSpan).duration]);
  }
  below.sort((a, b) => a[0] - b[0]);
  const stretches: number[] = [];
  let at = start;
  for (const [from, to] of below) {
    if (from > at) stretches.push(at, Math.min(from, end));
    at = Math.max(at, to);
    if (at >= end) break;
  }
  if (at < end) stretches.push(at, end);
  return stretches;
}

/** The stretches in which a span itself works, worked out once for each span that comes into sight. */
export function rememberedStretches(tree: TraceTree): (place: number) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  return (place) => {
    let stretches = known.get(place);
    if (stretches === undefined) known.set(place, (stretches = selfStretches(tree, place)));
    return stretches;
  };
}
