/** What one TraceQL query may cost, and the guard that checks it while the query runs. */

import { AtalayaError, type CancelSignal, type Clock } from '@atalaya/model';
import { memoryLimit } from '../promql/budget.ts';

/** Limits of one query. */
export interface TraceqlLimits {
  /** Traces that a search may be asked for (`query.traces`). */
  readonly traces: number;
  /** Spans that a query may take out of the store to look at (`query.trace_spans`). */
  readonly spans: number;
  /** Series that a metrics query may answer with (`query.trace_series`). */
  readonly series: number;
  /** Steps of a metrics query (`query.points`). */
  readonly points: number;
  /** How long a query may take, in milliseconds (`query.timeout`). */
  readonly timeMs: number;
  /** Bytes that may be held at a time (`query.memory`); no limit unless given. */
  readonly memoryBytes?: number;
}

/** Spans between two looks at the clock. */
const SPANS_PER_LOOK = 1024;

/** Guards one query's limits while it runs, and counts what it reads. */
export class TraceqlBudget {
  readonly limits: TraceqlLimits;
  readonly #clock: Clock;
  readonly #signal: CancelSignal;
  readonly #startedAt: number;
  #spans = 0;
  #traces = 0;
  #held = 0;
  #untilLook = SPANS_PER_LOOK;

  constructor(limits: TraceqlLimits, clock: Clock, signal: CancelSignal) {
    this.limits = limits;
    this.#clock = clock;
    this.#signal = signal;
    this.#startedAt = clock.monotonic();
  }

  /** @throws AtalayaError QUERY_CANCELED or QUERY_TIMEOUT. */
  check(): void {
    if (this.#signal.aborted) throw new AtalayaError('QUERY_CANCELED', { phase: 'expression evaluation' });
    if (this.#clock.monotonic() <= this.#startedAt + this.limits.timeMs) return;
    throw new AtalayaError('QUERY_TIMEOUT', { phase: 'expression evaluation', limit: `${this.limits.timeMs / 1000} s` });
  }

  /** To be called for each span of a loop: looks at the clock now and then. @throws AtalayaError as {@link check}. */
  tick(): void {
    if (--this.#untilLook > 0) return;
    this.#untilLook = SPANS_PER_LOOK;
    this.check();
  }

  /** Spans that may still be taken. */
  get spansLeft(): number {
    return this.limits.spans - this.#spans;
  }

  /** Counts what came out of the store. @throws AtalayaError QUERY_LIMIT, or as {@link check}. */
  took(traces: number, spans: number): void {
    this.check();
    this.#traces += traces;
    this.#spans += spans;
    if (this.#spans > this.limits.spans) throw spansLimit(this.limits.spans);
  }

  /** Counts series of an answer. @throws AtalayaError QUERY_LIMIT. */
  series(count: number): void {
    if (count <= this.limits.series) return;
    const reason = `it would answer with more than ${this.limits.series} series; group by fewer fields or filter more, or raise query.trace_series`;
    throw new AtalayaError('QUERY_LIMIT', { setting: 'query.trace_series', limit: this.limits.series, reason });
  }

  /** Counts bytes that are about to be taken and kept. @throws AtalayaError QUERY_LIMIT. */
  hold(bytes: number): void {
    this.#held += bytes;
    if (this.#held > (this.limits.memoryBytes ?? Infinity)) throw memoryLimit(this.limits, this.#held);
  }

  /** What was looked at since the query began. */
  get stats(): TraceqlStats {
    return { inspectedTraces: this.#traces, inspectedSpans: this.#spans, execMs: this.#clock.monotonic() - this.#startedAt };
  }
}

/** What answering took. */
export interface TraceqlStats {
  /** Traces and spans that were taken out of the store and looked at. */
  readonly inspectedTraces: number;
  readonly inspectedSpans: number;
  /** Milliseconds. */
  readonly execMs: number;
}

/** Whether a reader has refused because of a limit that it was given. */
export function isLimit(error: unknown, limit: number): boolean {
  return error instanceof AtalayaError && error.code === 'QUERY_LIMIT' && error.details['limit'] === limit;
}

/** The answer to a query that would look at too much. */
export function spansLimit(limit: number): AtalayaError<'QUERY_LIMIT'> {
  const reason = `more than ${limit} spans would be looked at one by one; ask for a shorter range, filter more, or raise query.trace_spans`;
  return new AtalayaError('QUERY_LIMIT', { setting: 'query.trace_spans', limit, reason });
}
