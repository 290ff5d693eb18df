/** The configuration file that the embedded ClickHouse starts with: small caches and pools, no logs of its own, memory capped. */

/** What can be chosen. */
export interface EmbeddedTuning {
  /** The most memory that ClickHouse may use for everything it does, bytes. */
  readonly memoryBytes: number;
  /** Threads that merge parts in the background. */
  readonly mergeThreads: number;
  readonly temporaryDir: string;
}

const MIB = 1_048_576;

/** The file's text (XML, ClickHouse's own form). */
export function embeddedConfig(tuning: EmbeddedTuning): string {
  const settings: Record<string, string | number> = {
    max_server_memory_usage: tuning.memoryBytes,
    // A merge waits rather than takes what queries and inserts need.
    merges_mutations_memory_usage_soft_limit: Math.floor(tuning.memoryBytes / 2),
    background_pool_size: tuning.mergeThreads,
    background_merges_mutations_concurrency_ratio: 1,
    background_common_pool_size: 1,
    background_move_pool_size: 1,
    background_fetches_pool_size: 1,
    background_schedule_pool_size: 2,
    background_schedule_pool_initial_size: 1,
    mark_cache_size: 16 * MIB,
    primary_index_cache_size: 16 * MIB,
    index_mark_cache_size: MIB,
    uncompressed_cache_size: 0,
    query_condition_cache_size: MIB,
    compiled_expression_cache_size: MIB,
    mmap_cache_size: 16,
    max_thread_pool_size: 64,
    max_thread_pool_free_size: 4,
    max_io_thread_pool_size: 8,
    max_active_parts_loading_thread_pool_size: 2,
    max_outdated_parts_loading_thread_pool_size: 2,
    max_parts_cleaning_thread_pool_size: 2,
    asynchronous_metrics_update_period_s: 60,
    database_atomic_delay_before_drop_table_sec: 0,
    tmp_path: `${tuning.temporaryDir}/`,
    user_files_path: `${tuning.temporaryDir}/`,
  };
  const lines = Object.entries(settings).map(([name, value]) => `  <${name}>${escapeXml(String(value))}</${name}>`);
  return `<clickhouse>\n${lines.join('\n')}\n</clickhouse>\n`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
