/** Literals of LogQL with a unit: durations as Go and Prometheus write them, sizes as humans do. */

import { parseDuration } from '@atalaya/model';

const GO_UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 };
const GO_DURATION = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;

/** A duration in nanoseconds: Go's form (`1.5h`, `20us`), or Prometheus' (`1d`, `2w`); `undefined` when it is none. */
export function readLogDuration(text: string): number | undefined {
  if (GO_DURATION.test(text)) {
    let total = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)([a-zµμ]+)/g))
      total += Number(amount) * (GO_UNITS[unit as string] as number);
    return total;
  }
  const milliseconds = parseDuration(text);
  return milliseconds === undefined || text === '0' ? undefined : milliseconds * 1e6;
}

const SIZES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  pb: 1e15,
  eb: 1e18,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  pib: 2 ** 50,
  eib: 2 ** 60,
  k: 1e3,
  ki: 2 ** 10,
  m: 1e6,
  mi: 2 ** 20,
  g: 1e9,
  gi: 2 ** 30,
  t: 1e12,
  ti: 2 ** 40,
  p: 1e15,
  pi: 2 ** 50,
  e: 1e18,
  ei: 2 ** 60,
};

/** A size in whole bytes (`2.5KiB`, `10GB`); `undefined` when it is none. */
export function readLogBytes(text: string): number | undefined {
  const [, amount, unit] = /^(\d+\.?\d*|\.\d+)\s*([a-zA-Z]+)$/.exec(text) ?? [];
  const size = SIZES[unit?.toLowerCase() ?? ''];
  return size === undefined ? undefined : Math.trunc(Number(amount) * size);
}

/** A number as Go's `strconv.ParseFloat` reads it, without a sign; `undefined` when it is none. */
export function readLogNumber(text: string): number | undefined {
  if (/^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  // Hexadecimal numbers are floats only with a binary exponent.
  const [, whole, fraction = '', power] = /^0[xX]([0-9a-fA-F]+)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return Number.parseInt(whole + fraction, 16) * 2 ** (Number(power) - 4 * fraction.length);
}
