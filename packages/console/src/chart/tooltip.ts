/** The box that follows the crosshair: time and values, the line nearest to the pointer first. A uPlot plugin. */

import type uPlot from 'uplot';

import type { Exemplar } from '../data/exemplars.ts';
import type { Frame } from '../data/series.ts';
import type { Formats } from '../format/use-format.ts';
import type { Unit } from '../format/number.ts';
import classes from './chart.module.css';

/** Most rows in the box. */
const ROWS = 8;

/** What the box shows; asked for at each move, so that refreshed data is used. */
export interface TooltipSource {
  frame(): Frame;
  shown(): readonly boolean[];
  unit(): Unit;
  formats(): Formats;
  colour(index: number): string;
  more(count: number): string;
  /** The exemplar under the pointer: then the box is about it. */
  exemplar(): Exemplar | undefined;
}

/** Makes the plugin. The box is decoration for pointers and announces nothing; the summary beside the chart serves readers. */
export function tooltipPlugin(source: TooltipSource): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = classes['tooltip'] as string;
  box.hidden = true;
  return {
    hooks: {
      init: (u) => u.over.append(box),
      setCursor: (u) => {
        const { idx, left = -1, top = -1 } = u.cursor;
        const own = u.over.matches(':hover') || u.root.parentElement?.matches(':focus-visible') === true;
        box.hidden = !own || idx == null || left < 0;
        if (idx != null && !box.hidden) {
          fill(box, u, idx, top, source);
          place(box, u, left, top);
        }
      },
    },
  };
}

function fill(box: HTMLElement, u: uPlot, index: number, top: number, source: TooltipSource): void {
  const exemplar = source.exemplar();
  if (exemplar !== undefined) return fillExemplar(box, exemplar, source);
  const frame = source.frame();
  const formats = source.formats();
  const shown = source.shown();
  const rows = frame.series
    .map((series, i) => ({ series, i, value: series.values[index] ?? null }))
    .filter(({ value, i }) => value !== null && shown[i] !== false);
  const distance = (i: number) => Math.abs(u.valToPos((u.data[i + 1]?.[index] as number | null) ?? 0, 'y') - top);
  const nearest = rows.length > ROWS ? rows.toSorted((a, b) => distance(a.i) - distance(b.i)).slice(0, ROWS) : rows;
  const lines = nearest
    .sort((a, b) => (b.value as number) - (a.value as number))
    .map(({ series, i, value }) => row(series.name, formats.value(value, source.unit()), source.colour(i)));
  const time = document.createElement('div');
  time.className = classes['tooltipTime'] as string;
  time.textContent = formats.instant((frame.times[index] ?? 0) * 1000);
  const rest = rows.length - nearest.length;
  if (rest > 0) {
    const more = document.createElement('div');
    more.className = classes['tooltipTime'] as string;
    more.textContent = source.more(rest);
    lines.push(more);
  }
  box.replaceChildren(time, ...lines);
}

function fillExemplar(box: HTMLElement, { time, value, labels, series }: Exemplar, source: TooltipSource): void {
  const formats = source.formats();
  const head = document.createElement('div');
  head.className = classes['tooltipTime'] as string;
  head.textContent = formats.instant(time * 1000);
  // A histogram's buckets are in seconds wherever its rate is counted.
  const measured = formats.value(value, /seconds/.test(series['__name__'] ?? '') ? 'seconds' : source.unit());
  const { __name__: name = '', le: _le, ...others } = series;
  const rows = [...Object.entries(labels), ...Object.entries(others)]
    .slice(0, ROWS)
    .map(([label, text]) => row(label, text, 'transparent'));
  box.replaceChildren(head, row(name, measured, 'var(--at-accent)'), ...rows);
}

function row(name: string, value: string, colour: string): HTMLElement {
  const line = document.createElement('div');
  line.className = classes['tooltipRow'] as string;
  const mark = document.createElement('i');
  mark.style.background = colour;
  const label = document.createElement('span');
  label.textContent = name;
  const number = document.createElement('b');
  number.textContent = value;
  line.append(mark, label, number);
  return line;
}

function place(box: HTMLElement, u: uPlot, left: number, top: number): void {
  const { width, height } = u.over.getBoundingClientRect();
  const toLeft = left > width / 2;
  const x = toLeft ? left - box.offsetWidth - 14 : left + 14;
  const y = Math.min(Math.max(top - box.offsetHeight / 2, -8), Math.max(height - box.offsetHeight + 8, -8));
  box.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}
