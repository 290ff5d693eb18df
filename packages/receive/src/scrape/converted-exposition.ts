/** A scraped body whose classic histograms come out as native ones with custom buckets, in whatever text format they are. */

import { type Hash64, hashBytes, METRIC_NAME } from '@atalaya/model';
import type { ArrivedHistogram } from '../native-histogram/admit.ts';
import { customHistogram } from './classic-histogram.ts';
import { type Exposition, FOUND, type ScrapedExemplar } from './exposition.ts';
import { type MetadataLine, SeriesTextError } from './series-text.ts';

/** What a sample of a histogram's family is, by the end of its name. */
const SERIES_OF_HISTOGRAM = /_(bucket|count|sum)$/;

/** The series of one classic histogram, as they are met. */
interface Group {
  readonly key: string;
  /** Those of the native histogram. */
  readonly labels: ReadonlyMap<string, string>;
  readonly buckets: { bound: number; count: number }[];
  count: number | undefined;
  sum: number;
  timestamp: number;
  readonly exemplars: ScrapedExemplar[];
}

/** Walks over another exposition. The series of one histogram have to follow one another, as both text formats demand. */
export class ConvertedExposition implements Exposition {
  readonly #inner: Exposition;
  readonly #keepClassic: boolean;
  /** The metric whose TYPE was told last, when that is a histogram. */
  #family: string | undefined;
  /** The histogram whose series are being met. */
  #open: Group | undefined;
  /** What the inner one stands at and nobody has been told yet. */
  #pending: number | undefined;
  /** The histogram that is being told; otherwise it is what the inner one stands at. */
  #told: Group | undefined;

  /** @param keepClassic whether the classic series come out too. */
  constructor(inner: Exposition, keepClassic: boolean) {
    this.#inner = inner;
    this.#keepClassic = keepClassic;
  }

  next(): number {
    this.#told = undefined;
    for (;;) {
      const found = this.#pending ?? this.#inner.next();
      this.#pending = undefined;
      const series = found === FOUND.sample ? this.#seriesOfHistogram() : undefined;
      if (this.#open !== undefined && series?.key !== this.#open.key) {
        this.#pending = found;
        this.#told = this.#open;
        this.#open = undefined;
        return FOUND.histogram;
      }
      if (found === FOUND.metadata) this.#learnFamily();
      if (series === undefined) return found;
      this.#open ??= { key: series.key, labels: series.labels, buckets: [], count: undefined, sum: NaN, timestamp: NaN, exemplars: [] };
      this.#add(this.#open, series);
      if (this.#keepClassic) return found;
    }
  }

  get value(): number {
    return this.#inner.value;
  }

  get timestamp(): number {
    return this.#told?.timestamp ?? this.#inner.timestamp;
  }

  get exemplarCount(): number {
    return this.#told?.exemplars.length ?? this.#inner.exemplarCount;
  }

  exemplars(): ScrapedExemplar[] {
    return this.#told === undefined ? this.#inner.exemplars() : [...this.#told.exemplars];
  }

  key(into: Hash64): void {
    if (this.#told === undefined) return this.#inner.key(into);
    const bytes = Buffer.from(this.#told.key);
    hashBytes(bytes, 0, bytes.length, 0, into);
  }

  labels(): Map<string, string> {
    return this.#told === undefined ? this.#inner.labels() : new Map(this.#told.labels);
  }

  histogram(): ArrivedHistogram {
    const { buckets, count, sum } = this.#told as Group;
    buckets.sort((a, b) => a.bound - b.bound);
    const bounds = Float64Array.from(buckets, ({ bound }) => bound);
    const counts = Float64Array.from(buckets, (bucket) => bucket.count);
    return customHistogram({ bounds, counts, count: count ?? counts.at(-1) ?? 0, sum }, false);
  }

  metadata(): MetadataLine[] {
    return this.#inner.metadata();
  }

  error(reason: string): Error {
    return this.#inner.error(reason);
  }

  /** What the sample at hand is within a histogram, when it belongs to one. */
  #seriesOfHistogram(): { key: string; labels: Map<string, string>; part: string; bound: number } | undefined {
    if (this.#family === undefined) return undefined;
    const labels = this.#read(() => this.#inner.labels());
    const part = SERIES_OF_HISTOGRAM.exec(labels.get(METRIC_NAME) ?? '')?.[1];
    if (part === undefined || labels.get(METRIC_NAME) !== `${this.#family}_${part}`) return undefined;
    const le = labels.get('le');
    const bound = part === 'bucket' ? boundOf(le) : NaN;
    if (part === 'bucket' && Number.isNaN(bound)) return undefined;
    labels.delete('le');
    labels.set(METRIC_NAME, this.#family);
    return { key: JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1))), labels, part, bound };
  }

  #add(group: Group, { part, bound }: { readonly part: string; readonly bound: number }): void {
    const { value, timestamp } = this.#inner;
    if (part === 'count') group.count = value;
    else if (part === 'sum') group.sum = value;
    else group.buckets.push({ bound, count: value });
    group.timestamp = timestamp;
    if (this.#inner.exemplarCount > 0) group.exemplars.push(...this.#read(() => this.#inner.exemplars()));
  }

  #learnFamily(): void {
    for (const line of this.#read(() => this.#inner.metadata())) {
      if ('type' in line) this.#family = line.type === 'histogram' ? line.metric : undefined;
    }
  }

  #read<Value>(read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      throw error instanceof SeriesTextError ? this.error(error.message) : error;
    }
  }
}

/** NaN where a label is no bound. */
function boundOf(le: string | undefined): number {
  if (le === undefined || le.trim() === '') return NaN;
  return /^\+?inf$/i.test(le) ? Infinity : Number(le);
}
