/** Room `journal`: what was received, durably on disk before it is acknowledged, until the store has it. */

export { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
export { type JournalOptions, openJournal } from './disk-journal.ts';
export { type JournalReaderOptions, openJournalReader } from './disk-reader.ts';
export { type JournalFile, type JournalFiles, nodeFiles } from './files.ts';
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
export {
  decodeLogBatch,
  encodeLogBatch,
  LOG_LEVELS,
  type LogBatch,
  logBatchNote,
  type LogOriginDetails,
  type LogOrigins,
} from './log-batch.ts';
export { eachText } from './packed-texts.ts';
export { type DirectoryLock, lockDirectory } from './lock.ts';
export { scanJournal } from './scan.ts';
export { selectSpans } from './select-spans.ts';
export {
  type AttributeColumns,
  type AttributeList,
  decodeSpanBatch,
  encodeSpanBatch,
  type SpanBatch,
  type SpanEvents,
  type SpanLinks,
  type SpanOrigin,
} from './span-batch.ts';
export type { ExemplarBatch } from './exemplar-batch.ts';
export { SPAN_VERDICT, SpanSampling, type SpanSamplingRules } from './span-sampling.ts';
export { decodeMetricBatch, encodeMetricBatch, type HistogramBatch, type MetadataEntry, type MetricBatch } from './metric-batch.ts';
