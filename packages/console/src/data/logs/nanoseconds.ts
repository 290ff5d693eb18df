/** Times in nanoseconds: to and from milliseconds, and written with all their digits. */

const PER_MILLISECOND = 1_000_000n;

/** Milliseconds since the epoch as nanoseconds. */
export function toNanoseconds(milliseconds: number): bigint {
  return BigInt(Math.round(milliseconds)) * PER_MILLISECOND;
}

/** Nanoseconds as whole milliseconds since the epoch. */
export function toMilliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / PER_MILLISECOND);
}

/** The zones that lines can be shown in. */
export type Zone = 'browser' | 'utc';

const formats = new Map<Zone, Intl.DateTimeFormat>();

function partsOf(milliseconds: number, zone: Zone): Record<string, string> {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      ...(zone === 'utc' ? { timeZone: 'UTC' } : {}),
    });
    formats.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(milliseconds).map(({ type, value }) => [type, value]));
}

/** Day (`2026-11-22`), clock (`14:03:07`) and fraction (`123`, or all nine digits) of a moment. The same in all languages, as in log files. */
export function momentParts(time: bigint, zone: Zone): { day: string; clock: string; fraction: string } {
  const { year, month, day, hour, minute, second } = partsOf(toMilliseconds(time), zone);
  const fraction = (time % 1_000_000_000n).toString().padStart(9, '0');
  return { day: `${year}-${month}-${day}`, clock: `${hour}:${minute}:${second}`, fraction };
}

/** The whole moment: `2026-11-22 14:03:07.123456789`; digits after the milliseconds only where there are any. */
export function formatMoment(time: bigint, zone: Zone): string {
  const { day, clock, fraction } = momentParts(time, zone);
  return `${day} ${clock}.${fraction.endsWith('000000') ? fraction.slice(0, 3) : fraction}`;
}

/** RFC 3339 in UTC with all nine digits: how downloads write times. */
export function formatRfc3339(time: bigint): string {
  const { day, clock, fraction } = momentParts(time, 'utc');
  return `${day}T${clock}.${fraction}Z`;
}
