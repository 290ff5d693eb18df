/** Where found traces stand in a plot of their durations over time. */

import type { FoundTrace } from './tempo.ts';

/** A plot's measures, CSS pixels; the axes lie outside of `left`, `top`, `width`, `height`. */
export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A trace as a point. */
export interface PlotPoint {
  readonly trace: FoundTrace;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** What a plot shows: epoch milliseconds, and milliseconds of duration on a logarithmic axis. */
export interface PlotScale {
  readonly start: number;
  readonly end: number;
  readonly least: number;
  readonly most: number;
}

/** Answers tell whole milliseconds; what took less stands here. */
const UNDER_ONE = 0.5;

/** The scale that fits traces: durations from the power of ten below the shortest to somewhat above the longest. */
export function scaleOf(traces: readonly FoundTrace[], window: { start: number; end: number }): PlotScale {
  let least = Infinity;
  let most = 0;
  for (const { duration } of traces) {
    least = Math.min(least, Math.max(duration, UNDER_ONE));
    most = Math.max(most, Math.max(duration, UNDER_ONE));
  }
  if (most === 0) return { ...window, least: 1, most: 1000 };
  // At least a decade, so that traces of about the same length do not look far apart.
  const top = most * 1.35;
  return { ...window, least: Math.min(least / 1.35, top / 10), most: top };
}

/** Pixels of a duration, milliseconds. */
export function yOf(duration: number, { least, most }: PlotScale, { top, height }: PlotBox): number {
  const share = Math.log(Math.max(duration, UNDER_ONE) / least) / Math.log(most / least);
  return top + height * (1 - share);
}

/** The duration at a height, milliseconds. */
export function durationAt(y: number, { least, most }: PlotScale, { top, height }: PlotBox): number {
  return least * (most / least) ** (1 - (y - top) / height);
}

/** The moment at a place, epoch milliseconds. */
export function timeAt(x: number, { start, end }: PlotScale, { left, width }: PlotBox): number {
  return start + ((x - left) / width) * (end - start);
}

/** The points; large ones first, so that small ones lie upon them. A trace that began before the window stands at its edge. */
export function pointsOf(traces: readonly FoundTrace[], scale: PlotScale, box: PlotBox): PlotPoint[] {
  return traces
    .map((trace): PlotPoint => ({
      trace,
      x: box.left + (box.width * (Math.min(Math.max(trace.start, scale.start), scale.end) - scale.start)) / (scale.end - scale.start),
      y: yOf(trace.duration, scale, box),
      radius: Math.min(3 + Math.log2(Math.max(trace.spans, 1)) * 0.75, 14),
    }))
    .sort((a, b) => b.radius - a.radius);
}

/** Durations at which the axis has a line: 1, 2, 5 of each power of ten, or only the powers where that is too many. */
export function durationTicks({ least, most }: PlotScale, wanted: number): number[] {
  const decades = Math.log10(most / least);
  const steps = decades * 3 <= wanted ? [1, 2, 5] : decades * 2 <= wanted ? [1, 3] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.log10(most); power += 1) {
    for (const step of steps) {
      const tick = step * 10 ** power;
      if (tick >= least && tick <= most) ticks.push(tick);
    }
  }
  return ticks;
}

const TIME_STEPS = [1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

/** Round moments of a window, epoch milliseconds in the reader's zone. */
export function timeTicks({ start, end }: PlotScale, wanted: number): number[] {
  const step = (TIME_STEPS.find((seconds) => (end - start) / 1000 / seconds <= wanted) ?? 2_592_000) * 1000;
  const zone = new Date(start).getTimezoneOffset() * 60_000;
  const ticks: number[] = [];
  for (let at = Math.ceil((start - zone) / step) * step + zone; at <= end; at += step) ticks.push(at);
  return ticks;
}

/** The point that is meant at a place: the nearest one within reach. */
export function pointNear(points: readonly PlotPoint[], x: number, y: number, reach = 6): PlotPoint | undefined {
  let best: PlotPoint | undefined;
  let nearest = Infinity;
  for (const point of points) {
    const distance = Math.hypot(point.x - x, point.y - y) - point.radius;
    if (distance <= reach && distance <= nearest) {
      best = point;
      nearest = distance;
    }
  }
  return best;
}
