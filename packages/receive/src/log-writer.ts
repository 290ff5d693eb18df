/** How receivers write log lines: one appender per request, read or collection, one journal record per appender. */

import type { LogOriginDetails } from '@atalaya/journal';
import type { Labels } from '@atalaya/model';

/** A small number that stands for an origin (a stream, and of OTLP its resource and scope) inside one appender, until it commits. */
export type OriginRef = number;

/** Why a line or a stream was not taken. The closed set is also the `reason` label of the rejection counters. */
export type LogRejectReason =
  | 'too_old' // before the retention
  | 'too_far_in_future'
  | 'missing_labels' // a stream without any label
  | 'invalid_labels'
  | 'label_limit' // too many labels, or too long ones
  | 'stream_limit'
  | 'line_too_long'
  | 'attribute_limit'; // too many attributes, or too long ones

/** What else is known of a line. */
export interface LineFields {
  /** Structured metadata: names and values alternating, in the order in which they came; of equal names the last one wins. */
  readonly attributes?: readonly string[];
  /** 32 lower-case hexadecimal digits; without it, or where it is empty, one is looked for in attributes and text. */
  readonly traceId?: string;
  /** 16 lower-case hexadecimal digits, or nothing. */
  readonly spanId?: string;
  readonly traceFlags?: number;
  /** 1 to 24, as OTLP counts; without it the level is looked for in attributes and text. */
  readonly severityNumber?: number;
  /** As the sender wrote it. */
  readonly severityText?: string;
}

/** Where lines come from: what is done with those that are too long, and with repetitions, depends on it. */
export interface LogAppenderOptions {
  /**
   * Whether the sender may send a request again that was taken: then a line that repeats one of the last of its stream (same time, text and
   * attributes) is dropped by the store. Receivers that know what they have sent before, by a position in a file, say `false`.
   */
  readonly mayRepeat: boolean;
  /** Whether lines beyond the limits are cut and marked (attribute `truncated`, the length they had) rather than refused. */
  readonly truncates: boolean;
}

/** Collects lines and writes them as one journal record. Not shared between requests. */
export interface LogAppender {
  /**
   * The stream with these labels; a reason instead when it is refused. The store finds `service_name` in them where it is missing.
   * `details` is what OTLP says of resource and scope; origins with different details are different.
   */
  origin(labels: Labels, details?: LogOriginDetails): OriginRef | LogRejectReason;
  /**
   * Adds a line. The time is whole seconds since the epoch and nanoseconds within that second, from 0 to 999,999,999. The text is a string
   * or UTF-8 bytes, which are copied. Level and trace id are found where `fields` does not tell them.
   */
  line(
    origin: OriginRef,
    seconds: number,
    nanoseconds: number,
    text: string | Uint8Array,
    fields?: LineFields,
  ): 'written' | LogRejectReason;
  /** How many lines wait to be committed. */
  readonly pending: number;
  /** Bytes of text that wait to be committed, about. */
  readonly pendingBytes: number;
  /**
   * Writes the record and leaves the appender empty (origins included); resolves when it is on disk. With nothing pending it resolves at once.
   * Rejects as Journal.append does, and then nothing was acknowledged. `note` goes into the same record, see `LogBatch.note`.
   */
  commit(note?: Uint8Array): Promise<void>;
  /** Drops what waits, as if it had never been added. */
  discard(): void;
}

/** Hands out appenders and holds what they share: limits, known streams, counters. */
export interface LogWriter {
  appender(options: LogAppenderOptions): LogAppender;
  readonly limits: LogLimits;
  /** Counts lines that never came to an appender's {@link LogAppender.line}, because their stream was refused. */
  countRefused(reason: LogRejectReason, lines: number): void;
  stats(): LogWriterStats;
  /** Forgets streams that no line has used for an hour. Called by a timer. */
  evictIdle(): void;
}

/** What is taken. Times in milliseconds, lengths in bytes of UTF-8; Infinity switches one off. */
export interface LogLimits {
  /** Streams used within an hour. */
  readonly streams: number;
  readonly labels: number;
  readonly labelNameBytes: number;
  readonly labelValueBytes: number;
  readonly lineBytes: number;
  /** Attributes of one line, and bytes of them together. */
  readonly attributes: number;
  readonly attributeBytes: number;
  readonly retentionMs: number;
  readonly maxFutureMs: number;
}

/** What the writer has taken and refused since the start. */
export interface LogWriterStats {
  /** Streams that were used in the last hour. */
  readonly activeStreams: number;
  readonly streamLimit: number;
  readonly linesWritten: number;
  /** Bytes of their texts. */
  readonly bytesWritten: number;
  readonly linesTruncated: number;
  readonly rejected: Readonly<Record<LogRejectReason, number>>;
}
