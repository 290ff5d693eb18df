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
  /** Of a selector or subquery whose windows are looked through one by one: their length, milliseconds. */
  readonly scannedMs?: number;
  /** Points that are looked at for each series besides those of its steps, because windows overlap. */
  readonly scannedPoints?: number;
}

/** Functions of ranges whose cost hardly depends on how far the windows overlap. */
const SLIDING = new Set(
  'rate increase delta irate idelta sum_over_time avg_over_time count_over_time last_over_time first_over_time present_over_time min_over_time max_over_time absent_over_time'.split(
    ' ',
  ),
);

/** How each node of an expression will be evaluated. @throws AtalayaError QUERY_LIMIT for subqueries with too many. */
export function planNodes(
  expression: Expression,
  window: QueryWindow,
  steps: Steps,
  defaultStepMs: number,
  limits: QueryLimits,
): Map<Expression, NodePlan> {
  const found = new Map<Expression, NodePlan>();

  function visit(node: Expression, at: Steps, oneByOne: boolean, scans = false, scannedMs?: number): void {
    const own = at.count > 1 && pinned(node) ? { ...at, count: 1 } : at;
    found.set(node, { steps: own.count, oneByOne, ...(scannedMs === undefined ? {} : { scannedMs }) });
    if (node.kind === 'subquery') {
      const { at: fixed, offset } = shiftOf(node, window);
      const first = (fixed ?? own.start) - offset;
      const last = fixed === undefined ? first + own.step * (own.count - 1) : first;
      const rangeMs = durationOf(node.range, window);
      const inner = subquerySteps(node, first, last, rangeMs, window, defaultStepMs);
      if (inner.count > limits.samples) throw tooManySteps(inner.count, limits);
      const scannedPoints = scans ? (rangeMs / inner.step) * own.count : 0;
      found.set(node, { steps: own.count + inner.count, oneByOne: false, scannedPoints });
      if (inner.count > 0) visit(node.expression, inner, false);
      return;
    }
    const rows = node.kind === 'aggregation' ? node.parameter === undefined : oneByOne && passesRows(node);
    if (node.kind === 'matrix') {
      visit(node.selector, own, rows, false, scans ? durationOf(node.range, window) : undefined);
      return;
    }
    const through = node.kind === 'parentheses' ? scans : node.kind === 'call' && !SLIDING.has(node.name);
    for (const child of childrenOf(node)) visit(child, own, rows, through);
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
  // Every node computes something at each of its steps, whatever it reads.
  for (const { steps, scannedPoints = 0 } of nodes.values()) points += steps + scannedPoints;
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
    const { steps: count, oneByOne, scannedMs = 0 } = nodes.get(reads) ?? { steps: 1, oneByOne: false };
    if (!oneByOne && series * count > limits.samples * DOUBT)
      throw samplesLimit(limits, `${series} series at ${count} steps would be held in memory`);
    points += series * count;
    points += estimate.samples * Math.min(1, scannedMs / Math.max(1, request.end - request.start)) * count;
    const key = JSON.stringify([request.start, request.end, request.matchers]);
    if (counted.has(key)) continue;
    counted.add(key);
    samples += estimate.samples;
  }
  if (samples > limits.samples * DOUBT) throw samplesLimit(limits, `it would read about ${Math.round(samples)} samples`);
  return { samples, points };
}
