/** Room `receive`: every way in: scrapes, remote write, the host. Turns what arrives into journal records. */

export type { MetricAppender, MetricWriter, MetricWriterStats, RejectReason, SampleOutcome, SeriesRef } from './metric-writer.ts';
export type {
  LineFields,
  LogAppender,
  LogAppenderOptions,
  LogLimits,
  LogRejectReason,
  LogWriter,
  LogWriterStats,
  OriginRef,
} from './log-writer.ts';
export {
  createLokiPush,
  type LokiPush,
  type LokiPushAnswer,
  type LokiPushOptions,
  type LokiPushRequest,
  type LokiPushStats,
} from './logs/loki-push/create-loki-push.ts';
export { createLogWriter, type LogWriterOptions } from './logs/create-log-writer.ts';
export type { SpanGate, SpanLimits, SpanObserver, SpanRejectReason, SpanWriter, SpanWriterStats } from './span-writer.ts';
export { createSpanWriter, type SpanWriterOptions } from './traces/create-span-writer.ts';
export {
  createSpanDerivation,
  type SpanDerivation,
  type SpanDerivationOptions,
  type SpanDerivationStats,
} from './traces/derive/create-span-derivation.ts';
export { type CountingSpanGate, createSpanGate, type SpanGateOptions, type SpanGateStats } from './traces/gate/create-span-gate.ts';
export { parseSpanConditions, type SpanConditions } from './traces/gate/span-conditions.ts';
export { LEVEL_NAMES } from './logs/level-words.ts';
export type { HttpClientConfig, PrometheusConfig, RelabelRule, ScrapeConfig, TargetGroup } from './scrape-config/config.ts';
export type { ConfigWarning } from './scrape-config/cursor.ts';
export { type ParseOptions, parsePrometheusConfig } from './scrape-config/parse.ts';
export { redactConfig } from './scrape-config/redact.ts';
export { createMetricWriter, type MetricWriterOptions } from './metrics/create-metric-writer.ts';
export { DEFAULT_METRIC_LIMITS, type MetricLimits } from './metrics/limits.ts';
export type { RawAppender, RawSeriesResolver } from './metrics/raw-series.ts';
export {
  createRemoteWrite,
  type RemoteWrite,
  type RemoteWriteAnswer,
  type RemoteWriteOptions,
  type RemoteWriteRequest,
  type RemoteWriteStats,
} from './remote-write/create-remote-write.ts';
export type { OtlpHttpAnswer, OtlpHttpRequest, OtlpOptions, OtlpReceiver, OtlpStats } from './otlp/otlp-receiver.ts';
export { createOtlpMetrics, type DeltaStats, type OtlpMetrics, type OtlpMetricsOptions } from './otlp/metrics/otlp-metrics.ts';
export { DEFAULT_OTLP_TRANSLATION } from './otlp/metrics/translation.ts';
export { createOtlpLogs } from './otlp/logs/otlp-logs.ts';
export { createOtlpTraces } from './otlp/traces/otlp-traces.ts';
export { HexId } from './traces/hex-id.ts';
export { SpanCollector, SpanCollectors } from './traces/span-collector.ts';
export { createZipkin, type Zipkin } from './zipkin/create-zipkin.ts';
export { BODY_ENCODINGS, decompress } from './body/decompress.ts';
export { encodeRpcStatus, RPC_CODE, type RpcCode, type RpcStatus, rpcStatusOf } from './otlp/rpc-status.ts';
export { LENGTH_DELIMITED, ProtobufCursor } from './protobuf/protobuf-cursor.ts';
export { declaredLength, SnappyDecoder } from './remote-write/snappy-block.ts';
export { createHostCollector, type HostCollector, type HostCollectorOptions } from './host/collector.ts';
export type { ScrapeFetch, ScrapeRequest, ScrapeResponse } from './scrape/scrape-fetch.ts';
export { type BuiltInTarget, createScrapeManager, type ScrapeManager, type ScrapeManagerOptions } from './scrape/scrape-manager.ts';
export type { ScrapeStats } from './scrape/scrape-stats.ts';
export type { ActiveTarget, TargetsSnapshot } from './scrape/targets-snapshot.ts';
export { Bookmarks } from './collect/bookmarks.ts';
export type { CollectConfig } from './collect/collect-config.ts';
export { type HostJobOptions, hostJobs } from './collect/host-jobs.ts';
export { createLogCollector, type LogCollector, type LogCollectorOptions } from './collect/log-collector.ts';
export type { LogTarget } from './collect/log-source.ts';
export { parsePromtailConfig, type PromtailOptions } from './collect/promtail/parse.ts';
export { StageMetrics } from './collect/promtail/metrics/stage-metrics.ts';
