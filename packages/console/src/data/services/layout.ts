/**
 * Places the nodes of a graph in layers from left to right, callers before what they call, with few crossings. It depends on names
 * and edges only: new numbers move nothing. After Sugiyama, Tagawa and Toda: break cycles, layer, order, place.
 */

import { type Cell, type LayoutSizes, orderLayers, placeLayers } from './layers.ts';

/** What is placed. */
export interface LayoutInput {
  readonly nodes: readonly string[];
  readonly edges: readonly { readonly id: string; readonly from: string; readonly to: string }[];
}

/** A point; x to the right, y downwards. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything is. Nodes by their left upper corner; edges by the points that they go through. */
export interface Layout {
  readonly nodes: ReadonlyMap<string, Point>;
  readonly edges: ReadonlyMap<string, readonly Point[]>;
  readonly width: number;
  readonly height: number;
}

/** Lays a graph out. Parts that are not connected stand below each other, single nodes in rows at the end. */
export function layoutGraph({ nodes, edges }: LayoutInput, sizes: LayoutSizes): Layout {
  const placed = new Map<string, Point>();
  const routes = new Map<string, readonly Point[]>();
  let width = 0;
  let top = 0;
  const parts = componentsOf(nodes, edges);
  for (const part of parts.filter((names) => names.length > 1)) {
    const members = new Set(part);
    const inside = edges.filter(({ from }) => members.has(from));
    const result = layoutPart(part, inside, sizes);
    for (const [name, { x, y }] of result.nodes) placed.set(name, { x, y: y + top });
    for (const [id, points] of result.edges)
      routes.set(
        id,
        points.map(({ x, y }) => ({ x, y: y + top })),
      );
    width = Math.max(width, result.width);
    top += result.height + sizes.gapY * 2;
  }
  const single = parts.filter((names) => names.length === 1).flat();
  const columns = Math.max(1, Math.floor((Math.max(width, 900) + sizes.gapY) / (sizes.width + sizes.gapY)));
  for (const [index, name] of single.entries()) {
    const point = { x: (index % columns) * (sizes.width + sizes.gapY), y: top + Math.floor(index / columns) * (sizes.height + sizes.gapY) };
    placed.set(name, point);
    width = Math.max(width, point.x + sizes.width);
  }
  const rows = Math.ceil(single.length / columns);
  const height = rows === 0 ? Math.max(top - sizes.gapY * 2, 0) : top + rows * (sizes.height + sizes.gapY) - sizes.gapY;
  // A node that calls itself has a loop over its right upper corner.
  for (const { id, from, to } of edges) {
    const at = placed.get(from);
    if (from === to && at !== undefined)
      routes.set(id, [
        { x: at.x + sizes.width - 34, y: at.y },
        { x: at.x + sizes.width, y: at.y + 16 },
      ]);
  }
  return { nodes: placed, edges: routes, width, height };
}

/** Connected parts, the largest first, each in the order of its names. */
function componentsOf(nodes: readonly string[], edges: LayoutInput['edges']): string[][] {
  const next = new Map<string, string[]>(nodes.map((name) => [name, []]));
  for (const { from, to } of edges) {
    next.get(from)?.push(to);
    next.get(to)?.push(from);
  }
  const seen = new Set<string>();
  const parts: string[][] = [];
  for (const start of nodes.toSorted()) {
    if (seen.has(start)) continue;
    const part: string[] = [];
    const open = [start];
    seen.add(start);
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      part.push(name);
      for (const other of next.get(name) ?? []) {
        if (!seen.has(other)) {
          seen.add(other);
          open.push(other);
        }
      }
    }
    parts.push(part.sort());
  }
  return parts.sort((a, b) => b.length - a.length);
}

function layoutPart(names: readonly string[], edges: LayoutInput['edges'], sizes: LayoutSizes): Layout {
  const direct = edges.filter(({ from, to }) => from !== to);
  const forward = withoutCycles(names, direct);
  const layerOf = layersOf(names, forward);
  const cells = new Map<string, Cell>();
  const layers: Cell[][] = Array.from({ length: Math.max(...layerOf.values()) + 1 }, () => []);
  const add = (key: string, layer: number, node: boolean): Cell => {
    const cell: Cell = { key, node, before: [], after: [], order: 0, y: 0 };
    layers[layer]?.push(cell);
    return cell;
  };
  for (const name of names) cells.set(name, add(name, layerOf.get(name) as number, true));
  const chains = new Map<string, { readonly cells: readonly Cell[]; readonly turned: boolean; readonly layer: number }>();
  for (const { id, from, to, turned } of forward) {
    const chain = [cells.get(from) as Cell];
    const first = layerOf.get(from) as number;
    const last = layerOf.get(to) as number;
    for (let layer = first + 1; layer < last; layer++) chain.push(add(`${id} ${layer}`, layer, false));
    chain.push(cells.get(to) as Cell);
    for (let i = 1; i < chain.length; i++) {
      (chain[i - 1] as Cell).after.push(chain[i] as Cell);
      (chain[i] as Cell).before.push(chain[i - 1] as Cell);
    }
    chains.set(id, { cells: chain, turned, layer: first });
  }
  orderLayers(layers);
  placeLayers(layers, sizes);
  return drawn(layers, chains, sizes);
}

interface ForwardEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The edge goes the other way; it was turned so that there are no cycles. */
  readonly turned: boolean;
}

/** Turns the edges that close a cycle, found by walking from those that nobody calls. */
function withoutCycles(names: readonly string[], edges: LayoutInput['edges']): ForwardEdge[] {
  const out = Map.groupBy(edges, ({ from }) => from);
  const called = new Map<string, number>();
  for (const { to } of edges) called.set(to, (called.get(to) ?? 0) + 1);
  const state = new Map<string, 'open' | 'done'>();
  const turned = new Set<string>();
  // No recursion: a chain of services may be long.
  const walk = (start: string) => {
    const stack = [{ name: start, next: 0 }];
    state.set(start, 'open');
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const edge = out.get(top.name)?.[top.next++];
      if (edge === undefined) {
        state.set(top.name, 'done');
        stack.pop();
      } else if (state.get(edge.to) === 'open') turned.add(edge.id);
      else if (!state.has(edge.to)) {
        state.set(edge.to, 'open');
        stack.push({ name: edge.to, next: 0 });
      }
    }
  };
  for (const name of names.toSorted((a, b) => (called.get(a) ?? 0) - (called.get(b) ?? 0) || (a < b ? -1 : 1))) {
    if (!state.has(name)) walk(name);
  }
  return edges.map(({ id, from, to }) => (turned.has(id) ? { id, from: to, to: from, turned: true } : { id, from, to, turned: false }));
}

/** The longest way from a node that nobody calls; then those move right next to what they call. */
function layersOf(names: readonly string[], edges: readonly ForwardEdge[]): Map<string, number> {
  const layer = new Map<string, number>(names.map((name) => [name, 0]));
  const into = new Map<string, number>(names.map((name) => [name, 0]));
  for (const { to } of edges) into.set(to, (into.get(to) as number) + 1);
  const roots = names.filter((name) => into.get(name) === 0);
  const out = Map.groupBy(edges, ({ from }) => from);
  const open = [...roots];
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    for (const { to } of out.get(name) ?? []) {
      layer.set(to, Math.max(layer.get(to) as number, (layer.get(name) as number) + 1));
      const left = (into.get(to) as number) - 1;
      into.set(to, left);
      if (left === 0) open.push(to);
    }
  }
  for (const root of roots) {
    const nearest = Math.min(...(out.get(root) ?? []).map(({ to }) => layer.get(to) as number));
    if (Number.isFinite(nearest)) layer.set(root, nearest - 1);
  }
  return layer;
}

function drawn(
  layers: readonly (readonly Cell[])[],
  chains: ReadonlyMap<string, { readonly cells: readonly Cell[]; readonly turned: boolean; readonly layer: number }>,
  { width, height, gapX }: LayoutSizes,
): Layout {
  const all = layers.flat();
  const top = Math.min(...all.map((cell) => cell.y - (cell.node ? height / 2 : 0)));
  const bottom = Math.max(...all.map((cell) => cell.y + (cell.node ? height / 2 : 0)));
  const nodes = new Map<string, Point>();
  for (const [layer, cells] of layers.entries()) {
    for (const cell of cells) if (cell.node) nodes.set(cell.key, { x: layer * (width + gapX), y: Math.round(cell.y - top - height / 2) });
  }
  const edges = new Map<string, readonly Point[]>();
  for (const [id, { cells, turned, layer }] of chains) {
    const points = cells.flatMap((cell, index): Point[] => {
      const left = (layer + index) * (width + gapX);
      const y = Math.round(cell.y - top);
      if (index === 0) return [{ x: left + width, y }];
      if (index === cells.length - 1) return [{ x: left, y }];
      // Straight through the layer, so that no node is crossed.
      return [
        { x: left, y },
        { x: left + width, y },
      ];
    });
    edges.set(id, turned ? points.toReversed() : points);
  }
  return { nodes, edges, width: layers.length * (width + gapX) - gapX, height: Math.round(bottom - top) };
}
