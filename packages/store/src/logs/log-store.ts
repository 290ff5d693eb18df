/** The log store over an engine and the streams in memory. */

import type { CancelSignal, Labels } from '@atalaya/model';
import { migrate } from '../schema/migrate.ts';
import { type LogCounters, LogIntake, type TakenLines } from './intake.ts';
import type { LogRetention, LogRetentionResult } from './log-retention.ts';
import type { LogRecord } from './log-record.ts';
import { fingerprints } from './read/chosen-streams.ts';
import { type CountsAnswer, countLines } from './read/counts.ts';
import { type EstimateQuestion, estimateLines } from './read/estimate.ts';
import { LineReading, type ReadSources } from './read/lines.ts';
import type { CountsQuestion, LinesQuestion } from './read/requests.ts';
import {
  streamLabelNames,
  streamLabelValues,
  type StreamQuestion,
  streamSeries,
  type StreamStats,
  streamStats,
} from './read/stream-questions.ts';
import { RecentHashes } from '../loader/recent-hashes.ts';
import { rememberLines } from './remember-lines.ts';
import type { LogReading, LogStore, LogStoreOptions } from './store-interface.ts';
import { Streams } from './streams.ts';

/** Migrates the tables, loads the streams and opens the store. The engine stays the caller's to close. */
export async function openLogStore(options: LogStoreOptions): Promise<LogStore> {
  const { engine, clock, log } = options;
  await migrate(engine, clock, log);
  const started = clock.monotonic();
  const streams = new Streams(engine, log);
  await streams.load();
  await streams.discover();
  const recent = new RecentHashes();
  const recentLines = await rememberLines(engine, recent, clock.now());
  log.info({ streams: streams.index.count, recentLines, ms: Math.round(clock.monotonic() - started) }, 'log streams loaded');
  return new TableLogStore(options, streams, recent);
}

class TableLogStore implements LogStore {
  readonly #streams: Streams;
  readonly #intake: LogIntake;
  readonly #sources: ReadSources;
  readonly #retention: LogRetention;

  constructor(options: LogStoreOptions, streams: Streams, recent: RecentHashes) {
    this.#streams = streams;
    this.#retention = options.retention ?? { ageMs: 0, bytes: 0, streams: [] };
    this.#sources = { engine: options.engine, streams, limits: options.queryLimits ?? {} };
    this.#intake = new LogIntake({ ...options, streams, recent });
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

  lines(question: LinesQuestion): LogReading {
    return new LineReading(this.#sources, question);
  }

  counts(question: CountsQuestion, groups: number, signal: CancelSignal): Promise<CountsAnswer> {
    return countLines(this.#sources, question, groups, signal);
  }

  estimateLines(question: EstimateQuestion, signal: CancelSignal): Promise<number> {
    return estimateLines(this.#sources, question, signal);
  }

  streamForms(slots: Uint32Array, discovered: boolean): ReturnType<LogStore['streamForms']> {
    return { fingerprints: fingerprints(this.#streams, slots), ...this.#streams.forms(slots, discovered) };
  }

  labelNames(question: StreamQuestion): string[] {
    return streamLabelNames(this.#streams, question);
  }

  labelValues(name: string, question: StreamQuestion): string[] {
    return streamLabelValues(this.#streams, name, question);
  }

  series(question: StreamQuestion): Labels[] {
    return streamSeries(this.#streams, question);
  }

  stats(question: StreamQuestion, signal: CancelSignal): Promise<StreamStats> {
    return streamStats(this.#sources, question, signal);
  }

  async enforceRetention(): Promise<LogRetentionResult> {
    await this.#streams.discover();
    return this.#intake.enforceRetention(this.#retention);
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
