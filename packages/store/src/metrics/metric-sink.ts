/** The metric store as the loader sees it. */

import type { MetricBatch } from '@atalaya/journal';
import { readBatch } from '../loader/check-batch.ts';
import type { Sink } from '../loader/sink.ts';
import type { MetricStore } from './store-interface.ts';

/** Puts metric batches into the store. */
export function metricSink(store: Pick<MetricStore, 'take' | 'load'>): Sink<MetricBatch> {
  return {
    decode: readBatch,
    rowsOf: ({ samples }) => samples.count,
    take: (batch) => store.take(batch),
    async load(batches, options) {
      const { samples, newSeries, undefinedSamples } = await store.load(batches, options);
      return { rows: samples, newSeries, undefinedSamples };
    },
  };
}
