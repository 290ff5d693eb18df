/** The metric writer: what all receivers of samples share. */

import type { Journal } from '@atalaya/journal';
import type { Clock } from '@atalaya/model';
import type { MetricWriter } from '../metric-writer.ts';
import { BatchAppender } from './batch-appender.ts';
import { ColumnPool } from './batch-columns.ts';
import { KnownMetadata } from './known-metadata.ts';
import type { MetricLimits } from './limits.ts';
import { NewestExemplars, noExemplarsRejected } from './newest-exemplars.ts';
import type { RawSeriesResolver } from './raw-series.ts';
import { rejectionText } from './rejection-text.ts';
import { FREE, SeriesRegistry } from './series-registry.ts';
import { useSeconds, type WriterState } from './writer-state.ts';

const IDLE_SECONDS = 3600;

/** What a writer is made of. */
export interface MetricWriterOptions {
  /** Where records go. */
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  readonly limits: MetricLimits;
}

/** Makes the writer of this process. There should be one: definitions and repetitions are known per writer. */
export function createMetricWriter({ journal, clock, limits }: MetricWriterOptions): MetricWriter & RawSeriesResolver {
  const registry = new SeriesRegistry(limits.series);
  const state: WriterState = {
    journal,
    clock,
    limits,
    registry,
    pool: new ColumnPool(),
    knownMetadata: new KnownMetadata(useSeconds(clock)),
    rejected: {
      duplicate_timestamp: 0,
      too_old: 0,
      too_far_in_future: 0,
      invalid_labels: 0,
      label_limit: 0,
      series_limit: 0,
      invalid_histogram: 0,
      histogram_buckets: 0,
    },
    underWay: new Set(),
    lastBatch: 0,
    seriesCreated: 0,
    samplesWritten: 0,
    histogramsWritten: 0,
    newestExemplars: new NewestExemplars(),
    exemplarsWritten: 0,
    exemplarsRejected: noExemplarsRejected(),
  };
  let generation = 0;
  return {
    appender: () => new BatchAppender(state),
    rawAppender: () => new BatchAppender(state),
    findKey: (low, high) => registry.findKey(low, high),
    bindKey: (low, high, ref) => registry.bindKey(low, high, ref),
    explain: (reason, labels, sample) => rejectionText(reason, labels, limits, sample),
    redefineSeries() {
      generation++;
      registry.forgetDefinitions();
      state.knownMetadata.forget();
    },
    get generation() {
      return generation;
    },
    evictIdle() {
      const now = useSeconds(clock);
      registry.evict(now - IDLE_SECONDS);
      state.newestExemplars.retain((ref) => registry.states[ref] !== FREE);
      state.knownMetadata.forgetOld(now);
    },
    stats: () => ({
      activeSeries: registry.size,
      seriesLimit: limits.series,
      seriesCreated: state.seriesCreated,
      samplesWritten: state.samplesWritten,
      histogramsWritten: state.histogramsWritten,
      rejected: { ...state.rejected },
      exemplarsWritten: state.exemplarsWritten,
      exemplarsRejected: { ...state.exemplarsRejected },
    }),
  };
}
