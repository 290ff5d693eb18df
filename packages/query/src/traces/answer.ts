/** Answers to questions about traces, as plain objects: who asks writes them down. */

import type { Span, SpanAttribute } from '@atalaya/model';
import type { TraceqlStats } from './limits.ts';

/** A span that matched. */
export interface FoundSpan {
  readonly spanId: string;
  readonly name: string;
  /** Nanoseconds since the epoch. */
  readonly start: bigint;
  /** Nanoseconds. */
  readonly duration: bigint;
  /** What the query looked at, or selected; names are the attributes' own, those of intrinsics as TraceQL has them. */
  readonly attributes: readonly SpanAttribute[];
}

/** Spans of a trace that matched together. */
export interface FoundSpanset {
  /** The first of them by start, as many as were asked for. */
  readonly spans: readonly FoundSpan[];
  /** How many matched. */
  readonly matched: number;
  /** What they were grouped by (`by(…)`), and what was computed of them (`count()`, `avg(duration)`). */
  readonly attributes: readonly SpanAttribute[];
}

/** How many spans a service has in a trace. */
export interface ServiceSpans {
  readonly spans: number;
  readonly errors: number;
}

/** A trace that matched. */
export interface FoundTraceSummary {
  readonly traceId: string;
  /** Of the root: the first span without a parent, else nothing. */
  readonly rootServiceName: string;
  readonly rootTraceName: string;
  /** Nanoseconds since the epoch: the first start of a span. */
  readonly start: bigint;
  /** Nanoseconds from there to the last end of a span. */
  readonly duration: bigint;
  readonly spanSets: readonly FoundSpanset[];
  readonly services: ReadonlyMap<string, ServiceSpans>;
}

/** The answer to a search. */
export interface TraceSearchAnswer {
  /** Newest first. */
  readonly traces: readonly FoundTraceSummary[];
  /** Where to go on with `before`, when there may be more. */
  readonly next: bigint | undefined;
  readonly stats: TraceqlStats;
}

/** A span that stands for others of its series. */
export interface TraceExemplar {
  readonly traceId: string;
  readonly spanId: string;
  /** Milliseconds since the epoch. */
  readonly timestampMs: number;
  readonly value: number;
}

/** A series of an answer. */
export interface TraceSeries {
  /** In the order of `by(…)`, or `__name__` alone without one; then `p` or `__bucket`, or `__meta_type` of `compare`. */
  readonly labels: readonly SpanAttribute[];
  /** One for each time of the answer; NaN where there is none. */
  readonly values: Float64Array;
  readonly exemplars: readonly TraceExemplar[];
}

/** The answer to a metrics query. */
export interface TraceMetricsAnswer {
  /** Milliseconds since the epoch: each value is about the step that ends there. */
  readonly timestamps: Float64Array;
  readonly series: readonly TraceSeries[];
  readonly stats: TraceqlStats;
}

/** A whole trace. */
export interface WholeTrace {
  readonly traceId: string;
  /** Ordered by start. */
  readonly spans: readonly Span[];
}
