/** Binary operators and vector matching, from their definitions. */

import type { BinaryExpression, VectorMatching } from '@atalaya/lang';
import { distinct, keyOf, type LabelSet, nameless, type Point, Refused } from './values.ts';

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': (left, right) => (left === 1 || (left === -1 && Math.abs(right) === Infinity) ? 1 : left ** right),
};
const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** The result of an operator for two numbers; `undefined` where a comparison filters. */
function operate({ operator, returnBool }: BinaryExpression, left: number, right: number): number | undefined {
  const compute = ARITHMETIC[operator];
  if (compute !== undefined) return compute(left, right);
  const holds = (COMPARISONS[operator] as (typeof COMPARISONS)[string])(left, right);
  return returnBool ? Number(holds) : holds ? left : undefined;
}

/** A binary operator between two values. @throws Refused */
export function combine(
  node: BinaryExpression,
  left: number | readonly Point[],
  right: number | readonly Point[],
): number | readonly Point[] {
  const losesName = ARITHMETIC[node.operator] !== undefined || node.returnBool;
  if (typeof left === 'number' && typeof right === 'number') return operate({ ...node, returnBool: true }, left, right) as number;
  if (typeof left === 'number' || typeof right === 'number') {
    const points = (typeof left === 'number' ? right : left) as readonly Point[];
    return distinct(
      points.flatMap(({ labels, value }) => {
        const result = typeof left === 'number' ? operate(node, left, value) : operate(node, value, right as number);
        if (result === undefined) return [];
        const kept = ARITHMETIC[node.operator] !== undefined || node.returnBool ? result : value;
        return [{ labels: losesName ? nameless(labels) : labels, value: kept }];
      }),
    );
  }
  const matching = node.matching ?? NO_MATCHING;
  const signature = (labels: LabelSet): string => keyOf(matchedLabels(labels, matching));
  if (node.operator === 'and' || node.operator === 'unless' || node.operator === 'or') {
    const others = new Set((node.operator === 'or' ? left : right).map(({ labels }) => signature(labels)));
    if (node.operator === 'and') return left.filter(({ labels }) => others.has(signature(labels)));
    if (node.operator === 'unless') return left.filter(({ labels }) => !others.has(signature(labels)));
    return distinct([...left, ...right.filter(({ labels }) => !others.has(signature(labels)))]);
  }
  return matched(node, matching, left, right, losesName);
}

const NO_MATCHING: VectorMatching = {
  cardinality: 'one-to-one',
  on: false,
  labels: [],
  include: [],
  fill: { left: undefined, right: undefined },
};

function matchedLabels(labels: LabelSet, { on, labels: names }: VectorMatching): LabelSet {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => (on ? names.includes(name) : name !== '__name__' && !names.includes(name))),
  );
}

function matched(
  node: BinaryExpression,
  matching: VectorMatching,
  left: readonly Point[],
  right: readonly Point[],
  losesName: boolean,
): readonly Point[] {
  const { fill } = matching;
  if (left.length === 0 && right.length === 0) return [];
  if ((left.length === 0 || right.length === 0) && fill.left === undefined && fill.right === undefined) return [];
  const swapped = matching.cardinality === 'one-to-many';
  const [many, one] = swapped ? [right, left] : [left, right];
  const [fillMany, fillOne] = swapped ? [fill.right, fill.left] : [fill.left, fill.right];
  const signature = (labels: LabelSet): string => keyOf(matchedLabels(labels, matching));
  const partners = new Map<string, Point>();
  for (const point of one) {
    if (partners.has(signature(point.labels))) throw new Refused('many-to-many matching not allowed');
    partners.set(signature(point.labels), point);
  }
  const seen = new Map<string, Set<string>>();
  const result: Point[] = [];
  const pair = (manyPoint: Point, onePoint: Point, key: string): void => {
    const labels = pairLabels(manyPoint.labels, onePoint.labels, matching, losesName);
    const before = seen.get(key);
    if (before !== undefined && (matching.cardinality === 'one-to-one' || before.has(keyOf(labels))))
      throw new Refused('multiple matches for labels');
    seen.set(key, new Set([...(before ?? []), keyOf(labels)]));
    const value = swapped ? operate(node, onePoint.value, manyPoint.value) : operate(node, manyPoint.value, onePoint.value);
    if (value !== undefined) result.push({ labels, value });
  };
  for (const point of many) {
    const key = signature(point.labels);
    const partner =
      partners.get(key) ?? (fillOne === undefined ? undefined : { labels: matchedLabels(point.labels, matching), value: fillOne });
    if (partner !== undefined) pair(point, partner, key);
  }
  if (fillMany !== undefined) {
    for (const [key, point] of partners) {
      if (!seen.has(key)) pair({ labels: matchedLabels(point.labels, matching), value: fillMany }, point, key);
    }
  }
  return distinct(result);
}

function pairLabels(many: LabelSet, one: LabelSet, { cardinality, on, labels, include }: VectorMatching, losesName: boolean): LabelSet {
  const base = losesName ? nameless(many) : many;
  if (cardinality === 'one-to-one') return Object.fromEntries(Object.entries(base).filter(([name]) => labels.includes(name) === on));
  return { ...base, ...Object.fromEntries(include.map((name) => [name, one[name] ?? ''])) };
}
