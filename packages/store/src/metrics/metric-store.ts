/** The metric store over an engine and the index in memory. */

import type { MetricBatch } from '@atalaya/journal';
import type { CancelSignal, Labels, MetricMetadata } from '@atalaya/model';
import type { QueryLimits } from '../engine/engine.ts';
import { snapshotEngine } from '../engine/snapshot.ts';
import { type ExemplarAnswer, selectExemplars } from '../exemplars/exemplar-questions.ts';
import { ExemplarTable } from '../exemplars/exemplar-table.ts';
import { HistogramTable } from '../histograms/histogram-table.ts';
import { HotCache, type HotStats } from '../hot/hot-selection.ts';
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
import { horizon, type RetentionResult } from './retention.ts';
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
import type { DataChanges, ExemplarQuestion, HotRead, MetricStore, MetricStoreOptions } from './store-interface.ts';
import { Tail } from './tail.ts';
import { UndefinedSamples } from './undefined-samples.ts';

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
  const exemplars = new ExemplarTable(engine, index);
  await exemplars.load();
  const waiting = new UndefinedSamples(engine);
  await waiting.load();
  log.info({ series: index.count, ms: Math.round(clock.monotonic() - started), bytes: index.memoryBytes }, 'series index loaded');
  return new TableMetricStore(options, { index, metadata, histograms, exemplars, waiting, damage });
}

/** What a store is put together of, loaded. */
interface StoreParts {
  readonly index: SeriesIndex;
  readonly metadata: MetadataTable;
  readonly histograms: HistogramTable;
  readonly exemplars: ExemplarTable;
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
  readonly #exemplars: ExemplarTable;
  readonly #hot: HotCache | undefined;
  readonly #intake: Intake;

  constructor(options: MetricStoreOptions, parts: StoreParts) {
    this.#options = options;
    this.#index = parts.index;
    this.#metadata = parts.metadata;
    this.#damage = parts.damage;
    this.#exemplars = parts.exemplars;
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

  exemplars({ matcherSets, start, end, most }: ExemplarQuestion, signal?: CancelSignal): Promise<ExemplarAnswer> {
    const range = { start: Math.ceil(this.#from(start)), end: Math.floor(end), most };
    const slots = slotsOf(this.#index, { matcherSets, ...range, limit: undefined });
    const sources = { engine: this.#options.engine, index: this.#index, exemplars: this.#exemplars, limits: this.#limits };
    return selectExemplars(sources, slots, range, signal);
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
