/** The console's languages: English in the first load, Spanish fetched when wanted; keys are typed by the English catalogue. */

import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

import { en } from './en.ts';

/** The languages that are complete. */
export const LANGUAGES = { en: 'English', es: 'Español' } as const;

/** A language of the console. */
export type Language = keyof typeof LANGUAGES;

const STORED = 'atalaya-language';

/** The language to start with: the chosen one, else the browser's first that we speak, else English. */
export function initialLanguage(chosen: string | null, preferred: readonly string[]): Language {
  if (chosen === 'en' || chosen === 'es') return chosen;
  for (const tag of preferred) {
    const base = tag.toLowerCase().split('-', 1)[0];
    if (base === 'en' || base === 'es') return base;
  }
  return 'en';
}

/** The locale for numbers and dates: the browser's variant of the language (en-GB, es-MX) where it has one. */
export function localeOf(language: Language, preferred: readonly string[]): string {
  return preferred.find((tag) => tag.toLowerCase().split('-', 1)[0] === language) ?? language;
}

async function load(language: Language): Promise<void> {
  if (language === 'es' && !i18next.hasResourceBundle('es', 'translation')) {
    const { es } = await import('./es.ts');
    i18next.addResourceBundle('es', 'translation', es);
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** Starts translation in the language found; resolves when its texts are there. */
export async function startI18n(): Promise<void> {
  const language = initialLanguage(stored(), navigator.languages);
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  if (language !== 'en') {
    await load(language);
    await i18next.changeLanguage(language);
  }
  document.documentElement.lang = language;
}

/** Switches the language and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // Not remembered then.
  }
}
