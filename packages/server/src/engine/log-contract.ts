/** What the two processes say to each other about logs. Times and lengths of time are nanoseconds, as decimal texts: JSON has no such numbers. */

import type { Matcher } from '@atalaya/model';

/** A whole number of nanoseconds as a decimal text. */
export type Nanoseconds = string;

interface AnyLogRequest {
  /** LogQL. */
  readonly query: string;
  readonly timeoutMs: number;
}

interface LogRange {
  readonly start: Nanoseconds;
  readonly end: Nanoseconds;
}

/** How lines of an answer are chosen and told. */
interface LineOptions {
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  /** Whether labels are told by where they came from. */
  readonly categorised: boolean;
}

export interface LogInstantRequest extends AnyLogRequest, LineOptions {
  readonly time: Nanoseconds;
}

export interface LogRangeRequest extends AnyLogRequest, LogRange, LineOptions {
  readonly step: Nanoseconds;
  /** The least time between two lines of the answer; 0 gives all. */
  readonly interval: Nanoseconds;
}

/** Which messages the lines of a selection are made from. */
export interface LogPatternsRequest extends AnyLogRequest, LogRange {
  readonly step: Nanoseconds;
}

/** Which fields the last lines of a selection have, or which values one of them has. */
export interface LogFieldsRequest extends AnyLogRequest, LogRange {
  /** Lines to look at. */
  readonly lineLimit: number;
  /** Fields, or values, to tell. */
  readonly limit: number;
  readonly field?: string;
}

/** Bytes of lines by labels: in all, or by steps. */
export interface LogVolumeRequest extends AnyLogRequest, LogRange {
  readonly step?: Nanoseconds;
  readonly limit: number;
  readonly targetLabels: readonly string[];
  readonly aggregateBy: 'series' | 'labels';
}

/** A question about streams. */
export interface StreamsRequest extends LogRange {
  /** Streams that fulfil one of the sets; all when there is none. */
  readonly matcherSets: readonly (readonly Matcher[])[];
}

/** A tail. */
export interface TailRequest extends AnyLogRequest {
  /** Lines from here on are sent before those that come in, `limit` at most. */
  readonly start: Nanoseconds;
  readonly limit: number;
  readonly delaySeconds: number;
  readonly categorised: boolean;
}

/** How the engine process does with logs; counts since its start. */
export interface LogState {
  readonly streams: number;
  /** Lines taken in that are not in the table yet. */
  readonly waitingLines: number;
  /** Lines that repeated an earlier one and were left out. */
  readonly repeated: number;
  readonly queriesRunning: number;
  readonly tails: number;
  /** Lines that a tail should have got and did not. */
  readonly tailLinesDropped: number;
}
