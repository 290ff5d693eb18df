/** What the pretended program explains: the plan of the real parser, with pretended times and reads. */

import { childrenOf, type Expression, parsePromql, PromqlError, withoutParentheses } from '@atalaya/lang';
import type { ExplainedNode, Explanation } from '@atalaya/model';

import { QueryError, select } from './evaluate.ts';
import type { MockMetric } from './world.ts';

const OPERATIONS: Readonly<Record<Expression['kind'], string>> = {
  number: 'number',
  string: 'text',
  parentheses: 'parentheses',
  selector: 'select',
  matrix: 'select',
  subquery: 'subquery',
  unary: 'unary',
  binary: 'binary',
  aggregation: 'aggregate',
  call: 'call',
};

const round = (value: number) => Math.round(value * 1000) / 1000;

/** `/api/atalaya/explain`. @throws QueryError */
export function explain(query: string, world: readonly MockMetric[], steps: number): Explanation {
  const plan = nodeOf(parse(query), query, world, steps);
  const reads = collect(plan, ({ read }) => (read === undefined ? [] : [read]));
  const sum = (of: (read: (typeof reads)[number]) => number) => reads.reduce((total, read) => total + of(read), 0);
  const computed = collect(plan, ({ milliseconds }) => [milliseconds]).reduce((a, b) => a + b, 0);
  const read = sum(({ milliseconds }) => milliseconds);
  const phases: Explanation['phases'] = [
    { name: 'queue', milliseconds: 0.214 },
    { name: 'parse', milliseconds: 0.391 },
    { name: 'read', milliseconds: round(read) },
    { name: 'evaluate', milliseconds: round(computed) },
    { name: 'encode', milliseconds: round(0.2 + plan.points / 9000) },
  ];
  const milliseconds = phases.reduce((total, phase) => total + phase.milliseconds, 0);
  return {
    query,
    kind: steps > 1 ? 'range' : 'instant',
    plan,
    phases,
    totals: {
      seriesRead: sum(({ series }) => series),
      samplesRead: sum(({ samples }) => samples),
      samplesInMemory: sum(({ samplesInMemory }) => samplesInMemory),
      rowsFromDisk: sum(({ rowsFromDisk }) => rowsFromDisk),
      resultSeries: plan.series,
      resultPoints: plan.points,
      resultBytes: plan.points * 31,
      peakBytes: plan.points * 240,
      milliseconds: round(milliseconds),
    },
    limits: [
      { setting: 'query.series', used: Math.max(0, ...reads.map(({ series }) => series)), limit: 100_000 },
      { setting: 'query.samples', used: sum(({ samples }) => samples), limit: 50_000_000 },
      { setting: 'query.points', used: steps, limit: 11_000 },
      { setting: 'query.memory', used: plan.points * 240, limit: 512 * 1024 ** 2 },
      { setting: 'query.timeout', used: round(milliseconds), limit: 120_000 },
    ],
    cachedSteps: { cached: steps > 1 ? Math.floor(steps * 0.72) : 0, all: steps },
    warnings: [],
    infos: [],
  };
}

function parse(query: string): Expression {
  try {
    return parsePromql(query);
  } catch (error) {
    if (error instanceof PromqlError) throw new QueryError(error.message);
    throw error;
  }
}

function nodeOf(expression: Expression, text: string, world: readonly MockMetric[], steps: number): ExplainedNode {
  const node = withoutParentheses(expression);
  const selected = node.kind === 'selector' || node.kind === 'matrix';
  const children = selected ? [] : childrenOf(node).map((child) => nodeOf(child, text, world, steps));
  const below = children.at(-1)?.series ?? 1;
  const found = selected ? select(text.slice(node.start, node.kind === 'matrix' ? node.selector.end : node.end), world).length : 0;
  const series = selected ? found : node.kind === 'aggregation' ? Math.max(1, Math.ceil(below / 4)) : below;
  const constant = node.kind === 'number' || node.kind === 'string';
  const samples = found * Math.max(steps, 20) * 2;
  return {
    operation: OPERATIONS[node.kind],
    summary: summaryOf(node, text),
    start: node.start,
    end: node.end,
    evaluations: 1,
    steps: constant ? 1 : steps,
    series,
    points: series * (constant ? 1 : steps),
    milliseconds: constant ? 0.001 : round(0.05 + (below * steps) / 9000),
    ...(selected
      ? {
          read: {
            from: Date.now() - 3_600_000,
            to: Date.now(),
            series: found,
            samples,
            samplesInMemory: Math.floor(samples * 0.8),
            rowsFromDisk: node.kind === 'matrix' ? Math.ceil(samples * 0.2) : 0,
            milliseconds: round(0.3 + samples / 9000),
          },
        }
      : {}),
    notes: constant && steps > 1 ? ['evaluated once: does not depend on the time'] : [],
    children,
  };
}

function summaryOf(node: Expression, text: string): string {
  if (node.kind === 'call') return node.name;
  if (node.kind === 'binary' || node.kind === 'unary') return node.operator;
  if (node.kind !== 'aggregation') return text.slice(node.start, node.end);
  if (node.grouping.length === 0) return node.operator;
  return `${node.operator} ${node.without ? 'without' : 'by'} (${node.grouping.join(', ')})`;
}

function collect<Item>(node: ExplainedNode, of: (node: ExplainedNode) => Item[]): Item[] {
  return [...of(node), ...node.children.flatMap((child) => collect(child, of))];
}
