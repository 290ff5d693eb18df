/** Range answers as columns on one time grid, with gaps as gaps: what charts and legends are made of. */

import { type LabelRecord, type MatrixSeries, parseSample, type RangeWindow } from './prometheus.ts';

/** One line of a chart. `values[i]` belongs to `times[i]` of its frame; `null` is "no sample". */
export interface Series {
  /** Unique in its frame, the same from one refresh to the next. */
  readonly id: string;
  readonly name: string;
  readonly labels: LabelRecord;
  readonly values: readonly (number | null)[];
}

/** Several series on one grid. Times in epoch seconds, as uPlot takes them. */
export interface Frame {
  readonly times: readonly number[];
  readonly series: readonly Series[];
}

/** The grid of a window, epoch seconds. */
export function gridOf(range: RangeWindow): number[] {
  const count = Math.floor((range.end - range.start) / range.step) + 1;
  return Array.from({ length: count }, (_, i) => (range.start + i * range.step) / 1000);
}

/** A series' samples on the grid; not-a-number and infinite values are gaps, since no line can be drawn to them. */
export function onGrid(series: MatrixSeries, range: RangeWindow): (number | null)[] {
  const count = Math.floor((range.end - range.start) / range.step) + 1;
  const values: (number | null)[] = Array.from({ length: count }, () => null);
  for (const [seconds, text] of series.values) {
    const index = Math.round((seconds * 1000 - range.start) / range.step);
    const value = parseSample(text);
    if (index >= 0 && index < count && Number.isFinite(value)) values[index] = value;
  }
  return values;
}

/** A range answer as a frame; `name` says what a series is called. */
export function frameOf(result: readonly MatrixSeries[], range: RangeWindow, name: (labels: LabelRecord) => string): Frame {
  const series = result.map((item) => ({
    id: seriesId(item.metric),
    name: name(item.metric),
    labels: item.metric,
    values: onGrid(item, range),
  }));
  return { times: gridOf(range), series };
}

/** A text that is the same for the same label set, whatever the order. */
export function seriesId(labels: LabelRecord): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Labels as Prometheus prints them. */
export function formatLabelRecord(labels: LabelRecord): string {
  const { __name__: metric = '', ...others } = labels;
  const parts = Object.entries(others)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return parts.length === 0 && metric !== '' ? metric : `${metric}{${parts.join(', ')}}`;
}

/**
 * Short names for the series of one chart: what all share is left out. A single series keeps its metric name; series
 * that differ in nothing that could be shown keep `fallback`.
 */
export function distinguishingNames(sets: readonly LabelRecord[], fallback: string): string[] {
  const first = sets[0];
  if (first === undefined) return [];
  const names = new Set(sets.flatMap((labels) => Object.keys(labels)));
  const varying = [...names].filter((name) => sets.some((labels) => labels[name] !== first[name])).sort();
  if (varying.length === 0)
    return sets.map((labels) => labels['__name__'] ?? (Object.keys(labels).length > 0 ? formatLabelRecord(labels) : fallback));
  const onlyOne = varying.length === 1 ? varying[0] : undefined;
  return sets.map((labels) => {
    if (onlyOne !== undefined) return labels[onlyOne] ?? fallback;
    const metric = varying.includes('__name__') ? labels['__name__'] : undefined;
    const parts = varying.filter((name) => name !== '__name__' && labels[name] !== undefined).map((name) => `${name}=${labels[name]}`);
    return [metric, ...parts].filter(Boolean).join(' ') || fallback;
  });
}

/** What a legend tells of a series. */
export interface Summary {
  readonly last: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly avg: number | null;
}

/** Last, smallest, largest and mean value; `null` throughout when there is no sample. */
export function summarise(values: readonly (number | null)[]): Summary {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let count = 0;
  let last: number | null = null;
  for (const value of values) {
    if (value === null) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count += 1;
    last = value;
  }
  return count === 0 ? { last: null, min: null, max: null, avg: null } : { last, min, max, avg: sum / count };
}

/**
 * Running sums for a stacked chart: result `i` is series `0..i` added up, where series `i` has a sample; a gap stays a
 * gap and adds nothing to the ones above it. `shown[i] === false` leaves a series out.
 */
export function stack(columns: readonly (readonly (number | null)[])[], shown: readonly boolean[]): (number | null)[][] {
  const total: number[] = [];
  return columns.map((column, index) =>
    column.map((value, i) => {
      if (value === null || shown[index] === false) return null;
      const sum = (total[i] ?? 0) + value;
      total[i] = sum;
      return sum;
    }),
  );
}

/** Sample-wise combination of columns of one grid; a gap in any is a gap in the result. */
export function combine(columns: readonly (readonly (number | null)[])[], of: (values: number[]) => number): (number | null)[] {
  const length = columns[0]?.length ?? 0;
  return Array.from({ length }, (_, i) => {
    const values: number[] = [];
    for (const column of columns) {
      const value = column[i];
      if (value === null || value === undefined) return null;
      values.push(value);
    }
    return of(values);
  });
}
