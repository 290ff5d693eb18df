/** Points as bytes: the innermost loop of answers, which holds for every step of every series. */

import { formatSampleValue } from '@atalaya/lang';
import type { Steps } from './value.ts';

/** Most bytes of a point: its head with a time of sixteen digits, a sign and a dot, a value of up to 25 characters, its tail. */
export const POINT_BYTES = 64;

/** Milliseconds as seconds, with three decimals where there are any: `1435781430.781`, `1435781430`. */
export function formatTime(milliseconds: number): string {
  const rest = milliseconds % 1000;
  if (rest === 0) return String(milliseconds / 1000);
  const sign = milliseconds < 0 ? '-' : '';
  const size = Math.abs(milliseconds);
  return `${sign}${Math.floor(size / 1000)}.${String(size % 1000).padStart(3, '0')}`;
}

/** What stands before the value of a point, `,[1435781430,"`, for each step of a grid. */
export interface PointHeads {
  readonly grid: Steps;
  /** The heads one after the other; that of step `i` is at `[ends[i - 1], ends[i])`. */
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** Writes the heads of all steps once, for all series. */
export function headsOf(grid: Steps): PointHeads {
  const bytes = new Uint8Array(grid.count * POINT_BYTES);
  const ends = new Uint32Array(grid.count);
  let at = 0;
  for (let i = 0; i < grid.count; i++) {
    at = writeAscii(bytes, at, `,[${formatTime(grid.start + i * grid.step)},"`);
    ends[i] = at;
  }
  return { grid, bytes, ends };
}

/**
 * Writes the points `[start, end)` of a series, without what encloses them, from `at` on; gives the place after them. There has to
 * be room for {@link POINT_BYTES} each.
 */
export function writePoints(
  bytes: Uint8Array,
  at: number,
  { grid, bytes: heads, ends }: PointHeads,
  timestamps: Float64Array,
  values: Float64Array,
  start: number,
  end: number,
): number {
  let previous = NaN;
  let previousAt = 0;
  let previousLength = 0;
  for (let i = start; i < end; i++) {
    const step = (timestamps[i]! - grid.start) / grid.step;
    let from = step === 0 ? 0 : ends[step - 1]!;
    // The first point has no comma before it.
    if (i === start) from++;
    for (const to = ends[step]!; from < to; from++) bytes[at++] = heads[from]!;
    const value = values[i]!;
    if (value === previous && value !== 0) {
      // Much of what is observed rests most of the time.
      for (let k = 0; k < previousLength; k++) bytes[at + k] = bytes[previousAt + k]!;
      previousAt = at;
      at += previousLength;
    } else {
      previous = value;
      previousAt = at;
      at = writeValue(bytes, at, value);
      previousLength = at - previousAt;
    }
    bytes[at++] = QUOTE;
    bytes[at++] = BRACKET;
  }
  return at;
}

const QUOTE = 0x22;
const BRACKET = 0x5d;
const MINUS = 0x2d;
const ZERO = 0x30;
const LOW_DIGITS = 8;
const LOW_POWER = 10 ** LOW_DIGITS;

/** Writes a sample's value from `at` on; gives the place after it. Whole numbers, of which most metrics consist, need no text. */
export function writeValue(bytes: Uint8Array, at: number, value: number): number {
  if (value === 0 || value !== Math.floor(value) || value > Number.MAX_SAFE_INTEGER || value < -Number.MAX_SAFE_INTEGER) {
    return writeAscii(bytes, at, formatSampleValue(value));
  }
  let size = value;
  if (value < 0) {
    bytes[at++] = MINUS;
    size = -value;
  }
  if (size < LOW_POWER) return writeDigits(bytes, at, size | 0, digitsOf(size));
  // In two parts that are small integers each.
  const high = Math.floor(size / LOW_POWER);
  const after = writeDigits(bytes, at, high | 0, digitsOf(high));
  return writeDigits(bytes, after, (size - high * LOW_POWER) | 0, LOW_DIGITS);
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let power = 10; power <= value; power *= 10) digits++;
  return digits;
}

function writeDigits(bytes: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value;
  for (let place = at + digits - 1; place >= at; place--) {
    const tenth = (rest / 10) | 0;
    bytes[place] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return at + digits;
}

/** Writes a text of ASCII characters from `at` on; gives the place after it. */
export function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  const { length } = text;
  for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + length;
}
