/** Room `model`: the words that all rooms share: labels, fingerprints, matchers, durations, traces as trees, the clock, the errors. */

export { ATTRIBUTE_TYPE, type AttributeTypeName } from './attribute-type.ts';
export { type CancelSignal, type Clock, ManualClock, systemClock, type Timer } from './clock.ts';
export { formatDuration, parseDuration } from './duration.ts';
export { AtalayaError, CATALOGUE, type ErrorCode, type ErrorData, type ErrorDetails } from './errors.ts';
export { formatFingerprint, type Hash64, hashBytes } from './fingerprint.ts';
export {
  compareLabels,
  decodeLabels,
  encodeLabels,
  formatLabels,
  LABEL_SEPARATOR,
  type Labels,
  labelsOf,
  labelsToRecord,
  labelValue,
  METRIC_NAME,
  NO_LABELS,
  quoteLabelValue,
} from './labels.ts';
export { type Logger, silentLogger } from './log.ts';
export type { LogLevel } from './log-level.ts';
export { compileMatcher, type CompiledMatcher, type Matcher, matchesAll, type MatchOperator } from './matcher.ts';
export {
  type BucketSpan,
  type CounterResetHint,
  CUSTOM_BUCKETS_SCHEMA,
  isStaleHistogram,
  type NativeHistogram,
  STALE_HISTOGRAM,
} from './native-histogram.ts';
export { compactHistogram, reduceResolution } from './native-histogram-buckets.ts';
export { EXPONENTIAL_SCHEMAS, nativeHistogramFault } from './native-histogram-check.ts';
export { decodeNativeHistogram, encodeNativeHistogram } from './native-histogram-codec.ts';
export { nearestName } from './nearest-name.ts';
export {
  OTLP_INDEX_ATTRIBUTES,
  otlpLabelName,
  type OtlpLine,
  otlpLineMetadata,
  type OtlpOrigin,
  otlpOriginMetadata,
  plainLineMetadata,
} from './otlp-log-labels.ts';
export { compilePattern, type Pattern, PatternError } from './pattern.ts';
export { compileSearch, type SearchMatch, type SearchPattern } from './search-pattern.ts';
export { isStaleAt, type MetricMetadata, type MetricType, writeStaleMarker } from './sample.ts';
export { type ExplainedNode, type ExplainedRead, type Explanation, explanationSchema } from './api/explain.ts';
export { type LogTargets, logTargetsSchema } from './api/log-targets.ts';
export {
  type Configuration,
  configurationSchema,
  type MetricStorage,
  metricStorageSchema,
  type Status,
  statusSchema,
} from './api/status.ts';
export { TraceDice } from './traces/trace-dice.ts';
export { discoverServiceName, SERVICE_NAME, SERVICE_TELLERS, withoutServiceName, withServiceName } from './service-name.ts';
export type { Span, SpanAttribute, SpanEvent, SpanKind, SpanLink, SpanOrigin, SpanStatus } from './traces/span.ts';
export type {
  AttributeNames,
  AttributeScope,
  FieldValue,
  FieldValuesRequest,
  FoundTrace,
  FoundValue,
  Operation,
  OperationsRequest,
  SpanAttributeType,
  SpanCountRequest,
  SpanCounts,
  SpanField,
  SpanPredicate,
  SpansRequest,
  TimeBounds,
  TracesRequest,
} from './traces/trace-requests.ts';
export { criticalPath, type CriticalSection } from './traces/critical-path.ts';
export { selfTimes } from './traces/self-times.ts';
export { type SpanStatistics, traceStatistics } from './traces/trace-statistics.ts';
export {
  buildTraceTree,
  type TimedSpan,
  type TraceFlaw,
  type TraceNode,
  type TraceTree,
  type TraceTreeOptions,
} from './traces/trace-tree.ts';
