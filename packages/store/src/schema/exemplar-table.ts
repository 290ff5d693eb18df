/** The table of exemplars. */

import { sql } from '../sql.ts';
import type { Migration } from './migration.ts';

/**
 * Exemplars: measurements behind samples, with labels such as the id of the trace they were made in. Rows that repeat one disappear in merges.
 * Partitioned as `samples`, so that retention drops both alike.
 */
export const exemplarTable: Migration = {
  version: 6,
  name: 'exemplars',
  statements: [
    sql`CREATE TABLE IF NOT EXISTS exemplars (
      id UInt64 COMMENT 'of the series' CODEC(ZSTD(1)),
      ts Int64 COMMENT 'milliseconds since the epoch' CODEC(DoubleDelta, ZSTD(1)),
      value Float64 CODEC(ZSTD(1)),
      labels Map(String, String) CODEC(ZSTD(1))
    ) ENGINE = ReplacingMergeTree
    PARTITION BY toInt32(floor(ts / 86400000))
    ORDER BY (id, ts, value, cityHash64(toString(labels)))
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 60,
      max_parts_in_total = 1000000`,
  ],
};
