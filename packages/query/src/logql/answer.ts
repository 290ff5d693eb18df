/** The answer to a LogQL query, before it is written down. */

import type { Labels } from '@atalaya/model';

/** A line of an answer. */
export interface LogEntry {
  /** Nanoseconds since the epoch. */
  readonly timestamp: bigint;
  readonly line: string;
  /** All labels of the line as the pipeline left them. */
  readonly labels: Labels;
  /** The same by where they came from. */
  readonly categories: { readonly stream: Labels; readonly structuredMetadata: Labels; readonly parsed: Labels };
}

/** What a query gave. Times of numbers are milliseconds since the epoch. */
export type LogqlResult =
  /** Lines in the order in which they were read: by time in the query's direction. */
  | { readonly resultType: 'streams'; readonly entries: readonly LogEntry[] }
  | { readonly resultType: 'scalar'; readonly timestamp: number; readonly value: number }
  | { readonly resultType: 'vector'; readonly timestamp: number; readonly labels: readonly Labels[]; readonly values: Float64Array }
  | {
      readonly resultType: 'matrix';
      readonly labels: readonly Labels[];
      /** Points of series `s` are at `[offsets[s], offsets[s + 1])` of the columns. */
      readonly offsets: Uint32Array;
      readonly timestamps: Float64Array;
      readonly values: Float64Array;
    };

/** What answering took. */
export interface LogqlStats {
  /** Lines and bytes of text that the store looked at. */
  readonly linesRead: number;
  readonly bytesRead: number;
  /** Lines that came through the pipeline. */
  readonly linesMatched: number;
  /** Milliseconds. */
  readonly execMs: number;
}

/** A query's result with what it took. */
export interface LogqlAnswer {
  readonly result: LogqlResult;
  readonly stats: LogqlStats;
}
