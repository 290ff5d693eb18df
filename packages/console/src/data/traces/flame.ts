/** The spans of a trace piled up by the way to them: equal calls become one box, as wide as the time that was spent in it and below it. */

import type { TraceSpan } from './span.ts';
import type { TraceTree } from './tree.ts';

/** A box of the flame graph. */
export interface FlameBox {
  /** Place in the list; the whole is 0. */
  readonly index: number;
  readonly parent: number;
  readonly depth: number;
  readonly service: string;
  readonly name: string;
  readonly count: number;
  readonly errors: number;
  /** Own time of these spans, nanoseconds. */
  readonly self: number;
  /** Durations of these spans together, nanoseconds. */
  readonly total: number;
  /** Own time of these spans and of all below them: the width. Parallel children count as often as they ran. */
  readonly weight: number;
  /** Where it begins, in the unit of `weight`. */
  readonly offset: number;
  /** The longest of its spans. */
  readonly place: number;
}

interface Growing {
  parent: number;
  depth: number;
  service: string;
  name: string;
  count: number;
  errors: number;
  self: number;
  total: number;
  weight: number;
  offset: number;
  place: number;
  readonly children: Map<string, number>;
}

/** The boxes, each after the one it stands on. Box 0 is the whole trace. */
export function flameBoxes(tree: TraceTree): FlameBox[] {
  const grow = (parent: number, depth: number, service: string, name: string, place: number): Growing => ({
    parent,
    depth,
    service,
    name,
    count: 0,
    errors: 0,
    self: 0,
    total: 0,
    weight: 0,
    offset: 0,
    place,
    children: new Map(),
  });
  const boxes: Growing[] = [grow(-1, 0, '', '', tree.root)];
  const boxOf = new Int32Array(tree.spans.length);
  for (const [place, span] of tree.spans.entries()) {
    const above = tree.parent[place] as number;
    const under = above < 0 ? 0 : (boxOf[above] as number);
    const parent = boxes[under] as Growing;
    const key = `${span.origin.service}\n${span.name}`;
    let at = parent.children.get(key);
    if (at === undefined) {
      at = boxes.length;
      parent.children.set(key, at);
      boxes.push(grow(under, parent.depth + 1, span.origin.service, span.name, place));
    }
    boxOf[place] = at;
    const box = boxes[at] as Growing;
    box.count += 1;
    box.errors += span.status === 'error' ? 1 : 0;
    box.self += tree.self[place] as number;
    box.total += span.duration;
    if (span.duration > (tree.spans[box.place] as TraceSpan).duration) box.place = place;
  }
  // A box is always behind the one it stands on.
  for (let at = boxes.length - 1; at >= 0; at -= 1) {
    const box = boxes[at] as Growing;
    box.weight += box.self;
    if (box.parent >= 0) (boxes[box.parent] as Growing).weight += box.weight;
  }
  for (const box of boxes) {
    let from = box.offset;
    const below = [...box.children.values()].map((at) => boxes[at] as Growing).sort((a, b) => b.weight - a.weight);
    for (const child of below) {
      child.offset = from;
      from += child.weight;
    }
  }
  return boxes.map(({ parent, depth, service, name, count, errors, self, total, weight, offset, place }, index) => ({
    index,
    parent,
    depth,
    service,
    name,
    count,
    errors,
    self,
    total,
    weight,
    offset,
    place,
  }));
}
