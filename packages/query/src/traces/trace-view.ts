/** A trace as expressions look at it: its spans, and what follows from how they lie to one another. */

import { buildTraceTree, type Span, type TimedSpan, type TraceNode, type TraceTree } from '@atalaya/model';

/** A span within its trace. */
export interface SpanInTrace {
  readonly trace: TraceView;
  /** Its place in the trace. */
  readonly at: number;
  readonly span: Span;
  /** Whether conditions may choose it: what lies outside the range, or is known not to match, is there for the trace's structure only. */
  readonly eligible: boolean;
}

interface Placed extends TimedSpan {
  readonly at: number;
}

/** How a span lies in the nested sets of its trace. */
export interface NestedSet {
  readonly left: number;
  readonly right: number;
  /** -1 for a root, 0 where the parent is not there. */
  readonly parent: number;
}

/** A trace. What takes time is computed when it is first asked for. */
export class TraceView {
  readonly spans: readonly SpanInTrace[];
  #tree: TraceTree<Placed> | undefined;
  #nodes: TraceNode<Placed>[] | undefined;
  #sets: NestedSet[] | undefined;
  #bounds: { readonly start: bigint; readonly end: bigint } | undefined;

  /** @param spans at least one, ordered by start */
  constructor(spans: readonly Span[], isEligible: (span: Span) => boolean) {
    this.spans = spans.map((span, at) => ({ trace: this, at, span, eligible: isEligible(span) }));
  }

  /** From the first start to the last end, nanoseconds since the epoch. */
  get bounds(): { readonly start: bigint; readonly end: bigint } {
    if (this.#bounds !== undefined) return this.#bounds;
    const { span: first } = this.spans[0]!;
    let { start } = first;
    let end = first.start + first.duration;
    for (const { span } of this.spans) {
      if (span.start < start) ({ start } = span);
      if (span.start + span.duration > end) end = span.start + span.duration;
    }
    return (this.#bounds = { start, end });
  }

  get tree(): TraceTree<Placed> {
    if (this.#tree !== undefined) return this.#tree;
    const origin = this.bounds.start;
    const placed = this.spans.map(({ span: { spanId, parentSpanId, start, duration } }, at): Placed => {
      const from = Number(start - origin);
      return { at, spanId, parentSpanId, start: from, end: from + Number(duration) };
    });
    return (this.#tree = buildTraceTree(placed, { adjustsClocks: false }));
  }

  /** The root: the first span without a parent. */
  get root(): Span | undefined {
    return this.spans.find(({ span }) => span.parentSpanId === '')?.span;
  }

  /** Where a span lies in the tree. */
  nodeOf(at: number): TraceNode<Placed> {
    if (this.#nodes === undefined) {
      this.#nodes = [];
      for (const node of this.tree.nodes) this.#nodes[node.span.at] = node;
    }
    return this.#nodes[at]!;
  }

  /** The parent, where it is there. */
  parentOf(at: number): SpanInTrace | undefined {
    const { parent } = this.nodeOf(at);
    return parent === undefined ? undefined : this.spans[parent.span.at];
  }

  nestedSetOf(at: number): NestedSet {
    this.#sets ??= this.#nestedSets();
    return this.#sets[at]!;
  }

  /** Numbers from 1 on, one when a span is entered and one when it is left. */
  #nestedSets(): NestedSet[] {
    const sets: NestedSet[] = [];
    const { nodes } = this.tree;
    for (const { index, depth, descendants, parent, span } of nodes) {
      // Before a node all earlier ones were entered, and all of them left but those above it.
      const left = 2 * index - depth + 1;
      const isRoot = span.parentSpanId === '';
      const above = parent === undefined ? 0 : 2 * parent.index - parent.depth + 1;
      sets[span.at] = { left, right: left + 2 * descendants + 1, parent: isRoot ? -1 : above };
    }
    return sets;
  }
}
