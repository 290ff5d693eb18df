/** A point of a chart that was clicked: which moment, which series, where on the screen. */

import type uPlot from 'uplot';

import type { Frame, Series } from '../data/series.ts';

/** The point. */
export interface ChartPoint {
  /** CSS pixels within the chart's box. */
  readonly left: number;
  readonly top: number;
  /** Epoch seconds. */
  readonly time: number;
  /** Between two points of the grid, seconds. */
  readonly step: number;
  readonly series: Series | undefined;
  readonly value: number | null;
}

/** The point under the crosshair: of lines the nearest, of a stack the area that it is in. */
export function pointAt(u: uPlot, frame: Frame, shown: readonly boolean[], stacked: boolean): ChartPoint | undefined {
  const { idx, left = -1, top = -1 } = u.cursor;
  const time = idx == null ? undefined : frame.times[idx];
  if (idx == null || time === undefined) return undefined;
  const drawn = frame.series
    .map((series, index) => ({ series, height: u.data[index + 1]?.[idx] ?? null, shown: shown[index] !== false }))
    .flatMap(({ series, height, shown: on }) => (on && height !== null ? [{ series, y: u.valToPos(height, 'y') }] : []));
  const within = stacked ? drawn.filter(({ y }) => y <= top).at(0) : undefined;
  const near = within ?? drawn.toSorted((a, b) => Math.abs(a.y - top) - Math.abs(b.y - top))[0];
  const box = u.over.getBoundingClientRect();
  const root = u.root.getBoundingClientRect();
  return {
    left: box.left - root.left + left,
    top: box.top - root.top + top,
    time,
    step: (frame.times[1] ?? time + 60) - (frame.times[0] ?? time),
    series: near?.series,
    value: near?.series.values[idx] ?? null,
  };
}
