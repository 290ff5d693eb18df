/** The PromQL engine: takes a query's text and times, reads what it needs, evaluates, answers. */

import { type Expression, parsePromql, PromqlError, typeOf, withoutParentheses } from '@atalaya/lang';
import { AtalayaError, type CancelSignal, type Clock } from '@atalaya/model';
import type { SampleReader } from '../reader.ts';
import { Annotations } from './annotations.ts';
import { instantResult, limited, type QueryAnswer, type QueryResult, rangeResult, samplesResult } from './answer.ts';
import { Budget, type QueryContext, type QueryLimits, type QueryWindow } from './context.ts';
import { evaluate } from './evaluate.ts';
import { planReads } from './plan.ts';
import { readAll } from './read.ts';
import type { Steps } from './value.ts';

/** How an engine behaves. */
export interface PromqlEngineOptions {
  /** How long a sample counts as current, in milliseconds (Prometheus: 300000). */
  readonly lookbackMs: number;
  /** The step of subqueries that name none, in milliseconds (Prometheus: the global evaluation interval). 60000 unless given. */
  readonly defaultStepMs?: number;
  readonly limits: QueryLimits;
  readonly clock: Clock;
}

/** A question about one instant. */
export interface InstantQuery {
  readonly query: string;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly lookbackMs?: number;
  /** Most series to answer with; 0 or none means all. */
  readonly limit?: number;
  /** Overrides the engine's time limit where it is shorter. */
  readonly timeoutMs?: number;
}

/** A question about a range: from `startMs` on in steps of `stepMs`, up to `endMs`. */
export interface RangeQuery extends Omit<InstantQuery, 'timeMs'> {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/**
 * Answers PromQL. Both methods reject with an AtalayaError: BAD_QUERY for a text that is not PromQL, QUERY_FAILED for one
 * that cannot be evaluated on this data, QUERY_LIMIT, QUERY_TIMEOUT, QUERY_CANCELED, NOT_SUPPORTED, or what the reader rejects with.
 */
export interface PromqlEngine {
  instant(query: InstantQuery, signal: CancelSignal): Promise<QueryAnswer>;
  range(query: RangeQuery, signal: CancelSignal): Promise<QueryAnswer>;
}

/** Makes an engine over a reader. */
export function createPromqlEngine(reader: SampleReader, options: PromqlEngineOptions): PromqlEngine {
  const { clock, limits } = options;

  async function run(
    query: Omit<InstantQuery, 'timeMs'>,
    window: QueryWindow,
    steps: Steps,
    signal: CancelSignal,
    check: (expression: Expression) => void,
    finish: (expression: Expression, query: QueryContext, steps: Steps) => QueryResult,
  ): Promise<QueryAnswer> {
    const started = clock.monotonic();
    const budget = new Budget({ ...limits, timeMs: Math.min(limits.timeMs, query.timeoutMs ?? Infinity) }, clock, signal);
    const expression = parse(query.query);
    check(expression);
    const lookbackMs = query.lookbackMs ?? options.lookbackMs;
    const defaultStepMs = options.defaultStepMs ?? 60_000;
    const planned = planReads(expression, window, lookbackMs, defaultStepMs);
    const parsed = clock.monotonic();
    const { byNode, seriesRead, samplesRead, warnings: gaps } = await readAll(reader, planned, limits, signal);
    const read = clock.monotonic();
    const annotations = new Annotations(query.query);
    for (const gap of gaps) annotations.note(gap);
    const context: QueryContext = { text: query.query, window, lookbackMs, defaultStepMs, reads: byNode, annotations, budget };
    const { result, truncated } = limited(finish(expression, context, steps), query.limit ?? 0);
    if (truncated) annotations.note('results truncated due to limit');
    const { warnings, infos } = annotations;
    const timings = { parse: parsed - started, read: read - parsed, evaluate: clock.monotonic() - read };
    return { result, warnings, infos, stats: { seriesRead, samplesRead, timings } };
  }

  return {
    instant(query, signal) {
      const { timeMs } = query;
      const window: QueryWindow = { startMs: timeMs, endMs: timeMs, stepMs: 0 };
      return run(query, window, { start: timeMs, step: 1, count: 1 }, signal, () => undefined, instantAnswer);
    },
    async range(query, signal) {
      const { startMs, endMs, stepMs } = query;
      if (!(stepMs > 0)) {
        const reason = 'zero or negative query resolution step widths are not accepted. Try a positive integer';
        throw new AtalayaError('BAD_PARAMETER', { parameter: 'step', reason });
      }
      if (endMs < startMs)
        throw new AtalayaError('BAD_PARAMETER', { parameter: 'end', reason: 'end timestamp must not be before start time' });
      const count = Math.floor((endMs - startMs) / stepMs) + 1;
      if (count > limits.points) {
        const reason = `exceeded maximum resolution of ${limits.points} points per timeseries. Try decreasing the query resolution (?step=XX)`;
        throw new AtalayaError('QUERY_LIMIT', { setting: 'query.points', limit: limits.points, reason });
      }
      return run(query, { startMs, endMs, stepMs }, { start: startMs, step: stepMs, count }, signal, checkRangeType, rangeAnswer);
    },
  };
}

function parse(text: string): Expression {
  try {
    return parsePromql(text);
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    throw new AtalayaError('BAD_QUERY', { reason: `invalid parameter "query": ${error.message}` }, { cause: error });
  }
}

function checkRangeType(expression: Expression): void {
  const type = typeOf(expression);
  if (type === 'scalar' || type === 'instant vector') return;
  const reason = `invalid parameter "query": invalid expression type "${type}" for range query, must be Scalar or instant Vector`;
  throw new AtalayaError('BAD_QUERY', { reason });
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
