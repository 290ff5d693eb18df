/** What a trace store does for others: records in, spans and answers about them out. */

import type {
  AttributeNames,
  CancelSignal,
  Clock,
  FieldValuesRequest,
  FoundTrace,
  FoundValue,
  Logger,
  Operation,
  OperationsRequest,
  SpanCountRequest,
  SpanCounts,
  SpansRequest,
  TimeBounds,
  TracesRequest,
} from '@atalaya/model';
import type { Engine, QueryLimits } from '../engine/engine.ts';
import type { SpanCounters } from './intake.ts';
import type { OperationLimits } from './operations.ts';
import type { SpanBytes } from './read/read-spans.ts';
import type { SpanRecord } from './span-record.ts';
import type { TraceRetention, TraceRetentionResult } from './trace-retention.ts';

/** What a trace store is made of. */
export interface TraceStoreOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  /** How much is kept; without it, everything. */
  readonly retention?: TraceRetention;
  /** Time and memory that one read may take in the engine. */
  readonly queryLimits?: QueryLimits;
  readonly operationLimits?: OperationLimits;
}

/** Spans. One instance has the tables for itself. Every call rejects with an AtalayaError. */
export interface TraceStore {
  /**
   * Takes a record in, in order. It must be given to {@link load} later, the same object, but questions may make it be inserted before. Whoever
   * holds spans back gives other records instead, of the same `key`: a key may come in any number of portions.
   */
  take(record: SpanRecord): void;
  /**
   * Resolves when the records are durable in the table; those that were not taken in yet are now. A span is there once, however often, in
   * whatever groups and in how many runs of the program a record is loaded. Gives how many spans of them are kept.
   */
  load(records: readonly SpanRecord[]): Promise<{ readonly spans: number }>;
  /**
   * Resolves when questions find everything that was taken in: it is put into the table now rather than with the next load. Questions that
   * come together share one insert.
   */
  readable(): Promise<void>;
  /** These answer as the trace reader of room `query` does; its documentation says what they mean. Spans come as the engine's bytes. */
  traces(request: TracesRequest, signal: CancelSignal): Promise<FoundTrace[]>;
  spans(request: SpansRequest, signal: CancelSignal): Promise<SpanBytes>;
  counts(request: SpanCountRequest, signal: CancelSignal): Promise<SpanCounts[]>;
  attributeNames(request: TimeBounds & { readonly limit: number }, signal: CancelSignal): Promise<AttributeNames>;
  values(request: FieldValuesRequest, signal: CancelSignal): Promise<FoundValue[]>;
  /** Names of the services that have spans in the hours of a range, sorted. Told from memory, as operations are. */
  services(range: TimeBounds): string[];
  operations(request: OperationsRequest): Operation[];
  /** Drops what the retention no longer covers, and looks for spans that somebody else put into the table. Call it every few minutes. */
  enforceRetention(): Promise<TraceRetentionResult>;
  readonly counters: SpanCounters;
  /** Services and operations that are known. */
  readonly known: { readonly services: number; readonly operations: number };
  /** Spans that are taken in but not in the table yet. */
  readonly waitingRows: number;
}
