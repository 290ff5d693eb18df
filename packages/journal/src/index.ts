/** Room `journal`: what was received, durably on disk before it is acknowledged, until the store has it. */

export {
  comparePositions,
  type Journal,
  type JournalDamage,
  type JournalPosition,
  type JournalReader,
  type JournalRecord,
  type JournalStats,
  SIGNAL,
  type Signal,
} from './journal.ts';
export { decodeMetricBatch, encodeMetricBatch, type MetadataEntry, type MetricBatch } from './metric-batch.ts';
