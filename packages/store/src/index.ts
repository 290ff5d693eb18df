/** Room `store`: what was acknowledged becomes tables, and questions become the bytes of an answer. */

export { type EmbeddedOptions, openEmbeddedEngine } from './engine/embedded.ts';
export type { Engine, QueryAnswer, QueryLimits, QueryOptions } from './engine/engine.ts';
export { openServerEngine, type ServerOptions } from './engine/server.ts';
export type { HotStats } from './hot/hot-selection.ts';
export type { LabelQuestion } from './metrics/label-answers.ts';
export type { LoadResult, StoreCounters } from './metrics/intake.ts';
export { openMetricStore } from './metrics/metric-store.ts';
export type { MetricStore, MetricStoreOptions } from './metrics/store-interface.ts';
export type { Retention, RetentionResult } from './metrics/retention.ts';
export type { LogCounters, TakenLines } from './logs/intake.ts';
export type { LogRecord } from './logs/log-record.ts';
export { logSink } from './logs/log-sink.ts';
export { openLogStore } from './logs/log-store.ts';
export type { LogStore, LogStoreOptions } from './logs/store-interface.ts';
export { connectLogReader, type PortLogReader } from './logs/reader/connect-log-reader.ts';
export { serveLogReader } from './logs/reader/serve-log-reader.ts';
export { decodeSelection } from './metrics/decode.ts';
export type { RawSelection, SelectBounds, SelectQuestion } from './metrics/selection.ts';
export type { Cardinality, MetricCost, Ranked, StoreStats, TableStats } from './metrics/statistics.ts';
export { connectReader, type PortReader, type SelectedSeries } from './reader/connect-reader.ts';
export { directPorts } from './reader/reader-port.ts';
export { serveReader } from './reader/serve-reader.ts';
export type { BreakerState } from './loader/breaker.ts';
export { type DeadLetters, deadLetterFolder } from './loader/dead-letters.ts';
export { metricSink } from './metrics/metric-sink.ts';
export type { Sink, SinkResult, Sinks } from './loader/sink.ts';
export { createLoader, type Loader, type LoaderOptions, type LoaderState, type LoadStats } from './loader/loader.ts';
