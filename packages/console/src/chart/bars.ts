/** Bars of counted spans of time, one on another: what uPlot draws for a series whose values are running sums. */

import type uPlot from 'uplot';

/** Between two bars, CSS pixels. */
const GAP = 1;
/** A single error among thousands of lines is still seen. */
const LEAST_HEIGHT = 2;

/** The rectangles of one series: from what lies under it up to its own sum, as wide as the span that begins at its moment. */
export const barPaths: uPlot.Series.PathBuilder = (u, seriesIndex, first, last) => {
  const times = u.data[0];
  const values = u.data[seriesIndex] as readonly (number | null)[];
  const step = (times[1] ?? (times[0] ?? 0) + 1) - (times[0] ?? 0);
  const under = u.series.flatMap((series, i) =>
    i > 0 && i < seriesIndex && series.show !== false ? [u.data[i] as readonly (number | null)[]] : [],
  );
  const fill = new Path2D();
  const gap = GAP * devicePixelRatio;
  for (let i = first; i <= last; i++) {
    const value = values[i];
    const time = times[i];
    if (value == null || value === 0 || time === undefined) continue;
    const base = under.reduce((most, column) => Math.max(most, column[i] ?? 0), 0);
    if (value <= base) continue;
    const left = Math.round(u.valToPos(time, 'x', true));
    const right = Math.round(u.valToPos(time + step, 'x', true));
    const bottom = Math.round(u.valToPos(base, 'y', true));
    const top = Math.min(Math.round(u.valToPos(value, 'y', true)), bottom - LEAST_HEIGHT * devicePixelRatio);
    const width = right - left > 3 * gap ? right - left - gap : right - left;
    fill.rect(left, top, Math.max(width, 1), bottom - top);
  }
  return { stroke: null, fill };
};
