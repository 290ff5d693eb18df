/** The log store over an engine and the streams in memory. */

import { migrate } from '../schema/migrate.ts';
import { type LogCounters, LogIntake, type TakenLines } from './intake.ts';
import type { LogRecord } from './log-record.ts';
import { RecentLines } from './recent-lines.ts';
import type { LogStore, LogStoreOptions } from './store-interface.ts';
import { Streams } from './streams.ts';

/** Migrates the tables, loads the streams and opens the store. The engine stays the caller's to close. */
export async function openLogStore(options: LogStoreOptions): Promise<LogStore> {
  const { engine, clock, log } = options;
  await migrate(engine, clock, log);
  const started = clock.monotonic();
  const streams = new Streams(engine, log);
  await streams.load();
  log.info({ streams: streams.index.count, ms: Math.round(clock.monotonic() - started) }, 'log streams loaded');
  return new TableLogStore(options, streams);
}

class TableLogStore implements LogStore {
  readonly #streams: Streams;
  readonly #intake: LogIntake;

  constructor(options: LogStoreOptions, streams: Streams) {
    this.#streams = streams;
    this.#intake = new LogIntake({ ...options, streams, recent: new RecentLines() });
  }

  take(record: LogRecord): void {
    this.#intake.take(record);
  }

  load(records: readonly LogRecord[]): Promise<{ readonly lines: number; readonly newStreams: number }> {
    return this.#intake.load(records);
  }

  readable(): Promise<void> {
    return this.#intake.flush();
  }

  onTaken(listener: (lines: TakenLines) => void): () => void {
    return this.#intake.onTaken(listener);
  }

  get streamCount(): number {
    return this.#streams.index.count;
  }

  get counters(): LogCounters {
    return this.#intake.counters;
  }

  get waitingRows(): number {
    return this.#intake.waitingRows;
  }
}
