/** The fast way in: series by a hash of their labels as they arrived, samples as columns. No strings, no allocation. */

import type { Labels } from '@atalaya/model';
import type { ArrivedHistogram } from '../native-histogram/admit.ts';
import type { MetricAppender, RejectReason, SampleOutcome, SeriesRef } from '../metric-writer.ts';

/** Outcomes by the number that {@link RawAppender.append} writes for each sample. */
export const OUTCOMES = [
  'written',
  'same',
  'duplicate_timestamp',
  'too_old',
  'too_far_in_future',
  'invalid_labels',
  'label_limit',
  'series_limit',
  'invalid_histogram',
  'histogram_buckets',
] as const satisfies readonly SampleOutcome[];

/** Outcome numbers up to this one are successes: `written` and `same`. */
export const LAST_SUCCESS = 1;

/**
 * Finds series by key: two signed 32-bit words that the receiver computes from the label bytes as they arrived, with a
 * random seed of this process. Several keys may lead to one series (other orders of the same labels). Keys are a
 * cache: any may be forgotten at any time, then the labels are parsed once more.
 */
export interface RawSeriesResolver {
  /** The series with this key; -1 when the key is not known. */
  findKey(low: number, high: number): SeriesRef;
  /** From now on `findKey` gives this series for this key. */
  bindKey(low: number, high: number, ref: SeriesRef): void;
  rawAppender(): RawAppender;
  /** The sentence for a refusal, naming series and limit; `sample` where one was refused. */
  explain(reason: RejectReason, labels: Labels, sample?: RefusedSample): string;
}

/** What there is to say of a refused sample. */
export interface RefusedSample {
  /** Milliseconds. */
  readonly timestamp: number;
  /** Where it is a native histogram. */
  readonly histogram?: ArrivedHistogram;
}

/** An appender that also takes a series' samples as columns. */
export interface RawAppender extends MetricAppender {
  /**
   * Adds samples `[from, to)` of the columns to one series. `valueWords` holds two words (low, high) per sample, so that
   * every NaN keeps its bits. Writes an index into {@link OUTCOMES} for each sample into `outcomes`.
   */
  append(ref: SeriesRef, timestamps: Float64Array, valueWords: Int32Array, from: number, to: number, outcomes: Uint8Array): void;
}
