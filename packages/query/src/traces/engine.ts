/** The engine of questions about traces: takes TraceQL's text, or what Jaeger asks for, and times; reads, evaluates, answers. */

import { AtalayaError, type CancelSignal, type Clock } from '@atalaya/model';
import type { TraceMetricsAnswer, TraceSearchAnswer, WholeTrace } from './answer.ts';
import type { JaegerQuery } from './find-traces.ts';
import { findTraces } from './find-traces.ts';
import { TraceqlBudget, type TraceqlLimits } from './limits.ts';
import type { TimeBounds, TraceReader } from './trace-reader.ts';

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
  return {
    async search() {
      throw new AtalayaError('NOT_SUPPORTED', { what: 'TraceQL', reason: 'not built yet' });
    },
    async metrics() {
      throw new AtalayaError('NOT_SUPPORTED', { what: 'TraceQL', reason: 'not built yet' });
    },
    async findTraces(query, signal) {
      return findTraces(query, { reader, signal, budget: new TraceqlBudget(limits, clock, signal), pushesDown });
    },
  };
}
