/** The port through which spans are read: `query` declares it, `store` fits it, `server` joins them. */

import type {
  AttributeNames,
  CancelSignal,
  FieldValuesRequest,
  FoundTrace,
  FoundValue,
  Operation,
  OperationsRequest,
  Span,
  SpanCountRequest,
  SpanCounts,
  SpansRequest,
  TimeBounds,
  TracesRequest,
} from '@atalaya/model';

/** Where spans come from. Every call rejects with an AtalayaError; aborting the signal rejects with QUERY_CANCELED. What is acknowledged when a call begins is seen. */
export interface TraceReader {
  /** Finds traces. A reader that cannot tell whether a span fulfils a predicate may give its trace: whoever asks looks again. */
  traces(request: TracesRequest, signal: CancelSignal): Promise<FoundTrace[]>;
  /** All spans of the traces, ordered by trace and start. */
  spans(request: SpansRequest, signal: CancelSignal): Promise<Span[]>;
  counts(request: SpanCountRequest, signal: CancelSignal): Promise<SpanCounts[]>;
  /** Names of the services that have spans in the range, sorted. */
  services(range: TimeBounds, signal: CancelSignal): Promise<string[]>;
  /** Operations of a service that have spans in the range, sorted by name; of all services without one. */
  operations(request: OperationsRequest, signal: CancelSignal): Promise<Operation[]>;
  /** Names of the attributes that spans in the range have, sorted, by scope. */
  attributeNames(range: TimeBounds & { readonly limit: number }, signal: CancelSignal): Promise<AttributeNames>;
  /** Values of a field that spans in the range have which fulfil the predicate, the most frequent first. */
  values(request: FieldValuesRequest, signal: CancelSignal): Promise<FoundValue[]>;
}
