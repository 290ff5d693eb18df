/** What the two processes say to each other: methods, events and their data. */

import type { JournalPosition, SpanSamplingRules } from '@atalaya/journal';
import type { Matcher, MetricMetadata } from '@atalaya/model';
import type { Cardinality, HotStats, LogRetention, TraceRetention } from '@atalaya/store';
import type { ExpositionFormat } from '../remote-read/exposition-encoder.ts';
import type { LogState } from './log-contract.ts';
import type { TraceState } from './trace-contract.ts';

/** The file descriptor of the engine process that carries the channel. */
export const CHANNEL_FD = 3;

/** What the engine process needs to begin. Sizes in bytes, times in milliseconds. */
export interface EngineOptions {
  readonly dataDirectory: string;
  /** URL of a ClickHouse server; empty for the embedded engine. */
  readonly url: string;
  readonly memoryBytes: number;
  /** Memory for decoded samples; 0 keeps none. */
  readonly cacheBytes: number;
  readonly retention: { readonly ageMs: number; readonly bytes: number };
  readonly logRetention: LogRetention;
  readonly traceRetention: TraceRetention;
  /** Which traces are kept; times in milliseconds. */
  readonly sampling: SpanSamplingRules & { readonly waitMs: number; readonly memoryBytes: number };
  readonly query: {
    readonly timeoutMs: number;
    readonly lookbackMs: number;
    readonly series: number;
    readonly samples: number;
    readonly points: number;
    /** What one query may hold at a time. */
    readonly memoryBytes: number;
    /** For steps of range queries that are kept. */
    readonly stepCacheBytes: number;
    /** Longest answer. */
    readonly answerBytes: number;
    readonly concurrency: number;
    /** Of queries about logs: series of an answer, lines of an answer, lines that may be looked at one by one. */
    readonly logSeries: number;
    readonly logEntries: number;
    readonly logLines: number;
    /** Queries about logs that may wait or run. */
    readonly logConcurrency: number;
    /** Of queries about traces: traces of an answer, spans that may be looked at one by one, series of an answer. */
    readonly traces: number;
    readonly traceSpans: number;
    readonly traceSeries: number;
    /** Queries about traces that may wait or run. */
    readonly traceConcurrency: number;
    /** Names of PromQL's feature flags that are on. */
    readonly features: readonly string[];
  };
}

/** What instant and range queries have in common, as the HTTP API got it. */
interface AnyQueryRequest {
  readonly query: string;
  readonly timeoutMs: number;
  readonly lookbackMs?: number;
  readonly limit?: number;
  /** Whether to count the samples that were looked at: in all, or also step by step. */
  readonly stats?: 'total' | 'all';
  /** Whether to answer with an explanation (`Explanation` as JSON) instead of the result. */
  readonly explain?: boolean;
}

/** An instant query, as the HTTP API got it. */
export interface InstantRequest extends AnyQueryRequest {
  readonly timeMs: number;
}

/** A range query, as the HTTP API got it. */
export interface RangeRequest extends AnyQueryRequest {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  /** Whether steps that were computed before must not be used, nor kept. */
  readonly fresh?: boolean;
}

/** A question about labels. Absent bounds mean "all there is". */
export interface LabelsRequest {
  readonly matcherSets: readonly (readonly Matcher[])[];
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number | undefined;
}

/** A question about exemplars of the series that fulfil one of the matcher sets. */
export type ExemplarsRequest = Omit<LabelsRequest, 'limit'>;

/** How series are written down. */
export type SeriesForm =
  | { readonly kind: 'samples' }
  | { readonly kind: 'chunks'; readonly queryIndex: number }
  | { readonly kind: 'exposition'; readonly format: ExpositionFormat; readonly utf8: boolean };

/** Series wanted whole, in pieces: those that fulfil one of the matcher sets, their samples in `[startMs, endMs]`. */
export interface SeriesRequest {
  readonly matcherSets: readonly (readonly Matcher[])[];
  readonly startMs: number;
  readonly endMs: number;
  readonly form: SeriesForm;
}

/** A piece of an answer; its bytes hold `contentBytes` decompressed, where the form is compressed. */
export interface SeriesPiece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentBytes: number;
  /** Whether it is the last one. */
  readonly done: boolean;
}

/** An order to delete samples of all series that fulfil one of the matcher sets. */
export interface DeletionRequest {
  readonly matcherSets: readonly (readonly Matcher[])[];
  readonly startMs: number;
  readonly endMs: number;
  /** How far the journal was durable when the order came. */
  readonly durable: JournalPosition;
}

/** An order to copy what is stored; without a position what is in the journal only may be missing. */
export interface SnapshotRequest {
  readonly durable?: JournalPosition;
}

/** Told by the engine after every load. */
export interface LoadedEvent {
  /** Everything before it is in the store for good. */
  readonly position: JournalPosition;
  /** Everything before it was loaded, but something of it may be held back. */
  readonly end: JournalPosition;
  readonly rows: number;
  /** Journal records that were loaded together. */
  readonly batches: number;
  /** Samples whose series nobody has defined: the record with their labels was damaged. They wait in the store for a definition. */
  readonly undefinedSamples: number;
  /** Whole time of the round, and of the insert within it. */
  readonly roundMs: number;
  readonly insertMs: number;
}

/** What the step cache has done. */
export interface StepCacheState {
  readonly cachedSteps: number;
  readonly computedSteps: number;
  readonly bytes: number;
}

/** Told by the engine every second. */
export interface StateEvent {
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** Age of the oldest record on disk that is not loaded, milliseconds. */
  readonly lagMs: number;
  readonly lastError: string | undefined;
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  readonly engineVersion: string;
  readonly series: number;
  /** Parts of the tables that were found damaged on disk. */
  readonly damagedParts: number;
  /** How the cache of decoded samples does; none when it is off. Counts since the engine's start. */
  readonly cache: HotStats | undefined;
  /** Samples that are kept besides the tables, because not all questions find them there yet. */
  readonly tailRows: number;
  readonly quarantinedRecords: number;
  readonly tornTails: number;
  readonly deadLetters: number;
  readonly queriesRunning: number;
  /** Steps of range queries since the engine's start, and bytes that are kept of them. */
  readonly stepCache: StepCacheState;
  readonly logs: LogState;
  readonly traces: TraceState;
}

/** A log line of the engine process, written by the main one. */
export interface LogEvent {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly details: Record<string, unknown>;
  readonly message: string;
}

/** How much is stored. */
export interface StorageStats {
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number; readonly parts: number }[];
  readonly samples: number;
  readonly series: number;
  readonly diskBytes: number;
  readonly bytesPerSample: number | undefined;
  readonly oldestSample: number | undefined;
  readonly newestSample: number | undefined;
}

/** Where the cardinality comes from, and what the samples' table is like. Times in milliseconds. */
export interface CardinalityAnswer extends Cardinality {
  /** Active parts of the samples' table. */
  readonly parts: number;
  readonly oldestSample: number | undefined;
  readonly newestSample: number | undefined;
}

export type MetadataAnswer = Record<string, MetricMetadata[]>;
