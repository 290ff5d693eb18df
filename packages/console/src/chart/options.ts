/** What uPlot is told: scales, axes with units, lines or stacked areas, gaps, the synchronised crosshair. No React here. */

import uPlot from 'uplot';

import type { Frame } from '../data/series.ts';
import { stack } from '../data/series.ts';
import { formatTicks, tickIncrements, type Unit } from '../format/number.ts';
import { formatTimeTicks } from '../format/time.ts';
import { barPaths } from './bars.ts';
import { lineStyle, type Scheme } from './palette.ts';

/** A line across the chart that values are judged by. */
export interface Threshold {
  readonly value: number;
  readonly label: string;
}

/** Everything that shapes a chart except its samples and size. */
export interface ChartShape {
  readonly ids: readonly string[];
  readonly unit: Unit;
  readonly stacked: boolean;
  /** Which series are drawn. */
  readonly shown: readonly boolean[];
  readonly locale: string;
  readonly scheme: Scheme;
  /** The axis goes at least this far up (1 for a ratio, the size of a memory). */
  readonly ceiling?: number | undefined;
  readonly threshold?: Threshold | undefined;
  /** Counts of spans of time that begin at the grid's moments: drawn as bars, one on another. */
  readonly bars?: boolean;
  /** Colours of series that mean something; the palette's unless given. */
  readonly colours?: readonly string[] | undefined;
  readonly syncKey: string;
}

/** What the chart tells back. */
export interface ChartEvents {
  zoom(start: number, end: number): void;
  reset(): void;
  /** The window in epoch seconds that the x axis shows whatever the data. */
  window(): { start: number; end: number };
}

/** Lines from which on a chart follows the pointer with the crosshair and the box only. */
const CROWD = 24;

/** Steps of an axis that counts things: there are no halves of them. */
const WHOLE_STEPS = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((factor) => factor * 10 ** power)).flat();

/** The canvas' font; drawn with a substitute until it is loaded. */
export const FONT = "11px 'Inter', system-ui, sans-serif";

/** The columns that uPlot draws: the grid, then the series, summed up when stacked. */
export function chartData(frame: Frame, stacked: boolean, shown: readonly boolean[]): uPlot.AlignedData {
  const columns = frame.series.map((series) => series.values);
  const drawn = stacked ? stack(columns, shown) : columns;
  return [frame.times, ...drawn] as unknown as uPlot.AlignedData;
}

/** uPlot's options for a chart of this shape. */
export function chartOptions(
  shape: ChartShape,
  events: ChartEvents,
  size: { width: number; height: number },
  colours: Colours,
): uPlot.Options {
  const { unit, locale, stacked, scheme } = shape;
  // Fading all lines but one draws all of them anew at each move of the pointer, and a hundred dots help nobody.
  const crowded = shape.ids.length > CROWD;
  return {
    ...size,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    scales: {
      x: {
        time: true,
        range: () => {
          const { start, end } = events.window();
          return [start, end];
        },
      },
      y: { range: (_u, min, max) => yRange(min, max, shape) },
    },
    axes: [
      {
        font: FONT,
        stroke: colours.axis,
        size: 27,
        gap: 6,
        space: 50,
        grid: { stroke: colours.grid, width: 1 },
        ticks: { show: false },
        values: (_u, ticks) => formatTimeTicks(ticks, locale),
      },
      {
        font: FONT,
        stroke: colours.axis,
        gap: 6,
        space: size.height > 250 ? 44 : 28,
        // Small charts stand side by side: the same width makes their time axes line up.
        size: (u, values, index) => axisWidth(u, values, index, size.height > 250 ? 46 : 66),
        grid: { stroke: colours.grid, width: 1 },
        ticks: { show: false },
        values: (_u, ticks) => formatTicks(ticks, unit, locale),
        ...(shape.bars === true ? { incrs: WHOLE_STEPS } : tickIncrements(unit) ? { incrs: tickIncrements(unit) as number[] } : {}),
      },
    ],
    series: [{}, ...shape.ids.map((_, index) => seriesOptions(index, shape, scheme))],
    ...(stacked && shape.bars !== true ? { bands: stackBands(shape.shown) } : {}),
    cursor: {
      sync: { key: shape.syncKey, setSeries: false, scales: ['x', null] },
      drag: { x: true, y: false, setScale: false, dist: 6 },
      points: {
        show: !crowded && shape.bars !== true,
        size: 7,
        width: 2,
        fill: () => colours.surface,
        stroke: (_u, index) => shape.colours?.[index - 1] ?? lineStyle(index - 1, scheme).colour,
      },
      focus: { prox: 24 },
      bind: {
        dblclick: () => () => {
          events.reset();
          return null;
        },
      },
    },
    focus: { alpha: stacked || crowded ? 1 : 0.35 },
    hooks: {
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < 6) return;
          const start = u.posToVal(left, 'x') * 1000;
          const end = u.posToVal(left + width, 'x') * 1000;
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          events.zoom(start, end);
        },
      ],
      draw: shape.threshold ? [(u) => drawThreshold(u, shape.threshold as Threshold, colours)] : [],
    },
  };
}

/** Colours that the canvas needs, read from the page's tokens. */
export interface Colours {
  readonly axis: string;
  readonly grid: string;
  readonly surface: string;
  readonly warning: string;
  readonly exemplar: string;
}

/** Reads the canvas' colours. */
export function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    axis: token('--at-axis'),
    grid: token('--at-grid'),
    surface: token('--at-surface'),
    warning: token('--at-warning'),
    exemplar: token('--at-accent'),
  };
}

function seriesOptions(index: number, shape: ChartShape, scheme: Scheme): uPlot.Series {
  const { colour: ofPalette, dash } = lineStyle(index, scheme);
  const colour = shape.colours?.[index] ?? ofPalette;
  if (shape.bars === true) return { show: shape.shown[index] !== false, fill: colour, width: 0, points: { show: false }, paths: barPaths };
  return {
    show: shape.shown[index] !== false,
    stroke: colour,
    width: shape.stacked ? 1 : 1.5,
    dash: [...dash],
    fill: shape.stacked ? `${colour}${scheme === 'dark' ? '8c' : '80'}` : shape.ids.length === 1 ? `${colour}1f` : '',
    spanGaps: false,
    // A sample between two gaps has no line to be seen by: it gets a point.
    points: { show: true, size: 4, width: 0, fill: colour, filter: lonelyPoints },
  };
}

function lonelyPoints(u: uPlot, seriesIndex: number): number[] | null {
  const values = u.data[seriesIndex] as (number | null)[];
  const lonely: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) lonely.push(i);
  }
  return lonely;
}

/** Between each shown series and the one shown below it. */
function stackBands(shown: readonly boolean[]): uPlot.Band[] {
  const bands: uPlot.Band[] = [];
  let below = -1;
  for (let i = 0; i < shown.length; i++) {
    if (shown[i] === false) continue;
    if (below >= 0) bands.push({ series: [i + 1, below + 1] });
    below = i;
  }
  return bands;
}

/** From zero for what cannot be negative; a flat line gets room above and below. */
function yRange(min: number | null, max: number | null, shape: ChartShape): [number, number] {
  if (min === null || max === null) return [0, shape.ceiling ?? 1];
  const low = shape.unit === 'timestamp' ? min : Math.min(0, min);
  const high = Math.max(
    max,
    shape.ceiling ?? -Infinity,
    shape.threshold && max > shape.threshold.value * 0.6 ? shape.threshold.value : -Infinity,
  );
  if (low === high) return low === 0 ? [0, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1];
  if (shape.unit === 'timestamp') return [low, high];
  const exact = shape.ceiling !== undefined && high === shape.ceiling && shape.threshold === undefined;
  return [low < 0 ? low * 1.08 : 0, exact ? high : high * 1.08];
}

function axisWidth(u: uPlot, values: string[] | null, axisIndex: number, least: number): number {
  const longest = (values ?? []).reduce((a, b) => (b.length > a.length ? b : a), '');
  const font = u.axes[axisIndex]?.font;
  u.ctx.font = Array.isArray(font) ? font[0] : FONT;
  return Math.max(least, Math.ceil(u.ctx.measureText(longest).width / devicePixelRatio) + 14);
}

function drawThreshold(u: uPlot, threshold: Threshold, colours: Colours): void {
  const y = u.valToPos(threshold.value, 'y', true);
  const { left, top, width, height } = u.bbox;
  if (y < top || y > top + height) return;
  const { ctx } = u;
  ctx.save();
  ctx.strokeStyle = colours.warning;
  ctx.fillStyle = colours.warning;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + width, y);
  ctx.stroke();
  ctx.font = `${11 * devicePixelRatio}px 'Inter', system-ui, sans-serif`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'bottom';
  ctx.fillText(threshold.label, left + width - 4 * devicePixelRatio, y - 3 * devicePixelRatio);
  ctx.restore();
}
