/** The critical path of a trace: what it was waiting for at each moment. */

import type { TimedSpan, TraceNode, TraceTree } from './trace-tree.ts';

/** A stretch of time in which a span was what the trace waited for. */
export interface CriticalSection<S extends TimedSpan = TimedSpan> {
  readonly node: TraceNode<S>;
  readonly start: number;
  readonly end: number;
}

interface Frame<S extends TimedSpan> {
  readonly node: TraceNode<S>;
  /** By end, the last first. */
  readonly children: readonly TraceNode<S>[];
  /** The next one of them to look at. */
  next: number;
  /** Nothing before this, and nothing behind that, is waited for in it: a parent may have ended, or begun, in between. */
  readonly from: number;
  readonly to: number;
  /** What lies behind this is done. */
  until: number;
}

/**
 * The critical path below a root (the first one unless given): sections by time, without gaps or overlaps, from the root's start to its end.
 * At each moment, going back from the end, the span on it is the child that ended last, else the parent itself. Making any other span
 * shorter does not make the trace shorter. Children that run on after their parent ended are not waited for longer than it lasts.
 */
export function criticalPath<S extends TimedSpan>(
  tree: TraceTree<S>,
  root: TraceNode<S> | undefined = tree.roots[0],
): CriticalSection<S>[] {
  if (root === undefined) return [];
  const sections: CriticalSection<S>[] = [];
  const add = (node: TraceNode<S>, start: number, end: number): void => {
    if (end > start) sections.push({ node, start, end });
  };
  const stack = [frameOf(root, root.start, root.end)];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const child = nextChild(frame);
    if (child === undefined) {
      add(frame.node, frame.from, frame.until);
      stack.pop();
      continue;
    }
    const end = Math.min(child.end, frame.to);
    add(frame.node, end, frame.until);
    frame.until = Math.max(child.start, frame.from);
    stack.push(frameOf(child, frame.until, end));
  }
  return sections.toReversed();
}

function frameOf<S extends TimedSpan>(node: TraceNode<S>, from: number, until: number): Frame<S> {
  return { node, children: node.children.toSorted((a, b) => b.end - a.end || b.start - a.start), next: 0, from, to: until, until };
}

/** The child that ended last before what is done already. */
function nextChild<S extends TimedSpan>(frame: Frame<S>): TraceNode<S> | undefined {
  while (frame.next < frame.children.length) {
    const child = frame.children[frame.next++] as TraceNode<S>;
    const end = Math.min(child.end, frame.to);
    if (end <= frame.until && end > frame.from && end > child.start) return child;
  }
  return undefined;
}
