/** The trace store over an engine, with the operations in memory. */

import type {
  AttributeNames,
  CancelSignal,
  FieldValuesRequest,
  FoundTrace,
  FoundValue,
  Operation,
  OperationsRequest,
  SpanCountRequest,
  SpanCounts,
  SpansRequest,
  TimeBounds,
  TracesRequest,
} from '@atalaya/model';
import { RecentHashes } from '../loader/recent-hashes.ts';
import { migrate } from '../schema/migrate.ts';
import { type SpanCounters, SpanIntake } from './intake.ts';
import { DEFAULT_OPERATION_LIMITS, Operations } from './operations.ts';
import { countSpans } from './read/count-spans.ts';
import { findTraces } from './read/find-traces.ts';
import { readSpans, type SpanBytes } from './read/read-spans.ts';
import type { TraceSources } from './read/sources.ts';
import { attributeNames, fieldValues } from './read/tell-values.ts';
import { rememberSpans } from './remember-spans.ts';
import type { SpanRecord } from './span-record.ts';
import type { TraceStore, TraceStoreOptions } from './store-interface.ts';
import { applyTraceRetention, type TraceRetention, type TraceRetentionResult } from './trace-retention.ts';

/** Migrates the tables, loads the operations and opens the store. The engine stays the caller's to close. */
export async function openTraceStore(options: TraceStoreOptions): Promise<TraceStore> {
  const { engine, clock, log } = options;
  await migrate(engine, clock, log);
  const started = clock.monotonic();
  const operations = new Operations(engine, options.operationLimits ?? DEFAULT_OPERATION_LIMITS);
  await operations.load();
  const recent = new RecentHashes();
  const recentSpans = await rememberSpans(engine, recent, clock.now());
  log.info({ ...operations.counts, recentSpans, ms: Math.round(clock.monotonic() - started) }, 'operations of traces loaded');
  return new TableTraceStore(options, operations, recent);
}

class TableTraceStore implements TraceStore {
  readonly #options: TraceStoreOptions;
  readonly #operations: Operations;
  readonly #intake: SpanIntake;
  readonly #sources: TraceSources;
  readonly #retention: TraceRetention;

  constructor(options: TraceStoreOptions, operations: Operations, recent: RecentHashes) {
    this.#options = options;
    this.#operations = operations;
    this.#retention = options.retention ?? { ageMs: 0, bytes: 0 };
    this.#sources = { engine: options.engine, operations, limits: options.queryLimits ?? {} };
    this.#intake = new SpanIntake({ ...options, operations, recent });
  }

  take(record: SpanRecord): void {
    this.#intake.take(record);
  }

  load(records: readonly SpanRecord[]): Promise<{ readonly spans: number }> {
    return this.#intake.load(records);
  }

  readable(): Promise<void> {
    return this.#intake.flush();
  }

  traces(request: TracesRequest, signal: CancelSignal): Promise<FoundTrace[]> {
    return findTraces(this.#sources, request, signal);
  }

  spans(request: SpansRequest, signal: CancelSignal): Promise<SpanBytes> {
    return readSpans(this.#sources, request, signal);
  }

  counts(request: SpanCountRequest, signal: CancelSignal): Promise<SpanCounts[]> {
    return countSpans(this.#sources, request, signal);
  }

  attributeNames(request: TimeBounds & { readonly limit: number }, signal: CancelSignal): Promise<AttributeNames> {
    return attributeNames(this.#sources, request, signal);
  }

  values(request: FieldValuesRequest, signal: CancelSignal): Promise<FoundValue[]> {
    return fieldValues(this.#sources, request, signal);
  }

  services(range: TimeBounds): string[] {
    return this.#operations.services(range);
  }

  operations(request: OperationsRequest): Operation[] {
    return this.#operations.operations(request);
  }

  enforceRetention(): Promise<TraceRetentionResult> {
    const { engine, clock, log } = this.#options;
    return this.#intake.alone(async () => {
      await this.#operations.discover();
      return applyTraceRetention(engine, this.#operations, this.#retention, clock.now(), log);
    });
  }

  get counters(): SpanCounters {
    return this.#intake.counters;
  }

  get known(): { readonly services: number; readonly operations: number } {
    return this.#operations.counts;
  }

  get waitingRows(): number {
    return this.#intake.waitingRows;
  }
}
