/** The engine's interface: ClickHouse in this process or ClickHouse by URL, with the same SQL and the same errors. */

import type { CancelSignal } from '@atalaya/model';
import type { InsertBlock } from '../native/block.ts';
import type { Sql } from '../sql.ts';

/** What one query may use at most. What is left out falls back to the engine's own defaults (see {@link DEFAULT_LIMITS}). */
export interface QueryLimits {
  readonly memoryBytes?: number;
  readonly timeMs?: number;
  /** Rows of the answer; more rejects with QUERY_LIMIT. */
  readonly resultRows?: number;
  readonly threads?: number;
}

/** How one query is asked. */
export interface QueryOptions {
  readonly limits?: QueryLimits;
  /** Further settings of ClickHouse by name. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Aborting ends the query in the engine too and rejects with QUERY_CANCELED. */
  readonly signal?: CancelSignal;
}

/** An answer in the Native format. */
export interface QueryAnswer {
  /** Owned by the caller; its buffer begins with it, so it can be transferred to another thread. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Rows that the engine had to read, and their bytes before compression. */
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly elapsedMs: number;
}

/**
 * ClickHouse. Every call rejects with an AtalayaError: QUERY_LIMIT, QUERY_TIMEOUT, QUERY_CANCELED, ENGINE_UNAVAILABLE (retry
 * later: not reachable, out of memory, too many parts, closed), INTERNAL (the statement or the store is wrong).
 */
export interface Engine {
  readonly kind: 'embedded' | 'server';
  /** ClickHouse's version. */
  version(): Promise<string>;
  /** Asks a question. It runs read-only and within limits whatever the statement says. */
  query(statement: Sql, options?: QueryOptions): Promise<QueryAnswer>;
  /** Changes something: DDL, `DROP PARTITION`, `DELETE`. Not for user text, not even escaped. */
  execute(statement: Sql): Promise<void>;
  /**
   * Inserts one block; resolves when it is durable. Blocks with the same token after another count once, as far as the
   * engine remembers (the last 100 for tables that ask for it). No token: no such check.
   */
  insert(table: string, block: InsertBlock, options?: { readonly token?: string }): Promise<void>;
  /** Rejects when the engine does not answer. */
  ping(): Promise<void>;
  /** Resident bytes of the process it runs in, `undefined` where that is another one. */
  memoryUse(): number | undefined;
  /** Waits for what is under way. Later calls reject with ENGINE_UNAVAILABLE. Closing twice does nothing. */
  close(): Promise<void>;
}

/** Limits of a query that names none. */
export const DEFAULT_LIMITS = { memoryBytes: 400_000_000, timeMs: 60_000, resultRows: 100_000_000, threads: 2 } as const;

/** The settings that make a query read-only and bounded. */
export function querySettings(options: QueryOptions): Record<string, string | number> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  return {
    ...options.settings,
    max_execution_time: limits.timeMs / 1000,
    timeout_before_checking_execution_speed: 0,
    max_memory_usage: limits.memoryBytes,
    max_result_rows: limits.resultRows,
    result_overflow_mode: 'throw',
    max_threads: limits.threads,
    readonly: 1,
  };
}

/** The settings of every insert: one block stays one part per partition, whatever its size, and is on disk when it returns. */
export function insertSettings(token: string | undefined): Record<string, string | number> {
  return {
    max_insert_threads: 1,
    max_threads: 1,
    max_block_size: 64_000_000,
    max_insert_block_size: 64_000_000,
    min_insert_block_size_rows: 0,
    min_insert_block_size_bytes: 0,
    // A backfill of years goes into one partition per day.
    max_partitions_per_insert_block: 0,
    async_insert: 0,
    insert_deduplicate: token === undefined ? 0 : 1,
    ...(token === undefined ? {} : { insert_deduplication_token: token }),
  };
}
