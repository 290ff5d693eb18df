/**
 * Sets of cumulative series: each has labels of its own and, under them, the same counters and histograms of durations. Counting touches typed
 * arrays only; the series themselves are known to whoever writes them (write-sets.ts).
 */

import { BUCKETS, bucketOf } from './duration-buckets.ts';

/** A metric that each set has; of a histogram the name without `_bucket`, `_sum` and `_count`. */
export interface MetricName {
  readonly name: string;
  readonly help: string;
}

/** What every set of a table consists of. */
export interface SetShape {
  readonly counters: readonly MetricName[];
  readonly histograms: readonly MetricName[];
}

/** Label names and values, the metric's name and `le` not among them. */
export type SetLabels = Readonly<Record<string, string>>;

/** One set. */
export interface SeriesSet {
  readonly labels: SetLabels;
  /** When something was last counted, milliseconds of the monotonic clock. */
  usedAt: number;
  /** The writer's: whether its first value is on disk. */
  started: boolean;
  /** The writer's: refs of its series in order; undefined until they were asked for. */
  refs: Int32Array | undefined;
}

/** The last span that fell into a bucket since exemplars were written. */
export interface BucketExemplar {
  readonly traceId: string;
  readonly spanId: string;
  readonly seconds: number;
  /** When it was counted, milliseconds since the epoch: spans come late, exemplars of a series must not. */
  readonly timestamp: number;
}

const IDS = 24;
const FIRST_CAPACITY = 64;

/** Values of one histogram: its buckets, each counting its own, and the sum. */
const HISTOGRAM_WIDTH = BUCKETS + 1;

export class SeriesSets {
  readonly shape: SetShape;
  readonly #width: number;
  #values: Float64Array;
  /** Exemplars of the buckets of the first histogram: time (0 where there is none), seconds; and the ids. Empty while nobody sets any. */
  #exemplars = new Float64Array(0);
  #exemplarIds = new Uint8Array(0);
  readonly #sets: (SeriesSet | undefined)[] = [];
  readonly #free: number[] = [];

  constructor(shape: SetShape) {
    this.shape = shape;
    this.#width = shape.counters.length + shape.histograms.length * HISTOGRAM_WIDTH;
    this.#values = new Float64Array(FIRST_CAPACITY * this.#width);
  }

  get size(): number {
    return this.#sets.length - this.#free.length;
  }

  /** Adds a set, all zero; gives its slot. */
  add(labels: SetLabels, now: number): number {
    const slot = this.#free.pop() ?? this.#sets.length;
    this.#sets[slot] = { labels, usedAt: now, started: false, refs: undefined };
    while (this.#sets.length * this.#width > this.#values.length) this.#grow();
    this.#values.fill(0, slot * this.#width, (slot + 1) * this.#width);
    this.#exemplars.fill(0, slot * BUCKETS * 2, (slot + 1) * BUCKETS * 2);
    return slot;
  }

  /** The set in a slot; undefined when it was removed. */
  get(slot: number): SeriesSet | undefined {
    return this.#sets[slot];
  }

  /** Slots in use. */
  slots(): number[] {
    return [...this.#sets.keys()].filter((slot) => this.#sets[slot] !== undefined);
  }

  remove(slot: number): void {
    this.#sets[slot] = undefined;
    this.#free.push(slot);
  }

  /** Counts one. `counter` is its place in the shape, `now` as in {@link SeriesSet.usedAt}. */
  increment(slot: number, counter: number, now: number): void {
    (this.#sets[slot] as SeriesSet).usedAt = now;
    const at = slot * this.#width + counter;
    this.#values[at] = (this.#values[at] as number) + 1;
  }

  /** Puts a duration into a histogram; gives the bucket. */
  observe(slot: number, histogram: number, seconds: number): number {
    const base = slot * this.#width + this.shape.counters.length + histogram * HISTOGRAM_WIDTH;
    const bucket = bucketOf(seconds);
    this.#values[base + bucket] = (this.#values[base + bucket] as number) + 1;
    this.#values[base + BUCKETS] = (this.#values[base + BUCKETS] as number) + seconds;
    return bucket;
  }

  counter(slot: number, counter: number): number {
    return this.#values[slot * this.#width + counter] as number;
  }

  /** How many durations fell into one bucket, and into no other. */
  bucket(slot: number, histogram: number, bucket: number): number {
    return this.#values[slot * this.#width + this.shape.counters.length + histogram * HISTOGRAM_WIDTH + bucket] as number;
  }

  sum(slot: number, histogram: number): number {
    return this.bucket(slot, histogram, BUCKETS);
  }

  /** Whether a bucket of the first histogram has no exemplar since the last were taken. */
  wantsExemplar(slot: number, bucket: number): boolean {
    return (this.#exemplars[(slot * BUCKETS + bucket) * 2] ?? 0) === 0;
  }

  /** Notes an exemplar; `traceIds` and `spanIds` are columns of 16 and 8 bytes a row. */
  setExemplar(
    slot: number,
    bucket: number,
    exemplar: { traceIds: Uint8Array; spanIds: Uint8Array; row: number; seconds: number; timestamp: number },
  ): void {
    const { traceIds, spanIds, row, seconds, timestamp } = exemplar;
    const at = slot * BUCKETS + bucket;
    if (at * 2 >= this.#exemplars.length) this.#growExemplars();
    this.#exemplars[at * 2] = timestamp;
    this.#exemplars[at * 2 + 1] = seconds;
    for (let i = 0; i < 16; i++) this.#exemplarIds[at * IDS + i] = traceIds[row * 16 + i] as number;
    for (let i = 0; i < 8; i++) this.#exemplarIds[at * IDS + 16 + i] = spanIds[row * 8 + i] as number;
  }

  /** Takes the exemplar of a bucket, so that the next span gives another one. */
  takeExemplar(slot: number, bucket: number): BucketExemplar | undefined {
    const at = slot * BUCKETS + bucket;
    const timestamp = this.#exemplars[at * 2] ?? 0;
    if (timestamp === 0) return undefined;
    this.#exemplars[at * 2] = 0;
    const hex = Buffer.from(this.#exemplarIds.buffer, at * IDS, IDS).toString('hex');
    return { traceId: hex.slice(0, 32), spanId: hex.slice(32), seconds: this.#exemplars[at * 2 + 1] as number, timestamp };
  }

  #grow(): void {
    const values = new Float64Array(this.#values.length * 2);
    values.set(this.#values);
    this.#values = values;
  }

  /** As many as there is room for sets. */
  #growExemplars(): void {
    const capacity = Math.floor(this.#values.length / this.#width) * BUCKETS;
    const exemplars = new Float64Array(capacity * 2);
    exemplars.set(this.#exemplars);
    this.#exemplars = exemplars;
    const ids = new Uint8Array(capacity * IDS);
    ids.set(this.#exemplarIds);
    this.#exemplarIds = ids;
  }
}
