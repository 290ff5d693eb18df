/** One run of a query: parse, plan, read, evaluate. */

import { type Expression, parsePromql, PromqlError, type PromqlFeature, withoutParentheses } from '@atalaya/lang';
import { AtalayaError, type CancelSignal, type Clock } from '@atalaya/model';
import type { ReadEstimate, SampleReader } from '../reader.ts';
import { Annotations } from './annotations.ts';
import { instantResult, limited, type QueryAnswer, type QueryResult, rangeResult, samplesResult } from './answer.ts';
import { answerLimit, Budget } from './budget.ts';
import { failed, type QueryContext, type QueryLimits, type QueryWindow, type Recorder } from './context.ts';
import { costOf, estimateReads, planNodes, type QueryCost } from './cost.ts';
import { evaluate } from './evaluate.ts';
import { withBorders } from './functions/borders.ts';
import { HeldReads } from './held-reads.ts';
import { removeMarkedNames, removeMarkedNamesOfSamples } from './names.ts';
import { type PlannedRead, planReads, type ReadingNode } from './plan.ts';
import { readAll } from './read.ts';
import type { RangeValue, SampleColumns, Steps } from './value.ts';

/** What a point's time and value take in a result. */
const RESULT_POINT_BYTES = 16;

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
  readonly delaysNameRemoval: boolean;
  /** Most series to answer with; 0 means all. */
  readonly limit: number;
  /** Asked with the expected cost before anything is read; what it throws ends the run. */
  readonly admit?: ((cost: QueryCost) => void) | undefined;
}

/** Looks over the shoulder of a run. */
export interface Watch {
  readonly recorder: Recorder | undefined;
  planned(reads: readonly PlannedRead[]): void;
  estimated(estimates: ReadonlyMap<ReadingNode, ReadEstimate>): void;
  /** The run's budget, once it has one. */
  budget: Budget | undefined;
  /** Called when the expression has been evaluated, while its samples are still there. */
  evaluated?(expression: Expression, context: QueryContext, steps: Steps): void;
}

/** Parses a query that may use these features. @throws AtalayaError BAD_QUERY. */
export function parse(text: string, features: ReadonlySet<PromqlFeature>): Expression {
  try {
    return parsePromql(text, features);
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    throw new AtalayaError('BAD_QUERY', { reason: `invalid parameter "query": ${error.message}` }, { cause: error });
  }
}

/** What a question gave, before its `limit` is applied. */
export interface Evaluated extends QueryAnswer {
  /** Whether each step's value follows from the samples around it alone, as far as that is known: no histograms and no gaps were met. */
  readonly stepsStandAlone: boolean;
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
  return finished(question, await evaluateQuestion(question, reader, clock, startedAt, signal, watch));
}

/** The answer with no more series than were asked for. @throws AtalayaError QUERY_LIMIT when it is too long. */
export function finished({ limit, limits }: Question, { result: whole, warnings, infos, stats }: QueryAnswer): QueryAnswer {
  const { result, truncated } = limited(whole, limit);
  checkLength(result, limits);
  return { result, warnings: truncated ? [...warnings, 'results truncated due to limit'] : warnings, infos, stats };
}

/** As {@link runQuestion}, without the end. `begunAt` is when this part of the work began, where it is one of several. */
export async function evaluateQuestion(
  question: Question,
  reader: SampleReader,
  clock: Clock,
  startedAt: number,
  signal: CancelSignal,
  watch?: Watch,
  begunAt = startedAt,
): Promise<Evaluated> {
  const held = new HeldReads(reader);
  try {
    return await evaluateHeld(question, held.reader, clock, startedAt, signal, watch, begunAt);
  } finally {
    held.release();
  }
}

async function evaluateHeld(
  question: Question,
  reader: SampleReader,
  clock: Clock,
  startedAt: number,
  signal: CancelSignal,
  watch: Watch | undefined,
  begunAt: number,
): Promise<Evaluated> {
  const { query, expression, window, steps, lookbackMs, defaultStepMs, limits, delaysNameRemoval } = question;
  const budget = new Budget(limits, clock, signal, startedAt);
  const planned = planReads(expression, window, lookbackMs, defaultStepMs);
  watch?.planned(planned);
  if (watch !== undefined) watch.budget = budget;
  const parsed = clock.monotonic();
  await admit(question, planned, reader, signal, watch);
  const { byNode, seriesRead, samplesRead, warnings: gaps } = await readAll(reader, planned, limits, signal);
  budget.hold(privateBytes(byNode.values()));
  const read = clock.monotonic();
  const annotations = new Annotations(query);
  for (const gap of gaps) annotations.note(gap);
  const recorder = watch?.recorder;
  const times = { window, lookbackMs, defaultStepMs };
  const context: QueryContext = { text: query, ...times, reads: byNode, annotations, budget, delaysNameRemoval, recorder };
  const result = question.kind === 'instant' ? instantAnswer(expression, context, steps) : rangeAnswer(expression, context, steps);
  const evaluated = clock.monotonic();
  watch?.evaluated?.(expression, context, steps);
  budget.hold(lengthOf(result));
  const timings = { parse: parsed - begunAt, read: read - parsed, evaluate: evaluated - read };
  const stepsStandAlone =
    gaps.length === 0 && !annotations.summed && ![...byNode.values()].some(({ histograms }) => histograms !== undefined);
  const stats = { seriesRead, samplesRead, timings };
  // In one order, whatever the order in which the steps came to be known.
  return { result, warnings: annotations.warnings.sort(), infos: annotations.infos.sort(), stats, stepsStandAlone };
}

/** Everything that can be known before reading is asked here. */
async function admit(
  { expression, window, steps, defaultStepMs, limits, admit: decide }: Question,
  planned: readonly PlannedRead[],
  reader: SampleReader,
  signal: CancelSignal,
  watch: Watch | undefined,
): Promise<void> {
  const nodes = planNodes(expression, window, steps, defaultStepMs, limits);
  const estimates = await estimateReads(reader, planned, signal);
  watch?.estimated(estimates);
  const cost = costOf(planned, estimates, nodes, limits);
  decide?.(cost);
}

/** Bytes of the columns that belong to this query alone; memory that is shared with the store is the store's to bound. */
function privateBytes(reads: Iterable<SampleColumns>): number {
  const buffers = new Set<ArrayBufferLike>();
  for (const { timestamps, values } of reads) {
    for (const { buffer } of [timestamps, values]) if (buffer instanceof ArrayBuffer) buffers.add(buffer);
  }
  let bytes = 0;
  for (const { byteLength } of buffers) bytes += byteLength;
  return bytes;
}

/** About what a point takes in the answer's text: a time, a value, and what stands around them. */
const POINT_CHARACTERS = 24;

/** About how many bytes a result takes as text. */
function lengthOf(result: QueryResult): number {
  if (result.resultType !== 'matrix' && result.resultType !== 'vector') return 0;
  let bytes = result.values.length * POINT_CHARACTERS;
  for (const labels of result.labels) for (const text of labels) bytes += text.length + 3;
  return bytes;
}

/** Makes sure that the answer's text may be written. @throws AtalayaError QUERY_LIMIT. */
function checkLength(result: QueryResult, limits: QueryLimits): void {
  const bytes = lengthOf(result);
  if (bytes > (limits.answerBytes ?? Infinity)) throw answerLimit(limits, bytes);
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
      return instantResult(removeMarkedNames(value, steps), timestamp);
    case 'range':
      return rangeOfSamples(expression, value, query.lookbackMs);
  }
}

/** The samples of a range that is itself the answer. Border modifiers put a sample onto each border. */
function rangeOfSamples(expression: Expression, { samples, rangeMs, firstEnd }: RangeValue, lookbackMs: number): QueryResult {
  const inner = withoutParentheses(expression);
  const border = inner.kind === 'matrix' ? inner.selector.border : undefined;
  if (border === undefined) return samplesResult(removeMarkedNamesOfSamples(samples), rangeMs, firstEnd);
  if (samples.histograms !== undefined) throw failed(`${border} modifier is not supported with histograms`);
  // The left border, which does not belong to a range otherwise, is a millisecond further.
  return samplesResult(withBorders(samples, firstEnd - rangeMs, firstEnd, border, lookbackMs), rangeMs + 1, firstEnd);
}

function rangeAnswer(expression: Expression, query: QueryContext, steps: Steps): QueryResult {
  const value = evaluate(expression, { query, steps });
  if (value.kind === 'vector') {
    query.budget.hold(value.labels.length * steps.count * RESULT_POINT_BYTES);
    return rangeResult(removeMarkedNames(value, steps), steps);
  }
  const values = value.kind === 'scalar' ? value.values : new Float64Array(0);
  return rangeResult({ kind: 'vector', labels: [[]], values, present: new Uint8Array(values.length).fill(1) }, steps);
}
