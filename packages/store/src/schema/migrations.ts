/**
 * The store's schema, one numbered step after another. A step that was released is never changed; a change is a new step.
 * A step may have stopped half way, so each of its statements can be repeated.
 */

import { sql } from '../sql.ts';
import { exemplarTable } from './exemplar-table.ts';
import type { Migration } from './migration.ts';

/**
 * Metrics.
 *
 * `samples` is sorted by a series id whose upper 20 bits come from the metric's name, so that what one query reads lies
 * together (see series-index/series-id.ts). (id, ts) is the identity of a sample: rows that repeat it disappear in merges, and readers
 * pass over those that have not been merged yet. An insert and a merge are on disk before they count.
 */
const metrics: Migration = {
  version: 1,
  name: 'metrics',
  statements: [
    sql`CREATE TABLE IF NOT EXISTS samples (
      id UInt64 CODEC(ZSTD(1)),
      ts Int64 COMMENT 'milliseconds since the epoch' CODEC(DoubleDelta, ZSTD(1)),
      value Float64 CODEC(Delta, ZSTD(1))
    ) ENGINE = ReplacingMergeTree
    PARTITION BY toInt32(floor(ts / 86400000))
    ORDER BY (id, ts)
    SETTINGS index_granularity = 2048, min_compress_block_size = 16384, max_compress_block_size = 65536,
      fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
      non_replicated_deduplication_window = 100, old_parts_lifetime = 60,
      max_parts_in_total = 1000000, max_bytes_to_merge_at_max_space_in_pool = 10737418240`,
    sql`CREATE TABLE IF NOT EXISTS series (
      id UInt64,
      fingerprint UInt64 COMMENT 'MurmurHash3 of the canonical label set',
      labels Map(String, String) CODEC(ZSTD(3))
    ) ENGINE = ReplacingMergeTree
    ORDER BY id
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60`,
    sql`CREATE TABLE IF NOT EXISTS series_activity (
      id UInt64,
      first_day SimpleAggregateFunction(min, Int32) COMMENT 'UTC day, counted from 1970-01-01',
      last_day SimpleAggregateFunction(max, Int32)
    ) ENGINE = AggregatingMergeTree
    ORDER BY id
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60`,
    sql`CREATE TABLE IF NOT EXISTS metadata (
      metric String,
      type String,
      help String,
      unit String,
      seen Int64 COMMENT 'when it was last reported, milliseconds since the epoch'
    ) ENGINE = ReplacingMergeTree(seen)
    ORDER BY (metric, type, help, unit)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60`,
  ],
};

/**
 * Samples of series whose labels are not known, because the journal record that held them was damaged. They wait here, by
 * fingerprint (an id needs the metric's name), and move to `samples` when the series is defined.
 */
const undefinedSamples: Migration = {
  version: 2,
  name: 'undefined samples',
  statements: [
    sql`CREATE TABLE IF NOT EXISTS undefined_samples (
      fingerprint UInt64,
      ts Int64 COMMENT 'milliseconds since the epoch',
      value Float64
    ) ENGINE = ReplacingMergeTree
    ORDER BY (fingerprint, ts)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60`,
  ],
};

/**
 * Native histograms: like `samples`, `payload` being what room `model` encodes. `histogram_series` names every series that has any,
 * so that reading all others costs nothing; a series is in it before its histograms are stored.
 */
const histograms: Migration = {
  version: 3,
  name: 'native histograms',
  statements: [
    sql`CREATE TABLE IF NOT EXISTS histogram_samples (
      id UInt64 CODEC(ZSTD(1)),
      ts Int64 COMMENT 'milliseconds since the epoch' CODEC(DoubleDelta, ZSTD(1)),
      payload String CODEC(ZSTD(3))
    ) ENGINE = ReplacingMergeTree
    PARTITION BY toInt32(floor(ts / 86400000))
    ORDER BY (id, ts)
    SETTINGS index_granularity = 1024, min_compress_block_size = 16384, max_compress_block_size = 65536,
      fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
      non_replicated_deduplication_window = 100, old_parts_lifetime = 60,
      max_parts_in_total = 1000000, max_bytes_to_merge_at_max_space_in_pool = 10737418240`,
    sql`CREATE TABLE IF NOT EXISTS histogram_series (
      id UInt64
    ) ENGINE = ReplacingMergeTree
    ORDER BY id
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60`,
    sql`CREATE TABLE IF NOT EXISTS undefined_histograms (
      fingerprint UInt64,
      ts Int64 COMMENT 'milliseconds since the epoch',
      payload String
    ) ENGINE = ReplacingMergeTree
    ORDER BY (fingerprint, ts)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60`,
  ],
};

/**
 * Logs. The columns up to LogAttributes are those of the OpenTelemetry Collector's ClickHouse exporter; ours follow, with defaults that fit
 * lines a collector writes straight into the table. Sorted by hour and stream, so that a stream compresses well and the newest hours are
 * read first; partitions and hours are counted from nanoseconds because DateTime does not reach before 1970. See docs/adr/0012-log-tables.md.
 */
const logs: Migration = {
  version: 4,
  name: 'logs',
  statements: [
    sql`CREATE TABLE IF NOT EXISTS otel_logs (
      Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)),
      TimestampTime DateTime DEFAULT toDateTime(Timestamp) CODEC(Delta(4), ZSTD(1)),
      TraceId String CODEC(ZSTD(1)),
      SpanId String CODEC(ZSTD(1)),
      TraceFlags UInt8,
      SeverityText LowCardinality(String) CODEC(ZSTD(1)),
      SeverityNumber UInt8,
      ServiceName LowCardinality(String) CODEC(ZSTD(1)),
      Body String CODEC(ZSTD(1)),
      ResourceSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
      ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
      ScopeSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
      ScopeName String CODEC(ZSTD(1)),
      ScopeVersion LowCardinality(String) CODEC(ZSTD(1)),
      ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
      LogAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
      StreamId UInt64 DEFAULT cityHash64('service_name', ServiceName) COMMENT 'fingerprint of the stream labels, see log_streams' CODEC(ZSTD(1)),
      DetectedLevel Enum8('unknown' = 0, 'trace' = 1, 'debug' = 2, 'info' = 3, 'warn' = 4, 'error' = 5, 'critical' = 6, 'fatal' = 7)
        DEFAULT multiIf(SeverityNumber = 0, 'unknown', SeverityNumber <= 4, 'trace', SeverityNumber <= 8, 'debug', SeverityNumber <= 12, 'info',
          SeverityNumber <= 16, 'warn', SeverityNumber <= 20, 'error', 'fatal') CODEC(ZSTD(1)),
      IsOtlp Bool DEFAULT true COMMENT 'whether resource, scope, severity and trace columns are labels of the line, or LogAttributes alone' CODEC(ZSTD(1)),
      Batch UInt64 DEFAULT 0 COMMENT 'the journal record it came in; 0: not through the journal' CODEC(Delta(8), ZSTD(1)),
      INDEX idx_body lower(toValidUTF8(Body)) TYPE ngrambf_v1(3, 8192, 2, 0) GRANULARITY 1,
      INDEX idx_log_attr_value mapValues(LogAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
      INDEX idx_trace_id TraceId TYPE bloom_filter(0.001),
      INDEX idx_batch Batch TYPE minmax
    ) ENGINE = MergeTree
    PARTITION BY toInt32(intDiv(toUnixTimestamp64Nano(Timestamp), 86400000000000))
    ORDER BY (intDiv(toUnixTimestamp64Nano(Timestamp), 3600000000000), StreamId, Timestamp)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
      non_replicated_deduplication_window = 100,
      old_parts_lifetime = 60, max_parts_in_total = 1000000, max_bytes_to_merge_at_max_space_in_pool = 10737418240`,
    sql`CREATE TABLE IF NOT EXISTS log_streams (
      id UInt64,
      fingerprint UInt64 COMMENT 'otel_logs.StreamId',
      labels Map(String, String) CODEC(ZSTD(3))
    ) ENGINE = ReplacingMergeTree
    ORDER BY id
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60`,
    sql`CREATE TABLE IF NOT EXISTS log_stream_activity (
      id UInt64,
      first_day SimpleAggregateFunction(min, Int32) COMMENT 'UTC day, counted from 1970-01-01',
      last_day SimpleAggregateFunction(max, Int32)
    ) ENGINE = AggregatingMergeTree
    ORDER BY id
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60`,
    // Streams that have lines with resource, scope and severity; questions about others need not look at those columns.
    sql`CREATE TABLE IF NOT EXISTS log_otlp_streams (
      fingerprint UInt64
    ) ENGINE = ReplacingMergeTree
    ORDER BY fingerprint
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60`,
  ],
};

/**
 * Traces. The columns up to Links are those of the OpenTelemetry Collector's ClickHouse exporter; ours follow, with defaults that fit spans a
 * collector writes straight into the table: types are characters of ATTRIBUTE_TYPE, one for each attribute in order, nothing where all are
 * strings. Sorted by minute and trace, so that a trace lies together and the newest minutes are read first. The projection tells when a trace
 * was; `idx_attributes` holds a hash of each pair of name and value that spans, their resources and events have, of the name alone where the
 * value may be a list. See docs/adr/0018-span-tables.md.
 */
const traces: Migration = {
  version: 5,
  name: 'traces',
  statements: [
    sql`CREATE TABLE IF NOT EXISTS otel_traces (
      Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(3)),
      TraceId String CODEC(ZSTD(3)),
      SpanId String CODEC(ZSTD(3)),
      ParentSpanId String CODEC(ZSTD(3)),
      TraceState String CODEC(ZSTD(3)),
      SpanName LowCardinality(String) CODEC(ZSTD(3)),
      SpanKind LowCardinality(String) CODEC(ZSTD(3)),
      ServiceName LowCardinality(String) CODEC(ZSTD(3)),
      ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(3)),
      ScopeName String CODEC(ZSTD(3)),
      ScopeVersion String CODEC(ZSTD(3)),
      SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(3)),
      Duration UInt64 CODEC(ZSTD(3)),
      StatusCode LowCardinality(String) CODEC(ZSTD(3)),
      StatusMessage String CODEC(ZSTD(3)),
      Events Nested (
        Timestamp DateTime64(9),
        Name LowCardinality(String),
        Attributes Map(LowCardinality(String), String)
      ) CODEC(ZSTD(3)),
      Links Nested (
        TraceId String,
        SpanId String,
        TraceState String,
        Attributes Map(LowCardinality(String), String)
      ) CODEC(ZSTD(3)),
      TraceFlags UInt32 CODEC(ZSTD(3)),
      ResourceSchemaUrl LowCardinality(String) CODEC(ZSTD(3)),
      ResourceAttributeTypes LowCardinality(String) CODEC(ZSTD(3)),
      ResourceDroppedAttributes UInt32 CODEC(ZSTD(3)),
      ScopeSchemaUrl LowCardinality(String) CODEC(ZSTD(3)),
      ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(3)),
      ScopeAttributeTypes LowCardinality(String) CODEC(ZSTD(3)),
      ScopeDroppedAttributes UInt32 CODEC(ZSTD(3)),
      SpanAttributeTypes LowCardinality(String) CODEC(ZSTD(3)),
      DroppedAttributes UInt32 CODEC(ZSTD(3)),
      DroppedEvents UInt32 CODEC(ZSTD(3)),
      DroppedLinks UInt32 CODEC(ZSTD(3)),
      EventAttributeTypes Array(LowCardinality(String)) COMMENT 'of each event; none: strings' CODEC(ZSTD(3)),
      LinkAttributeTypes Array(LowCardinality(String)) COMMENT 'of each link; none: strings' CODEC(ZSTD(3)),
      Batch UInt64 COMMENT 'the journal record it came in; 0: not through the journal' CODEC(Delta(8), ZSTD(3)),
      INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
      INDEX idx_attributes arrayConcat(
        arrayMap((name, value) -> if(startsWith(value, '['), cityHash64(name), cityHash64(name, value)), mapKeys(SpanAttributes), mapValues(SpanAttributes)),
        arrayMap((name, value) -> if(startsWith(value, '['), cityHash64(name), cityHash64(name, value)), mapKeys(ResourceAttributes), mapValues(ResourceAttributes)),
        arrayFlatten(arrayMap(of -> arrayMap((name, value) -> if(startsWith(value, '['), cityHash64(name), cityHash64(name, value)), mapKeys(of), mapValues(of)), Events.Attributes))
      ) TYPE bloom_filter(0.002) GRANULARITY 1,
      INDEX idx_duration Duration TYPE minmax GRANULARITY 1,
      INDEX idx_service ServiceName TYPE bloom_filter(0.01) GRANULARITY 1,
      INDEX idx_name SpanName TYPE bloom_filter(0.01) GRANULARITY 1,
      INDEX idx_batch Batch TYPE minmax,
      PROJECTION trace_minutes (
        SELECT cityHash64(TraceId), min(intDiv(toUnixTimestamp64Nano(Timestamp), 60000000000)),
          max(intDiv(toUnixTimestamp64Nano(Timestamp), 60000000000))
        GROUP BY cityHash64(TraceId)
      )
    ) ENGINE = MergeTree
    PARTITION BY toInt32(intDiv(toUnixTimestamp64Nano(Timestamp), 86400000000000))
    ORDER BY (intDiv(toUnixTimestamp64Nano(Timestamp), 60000000000), TraceId)
    SETTINGS index_granularity = 2048, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
      non_replicated_deduplication_window = 100,
      old_parts_lifetime = 60, max_parts_in_total = 1000000, max_bytes_to_merge_at_max_space_in_pool = 10737418240`,
    // Operations that have spans. What goes beyond the limits of a service is kept under an empty kind.
    sql`CREATE TABLE IF NOT EXISTS otel_traces_operations (
      ServiceName String,
      SpanName String,
      SpanKind LowCardinality(String),
      FirstHour SimpleAggregateFunction(min, Int32) COMMENT 'counted from 1970-01-01T00:00Z',
      LastHour SimpleAggregateFunction(max, Int32)
    ) ENGINE = AggregatingMergeTree
    ORDER BY (ServiceName, SpanName, SpanKind)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60`,
  ],
};

/** All steps, in order. */
export const MIGRATIONS: readonly Migration[] = [metrics, undefinedSamples, histograms, logs, traces, exemplarTable];
