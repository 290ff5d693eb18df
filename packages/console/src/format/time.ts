/** Times for people: relative ones in words, absolute ones in the reader's zone, with the zone named. */

const relative = new Map<string, Intl.RelativeTimeFormat>();
const absolute = new Map<string, Intl.DateTimeFormat>();

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** `3 minutes ago`, `in 12 days`; `now` under one second. Milliseconds; positive means the future. */
export function formatRelative(difference: number, locale: string, style: 'long' | 'short' = 'long'): string {
  const key = `${locale} ${style}`;
  let format = relative.get(key);
  if (format === undefined) {
    format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style });
    relative.set(key, format);
  }
  const size = Math.abs(difference);
  const [unit, length] = UNITS.find(([, milliseconds]) => size >= milliseconds) ?? ['second', 1000];
  return format.format(Math.trunc(difference / length), unit);
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = absolute.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options);
    absolute.set(key, format);
  }
  return format;
}

/** Date and time to the second with the zone's short name. */
export function formatInstant(time: number, locale: string): string {
  return dateFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(time);
}

/** Date only. */
export function formatDay(time: number, locale: string): string {
  return dateFormat(locale, { year: 'numeric', month: 'short', day: 'numeric' }).format(time);
}

/** Day and time to the minute, short: for range labels. */
export function formatMoment(time: number, locale: string): string {
  return dateFormat(locale, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(time);
}

/** Time of day to the minute, with the day before it when that is not `now`'s. */
export function formatRecent(time: number, now: number, locale: string): string {
  const sameDay = new Date(time).toDateString() === new Date(now).toDateString();
  return sameDay ? dateFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(time) : formatMoment(time, locale);
}

/** Time of day to the second. */
export function formatClock(time: number, locale: string): string {
  return dateFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(time);
}

/** The zone that times are shown in: `CET`, `GMT-3`. */
export function zoneName(time: number, locale: string): string {
  const parts = dateFormat(locale, { timeZoneName: 'short' }).formatToParts(time);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
}

/** A length of time in its two largest units: `3 d 4 h`, `12 min 5 s`, `83 ms`. Unit signs are the same in both languages. */
export function formatSpan(milliseconds: number, locale: string): string {
  const nbsp = '\u00A0';
  const number = (value: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(value);
  if (milliseconds < 1000) return `${number(milliseconds)}${nbsp}ms`;
  const steps: readonly (readonly [string, number])[] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ];
  const first = steps.findIndex(([, length]) => milliseconds >= length);
  const [unit, length] = steps[first] as readonly [string, number];
  const whole = Math.floor(milliseconds / length);
  const next = steps[first + 1];
  const rest = next ? Math.floor((milliseconds - whole * length) / next[1]) : 0;
  const head = `${number(whole)}${nbsp}${unit}`;
  return next && rest > 0 ? `${head} ${number(rest)}${nbsp}${next[0]}` : head;
}

/** Texts for a time axis: the clock, and the day where it changes. Seconds since the epoch. */
export function formatTimeTicks(ticks: readonly number[], locale: string): string[] {
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  const clock = dateFormat(
    locale,
    step < 60 ? { hour: '2-digit', minute: '2-digit', second: '2-digit' } : { hour: '2-digit', minute: '2-digit' },
  );
  const day = dateFormat(locale, { month: 'short', day: 'numeric' });
  let before = '';
  return ticks.map((tick) => {
    const today = day.format(tick * 1000);
    const midnight = new Date(tick * 1000).getHours() === 0 && new Date(tick * 1000).getMinutes() === 0;
    const newDay = before !== '' && today !== before;
    before = today;
    if (step >= 86_400) return today;
    return newDay || midnight ? today : clock.format(tick * 1000);
  });
}
