/** The LogQL engine: takes a query's text and times, reads what it needs, evaluates, answers. */

import { LogqlError, type LogqlExpression, type MetricExpression, parseLogql } from '@atalaya/lang';
import { AtalayaError, type CancelSignal, type Clock, SERVICE_NAME } from '@atalaya/model';
import type { LogqlAnswer, LogqlResult } from './answer.ts';
import { LogqlBudget, type LogqlLimits } from './limits.ts';
import type { LogReader } from './log-reader.ts';
import { evaluate } from './metrics/evaluate.ts';
import type { LogSteps } from './metrics/steps.ts';
import { instantResult, rangeResult } from './results.ts';
import { selectEntries } from './select-entries.ts';

/** Longest query in bytes of UTF-16, as Loki's `maxInputSize` of 128 KiB. */
const LONGEST_QUERY = 131_072;

/** How an engine behaves. */
export interface LogqlEngineOptions {
  readonly clock: Clock;
  readonly limits: LogqlLimits;
  /** Whether counting is left to the store where it can do it; on unless given. Answers are the same. */
  readonly pushesDown?: boolean;
}

/** A question for one instant. Only numbers can be asked for at an instant. */
export interface LogqlInstantQuery {
  readonly query: string;
  /** Nanoseconds since the epoch. */
  readonly timeNs: bigint;
  /** Most lines; of no meaning for numbers. */
  readonly limit?: number;
  readonly direction?: 'forward' | 'backward';
}

/** A question for a range: lines of it, or numbers from `startNs` on in steps of `stepNs` up to `endNs`. */
export interface LogqlRangeQuery {
  readonly query: string;
  /** Nanoseconds since the epoch. Lines at `startNs` are in the answer, those at `endNs` are not. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly stepNs: bigint;
  /** Nanoseconds that lie at least between a line and the next one that is given; none unless given. */
  readonly intervalNs?: bigint;
  /** Most lines of all streams together; 100 unless given. */
  readonly limit?: number;
  /** Newest lines first unless given. */
  readonly direction?: 'forward' | 'backward';
}

/**
 * Answers LogQL. Both methods reject with an AtalayaError: BAD_QUERY for a text that is not LogQL or cannot be asked this way, BAD_PARAMETER,
 * QUERY_FAILED for one that cannot be evaluated on this data, QUERY_LIMIT, QUERY_TIMEOUT, QUERY_CANCELED, or what the reader rejects with.
 */
export interface LogqlEngine {
  instant(query: LogqlInstantQuery, signal: CancelSignal): Promise<LogqlAnswer>;
  range(query: LogqlRangeQuery, signal: CancelSignal): Promise<LogqlAnswer>;
}

/** Makes an engine over a reader. */
export function createLogqlEngine(reader: LogReader, { clock, limits, pushesDown = true }: LogqlEngineOptions): LogqlEngine {
  /** A label that was discovered is there for those who name it: `without (app)` should not keep apart what its twin `service_name` keeps apart. */
  function readerFor(query: string): LogReader {
    if (!query.includes(SERVICE_NAME)) return reader;
    return {
      lines: (request, signal) => reader.lines({ ...request, discovered: true }, signal),
      counts: (request, groupLimits, signal) => reader.counts({ ...request, discovered: true }, groupLimits, signal),
      get cost() {
        return reader.cost;
      },
    };
  }

  async function run(signal: CancelSignal, work: (budget: LogqlBudget) => Promise<LogqlResult>): Promise<LogqlAnswer> {
    const startedAt = clock.monotonic();
    const budget = new LogqlBudget(limits, clock, signal, startedAt, reader);
    const result = await work(budget).catch(refused);
    budget.answers(lengthOf(result));
    const { linesRead, bytesRead, matched } = budget.read;
    return { result, stats: { linesRead, bytesRead, linesMatched: matched, execMs: clock.monotonic() - startedAt } };
  }

  function numbers(
    { query, instant, steps }: { readonly query: string; readonly instant: boolean; readonly steps: LogSteps },
    expression: MetricExpression,
    budget: LogqlBudget,
    signal: CancelSignal,
  ): ReturnType<typeof evaluate> {
    // A name in a template is deep inside the tree; in the text it stands plainly.
    const namesLevel = query.includes('detected_level');
    return evaluate(expression, { reader: readerFor(query), signal, budget, steps, instant, namesLevel, pushesDown });
  }

  return {
    async instant({ query, timeNs }, signal) {
      return run(signal, async (budget) => {
        const expression = parse(query);
        if (expression.kind === 'logs') throw badQuery(NO_LINES_AT_INSTANTS);
        const steps: LogSteps = { start: timeNs, step: 1n, count: 1 };
        const value = await numbers({ query, instant: true, steps }, expression, budget, signal);
        return instantResult(expression, value, steps, limits.series);
      });
    },
    async range(asked, signal) {
      return run(signal, async (budget) => {
        const { query, startNs, endNs, intervalNs = 0n, limit = 100, direction = 'backward' } = asked;
        const expression = parse(query);
        if (expression.kind !== 'logs') {
          const steps = stepsOf(asked, limits.points);
          const value = await numbers({ query, instant: false, steps }, expression, budget, signal);
          return rangeResult(value, steps, limits.series);
        }
        if (limit > limits.entries) throw tooManyEntries(limit, limits.entries);
        const request = { start: startNs, end: endNs, interval: intervalNs, limit, direction };
        return { resultType: 'streams', entries: await selectEntries(expression, request, readerFor(query), budget, signal) };
      });
    },
  };
}

/** About what a point takes in the answer's text: a time, a value, and what stands around them. */
const POINT_CHARACTERS = 24;

/** About how many bytes the numbers of a result take as text; lines are counted as they come. */
function lengthOf(result: LogqlResult): number {
  if (result.resultType !== 'matrix' && result.resultType !== 'vector') return 0;
  let bytes = result.values.length * POINT_CHARACTERS;
  for (const labels of result.labels) for (const text of labels) bytes += text.length + 3;
  return bytes;
}

const NO_LINES_AT_INSTANTS = 'log queries are not supported as an instant query type, please change your query to a range query type';

function badQuery(reason: string): AtalayaError<'BAD_QUERY'> {
  return new AtalayaError('BAD_QUERY', { reason });
}

/** @throws AtalayaError BAD_QUERY, LogqlError. */
function parse(query: string): LogqlExpression {
  if (query.length > LONGEST_QUERY) throw badQuery(`parse error : input size too long (${query.length} > ${LONGEST_QUERY})`);
  return parseLogql(query);
}

/** What the parser, and later the stages when they are built, say of a query that is none. */
function refused(error: unknown): never {
  if (error instanceof LogqlError) throw badQuery(error.message);
  throw error;
}

/** @throws AtalayaError BAD_PARAMETER, QUERY_LIMIT. */
function stepsOf({ startNs, endNs, stepNs }: LogqlRangeQuery, mostPoints: number): LogSteps {
  if (stepNs <= 0n) {
    const reason = 'zero or negative query resolution step widths are not accepted. Try a positive integer';
    throw new AtalayaError('BAD_PARAMETER', { parameter: 'step', reason });
  }
  if (endNs < startNs) {
    throw new AtalayaError('BAD_PARAMETER', { parameter: 'end', reason: 'end timestamp must not be before or equal to start time' });
  }
  const after = Number((endNs - startNs) / stepNs);
  if (after > mostPoints) {
    const reason = `exceeded maximum resolution of ${mostPoints.toLocaleString('en-US')} points per time series. Try increasing the value of the step parameter`;
    throw new AtalayaError('QUERY_LIMIT', { setting: 'query.points', limit: mostPoints, reason });
  }
  return { start: startNs, step: stepNs, count: after + 1 };
}

function tooManyEntries(limit: number, most: number): AtalayaError<'QUERY_LIMIT'> {
  const reason = `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${most})`;
  return new AtalayaError('QUERY_LIMIT', { setting: 'query.log_entries', limit: most, reason });
}
