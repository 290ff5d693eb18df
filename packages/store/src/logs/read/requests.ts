/** What is asked of the log store when lines are read; the reader port of room `query`, which this fits, says what it means. */

import type { Matcher } from '@atalaya/model';

/** Lines of all streams that fulfil every matcher, in a range of time. */
export interface LinesQuestion {
  readonly matchers: readonly Matcher[];
  /** Nanoseconds since the epoch, inclusive. */
  readonly start: bigint;
  /** Nanoseconds since the epoch, exclusive. */
  readonly end: bigint;
  readonly direction: 'forward' | 'backward';
  readonly conditions: readonly TextCondition[];
  readonly expected?: number;
  readonly attributes: boolean;
  readonly discovered?: boolean;
}

/** What a line has to fulfil. */
export type TextCondition =
  | { readonly kind: 'contains'; readonly any: readonly string[]; readonly ignoreCase: boolean; readonly negated: boolean }
  | { readonly kind: 'matches'; readonly any: readonly string[]; readonly negated: boolean }
  | { readonly kind: 'label'; readonly matcher: Matcher };

/** Counts of lines or of bytes, by time and labels. */
export interface CountsQuestion {
  readonly matchers: readonly Matcher[];
  readonly conditions: readonly TextCondition[];
  /** Bucket `i` holds the times in `(origin + i × width, origin + (i + 1) × width]`, nanoseconds. */
  readonly origin: bigint;
  readonly width: bigint;
  readonly buckets: number;
  readonly measure: 'lines' | 'bytes';
  readonly by?: readonly string[];
  readonly discovered?: boolean;
}

/** What is left of a time in nanoseconds that 64 bits cannot say. */
export function clampTime(time: bigint): bigint {
  if (time < LEAST) return LEAST;
  return time > GREATEST ? GREATEST : time;
}

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;
