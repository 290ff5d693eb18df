/** A small evaluator of the PromQL that the console asks: enough for screenshots and tests, no more. */

import { parser } from '@prometheus-io/lezer-promql';

import { parseDuration } from '@atalaya/model';
import type { MockMetric, MockSeries } from './world.ts';

type Node = ReturnType<typeof parser.parse>['topNode'];

/** A query that this evaluator, or PromQL, does not allow. */
export class QueryError extends Error {}

/** One series of a result at one instant. */
export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Value = number | Point[];

/** Evaluates at one time, epoch seconds. @throws QueryError */
export function evaluate(query: string, world: readonly MockMetric[], seconds: number): Value {
  const tree = parser.parse(query);
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError)
      throw new QueryError(
        `1:${cursor.from + 1}: parse error: unexpected ${query.slice(cursor.from) === '' ? 'end of input' : JSON.stringify(query.slice(cursor.from, cursor.from + 12))}`,
      );
  } while (cursor.next());
  const root = tree.topNode.firstChild;
  if (root === null) throw new QueryError('1:1: parse error: no expression found in input');
  return new Evaluation(query, world, seconds).value(root);
}

/** Labels of the series that a selector matches. @throws QueryError */
export function select(selector: string, world: readonly MockMetric[]): Readonly<Record<string, string>>[] {
  const root = parser.parse(selector).topNode.firstChild;
  if (root?.name !== 'VectorSelector') throw new QueryError(`1:1: parse error: ${JSON.stringify(selector)} is no selector`);
  return new Evaluation(selector, world, 0).select(root).map(({ labels }) => labels);
}

const AGGREGATIONS: Record<string, (values: number[]) => number> = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  avg: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  count: (values) => values.length,
};

const OPERATORS: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};
const COMPARISONS: Record<string, (a: number, b: number) => boolean> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

class Evaluation {
  readonly #query: string;
  readonly #world: readonly MockMetric[];
  readonly #time: number;

  constructor(query: string, world: readonly MockMetric[], time: number) {
    this.#query = query;
    this.#world = world;
    this.#time = time;
  }

  #text(node: Node): string {
    return this.#query.slice(node.from, node.to);
  }

  value(node: Node): Value {
    switch (node.name) {
      case 'NumberDurationLiteral':
        return Number(this.#text(node));
      case 'ParenExpr':
        return this.value(node.firstChild as Node);
      case 'UnaryExpr': {
        const inner = this.value(node.lastChild as Node);
        return typeof inner === 'number' ? -inner : inner.map((point) => ({ labels: nameless(point.labels), value: -point.value }));
      }
      case 'VectorSelector':
        return this.select(node).flatMap(({ labels, at }) => {
          const value = at(this.#time);
          return Number.isNaN(value) ? [] : [{ labels, value }];
        });
      case 'FunctionCall':
        return this.#call(node);
      case 'AggregateExpr':
        return this.#aggregate(node);
      case 'BinaryExpr':
        return this.#binary(node);
      default:
        throw new QueryError(`${node.name} is not known to the mock`);
    }
  }

  select(node: Node): MockSeries[] {
    const tests: ((labels: Readonly<Record<string, string>>) => boolean)[] = [];
    const metric = node.getChild('Identifier');
    if (metric) tests.push((labels) => labels['__name__'] === this.#text(metric));
    for (const matcher of node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []) {
      const name = this.#text(matcher.firstChild as Node);
      const operator = this.#text(matcher.getChild('MatchOp') as Node);
      const given = unquote(this.#text(matcher.lastChild as Node));
      const pattern = operator.endsWith('~') ? new RegExp(`^(?:${given})$`) : undefined;
      const wanted = operator === '=' || operator === '=~';
      tests.push((labels) => (pattern ? pattern.test(labels[name] ?? '') : (labels[name] ?? '') === given) === wanted);
    }
    return this.#world.flatMap((family) => family.series.filter(({ labels }) => tests.every((test) => test(labels))));
  }

  #call(node: Node): Value {
    const name = this.#text(node.getChild('FunctionIdentifier') as Node);
    const args = children(node.getChild('FunctionCallBody') as Node);
    if (name === 'histogram_quantile') return quantiles(this.value(args[0] as Node) as number, this.value(args[1] as Node) as Point[]);
    if (name === 'time') return this.#time;
    const range = args.find((arg) => arg.name === 'MatrixSelector');
    if (range === undefined) throw new QueryError(`${name} is not known to the mock`);
    const window = (parseDuration(this.#text(range.lastChild as Node)) ?? 0) / 1000;
    return this.select(range.firstChild as Node).flatMap(({ labels, at }) => {
      const now = at(this.#time);
      const before = at(this.#time - window);
      if (Number.isNaN(now) || Number.isNaN(before)) return [];
      const change = now - before;
      const value =
        name === 'rate' || name === 'irate'
          ? Math.max(0, change) / window
          : name === 'increase'
            ? Math.max(0, change)
            : name === 'delta'
              ? change
              : (now + before) / 2;
      return [{ labels: nameless(labels), value }];
    });
  }

  #aggregate(node: Node): Value {
    const name = this.#text(node.getChild('AggregateOp') as Node);
    const args = children(node.getChild('FunctionCallBody') as Node);
    const points = this.value(args.at(-1) as Node) as Point[];
    if (name === 'topk' || name === 'bottomk') {
      const ordered = points.toSorted((a, b) => (name === 'topk' ? b.value - a.value : a.value - b.value));
      return ordered.slice(0, this.value(args[0] as Node) as number);
    }
    const combine = AGGREGATIONS[name];
    if (combine === undefined) throw new QueryError(`${name} is not known to the mock`);
    const modifier = node.getChild('AggregateModifier');
    const listed =
      modifier
        ?.getChild('GroupingLabels')
        ?.getChildren('LabelName')
        .map((label) => this.#text(label)) ?? [];
    const by = modifier === null || modifier.getChild('Without') === null;
    const groups = Map.groupBy(points, ({ labels }) =>
      JSON.stringify(sorted(nameless(labels)).filter(([label]) => listed.includes(label) === by)),
    );
    return [...groups].map(([key, members]) => ({
      labels: Object.fromEntries(JSON.parse(key) as [string, string][]),
      value: combine(members.map(({ value }) => value)),
    }));
  }

  #binary(node: Node): Value {
    const left = this.value(node.firstChild as Node);
    const right = this.value(node.lastChild as Node);
    const operator = this.#query
      .slice((node.firstChild as Node).to, (node.lastChild as Node).from)
      .trim()
      .split(/[\s(]/, 1)[0] as string;
    const compare = COMPARISONS[operator];
    const apply = OPERATORS[operator];
    const combine = (a: number, b: number, kept: number): number | undefined =>
      compare ? (compare(a, b) ? kept : undefined) : apply?.(a, b);
    if (typeof left === 'number' && typeof right === 'number') return combine(left, right, 1) ?? 0;
    if (typeof left === 'number' || typeof right === 'number') {
      return ((typeof left === 'number' ? right : left) as Point[]).flatMap(({ labels, value }) => {
        const result = typeof left === 'number' ? combine(left, value, value) : combine(value, right as number, value);
        return result === undefined ? [] : [{ labels: compare ? labels : nameless(labels), value: result }];
      });
    }
    if (operator === 'or') {
      const known = new Set(left.map(({ labels }) => JSON.stringify(sorted(nameless(labels)))));
      return [...left, ...right.filter(({ labels }) => !known.has(JSON.stringify(sorted(nameless(labels)))))];
    }
    return left.flatMap(({ labels, value }) => {
      const other = right.find((point) => same(nameless(point.labels), nameless(labels)));
      const result = other && combine(value, other.value, value);
      return result === undefined ? [] : [{ labels: compare ? labels : nameless(labels), value: result }];
    });
  }
}

function children(node: Node): Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

function unquote(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text.slice(1, -1);
}

function without(labels: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => label !== name));
}

function nameless(labels: Readonly<Record<string, string>>): Record<string, string> {
  return without(labels, '__name__');
}

function sorted(labels: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}

function same(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function quantiles(q: number, points: readonly Point[]): Point[] {
  const groups = Map.groupBy(points, ({ labels }) => JSON.stringify(without(labels, 'le')));
  return [...groups].map(([key, buckets]) => {
    const sorted = buckets
      .map(({ labels, value }) => ({ le: labels['le'] === '+Inf' ? Infinity : Number(labels['le']), value }))
      .sort((a, b) => a.le - b.le);
    const rank = q * (sorted.at(-1)?.value ?? 0);
    const index = sorted.findIndex(({ value }) => value >= rank);
    const low = sorted[index - 1] ?? { le: 0, value: 0 };
    const high = sorted[index] ?? low;
    const value = Number.isFinite(high.le)
      ? low.le + ((high.le - low.le) * (rank - low.value)) / Math.max(high.value - low.value, 1e-9)
      : low.le;
    return { labels: JSON.parse(key) as Record<string, string>, value };
  });
}
