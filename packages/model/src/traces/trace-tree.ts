/** The spans of a trace as a tree, whatever is missing or wrong in it. */

/** What has to be known of a span. Times are numbers of any one unit from any one origin: nanoseconds from the trace's first start are exact. */
export interface TimedSpan {
  readonly spanId: string;
  /** Nothing for a root. */
  readonly parentSpanId: string;
  readonly start: number;
  readonly end: number;
  /** Whose clock its times are from, such as a service's instance. Spans of one process are never moved against each other. */
  readonly process?: string;
}

/**
 * Why a span stands where its sender did not put it: its parent is not there, it would be below itself, or there is a span with its id
 * already (then children are those of the first one).
 */
export type TraceFlaw = 'missing-parent' | 'cycle' | 'duplicate-id';

/** A span at its place. */
export interface TraceNode<S extends TimedSpan = TimedSpan> {
  readonly span: S;
  /** Place in {@link TraceTree.nodes}. */
  readonly index: number;
  readonly parent: TraceNode<S> | undefined;
  /** By start. */
  readonly children: readonly TraceNode<S>[];
  /** 0 for a root. */
  readonly depth: number;
  /** How many spans are below it; they follow it in {@link TraceTree.nodes}. */
  readonly descendants: number;
  /** When it was, clocks made to agree. */
  readonly start: number;
  readonly end: number;
  /** By how much it was moved for that. */
  readonly shift: number;
  readonly flaw: TraceFlaw | undefined;
}

/** A trace. */
export interface TraceTree<S extends TimedSpan = TimedSpan> {
  /** Each parent before its children, these by start: the lines of a waterfall. */
  readonly nodes: readonly TraceNode<S>[];
  /** Real roots first, then by start. */
  readonly roots: readonly TraceNode<S>[];
  /** From the first start to the last end; 0 without spans. */
  readonly start: number;
  readonly end: number;
}

/** How a tree is built. */
export interface TraceTreeOptions {
  /** Whether a child that seems to start before its parent is taken to have another clock, and is moved with all that is below it; on unless given. */
  readonly adjustsClocks?: boolean;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
interface Building<S extends TimedSpan> extends Omit<Writable<TraceNode<S>>, 'parent' | 'children'> {
  parent: Building<S> | undefined;
  children: Building<S>[];
}

/** Builds the tree, in time about linear to the spans, however deep they lie. Every span is in it exactly once. */
export function buildTraceTree<S extends TimedSpan>(spans: readonly S[], { adjustsClocks = true }: TraceTreeOptions = {}): TraceTree<S> {
  const all = spans.map((span): Building<S> => ({
    span,
    index: -1,
    parent: undefined,
    children: [],
    depth: 0,
    descendants: 0,
    start: span.start,
    end: Math.max(span.start, span.end),
    shift: 0,
    flaw: undefined,
  }));
  const roots = joined(all);
  for (const node of all) if (node.children.length > 1) node.children.sort(byStart);
  roots.sort((a, b) => Number(a.flaw !== undefined) - Number(b.flaw !== undefined) || byStart(a, b));
  const nodes = inOrder(roots, adjustsClocks);
  // Children lie behind their parents: from the end on, each has counted its own before it is added.
  for (let i = nodes.length - 1; i >= 0; i--) {
    const { parent, descendants } = nodes[i] as Building<S>;
    if (parent !== undefined) parent.descendants += descendants + 1;
  }
  let start = Infinity;
  let end = -Infinity;
  for (const node of nodes) {
    start = Math.min(start, node.start);
    end = Math.max(end, node.end);
  }
  return nodes.length === 0 ? { nodes, roots, start: 0, end: 0 } : { nodes, roots, start, end };
}

function byStart<S extends TimedSpan>(a: Building<S>, b: Building<S>): number {
  return a.span.start - b.span.start || b.span.end - a.span.end;
}

/** Joins children and parents; gives the roots. */
function joined<S extends TimedSpan>(all: readonly Building<S>[]): Building<S>[] {
  const byId = new Map<string, Building<S>>();
  for (const node of all) {
    if (byId.has(node.span.spanId)) node.flaw = 'duplicate-id';
    else byId.set(node.span.spanId, node);
  }
  const roots: Building<S>[] = [];
  for (const node of all) {
    const { parentSpanId } = node.span;
    node.parent = parentSpanId === '' ? undefined : byId.get(parentSpanId);
    if (parentSpanId !== '' && node.parent === undefined) node.flaw ??= 'missing-parent';
  }
  for (const node of cycleBreakers(all)) {
    node.parent = undefined;
    node.flaw = 'cycle';
  }
  for (const node of all) (node.parent?.children ?? roots).push(node);
  return roots;
}

/** Of each circle of parents the node that starts first. */
function cycleBreakers<S extends TimedSpan>(all: readonly Building<S>[]): Building<S>[] {
  const walked = new Map<Building<S>, number>();
  const breakers: Building<S>[] = [];
  for (const [walk, from] of all.entries()) {
    let node: Building<S> | undefined = from;
    while (node !== undefined && !walked.has(node)) {
      walked.set(node, walk);
      node = node.parent;
    }
    // A node met twice in one walk is part of a circle; one that an earlier walk met has been judged.
    if (node === undefined || walked.get(node) !== walk) continue;
    let first = node;
    for (let other = node.parent!; other !== node; other = other.parent!) if (byStart(other, first) < 0) first = other;
    breakers.push(first);
  }
  return breakers;
}

/** Lays the nodes out, parents first; numbers them and moves them in time. */
function inOrder<S extends TimedSpan>(roots: readonly Building<S>[], adjustsClocks: boolean): Building<S>[] {
  const nodes: Building<S>[] = [];
  const waiting = roots.toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    node.index = nodes.length;
    nodes.push(node);
    if (node.parent !== undefined) {
      node.depth = node.parent.depth + 1;
      node.shift = shiftOf(node, node.parent, adjustsClocks);
      node.start += node.shift;
      node.end += node.shift;
    }
    for (let i = node.children.length - 1; i >= 0; i--) waiting.push(node.children[i] as Building<S>);
  }
  return nodes;
}

/** A child of another process that seems to start before its parent is put into the middle of it, or to its beginning if it is longer. */
function shiftOf<S extends TimedSpan>({ span, start, end }: Building<S>, parent: Building<S>, adjustsClocks: boolean): number {
  if (!adjustsClocks) return 0;
  const sameClock = span.process !== undefined && span.process === parent.span.process;
  // What shares the parent's clock moves with it.
  if (sameClock || start + parent.shift >= parent.start) return parent.shift;
  const room = Math.max(0, parent.end - parent.start - (end - start));
  return parent.start + room / 2 - start;
}
