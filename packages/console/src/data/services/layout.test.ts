import { describe, expect, test } from 'vitest';

import { layoutGraph, type LayoutInput } from './layout.ts';

const SIZES = { width: 100, height: 40, gapX: 60, gapY: 20 };

function graph(...edges: string[]): LayoutInput {
  const pairs = edges.map((text) => text.split('>') as [string, string]);
  return {
    nodes: [...new Set(pairs.flat())].sort(),
    edges: pairs.map(([from, to]) => ({ id: `${from}>${to}`, from, to })),
  };
}

const layout = (...edges: string[]) => layoutGraph(graph(...edges), SIZES);

describe('the layout', () => {
  test('callers stand before what they call, however long the way', () => {
    const { nodes } = layout('a>b', 'b>c', 'a>c', 'c>d');
    const x = (name: string) => nodes.get(name)?.x as number;
    expect([x('a'), x('b'), x('c'), x('d')]).toEqual([0, 160, 320, 480]);
  });

  test('no two nodes cover each other, and all have a place', () => {
    const edges = Array.from({ length: 60 }, (_, i) => `n${i % 17}>n${(i * 7 + 3) % 23}`);
    const input = graph(...new Set(edges));
    const { nodes } = layoutGraph(input, SIZES);
    expect(nodes.size).toBe(input.nodes.length);
    const places = [...nodes.values()];
    for (const [i, a] of places.entries()) {
      for (const b of places.slice(i + 1)) {
        const apart = Math.abs(a.x - b.x) >= SIZES.width || Math.abs(a.y - b.y) >= SIZES.height;
        expect(apart).toBe(true);
      }
    }
  });

  test('an edge over a layer goes round the nodes in it', () => {
    const { nodes, edges } = layout('a>b', 'b>c', 'a>c');
    const through = edges.get('a>c') ?? [];
    expect(through).toHaveLength(4);
    const b = nodes.get('b') as { x: number; y: number };
    const inside = through.filter(({ x, y }) => x >= b.x && x <= b.x + SIZES.width && y > b.y && y < b.y + SIZES.height);
    expect(inside).toEqual([]);
  });

  test('cycles and calls of itself are drawn, in the direction of the calls', () => {
    const { nodes, edges } = layout('a>b', 'b>a', 'a>a');
    expect(nodes.get('b')?.x).toBe(160);
    expect(edges.get('b>a')?.[0]?.x).toBe(160);
    expect(edges.get('a>a')).toHaveLength(2);
  });

  test('crossings that can be avoided are', () => {
    const { nodes } = layout('a>y', 'b>x', 'r>a', 'r>b');
    const y = (name: string) => nodes.get(name)?.y as number;
    expect(Math.sign(y('a') - y('b'))).toBe(Math.sign(y('y') - y('x')));
  });

  test('parts without a connection stand below each other, single nodes last', () => {
    const input = graph('a>b', 'c>d', 'd>e');
    const { nodes, height } = layoutGraph({ ...input, nodes: [...input.nodes, 'lone'] }, SIZES);
    const y = (name: string) => nodes.get(name)?.y as number;
    expect(y('c')).toBe(0);
    expect(y('a')).toBeGreaterThanOrEqual(SIZES.height);
    expect(y('lone')).toBeGreaterThan(y('a'));
    expect(height).toBe(y('lone') + SIZES.height);
  });

  test('is the same whatever the order in which things are told', () => {
    const input = graph('web>cart', 'web>pay', 'cart>db', 'pay>bank', 'web>db', 'pay>queue', 'queue>mail');
    const other = { nodes: input.nodes.toReversed(), edges: input.edges };
    expect(new Map(layoutGraph(other, SIZES).nodes)).toEqual(new Map(layoutGraph(input, SIZES).nodes));
  });

  test('hundreds of services are placed at once', () => {
    const edges = Array.from({ length: 900 }, (_, i) => `s${Math.floor(i / 3)}>s${(i * 13 + 41) % 400}`);
    expect(layout(...new Set(edges)).nodes.size).toBeGreaterThan(390);
  });

  test('nothing has no size', () => {
    expect(layoutGraph({ nodes: [], edges: [] }, SIZES)).toMatchObject({ width: 0, height: 0 });
  });
});
