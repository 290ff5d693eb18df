/** A MetricWriter for tests: keeps committed samples as text and can be told to fail. */

import { AtalayaError, formatLabels, isStaleHistogram, type Labels, type MetricMetadata, type NativeHistogram } from '@atalaya/model';
import type { MetricAppender, MetricWriter, MetricWriterStats, RejectReason, SampleOutcome, SeriesRef } from '../metric-writer.ts';

/** One committed sample; `value` is `stale` for a stale marker. */
export interface FakeSample {
  readonly series: string;
  readonly timestamp: number;
  readonly value: number | 'stale';
  /** Whose count is the value. */
  readonly histogram?: NativeHistogram;
}

export class FakeWriter implements MetricWriter {
  /** Committed samples in order. */
  samples: FakeSample[] = [];
  /** Committed exemplars as `series {labels} value @timestamp`, with `(seen)` where the sender told no time. */
  exemplars: string[] = [];
  metadata = new Map<string, MetricMetadata>();
  commits = 0;
  generation = 0;
  /** Series that were asked for by their labels, in order. */
  asked: string[] = [];
  /** While set, commits reject with it. */
  failure: AtalayaError | undefined;
  /** Refuses series whose text it says so of. */
  refuse: (series: string) => RejectReason | undefined = () => undefined;
  readonly #names: string[] = [];
  readonly #refs = new Map<string, SeriesRef>();

  appender(): MetricAppender {
    let waiting: FakeSample[] = [];
    let metadata: [string, MetricMetadata][] = [];
    let exemplars: string[] = [];
    const add = (ref: SeriesRef, timestamp: number, value: number | 'stale', histogram?: NativeHistogram): SampleOutcome => {
      const series = this.#names[ref];
      if (series === undefined) throw new RangeError(`unknown ref ${ref}`);
      const same = waiting.find((sample) => sample.series === series && sample.timestamp === timestamp);
      if (same !== undefined) return Object.is(same.value, value) ? 'same' : 'duplicate_timestamp';
      waiting.push({ series, timestamp, value, ...(histogram !== undefined && { histogram }) });
      return 'written';
    };
    return {
      series: (labels: Labels) => {
        const name = formatLabels(labels);
        this.asked.push(name);
        const reason = this.refuse(name);
        if (reason !== undefined) return reason;
        const known = this.#refs.get(name);
        if (known !== undefined) return known;
        this.#refs.set(name, this.#names.length);
        return this.#names.push(name) - 1;
      },
      sample: (ref, timestamp, value) => add(ref, timestamp, value),
      histogram: (ref, timestamp, { histogram }) =>
        isStaleHistogram(histogram) ? add(ref, timestamp, 'stale') : add(ref, timestamp, histogram.count, histogram),
      stale: (ref, timestamp) => {
        const outcome = add(ref, timestamp, 'stale');
        // A writer would refuse it; asking for it at all is the mistake that tests look for.
        if (outcome !== 'written') throw new Error(`stale marker for ${this.#names[ref]}, which has a sample at ${timestamp}`);
        return outcome;
      },
      exemplar: (ref, { labels, value, timestamp, untimed = false }) => {
        exemplars.push(`${this.#names[ref]} ${formatLabels(labels)} ${value} @${timestamp}${untimed ? ' (seen)' : ''}`);
        return 'written';
      },
      metadata: (metric, entry) => void metadata.push([metric, entry]),
      get pending() {
        return waiting.length;
      },
      commit: async () => {
        if (this.failure !== undefined) throw this.failure;
        this.commits++;
        this.samples.push(...waiting);
        this.exemplars.push(...exemplars);
        for (const [metric, entry] of metadata) this.metadata.set(metric, entry);
        waiting = [];
        metadata = [];
        exemplars = [];
      },
      discard: () => {
        waiting = [];
        metadata = [];
        exemplars = [];
      },
    };
  }

  /** The committed samples since the last call, as `series value @timestamp`. */
  take(filter: (sample: FakeSample) => boolean = () => true): string[] {
    const taken = this.samples.filter(filter).map((sample) => `${sample.series} ${sample.value} @${sample.timestamp}`);
    this.samples = [];
    return taken;
  }

  stats(): MetricWriterStats {
    throw new Error('not part of the fake');
  }

  redefineSeries(): void {
    this.generation++;
  }

  evictIdle(): void {
    throw new Error('not part of the fake');
  }
}
