/** How receivers write samples: one appender per request, scrape or collection, one journal record per appender. */

import type { Labels, MetricMetadata } from '@atalaya/model';
import type { ArrivedHistogram } from './native-histogram/admit.ts';

/**
 * A small number that stands for a series inside the main process. It stays valid while it is used in a sample at least
 * once an hour; an idle one may be given to another series, so caches drop refs they have not used in the last round.
 */
export type SeriesRef = number;

/** Why a sample or a series was not taken. The closed set is also the `reason` label of the rejection counters. */
export type RejectReason =
  | 'duplicate_timestamp' // another value for a timestamp that the series already has
  | 'too_old' // before the retention or the out-of-order window
  | 'too_far_in_future'
  | 'invalid_labels'
  | 'label_limit'
  | 'series_limit'
  | 'invalid_histogram'
  | 'histogram_buckets'; // more buckets than the limit

/** What came of one sample. `same` is a repetition of what is already stored: success, but nothing is written. */
export type SampleOutcome = 'written' | 'same' | RejectReason;

/** Why an exemplar was not taken. The closed set is also the `reason` label of the rejection counter. */
export type ExemplarRejectReason =
  | 'out_of_order' // older than the newest one of its series
  | 'too_old'
  | 'too_far_in_future'
  | 'invalid_labels'
  | 'too_long'; // more than 128 characters of labels, the limit of OpenMetrics

/** What came of one exemplar. `same` is a repetition of the newest one: success, but nothing is written. */
export type ExemplarOutcome = 'written' | 'same' | ExemplarRejectReason;

/** One measurement behind a series, and where it was made: labels such as `trace_id` and `span_id`. */
export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** The sender told no time, and the timestamp is when it was seen: then a repetition of the newest is one, whatever its time. */
  readonly untimed?: boolean;
}

/** Collects one request's samples and writes them as one journal record. Not shared between requests. */
export interface MetricAppender {
  /** The series with these labels, registered when it is new; a reason instead of a ref when it is refused. */
  series(labels: Labels): SeriesRef | RejectReason;
  /** Adds a sample. Timestamps in milliseconds. The value's bits are kept, but a stale marker goes through {@link stale}. */
  sample(ref: SeriesRef, timestamp: number, value: number): SampleOutcome;
  /** Adds a native histogram, checked and where need be reduced. One whose sum is the stale marker becomes a stale marker. */
  histogram(ref: SeriesRef, timestamp: number, arrived: ArrivedHistogram): SampleOutcome;
  /** Adds a stale marker: from `timestamp` on the series has no value. */
  stale(ref: SeriesRef, timestamp: number): SampleOutcome;
  /** Adds an exemplar of a series. */
  exemplar(ref: SeriesRef, exemplar: Exemplar): ExemplarOutcome;
  metadata(metric: string, metadata: MetricMetadata): void;
  /** How many samples wait to be committed. */
  readonly pending: number;
  /** Writes the record and leaves the appender empty; resolves when it is on disk. With nothing pending it resolves at once. Rejects as Journal.append does, and then nothing was acknowledged. */
  commit(): Promise<void>;
  /** Drops what waits, as if it had never been added (but new series stay registered): for a scrape that fails half-way. */
  discard(): void;
}

/** Hands out appenders and holds what they share: the registry of known series, limits, counters. */
export interface MetricWriter {
  appender(): MetricAppender;
  stats(): MetricWriterStats;
  /**
   * Journals labels and metadata of every series once more, with its next sample: for when records that held them were damaged.
   * Labels are not kept here, so whoever keeps refs asks for them anew with {@link MetricAppender.series} once
   * {@link generation} has changed. Refs stay valid, and what was written before stays known.
   */
  redefineSeries(): void;
  /** Counts the calls of {@link redefineSeries}. */
  readonly generation: number;
  /** Forgets series that no sample has used for an hour. Called by a timer. */
  evictIdle(): void;
}

/** What the writer has taken and refused since the start. */
export interface MetricWriterStats {
  /** Series that were used in the last hour. */
  readonly activeSeries: number;
  readonly seriesLimit: number;
  readonly seriesCreated: number;
  /** Floats and histograms. */
  readonly samplesWritten: number;
  readonly histogramsWritten: number;
  /** Rejections since the start, by reason. */
  readonly rejected: Readonly<Record<RejectReason, number>>;
  readonly exemplarsWritten: number;
  readonly exemplarsRejected: Readonly<Record<ExemplarRejectReason, number>>;
}
