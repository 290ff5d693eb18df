/** Exemplars on a chart: diamonds, and the one under the pointer. A uPlot plugin. */

import type uPlot from 'uplot';

import type { Exemplar } from '../data/exemplars.ts';

/** Half a diamond, and how near the pointer must come. CSS pixels. */
const RADIUS = 4;
const REACH = 9;
const CELL = 10;

/** What the plugin draws; asked for at each drawing, so that new exemplars need no new chart. */
export interface ExemplarSource {
  exemplars(): readonly Exemplar[];
  /** Their values are on the chart's axis; else they stand at its foot, at their times. */
  onAxis(): boolean;
  readonly colour: string;
  readonly surface: string;
}

/** Draws, and tells which exemplar is under the pointer. */
export interface ExemplarPlugin {
  readonly plugin: uPlot.Plugin;
  hovered(): Exemplar | undefined;
}

/** Makes the plugin. */
export function exemplarPlugin(source: ExemplarSource): ExemplarPlugin {
  let near: Exemplar | undefined;
  return {
    hovered: () => near,
    plugin: {
      hooks: {
        draw: (u) => draw(u, source),
        setCursor: (u) => {
          near = nearest(u, source);
          u.over.style.cursor = near === undefined ? '' : 'pointer';
        },
      },
    },
  };
}

/** Those that are drawn: where several would cover each other, the largest. */
function standing(u: uPlot, source: ExemplarSource): { exemplar: Exemplar; x: number; y: number }[] {
  const cells = new Map<string, { exemplar: Exemplar; x: number; y: number }>();
  for (const exemplar of source.exemplars()) {
    const place = placeOf(u, exemplar, source.onAxis());
    if (place === undefined) continue;
    const cell = `${Math.floor(place.x / CELL)} ${Math.floor(place.y / CELL)}`;
    const before = cells.get(cell);
    if (before === undefined || before.exemplar.value < exemplar.value) cells.set(cell, { exemplar, ...place });
  }
  return [...cells.values()];
}

/** Where a diamond stands; values above the axis at its upper end. CSS pixels within the plot. */
function placeOf(u: uPlot, { time, value }: Exemplar, onAxis: boolean): { x: number; y: number } | undefined {
  const height = u.over.clientHeight;
  const x = u.valToPos(time, 'x');
  if (x < 0 || x > u.over.clientWidth) return undefined;
  const y = onAxis ? u.valToPos(value, 'y') : height - RADIUS;
  return { x, y: Math.min(Math.max(y, RADIUS), height - RADIUS) };
}

function draw(u: uPlot, source: ExemplarSource): void {
  const diamonds = standing(u, source);
  if (diamonds.length === 0) return;
  const { ctx } = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  for (const place of diamonds) {
    const x = u.bbox.left + place.x * ratio;
    const y = u.bbox.top + place.y * ratio;
    const radius = RADIUS * ratio;
    ctx.moveTo(x, y - radius);
    ctx.lineTo(x + radius, y);
    ctx.lineTo(x, y + radius);
    ctx.lineTo(x - radius, y);
    ctx.closePath();
  }
  ctx.fillStyle = source.colour;
  ctx.strokeStyle = source.surface;
  ctx.lineWidth = ratio;
  ctx.fill();
  ctx.stroke();
  ctx.restore();
}

function nearest(u: uPlot, source: ExemplarSource): Exemplar | undefined {
  const { left = -1, top = -1 } = u.cursor;
  if (left < 0 || !u.over.matches(':hover')) return undefined;
  let best: Exemplar | undefined;
  let least = REACH;
  for (const { exemplar, x, y } of standing(u, source)) {
    const distance = Math.hypot(x - left, y - top);
    if (distance <= least) {
      least = distance;
      best = exemplar;
    }
  }
  return best;
}
