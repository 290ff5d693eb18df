/** Aggregations, from their definitions. */

import { type Aggregation, formatFixed } from '@atalaya/lang';
import { keyOf, type LabelSet, type Point } from './values.ts';
import { meanOf, quantileOf, sumOf } from './windows.ts';

/** Population variance, moved by each number in turn (Welford). */
function varianceOf(numbers: readonly number[]): number {
  let mean = 0;
  let squares = 0;
  numbers.forEach((number, index) => {
    const delta = number - mean;
    mean += delta / (index + 1);
    squares += delta * (number - mean);
  });
  return squares / numbers.length;
}

/** NaN only where there is nothing else. */
function extremeOf(numbers: readonly number[], better: (a: number, b: number) => boolean): number {
  return numbers.reduce((best, number) => (better(number, best) || Number.isNaN(best) ? number : best));
}

const SIMPLE: Readonly<Record<string, (numbers: readonly number[], parameter: number) => number>> = {
  sum: sumOf,
  avg: meanOf,
  count: (numbers) => numbers.length,
  group: () => 1,
  min: (numbers) => extremeOf(numbers, (a, b) => a < b),
  max: (numbers) => extremeOf(numbers, (a, b) => a > b),
  stdvar: varianceOf,
  stddev: (numbers) => Math.sqrt(varianceOf(numbers)),
  quantile: (numbers, q) => quantileOf(q, numbers),
};

/** The groups of a vector: their labels and members. */
function groupsOf(points: readonly Point[], { without, grouping }: Aggregation): { labels: LabelSet; members: Point[] }[] {
  const groups = new Map<string, { labels: LabelSet; members: Point[] }>();
  for (const point of points) {
    const labels = Object.fromEntries(
      Object.entries(point.labels).filter(([name]) =>
        without ? name !== '__name__' && !grouping.includes(name) : grouping.includes(name),
      ),
    );
    const group = groups.get(keyOf(labels)) ?? { labels, members: [] };
    groups.set(keyOf(labels), group);
    group.members.push(point);
  }
  return [...groups.values()];
}

/** The result of an aggregation. `given` is its parameter: a number, or the label of `count_values`. */
export function aggregate(node: Aggregation, points: readonly Point[], given: number | string | undefined): readonly Point[] {
  // Floating point sums depend on the order: that of the labels.
  const ordered = [...points].sort((a, b) => (keyOf(a.labels) < keyOf(b.labels) ? -1 : 1));
  if (node.operator === 'count_values') {
    const named = ordered.map((point) => ({ ...point, labels: { ...point.labels, [given as string]: formatFixed(point.value) } }));
    const grouping = node.without ? node.grouping.filter((name) => name !== given) : [...node.grouping, given as string];
    return groupsOf(named, { ...node, grouping }).map(({ labels, members }) => ({ labels, value: members.length }));
  }
  return groupsOf(ordered, node).flatMap(({ labels, members }) => {
    const numbers = members.map(({ value }) => value);
    if (node.operator === 'topk' || node.operator === 'bottomk') {
      const sign = node.operator === 'topk' ? -1 : 1;
      const best = [...members].sort((a, b) => (Number.isNaN(a.value) ? 1 : Number.isNaN(b.value) ? -1 : sign * (a.value - b.value) || 0));
      return best.slice(0, Math.max(0, Math.trunc(given as number)));
    }
    return [{ labels, value: (SIMPLE[node.operator] as (typeof SIMPLE)[string])(numbers, given as number) }];
  });
}
