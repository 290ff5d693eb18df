/** A slow and obvious evaluator: one instant at a time, one series at a time, straight from what the language says. */

import {
  type AtModifier,
  childrenOf,
  type DurationExpression,
  evaluateDuration,
  type Expression,
  type FunctionCall,
  type Subquery,
  type VectorSelector,
  withoutParentheses,
} from '@atalaya/lang';
import { compileMatcher, matchesAll } from '@atalaya/model';
import { aggregate } from './aggregations.ts';
import { combine } from './operators.ts';
import { distinct, keyOf, type LabelSet, nameless, type Point, Refused, type Sample, type Series } from './values.ts';
import { WINDOW_FUNCTIONS } from './windows.ts';

/** What is known throughout a query. */
export interface Query {
  readonly data: readonly Series[];
  readonly lookbackMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  /** By call of a function of ranges: which series a result came from. */
  readonly origins: Map<FunctionCall, Map<string, string>>;
}

function instantOf(node: { at: AtModifier | undefined; offset: DurationExpression | undefined }, now: number, query: Query): number {
  const { at } = node;
  const from = at === undefined ? now : at.kind === 'time' ? at.milliseconds : at.kind === 'start' ? query.startMs : query.endMs;
  return from - (node.offset === undefined ? 0 : lengthOf(node.offset, query));
}

function lengthOf(duration: DurationExpression, query: Query): number {
  return evaluateDuration(duration, { stepMs: query.stepMs, rangeMs: query.endMs - query.startMs });
}

function seriesOf(selector: VectorSelector, { data }: Query): Series[] {
  const matchers = selector.matchers.map(compileMatcher);
  return data.filter(({ labels }) =>
    matchesAll(
      Object.entries(labels)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flat(),
      matchers,
    ),
  );
}

function current(selector: VectorSelector, now: number, query: Query): (Point & { readonly time: number })[] {
  const at = instantOf(selector, now, query);
  return seriesOf(selector, query).flatMap(({ labels, samples }) => {
    const newest = samples.filter(({ time }) => time <= at && time > at - query.lookbackMs).at(-1);
    return newest === undefined || newest.value === 'stale' ? [] : [{ labels, value: newest.value, time: newest.time }];
  });
}

/** The windows of a range vector: those with samples. */
function windowsOf(node: Expression, now: number, query: Query): { labels: LabelSet; samples: Sample[]; end: number; rangeMs: number }[] {
  const inner = withoutParentheses(node);
  if (inner.kind === 'matrix') {
    const end = instantOf(inner.selector, now, query);
    const rangeMs = lengthOf(inner.range, query);
    return seriesOf(inner.selector, query)
      .map(({ labels, samples }) => {
        const own = samples.filter(
          (sample): sample is Sample => sample.value !== 'stale' && sample.time > end - rangeMs && sample.time <= end,
        );
        return { labels, samples: own, end, rangeMs };
      })
      .filter(({ samples }) => samples.length > 0);
  }
  return subqueryWindows(inner as Subquery, now, query);
}

function subqueryWindows(node: Subquery, now: number, query: Query): ReturnType<typeof windowsOf> {
  const end = instantOf(node, now, query);
  const rangeMs = lengthOf(node.range, query);
  const step = node.step === undefined ? 60_000 : lengthOf(node.step, query);
  const bySeries = new Map<string, { labels: LabelSet; samples: Sample[] }>();
  // A time has no negative zero.
  for (let time = Math.ceil((end - rangeMs + 1) / step) * step + 0; time <= end; time += step) {
    for (const { labels, value } of vectorAt(node.expression, time, query)) {
      const key = keyOf(labels);
      const series = bySeries.get(key) ?? { labels, samples: [] };
      bySeries.set(key, series);
      series.samples.push({ time, value });
    }
  }
  return [...bySeries.values()].map((series) => ({ ...series, end, rangeMs }));
}

/**
 * Evaluates what is inside of subqueries at all their steps, also at those between windows: Prometheus evaluates them once for the whole
 * query, and what is refused at any step is refused. @throws Refused
 */
export function probeSubqueries(node: Expression, first: number, last: number, query: Query): void {
  if (node.kind !== 'subquery') {
    for (const child of childrenOf(node)) probeSubqueries(child, first, last, query);
    return;
  }
  const rangeMs = lengthOf(node.range, query);
  const step = node.step === undefined ? 60_000 : lengthOf(node.step, query);
  const from = Math.ceil((instantOf(node, first, query) - rangeMs + 1) / step) * step + 0;
  const to = instantOf(node, last, query);
  for (let time = from; time <= to; time += step) vectorAt(node.expression, time, query);
  if (to >= from) probeSubqueries(node.expression, from, from + Math.floor((to - from) / step) * step, query);
}

/** The value of a scalar expression. */
export function scalarAt(node: Expression, now: number, query: Query): number {
  const value = valueAt(node, now, query);
  if (typeof value !== 'number') throw new TypeError('not a scalar');
  return value;
}

/** The value of a vector expression. */
export function vectorAt(node: Expression, now: number, query: Query): readonly Point[] {
  const value = valueAt(node, now, query);
  if (typeof value === 'number') throw new TypeError('not a vector');
  return value;
}

/** The value of an expression at an instant. @throws Refused where Prometheus answers with an error. */
export function valueAt(node: Expression, now: number, query: Query): number | readonly Point[] {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'parentheses':
      return valueAt(node.expression, now, query);
    case 'selector':
      return current(node, now, query);
    case 'unary': {
      const value = valueAt(node.expression, now, query);
      if (node.operator === '+') return value;
      return typeof value === 'number' ? -value : distinct(value.map((point) => ({ labels: nameless(point.labels), value: -point.value })));
    }
    case 'call':
      return callAt(node, now, query);
    case 'aggregation': {
      const { parameter } = node;
      const text = parameter === undefined ? undefined : withoutParentheses(parameter);
      const given = text?.kind === 'string' ? text.value : text === undefined ? undefined : scalarAt(text, now, query);
      return aggregate(node, vectorAt(node.expression, now, query), given);
    }
    case 'binary':
      return combine(node, valueAt(node.left, now, query), valueAt(node.right, now, query));
    case 'matrix':
    case 'string':
    case 'subquery':
      throw new TypeError(`${node.kind} is no value of its own`);
  }
}

const NUMBERS: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  sqrt: Math.sqrt,
  ln: Math.log,
  sgn: (value) => (value > 0 ? 1 : value < 0 ? -1 : value),
  deg: (value) => (value * 180) / Math.PI,
};

function callAt(node: FunctionCall, now: number, query: Query): number | readonly Point[] {
  const { name, args } = node;
  const arg = (index: number): Expression => args[index] as Expression;
  const each = (points: readonly Point[], compute: (value: number) => number): readonly Point[] =>
    distinct(points.map(({ labels, value }) => ({ labels: nameless(labels), value: compute(value) })));
  const ofWindow = WINDOW_FUNCTIONS[name];
  if (ofWindow !== undefined) {
    const scalars = args
      .filter((one) => !['matrix', 'subquery'].includes(withoutParentheses(one).kind))
      .map((one) => scalarAt(one, now, query));
    const range = args.find((one) => ['matrix', 'subquery'].includes(withoutParentheses(one).kind)) as Expression;
    const keepsName = name === 'last_over_time' || name === 'first_over_time';
    const points = windowsOf(range, now, query).flatMap(({ labels, ...window }) => {
      const value = ofWindow({ ...window, now, scalars });
      if (value === undefined) return [];
      const own = keepsName ? labels : nameless(labels);
      refuseSecondOrigin(node, own, labels, query);
      return [{ labels: own, value }];
    });
    return distinct(points);
  }
  const ofNumber = NUMBERS[name];
  if (ofNumber !== undefined) return each(vectorAt(arg(0), now, query), ofNumber);
  switch (name) {
    case 'time':
      return now / 1000;
    case 'vector':
      return [{ labels: {}, value: scalarAt(arg(0), now, query) }];
    case 'scalar': {
      const points = vectorAt(arg(0), now, query);
      return points.length === 1 ? (points[0] as Point).value : NaN;
    }
    case 'timestamp': {
      const inner = withoutParentheses(arg(0));
      if (inner.kind !== 'selector') return each(vectorAt(inner, now, query), () => now / 1000);
      return distinct(current(inner, now, query).map(({ labels, time }) => ({ labels: nameless(labels), value: time / 1000 })));
    }
    case 'round': {
      const nearest = args[1] === undefined ? 1 : scalarAt(args[1], now, query);
      return each(vectorAt(arg(0), now, query), (value) => Math.floor(value * (1 / nearest) + 0.5) / (1 / nearest));
    }
    case 'clamp_min': {
      const least = scalarAt(arg(1), now, query);
      return each(vectorAt(arg(0), now, query), (value) => (value === Infinity ? Infinity : Math.max(least, value)));
    }
    case 'label_replace': {
      const [target, replacement, source, pattern] = args.slice(1).map((one) => (one.kind === 'string' ? one.value : '')) as [
        string,
        string,
        string,
        string,
      ];
      const points = vectorAt(arg(0), now, query).map(({ labels, value }) => {
        const match = new RegExp(`^(?:${pattern})$`, 's').exec(labels[source] ?? '');
        if (match === null) return { labels, value };
        return { labels: { ...labels, [target]: replacement.replaceAll('$1', match[1] ?? '') }, value };
      });
      return distinct(points);
    }
    case 'absent':
      return vectorAt(arg(0), now, query).length > 0 ? [] : [{ labels: absentLabels(arg(0)), value: 1 }];
    case 'absent_over_time':
      return windowsOf(arg(0), now, query).length > 0 ? [] : [{ labels: absentLabels(arg(0)), value: 1 }];
    default:
      throw new TypeError(`${name} is not in the reference`);
  }
}

/** Two series may not become one by a function of ranges, not even at different steps. */
function refuseSecondOrigin(node: FunctionCall, result: LabelSet, source: LabelSet, { origins }: Query): void {
  const known = origins.get(node) ?? new Map<string, string>();
  origins.set(node, known);
  const origin = known.get(keyOf(result));
  if (origin !== undefined && origin !== keyOf(source)) throw new Refused('vector cannot contain metrics with the same labelset');
  known.set(keyOf(result), keyOf(source));
}

/** The labels that equality matchers say alone. */
function absentLabels(node: Expression): LabelSet {
  const inner = withoutParentheses(node);
  const selector = inner.kind === 'matrix' ? inner.selector : inner;
  if (selector.kind !== 'selector') return {};
  const alone = selector.matchers.filter(({ name, operator }) => {
    return operator === '=' && name !== '__name__' && selector.matchers.filter((other) => other.name === name).length === 1;
  });
  return Object.fromEntries(alone.map(({ name, value }) => [name, value]));
}
