/** Operators between spansets that look at how spans lie to one another. */

import type { SpansetOperator } from '@atalaya/lang';
import type { SpanInTrace, TraceView } from './trace-view.ts';

type Relation = '>' | '>>' | '<' | '<<' | '~';

/** Spans of `right` that stand to one of `left` as the operator says; with `!` those that do to none, with `&` those of `left` too. */
export function related(
  operator: Exclude<SpansetOperator, '&&' | '||'>,
  trace: TraceView,
  left: readonly SpanInTrace[],
  right: readonly SpanInTrace[],
): SpanInTrace[] {
  const relation = operator.replace(/^[!&]/, '') as Relation;
  const isRelated = RELATIONS[relation](trace, left);
  if (operator.startsWith('!')) return right.filter((span) => !isRelated(span));
  const found = right.filter(isRelated);
  if (!operator.startsWith('&')) return found;
  // Seen from the other side the relation is turned round: parents of children are what has children.
  const isCounterpart = RELATIONS[TURNED[relation]](trace, right);
  return united(left.filter(isCounterpart), found);
}

/** Each span once, in their order in the trace. */
export function united(left: readonly SpanInTrace[], right: readonly SpanInTrace[]): SpanInTrace[] {
  return [...new Set([...left, ...right])].sort((a, b) => a.at - b.at);
}

const TURNED: Readonly<Record<Relation, Relation>> = { '>': '<', '>>': '<<', '<': '>', '<<': '>>', '~': '~' };

/** Makes a test whether a span stands so to one of the given ones. */
type RelationTo = (trace: TraceView, to: readonly SpanInTrace[]) => (span: SpanInTrace) => boolean;

const RELATIONS: Readonly<Record<Relation, RelationTo>> = {
  '>': (trace, to) => {
    const parents = marked(trace, to);
    return ({ at }) => {
      const { parent } = trace.nodeOf(at);
      return parent !== undefined && parents[parent.index] === 1;
    };
  },
  '>>': (trace, to) => {
    const above = marked(trace, to);
    const below = new Uint8Array(above.length);
    // Parents come before their children.
    for (const { index, parent } of trace.tree.nodes) {
      if (parent !== undefined && (above[parent.index] === 1 || below[parent.index] === 1)) below[index] = 1;
    }
    return ({ at }) => below[trace.nodeOf(at).index] === 1;
  },
  '<': (trace, to) => {
    const parents = new Set(to.map(({ at }) => trace.nodeOf(at).parent?.index));
    return ({ at }) => parents.has(trace.nodeOf(at).index);
  },
  '<<': (trace, to) => {
    const below = marked(trace, to);
    const above = new Uint8Array(below.length);
    for (const { index, parent } of trace.tree.nodes.toReversed()) {
      if (parent !== undefined && (below[index] === 1 || above[index] === 1)) above[parent.index] = 1;
    }
    return ({ at }) => above[trace.nodeOf(at).index] === 1;
  },
  '~': (_trace, to) => {
    const children = new Map<string, number>();
    for (const { span } of to) children.set(span.parentSpanId, (children.get(span.parentSpanId) ?? 0) + 1);
    const own = new Set(to);
    return (one) => {
      const { parentSpanId } = one.span;
      return parentSpanId !== '' && (children.get(parentSpanId) ?? 0) - (own.has(one) ? 1 : 0) > 0;
    };
  },
};

/** By place in the tree: 1 for those that are given. */
function marked(trace: TraceView, spans: readonly SpanInTrace[]): Uint8Array {
  const marks = new Uint8Array(trace.spans.length);
  for (const { at } of spans) marks[trace.nodeOf(at).index] = 1;
  return marks;
}
