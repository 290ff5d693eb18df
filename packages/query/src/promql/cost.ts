/** What a query will cost, told from its plan and from estimates of its reads: so that a hopeless one is refused before it begins. */

import { childrenOf, type Expression } from '@atalaya/lang';
import { AtalayaError, type CancelSignal } from '@atalaya/model';
import type { ReadEstimate, SampleReader } from '../reader.ts';
import { samplesLimit } from './budget.ts';
import type { QueryLimits, QueryWindow } from './context.ts';
import { OVER_TIME_FUNCTIONS } from './functions/over-time.ts';
import { RATE_FUNCTIONS } from './functions/rate.ts';
import { pinned } from './invariant.ts';
import { durationOf, type PlannedRead, type ReadingNode, shiftOf, subquerySteps } from './plan.ts';
import type { Steps } from './value.ts';

/**
 * By how much an estimate must exceed a limit before a query is refused for it: estimates are made from averages over days. What is not
 * refused here meets the same limits again when it reads and computes, exactly.
 */
const DOUBT = 2;

/** What a query is expected to cost. */
export interface QueryCost {
  /** Samples that are read, about. */
  readonly samples: number;
  /** Points that its nodes compute, about. */
  readonly points: number;
}

/** How a node will be evaluated. */
export interface NodePlan {
  readonly steps: number;
  /** Whether an aggregation takes its series one by one, so that they are never held together. */
  readonly oneByOne: boolean;
}

/** How each node of an expression will be evaluated. @throws AtalayaError QUERY_LIMIT for subqueries with too many. */
export function planNodes(
  expression: Expression,
  window: QueryWindow,
  steps: Steps,
  defaultStepMs: number,
  limits: QueryLimits,
): Map<Expression, NodePlan> {
  const found = new Map<Expression, NodePlan>();

  function visit(node: Expression, at: Steps, oneByOne: boolean): void {
    const own = at.count > 1 && pinned(node) ? { ...at, count: 1 } : at;
    found.set(node, { steps: own.count, oneByOne });
    if (node.kind === 'subquery') {
      const { at: fixed, offset } = shiftOf(node, window);
      const first = (fixed ?? own.start) - offset;
      const last = fixed === undefined ? first + own.step * (own.count - 1) : first;
      const inner = subquerySteps(node, first, last, durationOf(node.range, window), window, defaultStepMs);
      if (inner.count > limits.samples) throw tooManySteps(inner.count, limits);
      if (inner.count > 0) visit(node.expression, inner, false);
      return;
    }
    const rows = node.kind === 'aggregation' ? node.parameter === undefined : oneByOne && passesRows(node);
    for (const child of childrenOf(node)) visit(child, own, rows);
  }

  visit(expression, steps, false);
  return found;
}

/** Whether the node may hand the series of its argument on one by one; see fused.ts for when it really does. */
function passesRows(node: Expression): boolean {
  if (node.kind === 'parentheses' || node.kind === 'matrix') return true;
  return node.kind === 'call' && (RATE_FUNCTIONS[node.name] ?? OVER_TIME_FUNCTIONS[node.name]) !== undefined;
}

/** The answer to a subquery with too many steps. */
export function tooManySteps(count: number, limits: QueryLimits): AtalayaError<'QUERY_LIMIT'> {
  const reason = `a subquery would be evaluated at ${count} steps; shorten its range, enlarge its step, or raise query.samples`;
  return new AtalayaError('QUERY_LIMIT', { setting: 'query.samples', limit: limits.samples, reason });
}

/** Asks the reader what each planned read would find, each distinct one once; nothing where it cannot tell. */
export async function estimateReads(
  reader: SampleReader,
  planned: readonly PlannedRead[],
  signal: CancelSignal,
): Promise<ReadonlyMap<ReadingNode, ReadEstimate>> {
  const byNode = new Map<ReadingNode, ReadEstimate>();
  if (reader.estimate === undefined) return byNode;
  const asked = new Map<string, Promise<ReadEstimate>>();
  for (const { request } of planned) {
    const key = JSON.stringify([request.start, request.end, request.matchers]);
    if (!asked.has(key)) asked.set(key, reader.estimate(request, signal));
  }
  const estimates = new Map<string, ReadEstimate>();
  await Promise.all([...asked].map(async ([key, estimate]) => estimates.set(key, await estimate)));
  for (const { reads, request } of planned) {
    byNode.set(reads, estimates.get(JSON.stringify([request.start, request.end, request.matchers])) as ReadEstimate);
  }
  return byNode;
}

/** Adds up what is known before reading. @throws AtalayaError QUERY_LIMIT when that is hopelessly more than allowed. */
export function costOf(
  planned: readonly PlannedRead[],
  estimates: ReadonlyMap<ReadingNode, ReadEstimate>,
  nodes: ReadonlyMap<Expression, NodePlan>,
  limits: QueryLimits,
): QueryCost {
  let points = 0;
  let samples = 0;
  const counted = new Set<string>();
  for (const { reads, request } of planned) {
    const estimate = estimates.get(reads);
    if (estimate === undefined) continue;
    const { series } = estimate;
    if (series > limits.series) {
      const reason = `a selector matches ${series} series; narrow it, or raise query.series`;
      throw new AtalayaError('QUERY_LIMIT', { setting: 'query.series', limit: limits.series, reason });
    }
    const { steps: count, oneByOne } = nodes.get(reads) ?? { steps: 1, oneByOne: false };
    if (!oneByOne && series * count > limits.samples * DOUBT)
      throw samplesLimit(limits, `${series} series at ${count} steps would be held in memory`);
    points += series * count;
    const key = JSON.stringify([request.start, request.end, request.matchers]);
    if (counted.has(key)) continue;
    counted.add(key);
    samples += estimate.samples;
  }
  if (samples > limits.samples * DOUBT) throw samplesLimit(limits, `it would read about ${Math.round(samples)} samples`);
  return { samples, points };
}
