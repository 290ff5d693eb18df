/** Numbers for people: sensible precision, units, the reader's decimal sign. */

/** What a number measures. Ratios are 0…1, durations seconds, points in time epoch seconds. */
export type Unit = 'none' | 'count' | 'bytes' | 'bytes/s' | 'per-second' | 'ratio' | 'seconds' | 'timestamp';

/** All units, in the order of the explorer's menu. */
export const UNITS: readonly Unit[] = ['none', 'count', 'bytes', 'bytes/s', 'per-second', 'ratio', 'seconds', 'timestamp'];

const NBSP = '\u00A0';
const MINUS = '\u2212';

/** Shown where there is no value. */
export const NO_VALUE = '–';

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let found = formatters.get(key);
  if (found === undefined) {
    found = new Intl.NumberFormat(locale, options);
    formatters.set(key, found);
  }
  return found;
}

/** Three significant digits, no trailing zeros, never an exponent where plain digits do. */
export function formatPlain(value: number, locale: string, digits = 3): string {
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e15)) {
    return formatter(locale, { notation: 'scientific', maximumSignificantDigits: digits }).format(value).replace('-', MINUS);
  }
  const whole = magnitude === 0 ? 1 : Math.floor(Math.log10(magnitude)) + 1;
  const text = formatter(locale, {
    maximumFractionDigits: Math.min(Math.max(digits - whole, 0), 8),
    useGrouping: magnitude >= 10_000,
  }).format(value);
  return text.replace('-', MINUS);
}

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;
const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** A scale: the divisor, and what follows the number (with its space). */
interface Scale {
  readonly divisor: number;
  readonly suffix: string;
}

/** The scale in which a value of this size is read best; an axis takes one scale for all its ticks. */
export function scaleOf(magnitude: number, unit: Unit): Scale {
  const size = Number.isFinite(magnitude) ? Math.abs(magnitude) : 0;
  switch (unit) {
    case 'bytes':
    case 'bytes/s':
      return powerScale(size, 1024, BINARY, unit === 'bytes/s' ? '/s' : '');
    case 'per-second':
      return powerScale(size, 1000, DECIMAL, '/s');
    case 'count':
    case 'none':
      return size < 10_000 ? { divisor: 1, suffix: '' } : powerScale(size, 1000, DECIMAL, '');
    case 'ratio':
      return { divisor: 0.01, suffix: `${NBSP}%` };
    case 'seconds':
      return secondsScale(size);
    case 'timestamp':
      return { divisor: 1, suffix: '' };
  }
}

function powerScale(size: number, base: number, names: readonly string[], per: string): Scale {
  let power = 0;
  // 999.5 would be rounded to "1000": the next unit reads better.
  while (power < names.length - 1 && size / base ** power >= base * 0.9995) power += 1;
  const name = `${names[power] ?? ''}${per}`;
  return { divisor: base ** power, suffix: name === '' ? '' : `${NBSP}${name}` };
}

function secondsScale(size: number): Scale {
  const steps: readonly (readonly [number, string])[] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
    [1e-9, 'ns'],
  ];
  const found = size === 0 ? steps[3] : (steps.find(([divisor]) => size >= divisor * 0.9995) ?? steps.at(-1));
  const [divisor, name] = found as readonly [number, string];
  return { divisor, suffix: `${NBSP}${name}` };
}

/** A value with its unit: `1.24 GiB`, `83 ms`, `12.4 k/s`, `61.2 %`. Absent values are a dash. */
export function formatValue(value: number | null | undefined, unit: Unit, locale: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NO_VALUE;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  if (unit === 'timestamp') return new Date(value * 1000).toLocaleString(locale, { dateStyle: 'short', timeStyle: 'medium' });
  const { divisor, suffix } = scaleOf(value, unit);
  const scaled = value / divisor;
  // Percentages are read at a glance: one decimal, two below one percent.
  if (unit === 'ratio' && (scaled === 0 || Math.abs(scaled) >= 0.005)) {
    return `${formatDecimal(scaled, Math.abs(scaled) < 1 ? 2 : 1, locale)}${suffix}`;
  }
  return `${formatPlain(scaled, locale)}${suffix}`;
}

/** A number with at most so many decimals. */
export function formatDecimal(value: number, decimals: number, locale: string): string {
  return formatter(locale, { maximumFractionDigits: decimals }).format(value).replace('-', MINUS);
}

/** Texts for an axis' ticks: one unit for all, and as many decimals as tell neighbours apart. */
export function formatTicks(ticks: readonly number[], unit: Unit, locale: string): string[] {
  const largest = Math.max(...ticks.map((tick) => Math.abs(tick)), 0);
  if (unit === 'timestamp') return ticks.map((tick) => formatValue(tick, unit, locale));
  const { divisor, suffix } = scaleOf(largest, unit);
  const step = Math.abs((ticks[1] ?? 0) - (ticks[0] ?? 0)) / divisor;
  const decimals = step > 0 && Number.isFinite(step) ? decimalsFor(step) : 0;
  if (decimals > 6) return ticks.map((tick) => `${formatPlain(tick / divisor, locale)}${suffix}`);
  const format = formatter(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return ticks.map((tick) => `${format.format(tick === 0 ? 0 : tick / divisor).replace('-', MINUS)}${suffix}`);
}

/** Decimals with which a step can be written exactly (2.5 needs one, 0.25 two). */
function decimalsFor(step: number): number {
  let decimals = Math.max(0, -Math.floor(Math.log10(step)));
  while (decimals < 7 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6 * 10 ** decimals * step) decimals += 1;
  return decimals;
}

/** A whole number with its thousands grouped. */
export function formatInteger(value: number, locale: string): string {
  return formatter(locale, { maximumFractionDigits: 0 }).format(value).replace('-', MINUS);
}

/** The increments at which an axis may have ticks: powers of 1024 for bytes, clock units for seconds; `undefined` leaves it to the chart. */
export function tickIncrements(unit: Unit): number[] | undefined {
  if (unit === 'bytes' || unit === 'bytes/s') {
    const steps: number[] = [];
    for (let power = 0; power <= 6; power++)
      for (const factor of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]) steps.push(factor * 1024 ** power);
    return steps;
  }
  return undefined;
}

/** A guess at what an expression measures, from the naming rules that exporters follow; `none` when nothing is known. */
export function guessUnit(expression: string): Unit {
  const names = expression.match(/[a-zA-Z_:][\w:]*/g) ?? [];
  const metric = names.find((name) => /_(?:bytes|seconds|ratio|total|bytes_total|seconds_total|percent)(?:_(?:sum|bucket))?$/.test(name));
  if (/\b(?:count|count_values|group)\b/.test(expression)) return 'count';
  const rated = /\b(?:rate|irate|deriv)\s*\(/.test(expression);
  const ratio = /\)\s*\/|\}\s*\/|[\w:]\s*\/\s*[a-zA-Z(]/.test(expression);
  if (metric === undefined) return rated && !ratio ? 'per-second' : 'none';
  if (ratio) return /_seconds_sum/.test(expression) ? 'seconds' : 'none';
  if (/histogram_quantile/.test(expression))
    return /_seconds_bucket/.test(metric) ? 'seconds' : /_bytes_bucket/.test(metric) ? 'bytes' : 'none';
  if (metric.endsWith('_ratio')) return 'ratio';
  if (/_timestamp_seconds$|_time_seconds$/.test(metric)) return rated || expression.includes('-') ? 'seconds' : 'timestamp';
  if (/_bytes(?:_total|_sum)?$/.test(metric)) return rated ? 'bytes/s' : 'bytes';
  if (/_seconds(?:_total|_sum)?$/.test(metric)) return rated ? 'ratio' : 'seconds';
  if (metric.endsWith('_total')) return rated ? 'per-second' : 'count';
  return 'none';
}
