/** The inner loop of the receiver: the series of a request into an appender, some at a time. */

import type { MetricAppender, SeriesRef } from '../metric-writer.ts';
import { LAST_SUCCESS, OUTCOMES, type RawAppender, type RawSeriesResolver } from '../metrics/raw-series.ts';
import type { SeriesDecoder } from './decoded-series.ts';
import { type RefusalReason, Refusals } from './refusals.ts';

/** What became of one request's content. */
export interface Taken {
  readonly appender: MetricAppender;
  /** Float samples and native histograms in the request. */
  readonly samples: number;
  /** Samples that are stored when the appender has been committed, repetitions of stored ones included. */
  readonly written: number;
  readonly exemplars: number;
  readonly refusals: Refusals;
}

/** Walks one request. When a body turns out malformed what was taken of it is discarded: nothing of it counts as stored. */
export class SeriesTaker {
  readonly #decoder: SeriesDecoder;
  readonly #resolver: RawSeriesResolver;
  readonly #appender: RawAppender;
  readonly #refusals: Refusals;
  readonly #labels = () => this.#decoder.labels();
  #samples = 0;
  #exemplars = 0;
  #outcomes = new Uint8Array(64);

  constructor(decoder: SeriesDecoder, resolver: RawSeriesResolver) {
    this.#decoder = decoder;
    this.#resolver = resolver;
    this.#appender = resolver.rawAppender();
    this.#refusals = new Refusals((reason, labels, timestamp) => resolver.explain(reason, labels, timestamp));
  }

  /** Takes up to `most` series; false when none is left. @throws AtalayaError BAD_ENCODING */
  takeSome(most: number): boolean {
    try {
      for (let taken = 0; taken < most; taken++) {
        if (!this.#decoder.next()) return false;
        this.#takeOne();
      }
      return true;
    } catch (error) {
      this.#appender.discard();
      throw error;
    }
  }

  /** To be called once, when everything has been taken. */
  finish(): Taken {
    for (const [metric, type, help, unit] of this.#decoder.metadata) this.#appender.metadata(metric, { type, help, unit });
    const refusals = this.#refusals;
    return {
      appender: this.#appender,
      samples: this.#samples,
      written: this.#samples - refusals.total,
      exemplars: this.#exemplars,
      refusals,
    };
  }

  #takeOne(): void {
    const { samples, histograms, exemplars } = this.#decoder;
    const { count, timestamps, valueWords } = samples;
    this.#samples += count + histograms;
    this.#exemplars += exemplars;
    if (histograms > 0) this.#refusals.add('native_histogram', histograms, this.#labels);
    if (count === 0) return;
    const ref = this.#refOfSeries();
    if (ref < 0) return;
    if (this.#outcomes.length < count) this.#outcomes = new Uint8Array(count * 2);
    const outcomes = this.#outcomes;
    this.#appender.append(ref, timestamps, valueWords, 0, count, outcomes);
    for (let i = 0; i < count; i++) {
      const outcome = outcomes[i] as number;
      if (outcome > LAST_SUCCESS) this.#refusals.add(OUTCOMES[outcome] as RefusalReason, 1, this.#labels, timestamps[i]);
    }
  }

  /** The series at hand, parsed and registered when its key is not known; -1 when it is refused. */
  #refOfSeries(): SeriesRef {
    const decoder = this.#decoder;
    const known = decoder.keyed ? this.#resolver.findKey(decoder.keyLow, decoder.keyHigh) : -1;
    if (known >= 0) return known;
    const labels = decoder.labels();
    const ref = this.#appender.series(labels);
    if (typeof ref === 'string') {
      this.#refusals.add(ref, decoder.samples.count, () => labels);
      return -1;
    }
    if (decoder.keyed) this.#resolver.bindKey(decoder.keyLow, decoder.keyHigh, ref);
    return ref;
  }
}
