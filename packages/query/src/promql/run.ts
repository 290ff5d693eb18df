/** One run of a query: parse, plan, read, evaluate. */

import { type Expression, parsePromql, PromqlError, withoutParentheses } from '@atalaya/lang';
import { AtalayaError, type CancelSignal, type Clock } from '@atalaya/model';
import type { SampleReader } from '../reader.ts';
import { Annotations } from './annotations.ts';
import { instantResult, limited, type QueryAnswer, type QueryResult, rangeResult, samplesResult } from './answer.ts';
import { Budget, type QueryContext, type QueryLimits, type QueryWindow, type Recorder } from './context.ts';
import { evaluate } from './evaluate.ts';
import { type PlannedRead, planReads } from './plan.ts';
import { readAll } from './read.ts';
import type { Steps } from './value.ts';

/** What to run, and within which bounds. */
export interface Question {
  readonly kind: 'instant' | 'range';
  readonly query: string;
  readonly expression: Expression;
  readonly window: QueryWindow;
  readonly steps: Steps;
  readonly lookbackMs: number;
  readonly defaultStepMs: number;
  readonly limits: QueryLimits;
  /** Most series to answer with; 0 means all. */
  readonly limit: number;
}

/** Looks over the shoulder of a run. */
export interface Watch {
  readonly recorder: Recorder;
  planned(reads: readonly PlannedRead[]): void;
}

/** Parses a query. @throws AtalayaError BAD_QUERY. */
export function parse(text: string): Expression {
  try {
    return parsePromql(text);
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    throw new AtalayaError('BAD_QUERY', { reason: `invalid parameter "query": ${error.message}` }, { cause: error });
  }
}

/** Runs a question. Rejects as the engine's methods do. `startedAt` is when the work on it began, as the clock's monotonic time. */
export async function runQuestion(
  question: Question,
  reader: SampleReader,
  clock: Clock,
  startedAt: number,
  signal: CancelSignal,
  watch?: Watch,
): Promise<QueryAnswer> {
  const { query, expression, window, steps, lookbackMs, defaultStepMs, limits } = question;
  const budget = new Budget(limits, clock, signal, startedAt);
  const planned = planReads(expression, window, lookbackMs, defaultStepMs);
  watch?.planned(planned);
  const parsed = clock.monotonic();
  const { byNode, seriesRead, samplesRead, warnings: gaps } = await readAll(reader, planned, limits, signal);
  const read = clock.monotonic();
  const annotations = new Annotations(query);
  for (const gap of gaps) annotations.note(gap);
  const recorder = watch?.recorder;
  const context: QueryContext = { text: query, window, lookbackMs, defaultStepMs, reads: byNode, annotations, budget, recorder };
  const answer = question.kind === 'instant' ? instantAnswer(expression, context, steps) : rangeAnswer(expression, context, steps);
  const { result, truncated } = limited(answer, question.limit);
  if (truncated) annotations.note('results truncated due to limit');
  const { warnings, infos } = annotations;
  const timings = { parse: parsed - startedAt, read: read - parsed, evaluate: clock.monotonic() - read };
  return { result, warnings, infos, stats: { seriesRead, samplesRead, timings } };
}

function instantAnswer(expression: Expression, query: QueryContext, steps: Steps): QueryResult {
  const value = evaluate(expression, { query, steps });
  const timestamp = steps.start;
  switch (value.kind) {
    case 'scalar':
      return { resultType: 'scalar', timestamp, value: value.values[0]! };
    case 'string':
      return { resultType: 'string', timestamp, text: value.text };
    case 'vector':
      return instantResult(value, timestamp);
    case 'range':
      if (hasBorder(expression)) {
        throw new AtalayaError('NOT_SUPPORTED', { what: 'a range with a border modifier as a result', reason: 'ask for a function of it' });
      }
      return samplesResult(value.samples, value.rangeMs, value.firstEnd);
  }
}

function hasBorder(expression: Expression): boolean {
  const inner = withoutParentheses(expression);
  return inner.kind === 'matrix' && inner.selector.border !== undefined;
}

function rangeAnswer(expression: Expression, query: QueryContext, steps: Steps): QueryResult {
  const value = evaluate(expression, { query, steps });
  if (value.kind === 'vector') return rangeResult(value, steps);
  const values = value.kind === 'scalar' ? value.values : new Float64Array(0);
  return rangeResult({ kind: 'vector', labels: [[]], values, present: new Uint8Array(values.length).fill(1) }, steps);
}
