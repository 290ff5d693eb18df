/** The engine of questions about traces: takes TraceQL's text, or what Jaeger asks for, and times; reads, evaluates, answers. */

import { parseTraceql, TraceqlError, type TraceqlQuery } from '@atalaya/lang';
import { AtalayaError, type CancelSignal, type Clock, type TimeBounds } from '@atalaya/model';
import type { TraceMetricsAnswer, TraceSearchAnswer, WholeTrace } from './answer.ts';
import type { TraceWork } from './candidates.ts';
import { findTraces, type JaegerQuery, tracesLimit } from './find-traces.ts';
import { TraceqlBudget, type TraceqlLimits } from './limits.ts';
import { spanMetrics } from './metrics/metrics.ts';
import { searchTraces } from './search.ts';
import type { TraceReader } from './trace-reader.ts';

/** How an engine behaves. */
export interface TraceqlEngineOptions {
  readonly clock: Clock;
  readonly limits: TraceqlLimits;
  /** Whether the store chooses candidates and counts where it can; on unless given. Answers are the same. */
  readonly pushesDown?: boolean;
}

/** A search for traces that have a span within the range. */
export interface TraceSearchQuery extends TimeBounds {
  readonly query: string;
  /** Most traces; 20 unless given. */
  readonly limit?: number;
  /** Most spans to tell of each spanset; 3 unless given, 0 tells all. */
  readonly spansPerSpanset?: number;
  /** Where the portion before this one ended, see {@link TraceSearchAnswer.next}. */
  readonly before?: bigint;
}

/** A question for numbers over a range, which is widened to whole steps. */
export interface TraceMetricsQuery extends TimeBounds {
  readonly query: string;
  /** Nanoseconds; the whole range, for one value a series, unless given. */
  readonly step?: bigint;
  /** Most exemplars of the answer; 100 unless given, 0 for none. */
  readonly exemplars?: number;
}

/**
 * Answers questions about traces. Methods reject with an AtalayaError: BAD_QUERY for a text that is not TraceQL or cannot be asked this way,
 * BAD_PARAMETER, NOT_SUPPORTED, QUERY_LIMIT, QUERY_TIMEOUT, QUERY_CANCELED, or what the reader rejects with.
 */
export interface TraceqlEngine {
  /** Finds traces by TraceQL, the newest first. */
  search(query: TraceSearchQuery, signal: CancelSignal): Promise<TraceSearchAnswer>;
  /** Computes series by a TraceQL metrics query. */
  metrics(query: TraceMetricsQuery, signal: CancelSignal): Promise<TraceMetricsAnswer>;
  /** Finds whole traces as Jaeger asks for them, the newest first. */
  findTraces(query: JaegerQuery, signal: CancelSignal): Promise<WholeTrace[]>;
}

/** Makes an engine over a reader. */
export function createTraceqlEngine(reader: TraceReader, { clock, limits, pushesDown = true }: TraceqlEngineOptions): TraceqlEngine {
  const workFor = (signal: CancelSignal): TraceWork => ({ reader, signal, budget: new TraceqlBudget(limits, clock, signal), pushesDown });

  return {
    async search({ query, start, end, limit = 20, spansPerSpanset = 3, before }, signal) {
      const work = workFor(signal);
      const { pipeline, metrics } = parse(query);
      if (metrics !== undefined)
        throw badQuery('a metrics query cannot be searched with: ask for its series, or leave the metrics function away');
      if (end < start) throw new AtalayaError('BAD_PARAMETER', { parameter: 'end', reason: 'must not be before start' });
      if (limit > limits.traces) throw tracesLimit(limit, limits.traces);
      const request = { pipeline, start, end, limit, spansPerSpanset, ...(before === undefined ? {} : { before }) };
      const found = await searchTraces(request, work);
      return { ...found, stats: work.budget.stats };
    },
    async metrics({ query, start, end, step, exemplars = 100 }, signal) {
      const work = workFor(signal);
      const found = await spanMetrics(parse(query), { start, end, step, exemplars }, work);
      return { ...found, stats: work.budget.stats };
    },
    async findTraces(query, signal) {
      return findTraces(query, workFor(signal));
    },
  };
}

/** Longest query in UTF-16 units. */
const LONGEST_QUERY = 131_072;

function badQuery(reason: string): AtalayaError<'BAD_QUERY'> {
  return new AtalayaError('BAD_QUERY', { reason });
}

/** @throws AtalayaError BAD_QUERY. */
function parse(query: string): TraceqlQuery {
  if (query.length > LONGEST_QUERY) throw badQuery(`parse error: the query is too long (${query.length} > ${LONGEST_QUERY})`);
  try {
    return parseTraceql(query);
  } catch (error) {
    if (error instanceof TraceqlError) throw badQuery(error.message);
    throw error;
  }
}
