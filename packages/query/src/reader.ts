/** The port through which evaluators read: `query` declares it, `store` fits it, `server` joins them. */

import type { CancelSignal, Labels, Matcher, MetricMetadata, NativeHistogram } from '@atalaya/model';

/** What to read: all series that fulfil every matcher, their samples in a time range. */
export interface SelectRequest {
  readonly matchers: readonly Matcher[];
  /** First timestamp wanted, inclusive, milliseconds. */
  readonly start: number;
  /** Last timestamp wanted, inclusive, milliseconds. */
  readonly end: number;
}

/** What is known beforehand of a series' samples, as bits of {@link SeriesSet.flags}. A bit that is not set promises the contrary. */
export const SERIES_FLAG = {
  /** Some value may be a stale marker. */
  mayHoldStale: 1,
  /** Some value may be smaller than the one before it, or NaN. */
  mayDecrease: 2,
} as const;

/**
 * Series with their samples as columns. Series come in no particular order and may have no samples in the range;
 * each series' samples are in ascending order of time, each timestamp once; stale markers are included, bit-exact.
 *
 * The columns may be memory that is shared with the store and hold other samples besides: read only what `starts` and
 * `ends` name, write nothing, and call `release` when done.
 */
export interface SeriesSet {
  readonly labels: readonly Labels[];
  /** Samples of series `i` are at `[starts[i], ends[i])` of the two columns. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Milliseconds since the epoch, whole numbers. */
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  /** Bits of {@link SERIES_FLAG} for each series; without them nothing is known. */
  readonly flags?: Uint8Array;
  /** Histogram samples, where any of the series has them. */
  readonly histograms?: HistogramColumns;
  /** Samples that lay decoded in memory, and rows that were read from disk for the others. */
  readonly origin?: { readonly samplesInMemory: number; readonly rowsFromDisk: number };
  /** What the samples lack, as far as the reader knows: goes into the answer's warnings. */
  readonly warnings?: readonly string[];
  /** Tells that the columns are not looked at any more: to be called once, where it is there. */
  release?(): void;
}

/** Histogram samples of the series of a {@link SeriesSet}. A timestamp of a series holds a float or a histogram, never both. */
export interface HistogramColumns {
  /** Those of series `i` are at `[starts[i], ends[i])` of the two columns, in ascending order of time. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly timestamps: Float64Array;
  readonly values: readonly NativeHistogram[];
}

/** Where metric samples come from. Every call rejects with an AtalayaError; aborting the signal rejects with QUERY_CANCELED. */
export interface SampleReader {
  /** Rejects with QUERY_LIMIT when more than `limits` allows would be read. */
  select(request: SelectRequest, limits: SelectLimits, signal: CancelSignal): Promise<SeriesSet>;
  /** What a selection would find, told before anything is read; readers that cannot tell leave it out. */
  estimate?(request: SelectRequest, signal: CancelSignal): Promise<ReadEstimate>;
  /**
   * How far back the data has changed since a version that this gave before; any other number asks about all changes. Readers whose data may
   * change in ways that they cannot tell leave it out: then no result is kept for later.
   */
  changes?(since: number): Promise<DataChanges>;
}

/** What a selection would find. */
export interface ReadEstimate {
  /** Series that match; some may turn out to have no samples in the range. */
  readonly series: number;
  /** About how many samples. */
  readonly samples: number;
}

/** How far back the data has changed. Times in milliseconds. */
export interface DataChanges {
  /** The data's version now. Reads that begin later see at least this. */
  readonly version: number;
  /** Samples before it are what they were. */
  readonly oldest: number;
  /** Samples before it are not seen any more, because of their age; minus infinity when all are. */
  readonly horizon: number;
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
