/** The port through which LogQL reads lines: `query` declares it, `store` fits it, `server` joins them. */

import type { CancelSignal, Labels, LogLevel, Matcher } from '@atalaya/model';

/** Lines of all streams that fulfil every matcher, in a range of time. */
export interface LinesRequest {
  readonly matchers: readonly Matcher[];
  /** Nanoseconds since the epoch, inclusive. */
  readonly start: bigint;
  /** Nanoseconds since the epoch, exclusive. */
  readonly end: bigint;
  /** Order of the lines by time; those of the same nanosecond come in the order in which they were received (backward: its reverse). */
  readonly direction: 'forward' | 'backward';
  /**
   * All of them hold for the lines that are wanted. A reader leaves out what it can tell cheaply to fail one; lines that fail may come
   * nevertheless, and whoever asks looks again.
   */
  readonly conditions: readonly LineCondition[];
  /** About how many lines will be looked at before the reading ends; unknown means all. */
  readonly expected?: number;
  /** Whether attributes are wanted; without them the blocks' are empty. */
  readonly attributes: boolean;
  /** Whether labels of streams that were discovered (`service_name`) are told beside those that the sender gave; matchers see both. */
  readonly discovered?: boolean;
}

/** What a line has to fulfil, said such that an index can help. */
export type LineCondition =
  /** The text contains one of them (or, negated, none), byte by byte; with `ignoreCase` letters of both cases are the same. */
  | { readonly kind: 'contains'; readonly any: readonly string[]; readonly ignoreCase: boolean; readonly negated: boolean }
  /** One of the expressions (RE2 syntax, not anchored) is found in the text, or, negated, none. */
  | { readonly kind: 'matches'; readonly any: readonly string[]; readonly negated: boolean }
  /** The line's label: that of its stream, or else of its attributes, or else the empty text. `detected_level` is a label as well. */
  | { readonly kind: 'label'; readonly matcher: Matcher };

/** A stream that has lines in a block. */
export interface BlockStream {
  readonly labels: Labels;
}

/** Some lines, in the order asked for. */
export interface LineBlock {
  readonly rows: number;
  /** Streams that occur; the objects are the same in all blocks of one reading. */
  readonly streams: readonly BlockStream[];
  /** Place in `streams` of each line's stream. */
  readonly streamOf: Uint32Array;
  /** Nanoseconds since the epoch. */
  readonly timestamps: BigInt64Array;
  /** Text of a line; bytes that are not UTF-8 are shown as U+FFFD. */
  line(row: number): string;
  /** Length of the text in bytes, as it was received. */
  lineBytes(row: number): number;
  /** Structured metadata as LogQL sees it: names (made valid) and values alternating, sorted by name, `detected_level` not included. */
  attributes(row: number): readonly string[];
  /** The level that was detected when the line was received. */
  level(row: number): LogLevel;
}

/** Counts of lines or of bytes, by time and labels, all done by the store. */
export interface CountRequest {
  readonly matchers: readonly Matcher[];
  /** Here all of them are fulfilled exactly. */
  readonly conditions: readonly LineCondition[];
  /** Bucket `i` holds the times in `(origin + i × width, origin + (i + 1) × width]`, nanoseconds. */
  readonly origin: bigint;
  readonly width: bigint;
  readonly buckets: number;
  readonly measure: 'lines' | 'bytes';
  /**
   * Labels (of streams, else of attributes; `detected_level` too) to count by; a group has those of them that its lines have. Absent: by all
   * there are, but for `detected_level`; there an attribute named as a label of the stream counts as `NAME_extracted`.
   */
  readonly by?: readonly string[];
  /** Whether discovered labels are among all there are, see {@link LinesRequest}. */
  readonly discovered?: boolean;
}

/** Groups with their counts; only buckets that are not empty. */
export interface LineCounts {
  readonly groups: readonly {
    readonly labels: Labels;
    /** Ascending. */
    readonly buckets: Uint32Array;
    readonly values: Float64Array;
  }[];
  readonly lines: number;
}

/** What reading has cost so far; shown in the statistics of an answer. */
export interface ReadCost {
  readonly linesRead: number;
  readonly bytesRead: number;
}

/** Where log lines come from. Every call rejects with an AtalayaError; aborting the signal rejects with QUERY_CANCELED. */
export interface LogReader {
  /** Reads in portions; ending the iteration early ends the reading. What is acknowledged when it begins is seen. */
  lines(request: LinesRequest, signal: CancelSignal): AsyncIterable<LineBlock>;
  counts(request: CountRequest, limits: { readonly groups: number }, signal: CancelSignal): Promise<LineCounts>;
  /** About how many lines would be looked at, told before anything is read; readers that cannot tell leave it out. */
  estimate?(
    request: Pick<LinesRequest, 'matchers' | 'start' | 'end' | 'conditions'>,
    signal: CancelSignal,
  ): Promise<{ readonly lines: number }>;
  /** Rows and bytes that the store has looked at for this reader since it was made. */
  readonly cost: ReadCost;
}
