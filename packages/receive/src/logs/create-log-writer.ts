/** The log writer: checks lines against the limits, finds their level and trace, and journals them. */

import type { Journal } from '@atalaya/journal';
import type { Clock } from '@atalaya/model';
import type { LogAppender, LogAppenderOptions, LogLimits, LogRejectReason, LogWriter, LogWriterStats } from '../log-writer.ts';
import { BatchLogAppender } from './batch-log-appender.ts';
import { DEFAULT_LOG_LIMITS } from './limits.ts';
import { ColumnPool } from './log-columns.ts';
import { StreamRegistry } from './stream-registry.ts';

/** What a log writer is made of. */
export interface LogWriterOptions {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  readonly limits?: Partial<LogLimits>;
}

/** What the appenders of a writer share. */
export interface SharedLogState {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  readonly limits: LogLimits;
  readonly streams: StreamRegistry;
  readonly columns: ColumnPool;
  readonly counters: LogCounters;
}

/** Counts since the start. */
export interface LogCounters {
  linesWritten: number;
  bytesWritten: number;
  linesTruncated: number;
  readonly rejected: Record<LogRejectReason, number>;
}

/** Makes a log writer. */
export function createLogWriter({ journal, clock, limits: given = {} }: LogWriterOptions): LogWriter {
  const limits: LogLimits = { ...DEFAULT_LOG_LIMITS, ...given };
  const streams = new StreamRegistry(clock, limits);
  const counters: LogCounters = {
    linesWritten: 0,
    bytesWritten: 0,
    linesTruncated: 0,
    rejected: {
      too_old: 0,
      too_far_in_future: 0,
      missing_labels: 0,
      invalid_labels: 0,
      label_limit: 0,
      stream_limit: 0,
      line_too_long: 0,
      attribute_limit: 0,
    },
  };
  const shared: SharedLogState = { journal, clock, limits, streams, columns: new ColumnPool(), counters };
  return {
    limits,
    appender: (options: LogAppenderOptions): LogAppender => new BatchLogAppender(shared, options),
    countRefused(reason, lines) {
      counters.rejected[reason] += lines;
    },
    stats: (): LogWriterStats => ({
      activeStreams: streams.active,
      streamLimit: limits.streams,
      linesWritten: counters.linesWritten,
      bytesWritten: counters.bytesWritten,
      linesTruncated: counters.linesTruncated,
      rejected: { ...counters.rejected },
    }),
    evictIdle: () => streams.evictIdle(),
  };
}
