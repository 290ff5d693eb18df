/** The metric store: batches in, label answers and samples out, over an engine and the index in memory. */

import type { MetricBatch } from '@atalaya/journal';
import type { CancelSignal, Clock, Labels, Logger, MetricMetadata } from '@atalaya/model';
import type { Engine, QueryLimits } from '../engine/engine.ts';
import { type HistogramRows, histogramRows, histogramSlots, undefinedHistograms } from '../histograms/histogram-columns.ts';
import { HistogramTable } from '../histograms/histogram-table.ts';
import { migrate } from '../schema/migrate.ts';
import { matchSeries } from '../series-index/match.ts';
import { SeriesIndex } from '../series-index/series-index.ts';
import { dayOf } from './day.ts';
import { ChangeLog } from './change-log.ts';
import { type Damage, findDamage } from './damage.ts';
import { Estimator, type SelectionEstimate } from './estimate.ts';
import {
  type ActivityListener,
  fingerprintKey,
  renewActivity,
  resolveLate,
  resolveSlots,
  sampleColumns,
  undefinedColumns,
} from './batch-columns.ts';
import { labelNames, type LabelQuestion, labelValues, seriesLabels } from './label-answers.ts';
import { MetadataTable } from './metadata-table.ts';
import { applyRetention, horizon, type Retention, type RetentionResult } from './retention.ts';
import { type RawSelection, select, type SelectBounds, type SelectQuestion } from './selection.ts';
import { activityRows, definitionRows, loadIndex } from './series-rows.ts';
import { type Cardinality, cardinality, metricCosts, type MetricCost, storeStats, type StoreStats } from './statistics.ts';
import { Tail, type TailBatch } from './tail.ts';
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
}

/** What one load did. */
export interface LoadResult {
  /** Samples that were inserted, histograms among them. */
  readonly samples: number;
  readonly newSeries: number;
  /** Samples left out because their series had been refused (collision). */
  readonly skipped: number;
  /**
   * Samples whose series nobody has defined: the journal record with its labels was damaged. They are kept, and queries see
   * them once the series has been defined by a later batch.
   */
  readonly undefinedSamples: number;
}

/** Counted since the start. */
export interface StoreCounters {
  /** Series refused because another one has the same fingerprint or id. */
  readonly collisions: number;
  /** Samples of refused series. */
  readonly refusedSamples: number;
  /** Samples that had to wait for their series to be defined, because the record that did was damaged. */
  readonly undefinedSamples: number;
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
  /** The series that a question is about, so that their samples can be read in portions (`slots` of {@link SelectQuestion}). */
  matching(question: SelectQuestion): Uint32Array;
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
  readonly #histograms: HistogramTable;
  readonly #waiting: UndefinedSamples;
  readonly #damage: Damage;
  readonly #changes = new ChangeLog();
  readonly #estimator: Estimator;
  readonly #tail = new Tail();
  /** Series that are in the index but whose definition is not on disk yet. */
  #undefined = new Set<number>();
  /** Series whose range of days in the index is wider than on disk. */
  #unsavedActivity = new Set<number>();
  /** Fingerprints that stand for a series that was refused. */
  readonly #refused = new Set<string>();
  #collisions = 0;
  #refusedSamples = 0;
  #undefinedSamples = 0;
  /** Rounds of removing series. */
  #removals = 0;
  /** Loads and retention run one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: MetricStoreOptions, parts: StoreParts) {
    this.#options = options;
    this.#index = parts.index;
    this.#metadata = parts.metadata;
    this.#histograms = parts.histograms;
    this.#waiting = parts.waiting;
    this.#damage = parts.damage;
    this.#estimator = new Estimator(options.engine, parts.index, options.clock);
  }

  get seriesCount(): number {
    return this.#index.count;
  }

  get damagedParts(): number {
    return this.#damage.count;
  }

  get counters(): StoreCounters {
    return { collisions: this.#collisions, refusedSamples: this.#refusedSamples, undefinedSamples: this.#undefinedSamples };
  }

  readonly #noteActivity: ActivityListener = (slot, revived) => {
    this.#unsavedActivity.add(slot);
    if (revived) this.#undefined.add(slot);
  };

  take(batch: MetricBatch): void {
    this.#taken(batch);
  }

  #taken(batch: MetricBatch): TailBatch {
    this.#register(batch);
    this.#metadata.add(batch.metadata);
    const { slots, undefined: without } = resolveSlots(batch, this.#index, this.#refused, this.#noteActivity);
    const ofHistograms = histogramSlots(batch, this.#index, this.#refused, this.#noteActivity);
    this.#histograms.note(ofHistograms);
    const taken = this.#tail.add({ batch, slots, histogramSlots: ofHistograms, undefined: without, removals: this.#removals });
    this.#changes.note(oldestOf(batch));
    return taken;
  }

  load(batches: readonly MetricBatch[], options: { readonly token?: string } = {}): Promise<LoadResult> {
    const taken = Array.from(new Set(batches), (batch) => this.#tail.of(batch) ?? this.#taken(batch));
    return this.#inTurn(() => this.#load(taken, options.token));
  }

  async #load(taken: readonly TailBatch[], token: string | undefined): Promise<LoadResult> {
    const { engine } = this.#options;
    for (const batch of taken) this.#lookAgain(batch);
    const samples = sampleColumns(taken, this.#index);
    const batches = taken.map(({ batch }) => batch);
    const histograms = this.#histogramRows(batches);
    const undefinedCount = samples.undefined + histograms.undefined;
    if (undefinedCount > 0) {
      this.#options.log.error(
        { samples: undefinedCount },
        'samples of series that nobody defined wait for their labels: the record that held those was damaged',
      );
      await this.#waiting.keep(undefinedColumns(taken, samples.undefined), undefinedHistograms(batches, this.#index, this.#refused));
    }
    const newSeries = await this.#saveSeries();
    await this.#metadata.save();
    await engine.insert('samples', samples.block, token === undefined ? {} : { token });
    await this.#histograms.insert(histograms, token === undefined ? {} : { token });
    this.#tail.inserted(taken);
    await this.#adopt();
    const skipped = samples.refused + histograms.refused;
    this.#refusedSamples += skipped;
    this.#undefinedSamples += undefinedCount;
    return { samples: samples.block.rows + histograms.block.rows, newSeries, skipped, undefinedSamples: undefinedCount };
  }

  /** What has changed for a batch since it was taken in: series were defined by a later one, or removed as too old. */
  #lookAgain(taken: TailBatch): void {
    if (taken.undefined > 0 && resolveLate(taken, this.#index, this.#refused, this.#noteActivity) > 0) {
      this.#changes.note(oldestOf(taken.batch));
    }
    if (taken.removals === this.#removals) return;
    taken.removals = this.#removals;
    renewActivity(taken, this.#index, this.#noteActivity);
  }

  #histogramRows(batches: readonly MetricBatch[]): HistogramRows {
    return histogramRows(batches, this.#index, this.#refused, this.#noteActivity);
  }

  /** Writes definitions and activity that are not on disk yet, before the samples: a crash never leaves samples without a series. */
  async #saveSeries(): Promise<number> {
    const { engine } = this.#options;
    const defined = [...this.#undefined];
    const active = [...this.#unsavedActivity];
    // Batches that are taken in meanwhile begin new lists: what they add is not on disk with these.
    this.#undefined = new Set();
    this.#unsavedActivity = new Set();
    try {
      if (defined.length > 0) await engine.insert('series', definitionRows(this.#index, defined));
      if (active.length > 0) await engine.insert('series_activity', activityRows(this.#index, active));
    } catch (error) {
      for (const slot of defined) this.#undefined.add(slot);
      for (const slot of active) this.#unsavedActivity.add(slot);
      throw error;
    }
    return defined.length;
  }

  /** Takes in the samples that waited for series which are defined now. A crash half-way repeats it, which changes nothing. */
  async #adopt(): Promise<void> {
    const isDefined = (low: number, high: number): boolean =>
      this.#index.slotOf(low, high) >= 0 && !this.#refused.has(fingerprintKey(low, high));
    for (const fingerprints of this.#waiting.defined(isDefined)) {
      const batch = await this.#waiting.read(fingerprints);
      const { slots } = resolveSlots(batch, this.#index, this.#refused, this.#noteActivity);
      const { block } = sampleColumns([{ batch, slots }], this.#index);
      const histograms = this.#histogramRows([batch]);
      await this.#saveSeries();
      await this.#options.engine.insert('samples', block);
      await this.#histograms.insert(histograms);
      this.#changes.note(Number.NEGATIVE_INFINITY);
      await this.#waiting.remove(fingerprints);
      this.#options.log.info(
        { samples: block.rows + histograms.block.rows, series: fingerprints.length / 2 },
        'samples that waited for their labels have them now',
      );
    }
  }

  #register({ series }: MetricBatch): void {
    const index = this.#index;
    let start = 0;
    for (let i = 0; i < series.count; i++) {
      const end = series.ends[i] as number;
      const low = series.fingerprints[i * 2] as number;
      const high = series.fingerprints[i * 2 + 1] as number;
      index.begin();
      index.labelsOf(series.labels, start, end);
      const outcome = index.commit(low, high);
      if (outcome === 'collision') {
        this.#collisions++;
        this.#refused.add(fingerprintKey(low, high));
        const labels = Buffer.from(series.labels.subarray(start, end)).toString('utf8');
        this.#options.log.error({ labels }, 'series refused: another one has the same fingerprint');
      } else {
        if (this.#refused.size > 0) this.#refused.delete(fingerprintKey(low, high));
        if (outcome === 'new' || outcome === 'revived') this.#undefined.add(index.lastSlot);
      }
      start = end;
    }
  }

  async select(question: SelectQuestion, bounds: SelectBounds, signal?: CancelSignal): Promise<RawSelection> {
    const { engine, queryLimits = {} } = this.#options;
    const start = this.#from(question.start);
    const sources = { engine, index: this.#index, tail: this.#tail, histograms: this.#histograms };
    const selection = await select(sources, { ...question, start }, bounds, queryLimits, signal);
    const warnings = this.#damage.warnings(start, question.end);
    return warnings.length === 0 ? selection : { ...selection, warnings };
  }

  matching({ matchers, start, end }: SelectQuestion): Uint32Array {
    return matchSeries(this.#index, matchers, dayOf(this.#from(start)), dayOf(end));
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
    const { engine, retention, clock, log } = this.#options;
    return this.#inTurn(async () => {
      await this.#waiting.dropBefore(horizon(retention, clock.now()));
      const returned = (slot: number): void => this.#noteActivity(slot, true);
      try {
        const result = await applyRetention(engine, this.#index, this.#histograms, retention, clock.now(), log, returned);
        if (result.droppedDays > 0 || result.removedSeries > 0) this.#changes.note(Number.NEGATIVE_INFINITY);
        return result;
      } finally {
        this.#removals++;
      }
    });
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

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** The oldest timestamp of all samples, floats and histograms. */
function oldestOf({ samples, histograms }: MetricBatch): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const timestamp of samples.timestamps) if (timestamp < oldest) oldest = timestamp;
  for (const timestamp of histograms?.timestamps ?? []) if (timestamp < oldest) oldest = timestamp;
  return oldest;
}
