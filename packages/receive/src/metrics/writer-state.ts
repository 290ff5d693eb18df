/** What all appenders of one writer share. */

import type { Journal } from '@atalaya/journal';
import type { Clock } from '@atalaya/model';
import type { ExemplarRejectReason, RejectReason } from '../metric-writer.ts';
import type { ColumnPool } from './batch-columns.ts';
import type { KnownMetadata } from './known-metadata.ts';
import type { MetricLimits } from './limits.ts';
import type { NewestExemplars } from './newest-exemplars.ts';
import type { SeriesRegistry } from './series-registry.ts';

/** One writer's state. */
export interface WriterState {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  readonly limits: MetricLimits;
  readonly registry: SeriesRegistry;
  readonly pool: ColumnPool;
  readonly knownMetadata: KnownMetadata;
  readonly rejected: Record<RejectReason, number>;
  /** Batches handed to the journal that it has not answered yet. */
  readonly underWay: Set<number>;
  lastBatch: number;
  seriesCreated: number;
  /** Floats and histograms. */
  samplesWritten: number;
  histogramsWritten: number;
  readonly newestExemplars: NewestExemplars;
  exemplarsWritten: number;
  readonly exemplarsRejected: Record<ExemplarRejectReason, number>;
}

/** Seconds for {@link LAST_USED}: from the monotonic clock, so that a jump of the wall clock evicts nothing. */
export function useSeconds(clock: Clock): number {
  return Math.floor(clock.monotonic() / 1000);
}
