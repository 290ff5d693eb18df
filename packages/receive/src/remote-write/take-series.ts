/** The inner loop of the receiver: every series of a request into an appender. */

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

/** Walks a request's series. Commits nothing. @throws AtalayaError BAD_ENCODING, and then nothing is left in the registry to mistake for stored. */
export function takeSeries(decoder: SeriesDecoder, resolver: RawSeriesResolver): Taken {
  const appender = resolver.rawAppender();
  const refusals = new Refusals((reason, labels, timestamp) => resolver.explain(reason, labels, timestamp));
  const labels = () => decoder.labels();
  let samples = 0;
  let exemplars = 0;
  let outcomes = new Uint8Array(64);
  try {
    while (decoder.next()) {
      const { count, timestamps, valueWords } = decoder.samples;
      samples += count;
      exemplars += decoder.exemplars;
      if (decoder.histograms > 0) {
        samples += decoder.histograms;
        refusals.add('native_histogram', decoder.histograms, labels);
      }
      if (count === 0) continue;
      const ref = refOf(decoder, resolver, appender, refusals);
      if (ref < 0) continue;
      if (outcomes.length < count) outcomes = new Uint8Array(count * 2);
      appender.append(ref, timestamps, valueWords, 0, count, outcomes);
      for (let i = 0; i < count; i++) {
        const outcome = outcomes[i] as number;
        if (outcome > LAST_SUCCESS) refusals.add(OUTCOMES[outcome] as RefusalReason, 1, labels, timestamps[i]);
      }
    }
  } catch (error) {
    appender.discard();
    throw error;
  }
  for (const [metric, type, help, unit] of decoder.metadata) appender.metadata(metric, { type, help, unit });
  return { appender, samples, written: samples - refusals.total, exemplars, refusals };
}

/** The series at hand, parsed and registered when its key is not known; -1 when it is refused. */
function refOf(decoder: SeriesDecoder, resolver: RawSeriesResolver, appender: RawAppender, refusals: Refusals): SeriesRef {
  const known = decoder.keyed ? resolver.findKey(decoder.keyLow, decoder.keyHigh) : -1;
  if (known >= 0) return known;
  const labels = decoder.labels();
  const ref = appender.series(labels);
  if (typeof ref === 'string') {
    refusals.add(ref, decoder.samples.count, () => labels);
    return -1;
  }
  if (decoder.keyed) resolver.bindKey(decoder.keyLow, decoder.keyHigh, ref);
  return ref;
}
