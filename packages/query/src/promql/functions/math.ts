/** Functions of one number, applied to every sample. */

/** Digits beyond what `Math.log10` and `Math.log2` round away for exact powers are not at stake; domain errors give NaN as in Go. */
export const NUMBER_FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  abs: Math.abs,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  ceil: Math.ceil,
  cos: Math.cos,
  cosh: Math.cosh,
  deg: (x) => (x * 180) / Math.PI,
  exp: Math.exp,
  floor: Math.floor,
  ln: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  rad: (x) => (x * Math.PI) / 180,
  sgn: (x) => (x < 0 ? -1 : x > 0 ? 1 : x),
  sin: Math.sin,
  sinh: Math.sinh,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
};

const DAY = 86_400;

/** What a date function reads out of a time, given in seconds since the epoch, in UTC. */
export const DATE_FUNCTIONS: Readonly<Record<string, (seconds: number) => number>> = {
  minute: (seconds) => floorMod(Math.floor(seconds / 60), 60),
  hour: (seconds) => floorMod(Math.floor(seconds / 3600), 24),
  day_of_week: (seconds) => floorMod(Math.floor(seconds / DAY) + 4, 7),
  day_of_month: (seconds) => dateOf(seconds).getUTCDate(),
  month: (seconds) => dateOf(seconds).getUTCMonth() + 1,
  year: (seconds) => dateOf(seconds).getUTCFullYear(),
  day_of_year: (seconds) => {
    const date = dateOf(seconds);
    return Math.floor(seconds / DAY) - Date.UTC(date.getUTCFullYear(), 0, 1) / (DAY * 1000) + 1;
  },
  days_in_month: (seconds) => {
    const date = dateOf(seconds);
    return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  },
};

function floorMod(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}

function dateOf(seconds: number): Date {
  return new Date(seconds * 1000);
}
