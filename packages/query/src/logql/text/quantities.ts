/** Numbers, durations and sizes in the texts of labels, read and refused as Go and the libraries that Loki uses do. */

import { readGoFloat } from '@atalaya/lang';

/** Nanoseconds by unit, as Go's `time.ParseDuration` knows them. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 6e10],
  ['h', 3.6e12],
]);

/** Largest duration: what fits into 64 bits of nanoseconds. */
const LONGEST = 2 ** 63;

/** Go's `%q`, near enough for messages. */
const quote = (text: string): string => JSON.stringify(text);

const PIECE = /(\d*)(?:\.(\d*))?([^\d.]*)/y;

/** A text as Go's `time.ParseDuration` reads it: nanoseconds, or the reason why it is none. */
export function readDuration(text: string): number | string {
  const signed = text.startsWith('-') || text.startsWith('+');
  if (text.length === (signed ? 2 : 1) && text.endsWith('0')) return 0;
  let at = signed ? 1 : 0;
  if (at === text.length) return `time: invalid duration ${quote(text)}`;
  let total = 0;
  while (at < text.length) {
    PIECE.lastIndex = at;
    const [piece, whole = '', fraction = '', unit = ''] = PIECE.exec(text) as RegExpExecArray;
    if (whole === '' && fraction === '') return `time: invalid duration ${quote(text)}`;
    if (unit === '') return `time: missing unit in duration ${quote(text)}`;
    const size = UNITS.get(unit);
    if (size === undefined) return `time: unknown unit ${quote(unit)} in duration ${quote(text)}`;
    total += Number(whole) * size;
    if (fraction !== '') total += Math.trunc(Number(`0.${fraction}`) * size);
    if (total >= LONGEST) return `time: invalid duration ${quote(text)}`;
    at += piece.length;
  }
  return text.startsWith('-') ? -total : total;
}

/** Seconds of nanoseconds, rounded as Go's `Duration.Seconds`. */
export function secondsOf(nanoseconds: number): number {
  const seconds = Math.trunc(nanoseconds / 1e9);
  return seconds + (nanoseconds - seconds * 1e9) / 1e9;
}

const SIZES: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't', 'p', 'e'].flatMap((letter, index) => {
    const [decimal, binary] = [1000 ** (index + 1), 1024 ** (index + 1)];
    return [
      [letter, decimal],
      [`${letter}b`, decimal],
      [`${letter}i`, binary],
      [`${letter}ib`, binary],
    ] as [string, number][];
  }),
]);

/** A text as go-humanize's `ParseBytes` reads it: whole bytes, or the reason why it is no size. */
export function readBytes(text: string): number | string {
  let end = 0;
  while (end < text.length && isSizeDigit(text.charCodeAt(end))) end++;
  const amount = readGoFloat(text.slice(0, end).replaceAll(',', ''));
  if (typeof amount === 'string') return amount;
  const unit = text.slice(end).trim().toLowerCase();
  const size = SIZES.get(unit);
  if (size === undefined) return `unhandled size name: ${unit}`;
  const bytes = amount * size;
  return bytes >= 2 ** 64 ? `too large: ${text}` : Math.trunc(bytes);
}

const isSizeDigit = (unit: number): boolean => (unit >= 0x30 && unit <= 0x39) || unit === 0x2e || unit === 0x2c;
