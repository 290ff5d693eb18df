/** What a log store does for others: records in, lines and answers about them out. */

import type { CancelSignal, Clock, Labels, Logger } from '@atalaya/model';
import type { Engine, QueryLimits } from '../engine/engine.ts';
import type { LogCounters, TakenLines } from './intake.ts';
import type { LogRetention, LogRetentionResult } from './log-retention.ts';
import type { LogRecord } from './log-record.ts';
import type { CountsAnswer } from './read/counts.ts';
import type { EstimateQuestion } from './read/estimate.ts';
import type { RawPortion } from './read/lines.ts';
import type { CountsQuestion, LinesQuestion } from './read/requests.ts';
import type { StreamQuestion, StreamStats } from './read/stream-questions.ts';

/** What a log store is made of. */
export interface LogStoreOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  /** How much is kept; without it, everything. */
  readonly retention?: LogRetention;
  /** Time and memory that one read may take in the engine. */
  readonly queryLimits?: QueryLimits;
}

/** A reading of lines. */
export interface LogReading {
  /** The next lines; `undefined` at the end. A portion may hold none. Rejects as the engine's queries do. */
  next(signal: CancelSignal): Promise<RawPortion | undefined>;
}

/** Logs. One instance has the tables for itself. Every call rejects with an AtalayaError. */
export interface LogStore {
  /** Takes a record in, in order. It must be given to {@link load} later, but questions may make it be inserted before. */
  take(record: LogRecord): void;
  /**
   * Resolves when the records are durable in the table; those that were not taken in yet are now. Lines are there once, however often, in
   * whatever groups and in how many runs of the program a record is loaded.
   */
  load(records: readonly LogRecord[]): Promise<{ readonly lines: number; readonly newStreams: number }>;
  /**
   * Resolves when questions find everything that was taken in: it is put into the table now rather than with the next load. Questions that
   * come together share one insert.
   */
  readable(): Promise<void>;
  /** Calls the listener with the lines of each record as they are taken in, until the function that it returns is called. */
  onTaken(listener: (lines: TakenLines) => void): () => void;
  /**
   * Begins a reading of lines that are in the table; see {@link LinesQuestion}. Lines of one nanosecond come in the order in which they were
   * received. @throws AtalayaError BAD_QUERY for an invalid regular expression.
   */
  lines(question: LinesQuestion): LogReading;
  /** Counts lines or bytes that are in the table. Rejects with QUERY_LIMIT when there are more groups than `groups`. */
  counts(question: CountsQuestion, groups: number, signal: CancelSignal): Promise<CountsAnswer>;
  /** About how many lines a reading would look at, told by the indexes alone. */
  estimateLines(question: EstimateQuestion, signal: CancelSignal): Promise<number>;
  /** Fingerprints of streams, as words, and their canonical label forms one after the other: those of `slots[i]` end at `ends[i]`. Labels that were discovered are among them or not. */
  streamForms(
    slots: Uint32Array,
    discovered: boolean,
  ): {
    readonly fingerprints: Uint32Array<ArrayBuffer>;
    readonly ends: Uint32Array<ArrayBuffer>;
    readonly labels: Uint8Array<ArrayBuffer>;
  };
  /** Names of the labels of streams, sorted. @throws AtalayaError BAD_QUERY for an invalid regular expression, as those below. */
  labelNames(question: StreamQuestion): string[];
  /** Values of one label of streams, sorted. */
  labelValues(name: string, question: StreamQuestion): string[];
  /** Labels of the streams. */
  series(question: StreamQuestion): Labels[];
  /** Counts streams, and lines that are in the table. */
  stats(question: StreamQuestion, signal: CancelSignal): Promise<StreamStats>;
  /** Drops what the retention no longer covers, and looks for lines that somebody else put into the table. Call it every few minutes. */
  enforceRetention(): Promise<LogRetentionResult>;
  readonly streamCount: number;
  readonly counters: LogCounters;
  /** Lines that are taken in but not in the table yet. */
  readonly waitingRows: number;
}
