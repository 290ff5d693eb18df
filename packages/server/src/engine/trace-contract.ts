/** What the two processes say to each other about traces. Times and lengths of time are nanoseconds, as decimal texts: JSON has no such numbers. */

import type { SpanKind } from '@atalaya/model';
import type { SamplingCounters } from '@atalaya/store';
import type { Nanoseconds } from './log-contract.ts';

interface AnyTraceRequest {
  /** What is asked, for messages; TraceQL where there is any. */
  readonly query: string;
  readonly timeoutMs: number;
}

interface TraceRange {
  readonly start: Nanoseconds;
  readonly end: Nanoseconds;
}

/** How a trace is told: as Jaeger's API does, or as one of the two versions of Tempo's. */
export type TraceForm = 'jaeger' | 'tempo-json' | 'tempo-protobuf' | 'tempo-v2-json' | 'tempo-v2-protobuf';

/** One trace, all of it. Rejects with NOT_FOUND when no span of it is known. */
export interface TraceByIdRequest extends AnyTraceRequest {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  readonly form: TraceForm;
}

/** Traces by their ids, as Jaeger tells them; those that are not known are told as errors beside the others. */
export interface JaegerTracesRequest extends AnyTraceRequest {
  readonly traceIds: readonly string[];
}

/** Traces that have a span which is all this. */
export interface JaegerSearchRequest extends AnyTraceRequest, TraceRange {
  readonly service: string;
  /** Empty for any. */
  readonly operation: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Of the span; 0 for any. */
  readonly minDuration: Nanoseconds;
  readonly maxDuration: Nanoseconds;
  readonly limit: number;
}

/** Names of services. */
export interface JaegerServicesRequest extends AnyTraceRequest, TraceRange {}

/** Operations of a service: their names, or also their kinds. */
export interface JaegerOperationsRequest extends AnyTraceRequest, TraceRange {
  readonly service: string;
  readonly spanKind?: SpanKind;
  readonly withKinds: boolean;
}

/** Traces that fulfil a TraceQL query. */
export interface TempoSearchRequest extends AnyTraceRequest, TraceRange {
  readonly limit: number;
  /** Most spans that are told of each set. */
  readonly spansPerSet: number;
}

/** Names of attributes: of one scope, or of all. */
export interface TempoTagsRequest extends AnyTraceRequest, TraceRange {
  readonly scope: TagScope;
  readonly limit: number;
  /** Whether they are told scope by scope. */
  readonly byScope: boolean;
}

/** Where Tempo's API looks for names of attributes. */
export type TagScope = 'none' | 'resource' | 'span' | 'intrinsic' | 'event' | 'link' | 'instrumentation';

/** Values of an attribute; `query` is TraceQL that spans have to fulfil, or empty. */
export interface TempoTagValuesRequest extends AnyTraceRequest, TraceRange {
  /** A TraceQL name where values are told with their types, else the attribute's own. */
  readonly tag: string;
  readonly limit: number;
  readonly typed: boolean;
}

/** A TraceQL metrics query. */
export interface TempoMetricsRequest extends AnyTraceRequest, TraceRange {
  /** Without one, one value for the whole range. */
  readonly step?: Nanoseconds;
  readonly exemplars: number;
}

/** How the engine process does with traces; counts since its start. */
export interface TraceState {
  /** Services and their operations that are known. */
  readonly services: number;
  readonly operations: number;
  /** Spans taken in that are not in the table yet. */
  readonly waitingSpans: number;
  /** Spans that repeated an earlier one and were left out. */
  readonly repeated: number;
  /** What became of spans whose traces had to be seen whole; undefined when none have to. */
  readonly sampling: SamplingCounters | undefined;
  readonly queriesRunning: number;
}
