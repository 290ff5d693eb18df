/** The formatters bound to the reader's language. */

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { type Language, localeOf } from '../i18n/index.ts';
import { formatDecimal, formatInteger, formatValue, NO_VALUE, type Unit } from './number.ts';
import { formatClock, formatDay, formatInstant, formatMoment, formatRecent, formatRelative, formatSpan, zoneName } from './time.ts';

/** Formatters for one locale. */
export function formatsFor(locale: string) {
  return {
    locale,
    value: (value: number | null | undefined, unit: Unit) => formatValue(value, unit, locale),
    decimal: (value: number | undefined, decimals: number) => (value === undefined ? NO_VALUE : formatDecimal(value, decimals, locale)),
    integer: (value: number) => formatInteger(value, locale),
    relative: (difference: number, style?: 'long' | 'short') => formatRelative(difference, locale, style),
    instant: (time: number) => formatInstant(time, locale),
    day: (time: number) => formatDay(time, locale),
    moment: (time: number) => formatMoment(time, locale),
    recent: (time: number) => formatRecent(time, Date.now(), locale),
    clock: (time: number) => formatClock(time, locale),
    span: (milliseconds: number) => formatSpan(milliseconds, locale),
    zone: (time: number) => zoneName(time, locale),
  };
}

/** {@link formatsFor} the language in use. */
export type Formats = ReturnType<typeof formatsFor>;

/** The formatters of the language in use; the same object until the language changes. */
export function useFormat(): Formats {
  const { i18n } = useTranslation();
  const language = i18n.language as Language;
  return useMemo(() => formatsFor(localeOf(language, navigator.languages)), [language]);
}
