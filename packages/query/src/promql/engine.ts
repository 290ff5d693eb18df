/** The PromQL engine: takes a query's text and times, reads what it needs, evaluates, answers. */

import { DEFAULT_PROMQL_FEATURES, type Expression, type PromqlFeature, typeOf } from '@atalaya/lang';
import { AtalayaError, type CancelSignal, type Clock, type Explanation } from '@atalaya/model';
import type { SampleReader } from '../reader.ts';
import type { QueryAnswer } from './answer.ts';
import { runWithCache, stepsInCache } from './cached-run.ts';
import type { QueryLimits } from './context.ts';
import type { QueryCost } from './cost.ts';
import { explainQuestion } from './explain.ts';
import { SampleCounter } from './query-stats.ts';
import { RecentExpressions } from './recent-expressions.ts';
import { parse, type Question, runQuestion } from './run.ts';
import { StepCache } from './step-cache.ts';

/** Longest query in characters. Longer ones would hold up others while they are parsed. */
const LONGEST_QUERY = 1_048_576;

/** How an engine behaves. */
export interface PromqlEngineOptions {
  /** How long a sample counts as current, in milliseconds (Prometheus: 300000). */
  readonly lookbackMs: number;
  /** The step of subqueries that name none, in milliseconds (Prometheus: the global evaluation interval). 60000 unless given. */
  readonly defaultStepMs?: number;
  readonly limits: QueryLimits;
  readonly clock: Clock;
  /** Bytes for steps of range queries that are kept for the next time; 0 keeps none. None unless given. */
  readonly stepCacheBytes?: number;
  /** Feature flags that are on; without them the whole language, evaluated as a Prometheus without flags does. */
  readonly features?: ReadonlySet<PromqlFeature>;
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
  /** Whether to count the samples that were looked at: in all, or also step by step. */
  readonly stats?: 'total' | 'all';
}

/** A question about a range: from `startMs` on in steps of `stepMs`, up to `endMs`. */
export interface RangeQuery extends Omit<InstantQuery, 'timeMs'> {
  /** Whether steps that were computed before must not be used, nor kept. */
  readonly fresh?: boolean;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/**
 * Answers PromQL. All methods reject with an AtalayaError: BAD_QUERY for a text that is not PromQL, QUERY_FAILED for one
 * that cannot be evaluated on this data, QUERY_LIMIT, QUERY_TIMEOUT, QUERY_CANCELED, NOT_SUPPORTED, or what the reader rejects with.
 */
export interface PromqlEngine {
  instant(query: InstantQuery, signal: CancelSignal, admit?: Admit): Promise<QueryAnswer>;
  range(query: RangeQuery, signal: CancelSignal, admit?: Admit): Promise<QueryAnswer>;
  /**
   * Runs a query and tells how, instead of what it gave. `waitedMs` is how long it had to wait before, milliseconds. Rejects for what is
   * no query at all; any other failure is part of the explanation.
   */
  explain(query: InstantQuery | RangeQuery, waitedMs: number, signal: CancelSignal, admit?: Admit): Promise<Explanation>;
  /** Bytes of the steps that are kept. */
  readonly cachedBytes: number;
}

/** Decides, before anything is read, whether a query may run here and now: with what it throws, the query is rejected. */
export type Admit = (cost: QueryCost) => void;

/** Makes an engine over a reader. */
export function createPromqlEngine(reader: SampleReader, options: PromqlEngineOptions): PromqlEngine {
  const { clock, limits, features = DEFAULT_PROMQL_FEATURES } = options;
  const recent = new RecentExpressions();

  /** @throws AtalayaError BAD_QUERY, QUERY_LIMIT. */
  function parsed(text: string): Expression {
    if (text.length > LONGEST_QUERY) {
      const reason = `the query is ${text.length} characters long, which is more than the ${LONGEST_QUERY} that are taken`;
      throw new AtalayaError('BAD_QUERY', { reason: `invalid parameter "query": ${reason}` });
    }
    return recent.get(text) ?? recent.keep(text, parse(text, features));
  }

  function common(
    query: Omit<InstantQuery, 'timeMs'>,
  ): Pick<Question, 'query' | 'lookbackMs' | 'defaultStepMs' | 'limits' | 'limit' | 'delaysNameRemoval'> {
    return {
      query: query.query,
      lookbackMs: query.lookbackMs ?? options.lookbackMs,
      defaultStepMs: options.defaultStepMs ?? 60_000,
      limits: { ...limits, timeMs: Math.min(limits.timeMs, query.timeoutMs ?? Infinity) },
      limit: query.limit ?? 0,
      delaysNameRemoval: features.has('promql-delayed-name-removal'),
    };
  }

  function instantQuestion(query: InstantQuery): Question {
    const { timeMs } = query;
    const window = { startMs: timeMs, endMs: timeMs, stepMs: 0 };
    const steps = { start: timeMs, step: 1, count: 1 };
    return { kind: 'instant', expression: parsed(query.query), window, steps, ...common(query) };
  }

  function rangeQuestion(query: RangeQuery): Question {
    const { startMs, endMs, stepMs } = query;
    if (!(stepMs > 0)) {
      const reason = 'zero or negative query resolution step widths are not accepted. Try a positive integer';
      throw new AtalayaError('BAD_PARAMETER', { parameter: 'step', reason });
    }
    if (endMs < startMs)
      throw new AtalayaError('BAD_PARAMETER', { parameter: 'end', reason: 'end timestamp must not be before start time' });
    const count = Math.floor((endMs - startMs) / stepMs) + 1;
    // As Prometheus counts: the first instant comes on top.
    if (count - 1 > limits.points) {
      const reason = `exceeded maximum resolution of ${limits.points} points per timeseries. Try decreasing the query resolution (?step=XX)`;
      throw new AtalayaError('QUERY_LIMIT', { setting: 'query.points', limit: limits.points, reason });
    }
    const expression = parsed(query.query);
    checkRangeType(expression);
    const steps = { start: startMs, step: stepMs, count };
    return { kind: 'range', expression, window: { startMs, endMs, stepMs }, steps, ...common(query) };
  }

  const { stepCacheBytes = 0 } = options;
  const cache = stepCacheBytes > 0 ? new StepCache(stepCacheBytes) : undefined;

  async function run(
    { stats, fresh = false }: { readonly stats?: InstantQuery['stats']; readonly fresh?: boolean },
    questionOf: () => Question,
    signal: CancelSignal,
  ): Promise<QueryAnswer> {
    const startedAt = clock.monotonic();
    const question = questionOf();
    const keeps = cache !== undefined && question.kind === 'range' && !fresh && stats === undefined;
    if (keeps) return runWithCache(question, cache, reader, clock, startedAt, signal);
    if (stats === undefined) return runQuestion(question, reader, clock, startedAt, signal);
    const counter = new SampleCounter(stats === 'all');
    const answer = await runQuestion(question, reader, clock, startedAt, signal, counter);
    return counter.counts === undefined ? answer : { ...answer, stats: { ...answer.stats, samples: counter.counts } };
  }

  return {
    get cachedBytes() {
      return cache?.bytes ?? 0;
    },
    async instant(query, signal, admit) {
      return run(query, () => ({ ...instantQuestion(query), admit }), signal);
    },
    async range(query, signal, admit) {
      return run(query, () => ({ ...rangeQuestion(query), admit }), signal);
    },
    async explain(query, waitedMs, signal, admit) {
      const startedAt = clock.monotonic();
      const question = { ...('timeMs' in query ? instantQuestion(query) : rangeQuestion(query)), admit };
      const cached = cache === undefined || ('fresh' in query && query.fresh) ? 0 : await stepsInCache(question, cache, reader);
      return explainQuestion(question, reader, clock, { startedAt, waitedMs, cached }, signal);
    },
  };
}

function checkRangeType(expression: Expression): void {
  const type = typeOf(expression);
  if (type === 'scalar' || type === 'instant vector') return;
  const reason = `invalid parameter "query": invalid expression type "${type}" for range query, must be Scalar or instant Vector`;
  throw new AtalayaError('BAD_QUERY', { reason });
}
