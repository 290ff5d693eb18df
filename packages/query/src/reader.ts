/** The port through which evaluators read: `query` declares it, `store` fits it, `server` joins them. */

import type { CancelSignal, Labels, Matcher, MetricMetadata } from '@atalaya/model';

/** What to read: all series that fulfil every matcher, their samples in a time range. */
export interface SelectRequest {
  readonly matchers: readonly Matcher[];
  /** First timestamp wanted, inclusive, milliseconds. */
  readonly start: number;
  /** Last timestamp wanted, inclusive, milliseconds. */
  readonly end: number;
}

/**
 * Series with their samples as columns. Series come in no particular order and may have no samples in the range;
 * each series' samples are in ascending order of time, each timestamp once; stale markers are included, bit-exact.
 */
export interface SeriesSet {
  readonly labels: readonly Labels[];
  /** `labels.length + 1` numbers: samples of series `i` are at `[offsets[i], offsets[i + 1])` of the two columns. */
  readonly offsets: Uint32Array;
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  /** What the samples lack, as far as the reader knows: goes into the answer's warnings. */
  readonly warnings?: readonly string[];
}

/** Where metric samples come from. Every call rejects with an AtalayaError; aborting the signal rejects with QUERY_CANCELED. */
export interface SampleReader {
  /** The caller owns the returned arrays. Rejects with QUERY_LIMIT when more than `limits` allows would be read. */
  select(request: SelectRequest, limits: SelectLimits, signal: CancelSignal): Promise<SeriesSet>;
}

/** What one selection may read at most. */
export interface SelectLimits {
  readonly series: number;
  readonly samples: number;
}

/** Label questions: which names, values and series exist. A time range restricts to series active in it (to the day). */
export interface LabelReader {
  /** Sorted. `matcherSets` are alternatives (several `match[]`); none means all series. */
  labelNames(request: LabelRequest): Promise<string[]>;
  labelValues(name: string, request: LabelRequest): Promise<string[]>;
  series(request: LabelRequest): Promise<Labels[]>;
  /** By metric name. */
  metadata(metric: string | undefined, limit: number | undefined): Promise<Record<string, MetricMetadata[]>>;
}

/** Which series a label question is about. Times in milliseconds, both inclusive; a limit of `undefined` means all. */
export interface LabelRequest {
  readonly matcherSets: readonly (readonly Matcher[])[];
  readonly start: number;
  readonly end: number;
  readonly limit: number | undefined;
}
