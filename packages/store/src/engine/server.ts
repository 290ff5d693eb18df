/** A ClickHouse server by URL, through `@clickhouse/client`. */

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { AtalayaError, type Clock } from '@atalaya/model';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import type { InsertBlock } from '../native/block.ts';
import { writeNative } from '../native/write.ts';
import { fragment, identifier, sql, type Sql } from '../sql.ts';
import { commandError, queryError } from './engine-errors.ts';
import { DEFAULT_LIMITS, type Engine, insertSettings, type QueryAnswer, type QueryOptions, querySettings } from './engine.ts';

/** How to reach a ClickHouse server. */
export interface ServerOptions {
  /** `http://host:8123`, without credentials. */
  readonly url: string;
  readonly database?: string;
  readonly username?: string;
  readonly password?: string;
  readonly clock: Clock;
  /** How long to wait for an answer to a statement that changes something, milliseconds. */
  readonly timeoutMs?: number;
}

/** A client for a server. Connections are opened when they are needed; {@link Engine.ping} tells whether it is there. */
export function openServerEngine(options: ServerOptions): Engine {
  return new ServerEngine(options);
}

class ServerEngine implements Engine {
  readonly kind = 'server';
  readonly #client: ClickHouseClient;
  readonly #clock: Clock;
  #closed = false;

  constructor(options: ServerOptions) {
    this.#clock = options.clock;
    this.#client = createClient({
      url: options.url,
      ...(options.database === undefined ? {} : { database: options.database }),
      ...(options.username === undefined ? {} : { username: options.username }),
      ...(options.password === undefined ? {} : { password: options.password }),
      request_timeout: options.timeoutMs ?? 120_000,
      application: 'atalaya',
      compression: { request: false, response: false },
      log: { level: 127 }, // errors are reported by who called
    });
  }

  async version(): Promise<string> {
    this.#open();
    const answer = await this.#client.query({ query: sql`SELECT version() AS version`, format: 'JSONEachRow' }).catch(commandFailed);
    const [row] = await answer.json<{ version: string }>();
    return row?.version ?? 'unknown';
  }

  async query(statement: Sql, options: QueryOptions = {}): Promise<QueryAnswer> {
    const started = this.#clock.monotonic();
    const { signal } = options;
    const aborter = new AbortController();
    const queryId = randomUUID();
    const abort = (): void => {
      aborter.abort();
      this.#kill(queryId);
    };
    signal?.addEventListener('abort', abort);
    const deadline = this.#clock.after((options.limits?.timeMs ?? DEFAULT_LIMITS.timeMs) + 5000, () => aborter.abort());
    try {
      this.#open();
      if (signal?.aborted === true) throw new AtalayaError('QUERY_CANCELED', { phase: 'waiting for the engine' });
      const answer = await this.#client.exec({
        query: sql`${fragment(statement)} FORMAT Native`,
        query_id: queryId,
        abort_signal: aborter.signal,
        // max_query_size: a selection names its series one by one, so statements can be long.
        // wait_end_of_query: an error in the middle becomes a status, not a torn answer.
        clickhouse_settings: { ...querySettings(options), max_query_size: '1000000000', wait_end_of_query: 1 },
      });
      const bytes = await collect(answer.stream);
      const { read_rows: rows, read_bytes: read } = answer.summary ?? { read_rows: '0', read_bytes: '0' };
      return { bytes, rowsRead: Number(rows), bytesRead: Number(read), elapsedMs: this.#clock.monotonic() - started };
    } catch (error) {
      if (aborter.signal.aborted && signal?.aborted !== true) {
        const limit = `${options.limits?.timeMs ?? DEFAULT_LIMITS.timeMs} ms`;
        throw new AtalayaError('QUERY_TIMEOUT', { phase: 'waiting for the engine', limit }, { cause: error });
      }
      throw queryError(error, options);
    } finally {
      deadline.cancel();
      signal?.removeEventListener('abort', abort);
    }
  }

  #kill(queryId: string): void {
    // A query that has just ended cannot be killed; one that cannot be killed ends at its time limit.
    this.#client.command({ query: sql`KILL QUERY WHERE query_id = ${queryId} ASYNC` }).catch(() => undefined);
  }

  async execute(statement: Sql): Promise<void> {
    this.#open();
    await this.#client.command({ query: statement, clickhouse_settings: { wait_end_of_query: 1 } }).catch(commandFailed);
  }

  async insert(table: string, block: InsertBlock, options: { readonly token?: string } = {}): Promise<void> {
    this.#open();
    if (block.rows === 0) return;
    const names = Object.keys(block.columns).map((name) => identifier(name).text);
    const columns = fragment(names.join(', ') as Sql);
    try {
      const answer = await this.#client.exec({
        query: sql`INSERT INTO ${identifier(table)} (${columns}) FORMAT Native`,
        values: Readable.from([writeNative(block)], { objectMode: false }),
        clickhouse_settings: { ...insertSettings(options.token), wait_end_of_query: 1 },
      });
      await collect(answer.stream);
    } catch (error) {
      throw commandError(error);
    }
  }

  async ping(): Promise<void> {
    this.#open();
    const result = await this.#client.ping({ select: true });
    if (!result.success) throw commandError(result.error);
  }

  memoryUse(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#client.close();
  }

  #open(): void {
    if (this.#closed) throw new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'it is closed' });
  }
}

function commandFailed(error: unknown): never {
  throw commandError(error);
}

/** The whole stream in one buffer of its own. */
async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
