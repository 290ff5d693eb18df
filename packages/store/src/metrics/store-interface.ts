/** What a metric store does for others: batches in, label answers and samples out. */

import type { MetricBatch } from '@atalaya/journal';
import type { CancelSignal, Clock, Labels, Logger, Matcher, MetricMetadata } from '@atalaya/model';
import type { Engine, QueryLimits } from '../engine/engine.ts';
import type { ExemplarAnswer, ExemplarRange } from '../exemplars/exemplar-questions.ts';
import type { RawHistograms } from '../histograms/histogram-selection.ts';
import type { HotSelection, HotStats } from '../hot/hot-selection.ts';
import type { DeletionResult } from './deletion.ts';
import type { SelectionEstimate } from './estimate.ts';
import type { LoadResult, StoreCounters } from './intake.ts';
import type { LabelQuestion } from './label-answers.ts';
import type { Retention, RetentionResult } from './retention.ts';
import type { RawSelection, SelectBounds, SelectQuestion } from './selection.ts';
import type { Cardinality, MetricCost, StoreStats } from './statistics.ts';

/** What a metric store is made of. */
export interface MetricStoreOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  readonly retention: Retention;
  /** Whether something was loaded before: then opening rejects with BAD_CONFIG when the tables are not there. */
  readonly dataExpected?: boolean;
  /** Time and memory that one selection may take in the engine. */
  readonly queryLimits?: QueryLimits;
  /** Memory for decoded samples, bytes; 0 or nothing keeps none. */
  readonly cacheBytes?: number;
}

/** A question about exemplars: of the series that fulfil one of the matcher sets. */
export interface ExemplarQuestion extends ExemplarRange {
  readonly matcherSets: readonly (readonly Matcher[])[];
}

/** How far back the data has changed. Times in milliseconds. */
export interface DataChanges {
  /** The data's version now. Reads that begin later see at least this. */
  readonly version: number;
  /** Samples before it are what they were. */
  readonly oldest: number;
  /** Samples before it are not seen any more, because of their age. */
  readonly horizon: number;
}

/** A selection in the arena, with what does not lie there. */
export interface HotRead extends HotSelection {
  readonly histograms?: RawHistograms;
  /** What is missing because it is damaged on disk. */
  readonly warnings?: readonly string[];
}

/** Metrics. One instance has the tables for itself. Every call rejects with an AtalayaError. */
export interface MetricStore {
  /** Takes a batch in, in order: questions that begin from now on see it. It must be given to {@link load} later. */
  take(batch: MetricBatch): void;
  /**
   * Puts batches into the tables, in order, and resolves when they are durable; batches that were not taken in yet are now. Batches that were loaded before change nothing that a query sees. A
   * sample that differs from a stored one of the same series and time replaces it, at the latest with the next merge; until
   * then a query sees one of the two. After a rejection load the same batches again.
   * `token` names this very group of batches: a repetition with the same token is recognised without looking at it.
   */
  load(batches: readonly MetricBatch[], options?: { readonly token?: string }): Promise<LoadResult>;
  /** Reads samples; {@link decodeSelection} makes columns of the answer, in any thread. */
  select(question: SelectQuestion, bounds: SelectBounds, signal?: CancelSignal): Promise<RawSelection>;
  /**
   * As {@link select}, but samples that lie in the {@link arena} stay there, and those that might are put there. What is given then is
   * leased: call {@link endLease} when nobody looks at it any more.
   */
  read(question: SelectQuestion, bounds: SelectBounds, signal?: CancelSignal): Promise<RawSelection | HotRead>;
  /** Ends the lease of a selection that {@link read} gave. Ending it twice does nothing. */
  endLease(lease: number): void;
  /** Memory with decoded samples, to be read by other threads as `arenaColumns` says; none when the cache is off. */
  readonly arena: SharedArrayBuffer | undefined;
  /** How the cache does; none when it is off. */
  readonly hotStats: HotStats | undefined;
  /** Samples that were taken in and are kept besides the tables, because not all questions find them there yet. */
  readonly tailRows: number;
  /** The series that a question is about, so that their samples can be read in portions (`slots` of {@link SelectQuestion}). */
  matching(question: SelectQuestion): Uint32Array;
  /** Whether one of these series has had native histograms. */
  holdHistograms(slots: Uint32Array): boolean;
  /** What {@link select} would find, told before anything is read. */
  estimate(question: SelectQuestion): Promise<SelectionEstimate>;
  /** What changed since a version of the data that this gave before; any other number asks about all changes since the start. */
  changes(since: number): DataChanges;
  /** The canonical label forms of series, one after the other: those of `slots[i]` end at `ends[i]`. */
  labels(slots: Uint32Array): { readonly ends: Uint32Array<ArrayBuffer>; readonly bytes: Uint8Array<ArrayBuffer> };
  labelNames(question: LabelQuestion): Promise<string[]>;
  labelValues(name: string, question: LabelQuestion): Promise<string[]>;
  series(question: LabelQuestion): Promise<Labels[]>;
  /** Exemplars of series, those that were taken in among them. Rejects as {@link select}. */
  exemplars(question: ExemplarQuestion, signal?: CancelSignal): Promise<ExemplarAnswer>;
  metadata(metric: string | undefined, limit: number | undefined): Promise<Record<string, MetricMetadata[]>>;
  /** Drops what the retention no longer covers. Call it once an hour or so. */
  enforceRetention(): Promise<RetentionResult>;
  /**
   * Deletes samples: of all series that fulfil one of the matcher sets, those between two times in milliseconds, both inclusive. No
   * question that begins later sees them. What was taken in but not loaded when the turn comes to it stays.
   */
  deleteSamples(question: Omit<LabelQuestion, 'limit'>): Promise<DeletionResult>;
  /** Takes what was deleted off the disk, which otherwise happens with merges. */
  purgeDeleted(): Promise<void>;
  /** Copies the embedded engine's folder to a new one; everything that was loaded is in it. Rejects with NOT_SUPPORTED for another engine. */
  snapshot(source: string, target: string): Promise<void>;
  stats(): Promise<StoreStats>;
  /** The metrics with the most samples, `limit` of them. Reads the ids of all samples: not for every second. */
  metricStorage(limit: number): Promise<{ readonly metrics: readonly MetricCost[]; readonly total: number }>;
  cardinality(limit: number): Cardinality;
  readonly seriesCount: number;
  readonly counters: StoreCounters;
  /** Parts of the tables that were found damaged at the start and are missing from answers, which say so in their warnings. */
  readonly damagedParts: number;
}
