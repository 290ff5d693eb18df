/** How long spans were busy themselves, and not waiting for their children. */

import type { TimedSpan, TraceTree } from './trace-tree.ts';

/**
 * The self time of each node, at its `index`: its duration without the times in which at least one child was running. Children that run on after
 * their parent ended count only as long as it lasted.
 */
export function selfTimes<S extends TimedSpan>({ nodes }: TraceTree<S>): Float64Array {
  const times = new Float64Array(nodes.length);
  for (const { index, start, end, children } of nodes) {
    let self = end - start;
    let covered = start;
    for (const child of inTime(children)) {
      const from = Math.max(child.start, covered);
      const to = Math.min(child.end, end);
      if (to <= from) continue;
      self -= to - from;
      covered = to;
    }
    times[index] = self;
  }
  return times;
}

/** Children by start; clocks that were made to agree may have changed their order. */
function inTime<N extends { readonly start: number }>(children: readonly N[]): readonly N[] {
  for (let i = 1; i < children.length; i++) {
    if ((children[i] as N).start < (children[i - 1] as N).start) return children.toSorted((a, b) => a.start - b.start);
  }
  return children;
}
