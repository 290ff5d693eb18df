/**
 * The store's schema, one numbered step after another. A step that was released is never changed; a change is a new step.
 * A step may have stopped half way, so each of its statements can be repeated.
 */

import { sql, type Sql } from '../sql.ts';

export interface Migration {
  /** Counts up from 1 without gaps. */
  readonly version: number;
  readonly name: string;
  readonly statements: readonly Sql[];
}

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

/** All steps, in order. */
export const MIGRATIONS: readonly Migration[] = [metrics, undefinedSamples, histograms];
