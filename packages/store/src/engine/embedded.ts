/** ClickHouse inside this process, through the package `chdb`. One process at a time may open a data directory. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AtalayaError, type Clock } from '@atalaya/model';
import type { Session } from 'chdb';
import { type InsertBlock, stringAt, typeOf } from '../native/block.ts';
import { column, readNative } from '../native/read.ts';
import { writeNative } from '../native/write.ts';
import { fragment, identifier, settingsClause, sql, type Sql } from '../sql.ts';
import { embeddedConfig } from './embedded-config.ts';
import { commandError, queryError } from './engine-errors.ts';
import { type Engine, insertSettings, type QueryAnswer, type QueryOptions, querySettings } from './engine.ts';
import { SessionPool } from './session-pool.ts';

/** Where the embedded engine lives and what it may take. */
export interface EmbeddedOptions {
  /** The engine keeps its files in `engine` below it and short-lived ones in `engine-tmp`. */
  readonly dataDir: string;
  /** The most memory that ClickHouse may use, bytes. */
  readonly memoryBytes: number;
  readonly clock: Clock;
  /** Queries that run side by side; further ones wait. */
  readonly concurrentQueries?: number;
  readonly mergeThreads?: number;
}

/** A selection names its series one by one, so statements can be long. The parser reads these before any SETTINGS clause. */
const PARSER_LIMITS = ['--max_query_size=1000000000', '--log_queries=0'];

/** Opens the data directory, making it when it is not there. Rejects with ENGINE_UNAVAILABLE when another process holds it. */
export async function openEmbeddedEngine(options: EmbeddedOptions): Promise<Engine> {
  const temporaryDir = join(options.dataDir, 'engine-tmp');
  // What a killed process left there belongs to inserts that will be repeated.
  await rm(temporaryDir, { recursive: true, force: true });
  await mkdir(temporaryDir, { recursive: true, mode: 0o700 });
  const configFile = join(temporaryDir, 'config.xml');
  const { memoryBytes, mergeThreads = 2 } = options;
  await writeFile(configFile, embeddedConfig({ memoryBytes, mergeThreads, temporaryDir }));
  const path = join(options.dataDir, 'engine');
  // Loaded here and not above: threads that import this room for its readers must not load the library, which does not survive
  // the end of a thread.
  const library = await import('chdb');
  // Queries on one session run one after another, sessions side by side: so one for writing, one for orders, some for reading.
  const open = (): Session => {
    try {
      return new library.Session(path, { connectionArgs: [`--config-file=${configFile}`, ...PARSER_LIMITS] });
    } catch (error) {
      throw commandError(error);
    }
  };
  const writer = open();
  const readers = Array.from({ length: options.concurrentQueries ?? 2 }, open);
  return new EmbeddedEngine({ writer, readers, control: open(), temporaryDir, clock: options.clock, drain: library.drainPending });
}

/**
 * What a query had put out before it failed or was killed stays in its session, and the next query's answer would begin with
 * it: it is fetched here and thrown away.
 */
async function discardLeftovers(session: Session): Promise<void> {
  await session.queryAsync(sql`SELECT 1`, { format: 'Native' }).catch(() => undefined);
}

interface EmbeddedParts {
  readonly writer: Session;
  readonly readers: readonly Session[];
  /** For orders that must not wait behind a query. */
  readonly control: Session;
  readonly temporaryDir: string;
  readonly clock: Clock;
  /** Waits until nothing native is outstanding. */
  readonly drain: () => Promise<void>;
}

class EmbeddedEngine implements Engine {
  readonly kind = 'embedded';
  readonly #writer: SessionPool;
  readonly #readers: SessionPool;
  readonly #control: Session;
  readonly #temporaryDir: string;
  readonly #clock: Clock;
  readonly #drain: () => Promise<void>;
  #sequence = 0;
  #closing: Promise<void> | undefined;

  constructor({ writer, readers, control, temporaryDir, clock, drain }: EmbeddedParts) {
    this.#writer = new SessionPool([writer]);
    this.#readers = new SessionPool(readers);
    this.#control = control;
    this.#temporaryDir = temporaryDir;
    this.#clock = clock;
    this.#drain = drain;
  }

  async version(): Promise<string> {
    const [answer] = readNative((await this.query(sql`SELECT version() AS version`)).bytes);
    return answer === undefined ? 'unknown' : stringAt(column(answer, 'version', 'String'), 0);
  }

  async query(statement: Sql, options: QueryOptions = {}): Promise<QueryAnswer> {
    const { signal } = options;
    // The mark lets a cancel find this very query.
    const mark = `atalaya-query-${++this.#sequence}`;
    const text = sql`/* ${fragment(mark as Sql)} */ ${fragment(statement)}${settingsClause(querySettings(options))}`;
    const started = this.#clock.monotonic();
    let running = false;
    const kill = (): void => {
      if (running) this.#kill(mark);
    };
    signal?.addEventListener('abort', kill);
    try {
      const result = await this.#readers.use(signal, async (session) => {
        if (signal?.aborted === true) throw new AtalayaError('QUERY_CANCELED', { phase: 'waiting for the engine' });
        running = true;
        try {
          return await session.queryAsync(text, { format: 'Native' });
        } catch (error) {
          await discardLeftovers(session);
          throw error;
        }
      });
      if (signal?.aborted === true) throw new AtalayaError('QUERY_CANCELED', { phase: 'reading samples' });
      const answer = result.bytes();
      const bytes = new Uint8Array(answer.buffer as ArrayBuffer, answer.byteOffset, answer.byteLength);
      return { bytes, rowsRead: result.rowsRead, bytesRead: result.bytesRead, elapsedMs: this.#clock.monotonic() - started };
    } catch (error) {
      throw queryError(error, options);
    } finally {
      running = false;
      signal?.removeEventListener('abort', kill);
    }
  }

  /** Ends queries by their mark, in which `%` stands for any text. */
  #kill(mark: string): void {
    const statement = sql`KILL QUERY WHERE query LIKE ${`/* ${mark} */%`} ASYNC`;
    // A query that has just ended cannot be killed; one that cannot be killed ends at its time limit.
    this.#control.queryAsync(statement).catch(() => undefined);
  }

  async execute(statement: Sql): Promise<void> {
    try {
      await this.#writer.use(undefined, (session) => session.queryAsync(statement));
    } catch (error) {
      throw commandError(error);
    }
  }

  async insert(table: string, block: InsertBlock, options: { readonly token?: string } = {}): Promise<void> {
    if (block.rows === 0) return;
    const file = join(this.#temporaryDir, `insert-${++this.#sequence}.native`);
    const names = Object.keys(block.columns);
    const structure = Object.entries(block.columns)
      .map(([name, column]) => `${identifier(name).text} ${typeOf(column)}`)
      .join(', ');
    const columns = fragment(names.map((name) => identifier(name).text).join(', ') as Sql);
    const statement = sql`INSERT INTO ${identifier(table)} (${columns})
      SELECT ${columns} FROM file(${file}, 'Native', ${structure})${settingsClause(insertSettings(options.token))}`;
    try {
      await writeFile(file, writeNative(block));
      await this.#writer.use(undefined, (session) => session.queryAsync(statement));
    } catch (error) {
      throw commandError(error);
    } finally {
      await rm(file, { force: true });
    }
  }

  async ping(): Promise<void> {
    if (this.#closing !== undefined) throw new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'it is closed' });
    try {
      await this.#control.queryAsync(sql`SELECT 1`);
    } catch (error) {
      throw commandError(error);
    }
  }

  memoryUse(): number {
    return process.memoryUsage.rss();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#kill('atalaya-query-%');
    await Promise.all([this.#readers.close(), this.#writer.close()]);
    this.#control.close();
    await this.#drain();
  }
}
