/** The part of a trace's time that is on show, and the marks of its ruler. Nanoseconds since the trace's first start. */

/** A part of the time. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** Nothing is looked at closer than this, nanoseconds. */
const CLOSEST = 100;

/** Reads a part as the URL has it: `from-to` in microseconds. Nonsense, and more than the whole, is the whole. */
export function readPart(text: string | undefined, duration: number): Part {
  const [from, to] = (/^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? '')?.slice(1) ?? []).map((micros) => Number(micros) * 1000);
  if (from === undefined || to === undefined || from >= to || from >= duration) return { from: 0, to: Math.max(duration, 1) };
  return { from, to: Math.min(to, Math.max(duration, 1)) };
}

/** A part as the URL has it; nothing for the whole. */
export function writePart(part: Part, duration: number): string | undefined {
  if (isWhole(part, duration)) return undefined;
  const micros = (nanoseconds: number) => String(Number((nanoseconds / 1000).toFixed(1)));
  return `${micros(part.from)}-${micros(part.to)}`;
}

/** Whether all of the time is on show. */
export function isWhole({ from, to }: Part, duration: number): boolean {
  return from <= 0 && to >= duration;
}

/** A part made larger or smaller around its middle, and moved by a share of itself; it stays within the trace. */
export function movedPart({ from, to }: Part, duration: number, factor: number, by = 0): Part {
  const length = Math.min(Math.max((to - from) * factor, CLOSEST), Math.max(duration, 1));
  const middle = (from + to) / 2 + by * (to - from);
  const start = Math.min(Math.max(middle - length / 2, 0), Math.max(duration, 1) - length);
  return { from: start, to: start + length };
}

/** The part between two places that were dragged over, in either order. */
export function draggedPart(a: number, b: number, duration: number): Part {
  const from = Math.max(Math.min(a, b), 0);
  return { from, to: Math.min(Math.max(a, b, from + CLOSEST), Math.max(duration, 1)) };
}

/** Marks of a ruler: about as many as wanted, at 1, 2 or 5 times a power of ten. */
export function rulerTicks({ from, to }: Part, wanted: number): { readonly step: number; readonly ticks: readonly number[] } {
  const rough = (to - from) / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to; i += 1) ticks.push(i * step);
  return { step, ticks };
}

/** Stretches in pixels of a part, those that touch or nearly do as one: `[left, width, left, width, …]`. */
export function stretchesOnScreen(stretches: readonly number[], { from, to }: Part, width: number): number[] {
  const scale = width / (to - from);
  const drawn: number[] = [];
  for (let i = 0; i + 1 < stretches.length; i += 2) {
    const left = Math.max(((stretches[i] as number) - from) * scale, 0);
    const right = Math.min(((stretches[i + 1] as number) - from) * scale, width);
    if (right <= 0 || left >= width || right < left) continue;
    const before = drawn.length - 2;
    const end = before < 0 ? -1 : (drawn[before] as number) + (drawn[before + 1] as number);
    if (before >= 0 && left - end < 0.7) drawn[before + 1] = Math.max(right, end) - (drawn[before] as number);
    else drawn.push(left, right - left);
  }
  return drawn;
}
