/** What a query took, as Prometheus tells it under `stats`: counted after the query ran, and only when it was asked for. */

import { childrenOf, type Expression } from '@atalaya/lang';
import type { Budget } from './budget.ts';
import type { QueryStats } from './answer.ts';
import type { Evaluation, QueryContext } from './context.ts';
import { evaluate } from './evaluate.ts';
import type { Watch } from './run.ts';
import { selectInstant, selectRange, selectSubquery } from './select.ts';
import type { RangeValue, Steps, VectorValue } from './value.ts';

/** Samples that a query looked at. A native histogram counts as many as its size in 16 bytes. */
export interface SampleCounts {
  /** Of each step: values of selectors, and all samples in the windows of range selectors and subqueries. */
  readonly perStep: Float64Array;
  readonly steps: Steps;
  /** Most that was held at one time, in samples of 16 bytes. */
  readonly peak: number;
  /** Whether the counts of each step are to be told. */
  readonly all: boolean;
}

const POINT_BYTES = 16;

/** Counts when a run has evaluated its expression, while its samples are still there. */
export class SampleCounter implements Watch {
  readonly recorder = undefined;
  budget: Budget | undefined = undefined;
  counts: SampleCounts | undefined;
  readonly #all: boolean;

  /** @param all whether the counts of each step are to be told */
  constructor(all: boolean) {
    this.#all = all;
  }

  planned(): void {}

  estimated(): void {}

  evaluated(expression: Expression, query: QueryContext, steps: Steps): void {
    const perStep = new Float64Array(steps.count);
    addSamples(expression, { query, steps }, perStep);
    this.counts = { perStep, steps, peak: Math.ceil(query.budget.peak / POINT_BYTES), all: this.#all };
  }
}

function addSamples(node: Expression, evaluation: Evaluation, perStep: Float64Array): void {
  switch (node.kind) {
    case 'selector':
      return addPresent(selectInstant(node, evaluation), perStep);
    case 'matrix':
      return addWindows(selectRange(node, evaluation), perStep);
    case 'subquery': {
      const { query } = evaluation;
      return addWindows(
        selectSubquery(node, evaluation, (inner) => evaluate(node.expression, { query, steps: inner }) as VectorValue),
        perStep,
      );
    }
    case 'call':
      // What info() reads besides is no selector of its own.
      for (const child of node.name === 'info' ? node.args.slice(0, 1) : node.args) addSamples(child, evaluation, perStep);
      return;
    case 'number':
    case 'string':
    case 'unary':
    case 'parentheses':
    case 'binary':
    case 'aggregation':
      for (const child of childrenOf(node)) addSamples(child, evaluation, perStep);
  }
}

function addPresent({ labels, present }: VectorValue, perStep: Float64Array): void {
  for (let series = 0; series < labels.length; series++) {
    for (let i = 0; i < perStep.length; i++) if (present[series * perStep.length + i] !== 0) perStep[i]! += 1;
  }
}

function addWindows({ samples, rangeMs, firstEnd, endStep }: RangeValue, perStep: Float64Array): void {
  const { labels, starts, ends, timestamps, histograms } = samples;
  for (let series = 0; series < labels.length; series++) {
    addTimes(timestamps, starts[series]!, ends[series]!, { rangeMs, firstEnd, endStep }, perStep, 1);
    if (histograms === undefined) continue;
    for (let at = histograms.starts[series]!; at < histograms.ends[series]!; at++) {
      const { positiveBuckets, negativeBuckets, customBounds } = histograms.values[at]!;
      const size = Math.ceil((8 * (positiveBuckets.length + negativeBuckets.length + customBounds.length) + 56) / POINT_BYTES);
      addTimes(histograms.timestamps, at, at + 1, { rangeMs, firstEnd, endStep }, perStep, size);
    }
  }
}

/** Adds to each step how many of the times lie in its window, which is left-open. */
function addTimes(
  times: Float64Array,
  start: number,
  end: number,
  { rangeMs, firstEnd, endStep }: Pick<RangeValue, 'rangeMs' | 'firstEnd' | 'endStep'>,
  perStep: Float64Array,
  weight: number,
): void {
  let low = start;
  let high = start;
  for (let i = 0; i < perStep.length; i++) {
    const to = firstEnd + i * endStep;
    while (high < end && times[high]! <= to) high++;
    while (low < high && times[low]! <= to - rangeMs) low++;
    perStep[i]! += (high - low) * weight;
  }
}

/** The field `stats` of an answer, in seconds; with the counts of each step when all was asked for. */
export function encodeStats({ samples, timings: { parse, read, evaluate: evaluating } }: QueryStats, waitedMs: number): string {
  const seconds = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1e6;
  const timings = {
    evalTotalTime: seconds(read + evaluating),
    // Results are put in order while they are made.
    resultSortTime: 0,
    queryPreparationTime: seconds(read),
    innerEvalTime: seconds(evaluating),
    execQueueTime: seconds(waitedMs),
    execTotalTime: seconds(waitedMs + parse + read + evaluating),
  };
  if (samples === undefined) return JSON.stringify({ timings });
  const { perStep, steps, peak, all } = samples;
  const counted = Array.from(perStep, (count, i) => [(steps.start + i * steps.step) / 1000, count]);
  const totalQueryableSamples = perStep.reduce((sum, count) => sum + count, 0);
  return JSON.stringify({
    timings,
    samples: { ...(all ? { totalQueryableSamplesPerStep: counted } : {}), totalQueryableSamples, peakSamples: peak },
  });
}
