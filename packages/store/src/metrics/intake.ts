/** What comes in: batches are taken in at once, their series defined, and put into the tables in groups. */

import type { MetricBatch } from '@atalaya/journal';
import type { Clock, Logger } from '@atalaya/model';
import type { Engine } from '../engine/engine.ts';
import type { ExemplarTable } from '../exemplars/exemplar-table.ts';
import { type HistogramRows, histogramRows, histogramSlots, undefinedHistograms } from '../histograms/histogram-columns.ts';
import type { HistogramTable } from '../histograms/histogram-table.ts';
import type { HotCache } from '../hot/hot-selection.ts';
import type { SeriesIndex } from '../series-index/series-index.ts';
import {
  type ActivityListener,
  fingerprintKey,
  renewActivity,
  resolveLate,
  resolveSlots,
  sampleColumns,
  undefinedColumns,
} from './batch-columns.ts';
import type { ChangeLog } from './change-log.ts';
import { deleteSamples, type DeletionResult } from './deletion.ts';
import type { MetadataTable } from './metadata-table.ts';
import { applyRetention, horizon, type Retention, type RetentionResult } from './retention.ts';
import { activityRows, definitionRows } from './series-rows.ts';
import { type Tail, type TailBatch, UNDEFINED_SLOT } from './tail.ts';
import type { UndefinedSamples } from './undefined-samples.ts';

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

/** What an intake works on. */
export interface IntakeOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  readonly retention: Retention;
  readonly index: SeriesIndex;
  readonly metadata: MetadataTable;
  readonly histograms: HistogramTable;
  readonly exemplars: ExemplarTable;
  readonly waiting: UndefinedSamples;
  readonly tail: Tail;
  readonly changes: ChangeLog;
  readonly hot: HotCache | undefined;
}

export class Intake {
  readonly #options: IntakeOptions;
  readonly #index: SeriesIndex;
  readonly #metadata: MetadataTable;
  readonly #histograms: HistogramTable;
  readonly #waiting: UndefinedSamples;
  readonly #tail: Tail;
  readonly #changes: ChangeLog;
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

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#index = options.index;
    this.#metadata = options.metadata;
    this.#histograms = options.histograms;
    this.#waiting = options.waiting;
    this.#tail = options.tail;
    this.#changes = options.changes;
  }

  get counters(): StoreCounters {
    return { collisions: this.#collisions, refusedSamples: this.#refusedSamples, undefinedSamples: this.#undefinedSamples };
  }

  readonly #noteActivity: ActivityListener = (slot, revived) => {
    this.#unsavedActivity.add(slot);
    if (revived) this.#undefined.add(slot);
  };

  /** See {@link MetricStore.take}. */
  take(batch: MetricBatch): TailBatch {
    this.#register(batch);
    this.#metadata.add(batch.metadata);
    this.#options.exemplars.take(batch);
    const { slots, undefined: without } = resolveSlots(batch, this.#index, this.#refused, this.#noteActivity);
    const ofHistograms = histogramSlots(batch, this.#index, this.#refused, this.#noteActivity);
    this.#histograms.note(ofHistograms);
    const taken = this.#tail.add({ batch, slots, histogramSlots: ofHistograms, undefined: without, removals: this.#removals });
    this.#options.hot?.take(slots, batch.samples.timestamps, batch.samples.values);
    this.#changes.note(oldestOf(batch));
    return taken;
  }

  /** See {@link MetricStore.load}. */
  load(batches: readonly MetricBatch[], token: string | undefined): Promise<LoadResult> {
    const taken = Array.from(new Set(batches), (batch) => this.#tail.of(batch) ?? this.take(batch));
    return this.#inTurn(() => this.#load(taken, token));
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
    await this.#insertExemplars(batches);
    this.#tail.inserted(taken);
    await this.#adopt();
    const skipped = samples.refused + histograms.refused;
    this.#refusedSamples += skipped;
    this.#undefinedSamples += undefinedCount;
    return { samples: samples.block.rows + histograms.block.rows, newSeries, skipped, undefinedSamples: undefinedCount };
  }

  async #insertExemplars(batches: readonly MetricBatch[]): Promise<void> {
    const { exemplars, log } = this.#options;
    const lost = await exemplars.insert(batches);
    if (lost > 0) log.warn({ exemplars: lost }, 'exemplars of series that nobody defined are lost: the record that held those was damaged');
  }

  /** What has changed for a batch since it was taken in: series were defined by a later one, or removed as too old. */
  #lookAgain(taken: TailBatch): void {
    const { undefined: without, histogramSlots: ofHistograms } = taken;
    const found = without === 0 ? [] : resolveLate(taken, this.#index, this.#refused, this.#noteActivity);
    if (found.length > 0) this.#options.hot?.invalidate(found);
    if (found.length > 0 || ofHistograms.includes(UNDEFINED_SLOT)) this.#changes.note(oldestOf(taken.batch));
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
      this.#options.hot?.invalidate(slots);
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

  /** See {@link MetricStore.enforceRetention}. */
  enforceRetention(): Promise<RetentionResult> {
    const { engine, retention, clock, log } = this.#options;
    return this.#inTurn(async () => {
      await this.#waiting.dropBefore(horizon(retention, clock.now()));
      const returned = (slot: number): void => this.#noteActivity(slot, true);
      // A round that fails may have dropped something before.
      let dropped = true;
      try {
        const result = await applyRetention(engine, this.#index, this.#histograms, retention, clock.now(), log, returned);
        dropped = result.droppedDays > 0 || result.removedSeries > 0;
        return result;
      } finally {
        if (dropped) {
          this.#options.hot?.invalidate();
          this.#changes.note(Number.NEGATIVE_INFINITY);
        }
        this.#removals++;
      }
    });
  }

  /** See {@link MetricStore.deleteSamples}. `find` names the series when it is this one's turn. */
  deleteSamples(find: () => Uint32Array, start: number, end: number): Promise<DeletionResult> {
    return this.#inTurn(async () => {
      const slots = find();
      try {
        return await deleteSamples(this.#options, slots, start, end);
      } finally {
        this.#options.hot?.invalidate(slots);
        this.#changes.note(start);
        this.#removals++;
      }
    });
  }

  /** Does something while nothing is put into the tables or deleted from them. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#inTurn(work);
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
