/** The inner loop of the receiver: the series of a request into an appender, some at a time. */

import type { MetricAppender, RejectReason, SeriesRef } from '../metric-writer.ts';
import { LAST_SUCCESS, OUTCOMES, type RawAppender, type RawSeriesResolver } from '../metrics/raw-series.ts';
import type { SeriesDecoder } from './decoded-series.ts';
import { Refusals } from './refusals.ts';

/** What became of one request's content. */
export interface Taken {
  readonly appender: MetricAppender;
  /** Float samples and native histograms in the request. */
  readonly samples: number;
  /** Float samples that are stored when the appender has been committed, repetitions of stored ones included. */
  readonly floatsWritten: number;
  /** Native histograms, likewise. */
  readonly histogramsWritten: number;
  readonly exemplars: number;
  /** Exemplars that are stored when the appender has been committed, repetitions included. */
  readonly exemplarsWritten: number;
  readonly refusals: Refusals;
}

/** Checking and encoding a histogram or an exemplar takes about as long as so many series with a float each. */
const SERIES_PER_HISTOGRAM = 5;

/** Walks one request. When a body turns out malformed what was taken of it is discarded: nothing of it counts as stored. */
export class SeriesTaker {
  readonly #decoder: SeriesDecoder;
  readonly #resolver: RawSeriesResolver;
  readonly #appender: RawAppender;
  readonly #refusals: Refusals;
  readonly #labels = () => this.#decoder.labels();
  #floats = 0;
  #histograms = 0;
  #histogramsWritten = 0;
  #exemplars = 0;
  #exemplarsWritten = 0;
  #outcomes = new Uint8Array(64);

  constructor(decoder: SeriesDecoder, resolver: RawSeriesResolver) {
    this.#decoder = decoder;
    this.#resolver = resolver;
    this.#appender = resolver.rawAppender();
    this.#refusals = new Refusals((reason, labels, sample) => resolver.explain(reason, labels, sample));
  }

  /** Takes up to `most` series, where a histogram or an exemplar counts as {@link SERIES_PER_HISTOGRAM}; false when none is left. @throws AtalayaError BAD_ENCODING */
  takeSome(most: number): boolean {
    try {
      for (let taken = 0; taken < most;) {
        if (!this.#decoder.next()) return false;
        this.#takeOne();
        taken += 1 + (this.#decoder.histograms.count + this.#decoder.exemplars.count) * SERIES_PER_HISTOGRAM;
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
    const samples = this.#floats + this.#histograms;
    return {
      appender: this.#appender,
      samples,
      floatsWritten: samples - refusals.total - this.#histogramsWritten,
      histogramsWritten: this.#histogramsWritten,
      exemplars: this.#exemplars,
      exemplarsWritten: this.#exemplarsWritten,
      refusals,
    };
  }

  #takeOne(): void {
    const { samples, histograms, exemplars } = this.#decoder;
    const { count, timestamps, valueWords } = samples;
    this.#floats += count;
    this.#histograms += histograms.count;
    this.#exemplars += exemplars.count;
    if (count + histograms.count + exemplars.count === 0) return;
    const ref = this.#refOfSeries();
    if (ref < 0) return;
    if (this.#outcomes.length < count) this.#outcomes = new Uint8Array(count * 2);
    const outcomes = this.#outcomes;
    this.#appender.append(ref, timestamps, valueWords, 0, count, outcomes);
    for (let i = 0; i < count; i++) {
      const outcome = outcomes[i] as number;
      if (outcome > LAST_SUCCESS)
        this.#refusals.add(OUTCOMES[outcome] as RejectReason, 1, this.#labels, { timestamp: timestamps[i] as number });
    }
    if (histograms.count > 0) this.#takeHistograms(ref);
    // One that is refused is counted, but does not make the request fail: as in Prometheus.
    for (let i = 0; i < exemplars.count; i++) {
      const outcome = this.#appender.exemplar(ref, exemplars.read(i));
      if (outcome === 'written' || outcome === 'same') this.#exemplarsWritten++;
    }
  }

  #takeHistograms(ref: SeriesRef): void {
    const { histograms } = this.#decoder;
    for (let i = 0; i < histograms.count; i++) {
      const { timestamp, histogram } = histograms.read(i);
      const outcome = this.#appender.histogram(ref, timestamp, histogram);
      if (outcome === 'written' || outcome === 'same') this.#histogramsWritten++;
      else this.#refusals.add(outcome, 1, this.#labels, { timestamp, histogram });
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
      this.#refusals.add(ref, decoder.samples.count + decoder.histograms.count, () => labels);
      return -1;
    }
    if (decoder.keyed) this.#resolver.bindKey(decoder.keyLow, decoder.keyHigh, ref);
    return ref;
  }
}
