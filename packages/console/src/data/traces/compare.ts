/** Two traces as one tree: spans are the same when the way to them is, by service and operation. */

import type { TraceTree } from './tree.ts';

/** What one of the traces has at a place of the merged tree. Nanoseconds. */
export interface Side {
  readonly count: number;
  readonly errors: number;
  readonly total: number;
  readonly self: number;
  /** The first of its spans, to go to. */
  readonly spanId: string;
}

/** A place of the merged tree. */
export interface ComparedNode {
  readonly key: string;
  readonly depth: number;
  readonly service: string;
  readonly name: string;
  readonly a: Side | undefined;
  readonly b: Side | undefined;
  /** Duration of b less that of a; what is missing takes no time. */
  readonly change: number;
  /** Places of nodes behind it that are below it. */
  readonly below: number;
}

/** How a place changed from a to b. */
export type Verdict = 'only-a' | 'only-b' | 'slower' | 'faster' | 'same';

interface Node {
  readonly key: string;
  readonly depth: number;
  readonly service: string;
  readonly name: string;
  readonly sides: [Growing | undefined, Growing | undefined];
  readonly children: Map<string, Node>;
}

interface Growing {
  count: number;
  errors: number;
  total: number;
  self: number;
  readonly spanId: string;
}

/** The merged tree, each node before those below it. */
export function compareTraces(a: TraceTree, b: TraceTree): ComparedNode[] {
  const top: Node = { key: '', depth: -1, service: '', name: '', sides: [undefined, undefined], children: new Map() };
  for (const [side, tree] of [a, b].entries()) {
    const nodes: Node[] = [];
    for (const [place, span] of tree.spans.entries()) {
      const above = tree.parent[place] as number;
      const under = above < 0 ? top : (nodes[above] as Node);
      const step = `${span.origin.service}\n${span.name}`;
      let node = under.children.get(step);
      if (node === undefined) {
        node = {
          key: `${under.key}\u0000${step}`,
          depth: under.depth + 1,
          service: span.origin.service,
          name: span.name,
          sides: [undefined, undefined],
          children: new Map(),
        };
        under.children.set(step, node);
      }
      nodes.push(node);
      const sum = (node.sides[side as 0 | 1] ??= { count: 0, errors: 0, total: 0, self: 0, spanId: span.id });
      sum.count += 1;
      sum.errors += span.status === 'error' ? 1 : 0;
      sum.total += span.duration;
      sum.self += tree.self[place] as number;
    }
  }
  const list: ComparedNode[] = [];
  const walk = [...top.children.values()].toReversed().map((node) => ({ node }));
  const open: { at: number; depth: number }[] = [];
  const belows: number[] = [];
  while (walk.length > 0) {
    const { node } = walk.pop() as { node: Node };
    while (open.length > 0 && (open.at(-1) as { depth: number }).depth >= node.depth) open.pop();
    for (const { at } of open) belows[at] = (belows[at] ?? 0) + 1;
    open.push({ at: list.length, depth: node.depth });
    belows.push(0);
    const [left, right] = node.sides;
    const { key, depth, service, name } = node;
    list.push({ key, depth, service, name, a: left, b: right, change: (right?.total ?? 0) - (left?.total ?? 0), below: 0 });
    for (const child of [...node.children.values()].toReversed()) walk.push({ node: child });
  }
  return list.map((node, at) => ({ ...node, below: belows[at] ?? 0 }));
}

/** Changes of less than a tenth, or of less than so many nanoseconds, are noise. */
const NOISE = { share: 0.1, nanoseconds: 100_000 };

/** What became of a place. */
export function verdictOf({
  a,
  b,
  change,
}: {
  readonly a: Pick<Side, 'total'> | undefined;
  readonly b: Pick<Side, 'total'> | undefined;
  readonly change: number;
}): Verdict {
  if (a === undefined) return 'only-b';
  if (b === undefined) return 'only-a';
  if (Math.abs(change) < NOISE.nanoseconds || Math.abs(change) < NOISE.share * Math.max(a.total, b.total)) return 'same';
  return change > 0 ? 'slower' : 'faster';
}

/** How many places there are of each verdict. */
export function totalsOf(nodes: readonly ComparedNode[]): Record<Verdict, number> {
  const totals: Record<Verdict, number> = { 'only-a': 0, 'only-b': 0, slower: 0, faster: 0, same: 0 };
  for (const node of nodes) totals[verdictOf(node)] += 1;
  return totals;
}

/** The nodes on show: without what is below folded ones, and of what is the same only the way to differences. */
export function shownNodes(nodes: readonly ComparedNode[], onlyChanges: boolean, folded: ReadonlySet<string>): ComparedNode[] {
  const kept = new Uint8Array(nodes.length);
  if (onlyChanges) {
    const way: number[] = [];
    for (const [at, node] of nodes.entries()) {
      while (way.length > 0 && (nodes[way.at(-1) as number] as ComparedNode).depth >= node.depth) way.pop();
      way.push(at);
      if (verdictOf(node) !== 'same') for (const place of way) kept[place] = 1;
    }
  }
  const shown: ComparedNode[] = [];
  for (let at = 0; at < nodes.length;) {
    const node = nodes[at] as ComparedNode;
    if (!onlyChanges || kept[at] === 1) shown.push(node);
    at += folded.has(node.key) ? node.below + 1 : 1;
  }
  return shown;
}
