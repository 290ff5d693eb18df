/** Time ranges as people write them (`now-1h` to `now`), resolved to instants, and the step that a range is asked with. */

import { formatDuration, parseDuration } from '@atalaya/model';

/** One end of a range: an instant, or so long before now. Milliseconds. */
export type TimePoint = { readonly kind: 'instant'; readonly at: number } | { readonly kind: 'ago'; readonly by: number };

/** A range as the URL holds it. */
export interface TimeRangeText {
  readonly from: string;
  readonly to: string;
}

/** What a page shows when the URL says nothing and there is enough data. */
export const DEFAULT_RANGE: TimeRangeText = { from: 'now-1h', to: 'now' };

/**
 * What a page shows when the URL says nothing and the oldest sample is this young: a range that its data fills to a good
 * part. Right after the first start an hour would be an empty chart with a dot at its end.
 */
export function defaultRange(oldestSample: number | undefined, now: number): TimeRangeText {
  const age = oldestSample === undefined ? Infinity : now - oldestSample;
  const fitting = (['5m', '15m', '30m'] as const).find((preset) => age < 0.8 * (parseDuration(preset) ?? 0));
  return fitting === undefined ? DEFAULT_RANGE : { from: `now-${fitting}`, to: 'now' };
}

/** The ranges offered with one click, as durations before now. */
export const PRESETS = ['5m', '15m', '30m', '1h', '3h', '6h', '12h', '1d', '2d', '7d', '15d', '30d'] as const;

/** Reads `now`, `now-90m`, epoch milliseconds, or an ISO date; `undefined` when it is none of them. */
export function parseTimePoint(text: string): TimePoint | undefined {
  const trimmed = text.trim();
  if (trimmed === 'now') return { kind: 'ago', by: 0 };
  const relative = /^now\s*-\s*(\S+)$/.exec(trimmed);
  if (relative) {
    const by = parseDuration(relative[1] as string);
    return by === undefined ? undefined : { kind: 'ago', by };
  }
  if (/^\d{10,}$/.test(trimmed)) return { kind: 'instant', at: Number(trimmed) };
  if (!/^\d{4}-\d{2}-\d{2}/.test(trimmed)) return undefined;
  const at = Date.parse(trimmed.replace(' ', 'T'));
  return Number.isNaN(at) ? undefined : { kind: 'instant', at };
}

/** Writes a point as the URL holds it. */
export function formatTimePoint(point: TimePoint): string {
  if (point.kind === 'instant') return String(point.at);
  return point.by === 0 ? 'now' : `now-${formatDuration(point.by)}`;
}

/** A range that moves with the clock: it ends now. */
export function isLive(range: TimeRangeText): boolean {
  return range.to === 'now';
}

/** The preset that the range is, if it is one. */
export function presetOf(range: TimeRangeText): (typeof PRESETS)[number] | undefined {
  return isLive(range) ? PRESETS.find((preset) => range.from === `now-${preset}`) : undefined;
}

/** Start and end in epoch milliseconds. Nonsense (unreadable, empty, backwards) resolves to the default range. */
export function resolveRange(range: TimeRangeText, now: number): { start: number; end: number } {
  const from = parseTimePoint(range.from);
  const to = parseTimePoint(range.to);
  if (from && to) {
    const start = instantOf(from, now);
    const end = instantOf(to, now);
    if (start < end) return { start, end };
  }
  return { start: now - 3_600_000, end: now };
}

function instantOf(point: TimePoint, now: number): number {
  return point.kind === 'instant' ? point.at : now - point.by;
}

/** Steps that make round times on an axis, milliseconds. */
const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000,
].map((seconds) => seconds * 1000);

/** The smallest round step, not under `minimum`, with which the span has at most `points` points. */
export function chooseStep(span: number, points: number, minimum = 5000): number {
  const wanted = Math.max(span / points, minimum);
  return STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / 86_400_000) * 86_400_000;
}

/** The window to ask for: both ends on multiples of the step, so that refreshes move whole points and caches can hit. */
export function alignedWindow(range: { start: number; end: number }, step: number) {
  const start = Math.floor(range.start / step) * step;
  return { start, end: Math.max(start, Math.floor(range.end / step) * step), step };
}

/** The window of a rate: four scrapes at least, one step at least, so that no sample falls between two points. */
export function rateWindow(step: number, scrapeInterval = 15_000): string {
  return formatDuration(Math.max(step, 4 * scrapeInterval));
}

/** How often pages ask again, milliseconds by the name that the URL and the menu use; `off` never. */
export const REFRESH_INTERVALS = { off: 0, '5s': 5000, '10s': 10_000, '30s': 30_000, '1m': 60_000, '5m': 300_000 } as const;

/** A refresh interval's name. */
export type RefreshName = keyof typeof REFRESH_INTERVALS;

/** The interval until somebody chooses another. */
export const DEFAULT_REFRESH: RefreshName = '10s';

/** The rate window that is put into queries people start from: works for scrape intervals up to a minute. */
export const DEFAULT_RATE_WINDOW = '5m';
