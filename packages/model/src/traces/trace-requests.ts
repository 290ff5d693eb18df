/** What is asked of stored spans, and what is answered: the shapes of the port that room `query` declares and room `store` fits. */

import type { SpanKind, SpanStatus } from './span.ts';

/** A range of time, nanoseconds since the epoch: start inclusive, end exclusive. A span lies where it starts. */
export interface TimeBounds {
  readonly start: bigint;
  readonly end: bigint;
}

/** Where an attribute is looked for; `any` is the span's own, or else the resource's. */
export type AttributeScope = 'any' | 'span' | 'resource' | 'scope' | 'event' | 'link';

/** What a condition looks at. Names of services are the resource's attribute `service.name`. */
export type SpanField =
  | { readonly kind: 'attribute'; readonly scope: AttributeScope; readonly name: string }
  | {
      readonly kind: 'intrinsic';
      readonly name:
        | 'name'
        | 'kind'
        | 'status'
        | 'statusMessage'
        | 'duration'
        | 'traceId'
        | 'spanId'
        | 'parentSpanId'
        | 'eventName'
        | 'scopeName'
        | 'scopeVersion'
        | 'linkTraceId'
        | 'linkSpanId';
    };

/** What a field is compared with. Durations are nanoseconds. A number is compared with ints and doubles alike, exactly. */
export type FieldValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'number'; readonly value: number | bigint }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'duration'; readonly value: bigint }
  | { readonly type: 'kind'; readonly value: SpanKind }
  | { readonly type: 'status'; readonly value: SpanStatus };

/**
 * What a span has to fulfil. A comparison holds only for a field that is there and of a type that can be compared; `text` compares the text of
 * a value of any type, as Jaeger's tags do. Expressions are RE2 and match as a whole (anchored), as TraceQL's.
 */
export type SpanPredicate =
  | { readonly kind: 'and' | 'or'; readonly of: readonly SpanPredicate[] }
  | { readonly kind: 'not'; readonly of: SpanPredicate }
  | { readonly kind: 'exists'; readonly field: SpanField }
  | { readonly kind: 'root' }
  | { readonly kind: 'text'; readonly field: SpanField; readonly value: string }
  | {
      readonly kind: 'compare';
      readonly field: SpanField;
      readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=';
      readonly value: FieldValue;
    }
  | { readonly kind: 'matches'; readonly field: SpanField; readonly pattern: string; readonly negated: boolean };

/** Which traces are looked for. */
export interface TracesRequest extends TimeBounds {
  /** For each of them the trace has a span within the range that fulfils it. None: every trace. */
  readonly having: readonly SpanPredicate[];
  /** Traces to give, those with the newest matching spans first. */
  readonly limit: number;
  /** Traces whose newest matching span starts before this; for the next portion of an answer. */
  readonly before?: bigint;
}

/** A trace that was found: some span of it fulfils each predicate. */
export interface FoundTrace extends TimeBounds {
  readonly traceId: string;
  /** Start of the newest matching span, see {@link TracesRequest.before}. `start` and `end` span all spans that are known to belong to it, and may be wider. */
  readonly newest: bigint;
}

/** Spans of traces. */
export interface SpansRequest {
  readonly traceIds: readonly string[];
  /** Of each trace the range in which all of its spans start, as {@link FoundTrace} tells it; a reader looks it up without. */
  readonly places?: readonly TimeBounds[];
  /** Only spans that start within it; all of the past without. */
  readonly within?: TimeBounds;
  /** Only spans that fulfil it. */
  readonly having?: SpanPredicate;
  /** What need not be told: answers are quicker without attributes, events and links. */
  readonly brief?: boolean;
  /** More rejects with QUERY_LIMIT. */
  readonly limit: number;
}

/** Counts of spans and their durations, by time and fields, done by the store. */
export interface SpanCountRequest extends TimeBounds {
  readonly having: SpanPredicate;
  /** Width of a bucket, nanoseconds; bucket `i` begins at `start + i × width`. */
  readonly width: bigint;
  readonly by: readonly SpanField[];
  /** Also count by power of two of the duration: for quantiles and heat maps. */
  readonly durations: boolean;
  /** More rejects with QUERY_LIMIT. */
  readonly groups: number;
}

/** One group of an answer to {@link SpanCountRequest}. */
export interface SpanCounts {
  /** In the order of `by`; undefined where the span has no such field. */
  readonly values: readonly (string | undefined)[];
  /** Of each that is not empty: its place, and how many spans. */
  readonly buckets: readonly {
    readonly at: number;
    readonly spans: number;
    /** Sum, smallest and largest of the durations, nanoseconds. */
    readonly sum: number;
    readonly min: number;
    readonly max: number;
    /** With `durations`: spans by the place of the highest bit of their duration in nanoseconds (0 for 0 and 1). */
    readonly byPower?: readonly (readonly [power: number, spans: number])[];
  }[];
}

/** An operation of a service. */
export interface Operation {
  readonly name: string;
  readonly kind: SpanKind;
}

/** Type of a value that is told by `values` of a trace reader. */
export type SpanAttributeType = 'string' | 'int' | 'double' | 'bool' | 'keyword' | 'duration';

/** Which operations are asked for. */
export interface OperationsRequest extends TimeBounds {
  /** None: those of all services. */
  readonly service?: string;
  readonly kind?: SpanKind;
}

/** Which values are asked for. */
export interface FieldValuesRequest extends TimeBounds {
  readonly field: SpanField;
  readonly having?: SpanPredicate;
  readonly limit: number;
}

/** A value that spans have. */
export interface FoundValue {
  readonly type: SpanAttributeType;
  readonly value: string;
}

/** Names of attributes by where they were found, each list sorted. */
export type AttributeNames = Readonly<Record<Exclude<AttributeScope, 'any'>, readonly string[]>>;
