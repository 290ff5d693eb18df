/** Where the time of a trace went, summed up by service, operation or anything else. */

import { selfTimes } from './self-times.ts';
import type { TimedSpan, TraceTree } from './trace-tree.ts';

/** The spans of one group. Times are in the unit of the spans. */
export interface SpanStatistics {
  readonly key: string;
  readonly spans: number;
  /** Sum of durations: spans that ran at the same time count each. */
  readonly total: number;
  readonly min: number;
  readonly max: number;
  /** Sum of self times. */
  readonly self: number;
  /** Self time in the whole trace's, 0 to 1. */
  readonly selfShare: number;
}

/** Sums up spans by a key, the largest self time first. @param self what {@link selfTimes} gave, where it is there already */
export function traceStatistics<S extends TimedSpan>(
  tree: TraceTree<S>,
  keyOf: (span: S) => string,
  self: Float64Array = selfTimes(tree),
): SpanStatistics[] {
  const groups = new Map<string, { spans: number; total: number; min: number; max: number; self: number }>();
  let all = 0;
  for (const { span, index, start, end } of tree.nodes) {
    const key = keyOf(span);
    const group = groups.get(key) ?? { spans: 0, total: 0, min: Infinity, max: 0, self: 0 };
    groups.set(key, group);
    const duration = end - start;
    group.spans++;
    group.total += duration;
    group.min = Math.min(group.min, duration);
    group.max = Math.max(group.max, duration);
    group.self += self[index] as number;
    all += self[index] as number;
  }
  return [...groups]
    .map(([key, group]) => ({ key, ...group, selfShare: all === 0 ? 0 : group.self / all }))
    .sort((a, b) => b.self - a.self || (a.key < b.key ? -1 : 1));
}
