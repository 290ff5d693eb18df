/** What a scraped body is to the rest of scraping, whatever its format: samples, native histograms and metadata, one after the other. */

import type { Hash64 } from '@atalaya/model';
import type { ArrivedHistogram } from '../native-histogram/admit.ts';
import type { MetadataLine } from './series-text.ts';

/** The formats that are read. */
export type ExpositionFormat = 'text' | 'openmetrics' | 'protobuf';

/** What {@link Exposition.next} found. */
export const FOUND = { end: 0, sample: 1, metadata: 2, histogram: 3 } as const;

/** An exemplar as a target told it. */
export interface ScrapedExemplar {
  /** Names and values alternating, unsorted and unchecked. */
  readonly labels: readonly string[];
  readonly value: number;
  /** Milliseconds since the epoch; NaN where none is told. */
  readonly timestamp: number;
}

/** One pass over one body. */
export interface Exposition {
  /** Moves to the next thing in the body. @throws Error when the body is not what its format allows. */
  next(): number;
  /** Hashes what names the series, or the whole metadata: the same in every body that says the same. */
  key(into: Hash64): void;
  /** Of a sample. */
  readonly value: number;
  /** Of a sample or histogram: milliseconds since the epoch; NaN where the body has none. */
  readonly timestamp: number;
  /** The labels of a sample or histogram as written, see `parseSeriesText`. @throws SeriesTextError */
  labels(): Map<string, string>;
  /** Of a histogram. */
  histogram(): ArrivedHistogram;
  /** Of metadata: what is said of one metric. @throws SeriesTextError */
  metadata(): MetadataLine[];
  /** How many exemplars the sample or histogram has that was found last. */
  readonly exemplarCount: number;
  /** Those exemplars. @throws SeriesTextError */
  exemplars(): ScrapedExemplar[];
  /** The error for what was found last. */
  error(reason: string): Error;
}
