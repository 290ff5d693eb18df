/** The metric store: batches in, label answers and samples out, over an engine and the index in memory. */

import type { MetricBatch } from '@atalaya/journal';
import type { CancelSignal, Clock, Labels, Logger, MetricMetadata } from '@atalaya/model';
import type { Engine, QueryLimits } from '../engine/engine.ts';
import { snapshotEngine } from '../engine/snapshot.ts';
import { HistogramTable } from '../histograms/histogram-table.ts';
import { HotCache, type HotSelection, type HotStats } from '../hot/hot-selection.ts';
import type { RawHistograms } from '../histograms/histogram-selection.ts';
import { migrate } from '../schema/migrate.ts';
import { matchSeries } from '../series-index/match.ts';
import { SeriesIndex } from '../series-index/series-index.ts';
import { dayOf } from './day.ts';
import { ChangeLog } from './change-log.ts';
import { type Damage, findDamage } from './damage.ts';
import { type DeletionResult, purgeDeleted } from './deletion.ts';
import { Estimator, type SelectionEstimate } from './estimate.ts';
import { Intake, type LoadResult, type StoreCounters } from './intake.ts';
import { labelNames, type LabelQuestion, labelValues, seriesLabels, slotsOf } from './label-answers.ts';
import { MetadataTable } from './metadata-table.ts';
import { horizon, type Retention, type RetentionResult } from './retention.ts';
import {
  match,
  type MatchedQuestion,
  type RawSelection,
  select,
  type SelectBounds,
  selectHistogramsOf,
  type SelectionSources,
  type SelectQuestion,
} from './selection.ts';
import { loadIndex } from './series-rows.ts';
import { type Cardinality, cardinality, metricCosts, type MetricCost, storeStats, type StoreStats } from './statistics.ts';
import { Tail } from './tail.ts';
import { UndefinedSamples } from './undefined-samples.ts';

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

/** Migrates the tables, loads the index and opens the store. The engine stays the caller's to close. */
export async function openMetricStore(options: MetricStoreOptions): Promise<MetricStore> {
  const { engine, clock, log, dataExpected = false } = options;
  await migrate(engine, clock, log, { dataExpected });
  const damage = await findDamage(engine, log);
  const started = clock.monotonic();
  const index = new SeriesIndex();
  const metadata = new MetadataTable(engine, clock);
  await loadIndex(engine, index);
  await metadata.load();
  const histograms = new HistogramTable(engine, index);
  await histograms.load();
  const waiting = new UndefinedSamples(engine);
  await waiting.load();
  log.info({ series: index.count, ms: Math.round(clock.monotonic() - started), bytes: index.memoryBytes }, 'series index loaded');
  return new TableMetricStore(options, { index, metadata, histograms, waiting, damage });
}

/** What a store is put together of, loaded. */
interface StoreParts {
  readonly index: SeriesIndex;
  readonly metadata: MetadataTable;
  readonly histograms: HistogramTable;
  readonly waiting: UndefinedSamples;
  readonly damage: Damage;
}

class TableMetricStore implements MetricStore {
  readonly #options: MetricStoreOptions;
  readonly #index: SeriesIndex;
  readonly #metadata: MetadataTable;
  readonly #damage: Damage;
  readonly #changes = new ChangeLog();
  readonly #estimator: Estimator;
  readonly #tail = new Tail();
  readonly #sources: SelectionSources;
  readonly #hot: HotCache | undefined;
  readonly #intake: Intake;

  constructor(options: MetricStoreOptions, parts: StoreParts) {
    this.#options = options;
    this.#index = parts.index;
    this.#metadata = parts.metadata;
    this.#damage = parts.damage;
    this.#estimator = new Estimator(options.engine, parts.index, options.clock);
    const { engine, clock, cacheBytes = 0 } = options;
    this.#sources = { engine, index: parts.index, tail: this.#tail, histograms: parts.histograms };
    this.#hot = cacheBytes === 0 ? undefined : new HotCache(cacheBytes, this.#sources, clock);
    this.#intake = new Intake({ ...options, ...parts, tail: this.#tail, changes: this.#changes, hot: this.#hot });
  }

  get seriesCount(): number {
    return this.#index.count;
  }

  get damagedParts(): number {
    return this.#damage.count;
  }

  get counters(): StoreCounters {
    return this.#intake.counters;
  }

  take(batch: MetricBatch): void {
    this.#intake.take(batch);
  }

  load(batches: readonly MetricBatch[], options: { readonly token?: string } = {}): Promise<LoadResult> {
    return this.#intake.load(batches, options.token);
  }

  async select(question: SelectQuestion, bounds: SelectBounds, signal?: CancelSignal): Promise<RawSelection> {
    const matched = this.#match(question, bounds);
    return { ...(await select(this.#sources, matched, bounds, this.#limits, signal)), ...this.#warnings(matched) };
  }

  async read(question: SelectQuestion, bounds: SelectBounds, signal?: CancelSignal): Promise<RawSelection | HotRead> {
    const matched = this.#match(question, bounds);
    const histograms = await selectHistogramsOf(this.#sources, matched, bounds, this.#limits, signal);
    // Series that are read in portions are everything there is, and once: not worth a place.
    const keep = question.slots === undefined;
    const hot = await this.#hot?.select(matched, { keep, bounds, limits: this.#limits, signal });
    if (hot === undefined) return { ...(await select(this.#sources, matched, bounds, this.#limits, signal)), ...this.#warnings(matched) };
    return { ...hot, ...(histograms === undefined ? {} : { histograms }), ...this.#warnings(matched) };
  }

  endLease(lease: number): void {
    this.#hot?.endLease(lease);
  }

  get arena(): SharedArrayBuffer | undefined {
    return this.#hot?.arena.buffer;
  }

  get hotStats(): HotStats | undefined {
    return this.#hot?.stats;
  }

  get tailRows(): number {
    return this.#tail.rows;
  }

  #match(question: SelectQuestion, bounds: SelectBounds): MatchedQuestion {
    return match(this.#index, { ...question, start: this.#from(question.start) }, bounds);
  }

  #warnings({ start, end }: MatchedQuestion): { readonly warnings?: readonly string[] } {
    const warnings = this.#damage.warnings(start, end);
    return warnings.length === 0 ? {} : { warnings };
  }

  get #limits(): QueryLimits {
    return this.#options.queryLimits ?? {};
  }

  matching({ matchers, start, end }: SelectQuestion): Uint32Array {
    return matchSeries(this.#index, matchers, dayOf(this.#from(start)), dayOf(end));
  }

  holdHistograms(slots: Uint32Array): boolean {
    return this.#sources.histograms.having(slots) !== undefined;
  }

  estimate(question: SelectQuestion): Promise<SelectionEstimate> {
    return this.#estimator.estimate({ ...question, start: this.#from(question.start) });
  }

  changes(since: number): DataChanges {
    const { version } = this.#changes;
    const oldest = this.#changes.oldestSince(since);
    return { version, oldest, horizon: horizon(this.#options.retention, this.#options.clock.now()) };
  }

  labels(slots: Uint32Array): { ends: Uint32Array<ArrayBuffer>; bytes: Uint8Array<ArrayBuffer> } {
    return this.#index.canonicalForms(slots);
  }

  async labelNames(question: LabelQuestion): Promise<string[]> {
    return labelNames(this.#index, this.#withinRetention(question));
  }

  async labelValues(name: string, question: LabelQuestion): Promise<string[]> {
    return labelValues(this.#index, name, this.#withinRetention(question));
  }

  async series(question: LabelQuestion): Promise<Labels[]> {
    return seriesLabels(this.#index, this.#withinRetention(question));
  }

  async metadata(metric: string | undefined, limit: number | undefined): Promise<Record<string, MetricMetadata[]>> {
    return this.#metadata.get(metric, limit);
  }

  enforceRetention(): Promise<RetentionResult> {
    return this.#intake.enforceRetention();
  }

  deleteSamples({ matcherSets, start, end }: Omit<LabelQuestion, 'limit'>): Promise<DeletionResult> {
    return this.#intake.deleteSamples(() => slotsOf(this.#index, { matcherSets, start, end, limit: undefined }), start, end);
  }

  purgeDeleted(): Promise<void> {
    return this.#intake.alone(() => purgeDeleted(this.#options.engine));
  }

  snapshot(source: string, target: string): Promise<void> {
    return this.#intake.alone(() => snapshotEngine(this.#options.engine, source, target));
  }

  stats(): Promise<StoreStats> {
    return storeStats(this.#options.engine, this.#index);
  }

  metricStorage(limit: number): Promise<{ metrics: MetricCost[]; total: number }> {
    return metricCosts(this.#options.engine, this.#index, limit);
  }

  cardinality(limit: number): Cardinality {
    return cardinality(this.#index, limit);
  }

  /** The later of a time and the beginning of what is kept. */
  #from(start: number): number {
    return Math.max(start, horizon(this.#options.retention, this.#options.clock.now()));
  }

  #withinRetention(question: LabelQuestion): LabelQuestion {
    return { ...question, start: this.#from(question.start) };
  }
}
