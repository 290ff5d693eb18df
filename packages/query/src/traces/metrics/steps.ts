/** The times of a metrics query: which steps there are, and which one a span falls into. */

import { AtalayaError, type TimeBounds } from '@atalaya/model';
import type { TraceqlLimits } from '../limits.ts';

const MILLISECOND = 1_000_000n;

/** Steps: the one at place `i` is behind `start + i × width` up to `start + (i + 1) × width`, and told at that end. Nanoseconds. */
export interface TraceSteps {
  readonly start: bigint;
  readonly width: bigint;
  readonly count: number;
}

/** The whole steps in which a range lies; without a width the range is one. @throws AtalayaError BAD_PARAMETER, QUERY_LIMIT. */
export function stepsOf({ start, end }: TimeBounds, width: bigint | undefined, limits: Pick<TraceqlLimits, 'points'>): TraceSteps {
  if (end <= start) throw new AtalayaError('BAD_PARAMETER', { parameter: 'end', reason: 'must be behind start' });
  if (width === undefined) return { start, width: end - start, count: 1 };
  if (width <= 0n) throw new AtalayaError('BAD_PARAMETER', { parameter: 'step', reason: 'must be more than nothing' });
  const first = start - (((start % width) + width) % width);
  const count = (end - first + width - 1n) / width;
  if (count > BigInt(limits.points)) {
    const reason = `${count} steps were asked for; ask for a larger step or a shorter range, or raise query.points`;
    throw new AtalayaError('QUERY_LIMIT', { setting: 'query.points', limit: limits.points, reason });
  }
  return { start: first, width, count: Number(count) };
}

/** Where spans of the steps start. */
export function boundsOfSteps({ start, width, count }: TraceSteps): TimeBounds {
  return { start: start + 1n, end: start + BigInt(count) * width + 1n };
}

/** The place of the step into which a time falls. */
export function stepAt({ start, width }: TraceSteps, time: bigint): number {
  return Number((time - start - 1n) / width);
}

/** Milliseconds since the epoch at which each step is told. */
export function timesOf({ start, width, count }: TraceSteps): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => Number((start + BigInt(i + 1) * width) / MILLISECOND));
}
