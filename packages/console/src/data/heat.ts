/** Native histograms over time as a grid of counts: what a heat map is painted from. */

import { type ApiHistogram, type MatrixSeries, parseSample, type RangeWindow } from './prometheus.ts';
import { gridOf } from './series.ts';

/** Counts by value (rows, the smallest values first) and time (columns). */
export interface Heat {
  /** Epoch seconds. */
  readonly times: readonly number[];
  /** Bounds of the rows, ascending, evenly spaced on a logarithmic scale; one more than there are rows. */
  readonly edges: readonly number[];
  /** `cells[row * times.length + column]`. */
  readonly cells: Float64Array;
  readonly largest: number;
}

const MOST_ROWS = 40;
/** As many rows for a doubling of the value. */
const ROWS_PER_DOUBLING = 4;

/** The histograms of all series added up; `undefined` when none has an observation above zero. */
export function heatOf(series: readonly MatrixSeries[], window: RangeWindow): Heat | undefined {
  const times = gridOf(window);
  const samples = series.flatMap(({ histograms = [] }) => histograms);
  const edges = edgesOf(samples.map(([, histogram]) => histogram));
  if (edges === undefined) return undefined;
  const cells = new Float64Array((edges.length - 1) * times.length);
  for (const [seconds, histogram] of samples) {
    const column = Math.round((seconds * 1000 - window.start) / window.step);
    if (column >= 0 && column < times.length) spread(histogram, edges, cells, column, times.length);
  }
  const largest = cells.reduce((most, value) => Math.max(most, value), 0);
  return largest === 0 ? undefined : { times, edges, cells, largest };
}

function edgesOf(histograms: readonly ApiHistogram[]): number[] | undefined {
  let low = Infinity;
  let high = 0;
  for (const { buckets = [] } of histograms) {
    for (const bucket of buckets) {
      const [lower, upper] = boundsOf(bucket);
      if (upper <= 0) continue;
      low = Math.min(low, lower > 0 ? lower : upper / 2);
      high = Math.max(high, upper);
    }
  }
  if (high === 0) return undefined;
  const doublings = Math.log2(high / low);
  const rows = Math.min(MOST_ROWS, Math.max(1, Math.round(doublings * ROWS_PER_DOUBLING)));
  return Array.from({ length: rows + 1 }, (_, i) => low * 2 ** ((doublings * i) / rows));
}

/** A bucket's bounds; one that is open upwards ends at the double of its lower bound. */
function boundsOf([, lowerText, upperText]: readonly [number, string, string, string]): [number, number] {
  const lower = parseSample(lowerText);
  const upper = parseSample(upperText);
  return [lower, Number.isFinite(upper) ? upper : Math.max(lower, 0) * 2];
}

/** Adds a histogram to a column: each bucket's count over the rows that it covers, by their share on the logarithmic scale. */
function spread({ buckets = [] }: ApiHistogram, edges: readonly number[], cells: Float64Array, column: number, columns: number): void {
  const first = edges[0] as number;
  const scale = (edges.length - 1) / Math.log2((edges.at(-1) as number) / first);
  const place = (value: number) => Math.min(Math.max(Math.log2(Math.max(value, first) / first) * scale, 0), edges.length - 1);
  for (const bucket of buckets) {
    const [lower, upper] = boundsOf(bucket);
    const count = parseSample(bucket[3]);
    const from = place(lower);
    const to = place(upper);
    const width = to - from;
    for (let row = Math.min(Math.floor(from), edges.length - 2); row < Math.max(to, from + 1e-9) && row < edges.length - 1; row++) {
      // What lies at or below the lowest edge has no width: the first row takes it whole.
      const share = width <= 0 ? 1 : (Math.min(to, row + 1) - Math.max(from, row)) / width;
      cells[row * columns + column] = (cells[row * columns + column] as number) + count * share;
      if (width <= 0) break;
    }
  }
}

/** Where a single observation lies: shares of the map's width from the left and of its height from below; `undefined` outside. */
export function placeInHeat(
  { times, edges }: Heat,
  { time, value }: { time: number; value: number },
): { x: number; y: number } | undefined {
  const [first = 0, second = first + 1] = times;
  const [low = 1] = edges;
  const high = edges.at(-1) ?? low;
  const x = (time - first) / ((second - first) * times.length);
  const y = Math.log2(Math.max(value, low) / low) / Math.log2(high / low);
  return x < 0 || x > 1 || y > 1 || !Number.isFinite(y) ? undefined : { x, y };
}
