/** How many lines of which level there were when: the bars over the list of lines. */

import { summarise, type Frame } from '../series.ts';
import { chooseStep, resolveRange, type TimeRangeText } from '../time-range.ts';
import { type Level, LEVEL_LABEL, levelOf, LEVELS } from './levels.ts';
import { type NumbersWindow, queryNumbers } from './loki.ts';

/** Bars over a range: so many that each is wide enough to be pointed at. */
const BARS = 90;

/** Lines by level over time. Values of a frame's moment are those of the span that begins there. */
export interface Volume {
  /** One series for each level that occurs, its id and name the level; the gravest first. */
  readonly frame: Frame;
  /** Milliseconds. */
  readonly step: number;
  readonly totals: Readonly<Partial<Record<Level, number>>>;
  readonly total: number;
}

/** The window whose spans cover a range: an evaluation counts the span that ends at it. */
export function volumeWindow(range: { start: number; end: number }): NumbersWindow {
  const step = chooseStep(range.end - range.start, BARS, 1000);
  const first = Math.floor(range.start / step) * step;
  return { start: first + step, end: Math.max(Math.ceil(range.end / step) * step, first + step), step };
}

/** The metric query that counts the lines of a log query by level. A remark at its end must not swallow the rest. */
export function volumeExpression(query: string, step: number): string {
  return `sum by (${LEVEL_LABEL}) (count_over_time(${query}${query.includes('#') ? '\n' : ''} [${step / 1000}s]))`;
}

/** An answer as bars. */
export function volumeOf(
  series: readonly { metric: Readonly<Record<string, string>>; values: readonly (readonly [number, string])[] }[],
  window: NumbersWindow,
): Volume {
  const { start, end, step } = window;
  const count = Math.round((end - start) / step) + 1;
  const columns = new Map<Level, (number | null)[]>();
  for (const { metric, values } of series) {
    const level = levelOf(metric[LEVEL_LABEL]);
    let column = columns.get(level);
    if (column === undefined) columns.set(level, (column = Array.from({ length: count }, () => null)));
    for (const [seconds, text] of values) {
      const index = Math.round((seconds * 1000 - start) / step);
      if (index >= 0 && index < count) column[index] = (column[index] ?? 0) + Number(text);
    }
  }
  const levels = LEVELS.filter((level) => columns.has(level));
  const totals: Partial<Record<Level, number>> = {};
  for (const level of levels) {
    const values = columns.get(level) as (number | null)[];
    totals[level] = (summarise(values).avg ?? 0) * values.filter((value) => value !== null).length;
  }
  return {
    frame: {
      times: Array.from({ length: count }, (_, i) => (start + (i - 1) * step) / 1000),
      series: levels.map((level) => ({ id: level, name: level, labels: {}, values: columns.get(level) as (number | null)[] })),
    },
    step,
    totals,
    total: Object.values(totals).reduce((sum, value) => sum + value, 0),
  };
}

/** Query key and function of the volume of a log query over a range. */
export function volumeQuery(query: string, range: TimeRangeText, clock: () => number) {
  return {
    queryKey: ['logs', 'volume', query, range.from, range.to] as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Volume> => {
      const window = volumeWindow(resolveRange(range, clock()));
      const { series } = await queryNumbers(volumeExpression(query, window.step), window, signal);
      return volumeOf(series, window);
    },
  };
}
