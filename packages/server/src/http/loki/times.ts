/** Times and lengths of time as Loki's API takes them, in nanoseconds. What is wrong is told in Go's words, as Loki tells it. */

import { AtalayaError, parseDuration } from '@atalaya/model';

export const SECOND = 1_000_000_000n;
const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;
/** Whole numbers of at most so many characters are seconds, longer ones nanoseconds. */
const SECONDS_LENGTH = 10;

/** Milliseconds of the clock as nanoseconds. */
export const nanoseconds = (milliseconds: number): bigint => BigInt(Math.round(milliseconds)) * 1_000_000n;

/** The complaint of Go's `strconv` about a text. */
export function noNumber(call: 'Atoi' | 'ParseInt', text: string): string {
  const reason = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  return `strconv.${call}: parsing ${JSON.stringify(text)}: ${reason}`;
}

export function badRequest(reason: string): never {
  throw new AtalayaError('BAD_REQUEST', { reason });
}

/** A point in time: seconds with decimals, whole seconds, nanoseconds or RFC 3339. @throws RangeError with the reason */
export function parseTime(text: string): bigint {
  // Decimals are taken to the millisecond.
  if (text.includes('.') && FLOAT.test(text)) {
    const number = Number(text);
    const seconds = Math.trunc(number);
    return BigInt(seconds) * SECOND + BigInt(Math.round((number - seconds) * 1000)) * 1_000_000n;
  }
  if (/^[+-]?\d+$/.test(text)) {
    const number = BigInt(text.replace(/^\+/, ''));
    const time = text.length <= SECONDS_LENGTH ? number * SECOND : number;
    if (time >= LEAST && time <= GREATEST) return time;
  }
  const parts = RFC3339.exec(text);
  if (parts === null) throw new RangeError(noNumber('ParseInt', text));
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const [, , , , , , , fraction = '', sign, hours = '0', minutes = '0'] = parts;
  const date = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC would take the 30th of February for a day in March.
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || second > 59) {
    throw new RangeError(noNumber('ParseInt', text));
  }
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const whole = BigInt(date.getTime() / 1000 + (hour * 60 + minute - offset) * 60 + second);
  return whole * SECOND + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

/** A length of time: seconds with decimals, or a Prometheus duration. */
export function parseLength(text: string): bigint {
  if (FLOAT.test(text)) {
    const length = Number(text) * 1e9;
    if (Math.abs(length) > 2 ** 63) badRequest(`cannot parse ${JSON.stringify(text)} to a valid duration. It overflows int64`);
    return BigInt(Math.trunc(length));
  }
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) badRequest(`cannot parse ${JSON.stringify(text)} to a valid duration`);
  return nanoseconds(milliseconds);
}
