/**
 * The series of one target: turns each scraped body into samples, and knows which series the store believes to be alive, so
 * that stale markers are written for exactly those that are gone.
 *
 * One scrape is one round: {@link TargetSeries.append} (or {@link TargetSeries.abandon} when it failed), then
 * {@link TargetSeries.appendStale}, then the commit, then {@link TargetSeries.settle} with the commit's outcome. Only a commit
 * changes who is alive: markers that could not be committed are owed and come again with the next round.
 */

import type { Hash64 } from '@atalaya/model';
import type { MetricAppender, SampleOutcome, SeriesRef } from '../metric-writer.ts';
import type { HistogramScraping } from '../scrape-config/config.ts';
import { ConvertedExposition } from './converted-exposition.ts';
import { type Exposition, type ExpositionFormat, FOUND } from './exposition.ts';
import { ExpositionParser } from './exposition-parser.ts';
import { withinLimits } from './histogram-limits.ts';
import type { MetadataRegistry } from './metadata-registry.ts';
import { type SeriesRules, seriesLabels } from './series-labels.ts';
import { ProtobufExposition } from './protobuf-exposition.ts';
import { noCounts, type ScrapeCounts } from './scrape-counts.ts';
import { SeriesTable } from './series-table.ts';
import { SeriesTextError } from './series-text.ts';

/** How a target's samples are taken. */
export interface SampleRules extends SeriesRules {
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly histograms: HistogramScraping;
}

/** Flags of an entry. */
const SEEN = 1; // in this round's body
const TRACKED = 2; // in this round with the scrape's own timestamp, so that its absence means something
const LIVE = 4; // the last committed round gave it a value
const DROPPED = 8; // metric relabelling drops it
const METADATA = 16; // a HELP, TYPE or UNIT line
const NEW = 32; // added in this round

/** Parsing is synchronous, so one parser and one hash serve all targets. */
const parser = new ExpositionParser();
const hash: Hash64 = { low: 0, high: 0 };

/** The series of one target. */
export class TargetSeries {
  counts: ScrapeCounts = noCounts();
  #rules: SampleRules;
  #table = new SeriesTable();
  readonly #metadata: MetadataRegistry;
  /** Series alive under rules that have changed, or of a target that this one replaces. */
  #carried: SeriesRef[] = [];
  /** How many of them this round's markers are for; more may come while it is being committed. */
  #carriedInRound = 0;

  constructor(rules: SampleRules, metadata: MetadataRegistry) {
    this.#rules = rules;
    this.#metadata = metadata;
  }

  /** Lines known, for the statistics. */
  get size(): number {
    return this.#table.count;
  }

  /** Memory of the table. */
  get bytes(): number {
    return this.#table.bytes;
  }

  /** Changes the rules: every line is read anew, and what is no longer produced becomes stale in the next round. */
  changeRules(rules: SampleRules): void {
    this.#rules = rules;
    this.#carried = this.live();
    this.#table = new SeriesTable();
  }

  /** Reads every line anew with the next body, without forgetting who is alive. */
  reread(): void {
    this.changeRules(this.#rules);
  }

  /** Takes over series that somebody else kept alive: those that this target does not produce become stale in the next round. */
  carry(refs: readonly SeriesRef[]): void {
    this.#carried.push(...refs);
  }

  /** Forgets all refs, for when they may have become invalid (see SeriesRef). */
  forget(): void {
    this.#carried = [];
    this.#table = new SeriesTable();
  }

  /** Series that have a value as far as the store knows. */
  live(): SeriesRef[] {
    const refs = new Set(this.#carried);
    const { flags } = this.#table;
    for (let entry = 0; entry < this.#table.count; entry++) {
      if ((flags[entry] as number) & LIVE) refs.add(this.#table.refs[entry] as number);
    }
    return [...refs];
  }

  /**
   * Adds the samples of a body. Samples without a timestamp of their own get `timestamp`.
   * @throws ExpositionError when the body cannot be read or exceeds a limit; then discard the appender and {@link abandon}.
   */
  append(body: Buffer, format: ExpositionFormat, timestamp: number, appender: MetricAppender): void {
    const counts = (this.counts = noCounts());
    const { honorTimestamps, trackTimestampsStaleness } = this.#rules;
    const sampleLimit = this.#rules.limits.samples || Infinity;
    const table = this.#table;
    const touched = new Set<string>();
    table.rewind();
    const exposition = this.#open(body, format);
    for (;;) {
      const found = exposition.next();
      if (found === FOUND.end) break;
      exposition.key(hash);
      const low = hash.low | 0;
      const high = hash.high | 0;
      let entry = table.find(low, high);
      if (found === FOUND.metadata) {
        if (entry < 0) {
          for (const metric of this.#learn(exposition)) touched.add(metric);
          table.add(low, high, 0, SEEN | NEW | METADATA);
        } else table.flags[entry] = (table.flags[entry] as number) | SEEN;
        continue;
      }
      counts.scraped++;
      if (entry < 0) {
        entry = this.#add(exposition, low, high, appender, counts.kept < sampleLimit);
        if (entry < 0) continue;
      }
      const flags = table.flags[entry] as number;
      if (flags & DROPPED) {
        table.flags[entry] = flags | SEEN;
        continue;
      }
      counts.kept++;
      if (counts.kept > sampleLimit) continue;
      const own = honorTimestamps && !Number.isNaN(exposition.timestamp);
      if (!own && flags & TRACKED) {
        counts.duplicates++;
        continue;
      }
      table.flags[entry] = flags | (own && !trackTimestampsStaleness ? SEEN : SEEN | TRACKED);
      const ref = table.refs[entry] as number;
      const at = own ? exposition.timestamp : timestamp;
      const outcome = found === FOUND.sample ? appender.sample(ref, at, exposition.value) : this.#histogram(exposition, ref, at, appender);
      if (exposition.exemplarCount > 0) this.#exemplars(exposition, ref, timestamp, appender);
      if (outcome === 'written') {
        if (flags & NEW && !(flags & SEEN)) counts.added++;
      } else if (outcome === 'same') counts.duplicates++;
      else counts.refused[outcome] = (counts.refused[outcome] ?? 0) + 1;
    }
    if (counts.kept > sampleLimit) throw new SampleLimitError(counts.kept, sampleLimit);
    for (const metric of touched) {
      const metadata = this.#metadata.get(metric);
      if (metadata !== undefined) appender.metadata(metric, metadata);
    }
  }

  /** Empties the counts, for a scrape that has no body. */
  resetCounts(): void {
    this.counts = noCounts();
  }

  /** Takes back what a failed {@link append} marked. */
  abandon(): void {
    this.#table.retain((flags) => (flags & NEW) === 0);
    this.#clearRound();
  }

  /** Adds a stale marker for every living series that this round did not see. Gives their number. */
  appendStale(appender: MetricAppender, timestamp: number): number {
    const { flags, refs, count } = this.#table;
    const gone = new Set(this.#carried);
    this.#carriedInRound = this.#carried.length;
    for (let entry = 0; entry < count; entry++) {
      if (((flags[entry] as number) & (LIVE | SEEN)) === LIVE) gone.add(refs[entry] as number);
    }
    if (gone.size === 0) return 0;
    // One series may be written in two ways: it is gone only when no line stands for it.
    for (let entry = 0; entry < count; entry++) {
      if (((flags[entry] as number) & (SEEN | DROPPED | METADATA)) === SEEN) gone.delete(refs[entry] as number);
    }
    for (const ref of gone) appender.stale(ref, timestamp);
    return gone.size;
  }

  /**
   * Ends the round. `committed`: whether what was appended is on disk. `complete`: whether there was a body, so that lines
   * which it did not hold can be forgotten.
   */
  settle(committed: boolean, complete: boolean): void {
    const table = this.#table;
    if (!committed) {
      // Lines of metadata that were not written must look new again; of samples the flag LIVE simply stays as it was.
      table.retain((flags) => (flags & (NEW | METADATA)) !== (NEW | METADATA));
      this.#clearRound();
      return;
    }
    this.#carried.splice(0, this.#carriedInRound);
    let gone = false;
    for (let entry = 0; entry < table.count; entry++) {
      const flags = table.flags[entry] as number;
      if ((flags & SEEN) === 0) gone = true;
      table.flags[entry] = flags & TRACKED ? flags | LIVE : flags & ~LIVE;
    }
    if (gone && complete) table.retain((flags) => (flags & SEEN) !== 0);
    this.#clearRound();
  }

  #clearRound(): void {
    const { flags, count } = this.#table;
    for (let entry = 0; entry < count; entry++) flags[entry] = (flags[entry] as number) & (LIVE | DROPPED | METADATA);
  }

  /** Reads a series text seen for the first time. Gives its entry, or -1 when the series is refused or not `register`ed. */
  #add(exposition: Exposition, low: number, high: number, appender: MetricAppender, register: boolean): number {
    const { counts } = this;
    const labels = this.#read(exposition, () => seriesLabels(exposition.labels(), this.#rules));
    if (labels === undefined) return this.#table.add(low, high, 0, NEW | DROPPED);
    const ref = register ? appender.series(labels) : -1;
    if (typeof ref === 'number' && ref >= 0) return this.#table.add(low, high, ref, NEW);
    // Not kept in the table: a limit may be raised, so each round asks again.
    counts.kept++;
    if (typeof ref !== 'number') counts.refused[ref] = (counts.refused[ref] ?? 0) + 1;
    return -1;
  }

  #open(body: Buffer, format: ExpositionFormat): Exposition {
    const { histograms } = this.#rules;
    if (format === 'protobuf') return new ProtobufExposition(body, histograms);
    parser.reset(body, format === 'openmetrics');
    return histograms.convertClassic ? new ConvertedExposition(parser, histograms.alwaysClassic) : parser;
  }

  #histogram(exposition: Exposition, ref: SeriesRef, timestamp: number, appender: MetricAppender): SampleOutcome {
    const { histograms } = this.#rules;
    const histogram = withinLimits(exposition.histogram(), histograms);
    if (histogram === undefined) {
      throw exposition.error(
        `a native histogram has more buckets than the native_histogram_bucket_limit of ${histograms.bucketLimit}, even at the coarsest resolution`,
      );
    }
    return appender.histogram(ref, timestamp, histogram);
  }

  /** Adds the exemplars of what was found. Those without a time of their own get the scrape's. */
  #exemplars(exposition: Exposition, ref: SeriesRef, timestamp: number, appender: MetricAppender): void {
    const { counts } = this;
    // Of a native histogram there may be several; they come in any order, and are taken in that of time.
    for (const { timestamp: own, ...exemplar } of this.#read(exposition, () => exposition.exemplars()).sort(
      (a, b) => a.timestamp - b.timestamp,
    )) {
      counts.exemplars++;
      const outcome = appender.exemplar(
        ref,
        Number.isNaN(own) ? { ...exemplar, timestamp, untimed: true } : { ...exemplar, timestamp: own },
      );
      // Of several exemplars all but the newest come out of order with the next scrape.
      if (outcome !== 'written' && outcome !== 'same' && outcome !== 'out_of_order') counts.exemplarsRefused++;
    }
  }

  /** Reads metadata; gives the metrics that it is about. */
  #learn(exposition: Exposition): string[] {
    const lines = this.#read(exposition, () => exposition.metadata());
    for (const line of lines) this.#metadata.learn(line);
    return lines.map(({ metric }) => metric);
  }

  /** Reads something of what was found; says where it is when it cannot be read. */
  #read<Value>(exposition: Exposition, read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      throw error instanceof SeriesTextError ? exposition.error(error.message) : error;
    }
  }
}

/** More samples than `sample_limit` allows. */
export class SampleLimitError extends Error {
  constructor(samples: number, limit: number) {
    super(`${samples} samples after relabelling exceed the sample_limit of ${limit}`);
    this.name = 'SampleLimitError';
  }
}
