/** How an edge is drawn on the map, and where its numbers stand so that they cover each other as little as may be. */

import type { GraphEdge } from './graph.ts';
import type { Point } from './layout.ts';

/** The SVG path through an edge's points: curves between the layers, straight lines through them; a loop over a node's corner. */
export function pathOf(points: readonly Point[], loop: boolean): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  if (loop) {
    const end = rest[0] as Point;
    return `M${first.x} ${first.y} C${first.x} ${first.y - 34} ${end.x + 34} ${end.y - 30} ${end.x} ${end.y}`;
  }
  let before = first;
  let path = `M${first.x} ${first.y}`;
  for (const [index, point] of rest.entries()) {
    if (index % 2 === 0) {
      const bend = (point.x - before.x) / 2;
      path += ` C${before.x + bend} ${before.y} ${point.x - bend} ${point.y} ${point.x} ${point.y}`;
    } else path += ` L${point.x} ${point.y}`;
    before = point;
  }
  return path;
}

/** A point of the curve between two points, as {@link pathOf} draws it; `t` is 0…1. */
function onCurve(a: Point, b: Point, t: number): Point {
  const [near, middle, far] = [(1 - t) ** 3, 1.5 * (1 - t) * t, t ** 3];
  const bent = 3 * (1 - t) * t ** 2 + far;
  return { x: a.x * (near + middle) + b.x * (far + middle), y: a.y * (1 - bent) + b.y * bent };
}

/** Shares of a curve at which numbers may stand, the better ones first. */
const SHARES = [0.5, 0.58, 0.42, 0.66, 0.34];
/** Room of the numbers of an edge, pixels. */
const ROOM = { width: 88, height: 24 } as const;

/** Where the numbers of each edge stand. Those that fail most choose first, then the busiest; every edge has a place, free or not. */
export function numberPlaces(edges: readonly GraphEdge[], routes: ReadonlyMap<string, readonly Point[]>): Map<string, Point> {
  const places = new Map<string, Point>();
  const order = edges.toSorted((a, b) => (b.errors ?? 0) - (a.errors ?? 0) || (b.rate ?? 0) - (a.rate ?? 0));
  for (const { id } of order) {
    const points = routes.get(id) ?? [];
    const [a, b] = [points.at(-2), points.at(-1)];
    if (a === undefined || b === undefined) continue;
    // A long edge has a gap at its beginning, too.
    const gaps: [Point, Point][] =
      points.length > 3
        ? [
            [a, b],
            [points[0] as Point, points[1] as Point],
          ]
        : [[a, b]];
    const candidates = gaps.flatMap(([from, to]) => SHARES.map((share) => onCurve(from, to, share)));
    const covered = (place: Point) =>
      [...places.values()].filter(({ x, y }) => Math.abs(x - place.x) < ROOM.width && Math.abs(y - place.y) < ROOM.height).length;
    const best = candidates.find((place) => covered(place) === 0) ?? candidates.toSorted((one, other) => covered(one) - covered(other))[0];
    if (best !== undefined) places.set(id, best);
  }
  return places;
}
