/** Templates of lines with their counts, shares and trends. */

import { resolveRange, chooseStep, type TimeRangeText } from '../time-range.ts';
import { type Level, levelOf } from './levels.ts';
import { logPatterns, type PatternAnswer } from './loki.ts';
import { toNanoseconds } from './nanoseconds.ts';

/** A template as the table shows it. */
export interface PatternRow {
  readonly pattern: string;
  readonly level: Level;
  readonly count: number;
  /** Of all lines that have a template, 0…1. */
  readonly share: number;
  /** Lines over time, on one grid for all rows. */
  readonly trend: readonly number[];
}

/** Points of a trend. */
const POINTS = 48;

/** The rows of an answer, the most frequent first. */
export function patternRows(answer: readonly PatternAnswer[], range: { start: number; end: number }): PatternRow[] {
  const width = Math.max((range.end - range.start) / 1000 / POINTS, 1);
  const counted = answer.map(({ pattern, level, samples }) => {
    const trend = Array.from({ length: POINTS }, () => 0);
    let count = 0;
    for (const [seconds, lines] of samples) {
      const index = Math.min(Math.max(Math.floor((seconds - range.start / 1000) / width), 0), POINTS - 1);
      trend[index] = (trend[index] ?? 0) + lines;
      count += lines;
    }
    return { pattern, level: levelOf(level), count, trend };
  });
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  return counted
    .filter(({ count }) => count > 0)
    .map((row) => ({ ...row, share: row.count / total }))
    .sort((a, b) => b.count - a.count || (a.pattern < b.pattern ? -1 : 1));
}

/** Query key and function of the templates of a selector's lines over a range. */
export function patternsQuery(selector: string, range: TimeRangeText, clock: () => number) {
  return {
    queryKey: ['logs', 'patterns', selector, range.from, range.to] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const resolved = resolveRange(range, clock());
      const span = { start: toNanoseconds(resolved.start), end: toNanoseconds(resolved.end) };
      const step = chooseStep(resolved.end - resolved.start, POINTS, 10_000);
      return patternRows(await logPatterns(selector, span, step, signal), resolved);
    },
  };
}
