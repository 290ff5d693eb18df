/** Room `query`: answers questions over stored data. Knows the languages, not where samples live. */

export { compilePipeline, type PipelineOptions } from './logql/compile-pipeline.ts';
export type { LineLabels, Pipeline, ProcessedLine, StoredLine } from './logql/pipeline.ts';
export {
  compileSampleExtractor,
  type LineSample,
  type Measure,
  type SampleExtractor,
  type SampleExtractorOptions,
} from './logql/sample-extractor.ts';
export { createMemoryReader, type MemorySeries } from './memory-reader.ts';
export { type LinePattern, type LinePatterns, linePatterns, type LinePatternsRequest } from './logql/line-patterns/line-patterns.ts';
export type { LogEntry, LogqlAnswer, LogqlResult, LogqlStats } from './logql/answer.ts';
export { encodeLogAnswer, type LogAnswerEncoding } from './logql/encode.ts';
export {
  createLogqlEngine,
  type LogqlEngine,
  type LogqlEngineOptions,
  type LogqlInstantQuery,
  type LogqlRangeQuery,
} from './logql/engine.ts';
export { type DetectedField, detectFields, type DetectedFieldsRequest, type FieldParser } from './logql/detected-fields/detected-fields.ts';
export { LineView } from './logql/line-view.ts';
export { logQueryCost } from './logql/log-cost.ts';
export type { BlockStream, LineBlock, LogReader } from './logql/log-reader.ts';
export { type LogVolume, type LogVolumeRequest, logVolumes } from './logql/log-volume.ts';
export { type LineSelection, readSelection } from './logql/selection.ts';
export type { LogqlLimits } from './logql/limits.ts';
export { LogfmtReader } from './logql/text/logfmt-reader.ts';
export { readDuration as readGoDuration } from './logql/text/quantities.ts';
export { createMemoryLogReader, type MemoryLine, type MemoryLogReaderOptions, type MemoryStream } from './logql/memory-log-reader.ts';
export type { QueryAnswer, QueryResult, QueryStats } from './promql/answer.ts';
export type { QueryLimits } from './promql/context.ts';
export type { QueryCost } from './promql/cost.ts';
export { encodeAnswer } from './promql/encode.ts';
export { createPromqlEngine, type InstantQuery, type PromqlEngine, type PromqlEngineOptions, type RangeQuery } from './promql/engine.ts';
export {
  type HistogramColumns,
  type LabelReader,
  type LabelRequest,
  type SampleReader,
  type SelectLimits,
  type SelectRequest,
  SERIES_FLAG,
  type SeriesSet,
} from './reader.ts';
export type {
  FoundSpan,
  FoundSpanset,
  FoundTraceSummary,
  ServiceSpans,
  TraceExemplar,
  TraceMetricsAnswer,
  TraceSearchAnswer,
  TraceSeries,
  WholeTrace,
} from './traces/answer.ts';
export {
  createTraceqlEngine,
  type TraceMetricsQuery,
  type TraceqlEngine,
  type TraceqlEngineOptions,
  type TraceSearchQuery,
} from './traces/engine.ts';
export type { JaegerQuery } from './traces/find-traces.ts';
export type { TraceqlLimits, TraceqlStats } from './traces/limits.ts';
export { createMemoryTraceReader } from './traces/memory-trace-reader.ts';
export { compilePredicate, spanFulfils } from './traces/predicate.ts';
export { pushedCondition } from './traces/push-down.ts';
export type { TraceReader } from './traces/trace-reader.ts';
export { warmUp } from './warm-up.ts';
