/** Orders the nodes of layers so that few edges cross, and places them near what they are connected with. */

/** Sizes of a node and the room between two, in pixels. */
export interface LayoutSizes {
  readonly width: number;
  readonly height: number;
  readonly gapX: number;
  readonly gapY: number;
}

/** Where an edge passes through a layer it takes less room than a node. */
const PASSING = 0.45;
const SWEEPS = 12;

/** A node of a layer, or the place where a long edge passes through it. */
export interface Cell {
  readonly key: string;
  readonly node: boolean;
  readonly before: Cell[];
  readonly after: Cell[];
  order: number;
  y: number;
}

/** Sweeps to and fro; each layer by the mean place of its neighbours. The order with the fewest crossings is kept. */
export function orderLayers(layers: Cell[][]): void {
  const renumber = () => layers.forEach((layer) => layer.forEach((cell, index) => (cell.order = index)));
  for (const layer of layers) layer.sort((a, b) => (a.key < b.key ? -1 : 1));
  renumber();
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const right = sweep % 2 === 0;
    for (const layer of right ? layers : layers.toReversed()) {
      const place = new Map(layer.map((cell) => [cell, mean(right ? cell.before : cell.after, (other) => other.order) ?? cell.order]));
      layer.sort((a, b) => (place.get(a) as number) - (place.get(b) as number) || a.order - b.order);
      layer.forEach((cell, index) => (cell.order = index));
    }
    const count = crossings(layers);
    if (count < fewest) {
      fewest = count;
      best = layers.map((layer) => [...layer]);
    }
  }
  for (const [index, layer] of best.entries()) layers[index] = layer;
  renumber();
}

function mean(cells: readonly Cell[], of: (cell: Cell) => number): number | undefined {
  return cells.length === 0 ? undefined : cells.reduce((sum, cell) => sum + of(cell), 0) / cells.length;
}

/** How many edges between neighbouring layers cross: pairs in the wrong order, counted with a tree of sums (Fenwick). */
function crossings(layers: readonly (readonly Cell[])[]): number {
  let count = 0;
  for (const [index, layer] of layers.entries()) {
    const places = layers[index + 1]?.length ?? 0;
    const sums = new Int32Array(places + 1);
    let seen = 0;
    for (const cell of layer) {
      for (const { order } of cell.after) {
        let before = 0;
        for (let i = order + 1; i > 0; i -= i & -i) before += sums[i] as number;
        count += seen - before;
      }
      for (const { order } of cell.after) for (let i = order + 1; i <= places; i += i & -i) sums[i] = (sums[i] as number) + 1;
      seen += cell.after.length;
    }
  }
  return count;
}

/** Each cell as near to the middle of its neighbours as its layer's order and room allow. */
export function placeLayers(layers: readonly Cell[][], { height, gapY }: LayoutSizes): void {
  const room = (cell: Cell) => (cell.node ? height : height * PASSING) + gapY;
  const apart = (a: Cell, b: Cell) => (room(a) + room(b)) / 2;
  for (const layer of layers) {
    let y = 0;
    for (const [index, cell] of layer.entries()) {
      y += index === 0 ? 0 : apart(layer[index - 1] as Cell, cell);
      cell.y = y;
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const right = sweep % 2 === 0;
    for (const layer of right ? layers : layers.toReversed()) {
      const neighbours = (cell: Cell) => (sweep > SWEEPS - 3 ? [...cell.before, ...cell.after] : right ? cell.before : cell.after);
      settle(
        layer,
        layer.map((cell) => mean(neighbours(cell), ({ y }) => y) ?? cell.y),
        apart,
      );
    }
  }
}

/** The places nearest to the wished ones (least squares) that keep order and distance: runs that collide share one shift. */
function settle(layer: readonly Cell[], wished: readonly number[], apart: (a: Cell, b: Cell) => number): void {
  const runs: { sum: number; count: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [index, cell] of layer.entries()) {
    if (index > 0) offset += apart(layer[index - 1] as Cell, cell);
    offsets.push(offset);
    let run = { sum: (wished[index] as number) - offset, count: 1 };
    for (let last = runs.at(-1); last !== undefined && last.sum / last.count >= run.sum / run.count; last = runs.at(-1)) {
      run = { sum: last.sum + run.sum, count: last.count + run.count };
      runs.pop();
    }
    runs.push(run);
  }
  let index = 0;
  for (const { sum, count } of runs) {
    for (let i = 0; i < count; i++, index++) (layer[index] as Cell).y = sum / count + (offsets[index] as number);
  }
}
