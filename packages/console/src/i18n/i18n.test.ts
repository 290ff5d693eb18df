import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { translateDiagnostic } from '../editor/diagnostics.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { initialLanguage, localeOf } from './index.ts';

const SOURCES = join(import.meta.dirname, '..');

/** All texts of a catalogue by their dotted key. */
function flatten(tree: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(tree) as [string, unknown][]) {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    if (typeof value === 'string') found.set(key, value);
    else for (const [inner, text] of flatten(value as object, key)) found.set(inner, text);
  }
  return found;
}

const PLURAL = /_(?:zero|one|two|few|many|other)$/;
const catalogues = { en: flatten(en), es: flatten(es) };

describe.each(['en', 'es'] as const)('the catalogue %s', (language) => {
  const texts = catalogues[language];

  test('has every key of the other, and no empty text', () => {
    const bases = (map: Map<string, string>) => new Set([...map.keys()].map((key) => key.replace(PLURAL, '')));
    expect([...bases(texts)].sort()).toEqual([...bases(catalogues[language === 'en' ? 'es' : 'en'])].sort());
    expect([...texts].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  test('has exactly the plural forms that the language knows', () => {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    const bases = new Set([...texts.keys()].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, '')));
    expect(bases.size).toBeGreaterThan(5);
    const wrong = [...bases].filter((base) => {
      const forms = [...texts.keys()].filter((key) => key.replace(PLURAL, '') === base).map((key) => key.slice(base.length + 1));
      return forms.toSorted().join() !== wanted.join();
    });
    expect(wrong).toEqual([]);
  });

  test('fills in the same values as the English text', () => {
    const values = (text: string) => [...new Set([...text.matchAll(/\{\{(\w+)\}\}|<(\d)>/g)].map((match) => match[0]))].sort();
    const differing = [...texts].filter(([key, text]) => {
      const english = values(catalogues.en.get(key.replace(PLURAL, '_other')) ?? '');
      const own = values(text);
      // The singular may say "one" without a number.
      return key.endsWith('_one') ? own.some((value) => !english.includes(value)) : own.join() !== english.join();
    });
    expect(differing).toEqual([]);
  });
});

describe('the sources', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\./.test(file) && !file.startsWith('i18n'))
    .map((file) => readFileSync(join(SOURCES, file), 'utf8'));
  const all = files.join('\n');
  const literals = new Set([...all.matchAll(/['"]([a-z]+(?:\.[\w/-]+)+)['"]/g)].map((match) => match[1] as string));
  const patterns = [...all.matchAll(/\bt\(\s*`([^`]+)`/g)].map(
    (match) => new RegExp(`^${(match[1] as string).replaceAll('.', '\\.').replaceAll(/\$\{[^}]+\}/g, '[\\w/-]+')}$`),
  );

  test('were found', () => {
    expect(files.length).toBeGreaterThan(50);
  });

  test('use every text', () => {
    const unused = [...catalogues.en.keys()]
      .map((key) => key.replace(PLURAL, ''))
      .filter((key) => !literals.has(key) && !patterns.some((pattern) => pattern.test(key)));
    expect(unused).toEqual([]);
  });

  test('ask for no text that is not there', () => {
    const known = new Set([...catalogues.en.keys()].map((key) => key.replace(PLURAL, '')));
    const asked = [...all.matchAll(/\bt\(\s*['"]([^'"]+)['"]/g)].map((match) => match[1] as string);
    expect(asked.length).toBeGreaterThan(200);
    expect(asked.filter((key) => !known.has(key))).toEqual([]);
  });
});

describe('the language', () => {
  test('is the chosen one, else the browser’s first that we speak, else English', () => {
    expect(initialLanguage('es', ['en-GB'])).toBe('es');
    expect(initialLanguage(null, ['fr-FR', 'es-MX', 'en'])).toBe('es');
    expect(initialLanguage('tlh', ['fr'])).toBe('en');
  });

  test('takes the browser’s own variant for numbers and dates', () => {
    expect(localeOf('es', ['en-GB', 'es-MX'])).toBe('es-MX');
    expect(localeOf('es', ['en-GB'])).toBe('es');
  });
});

describe('the editor’s messages', () => {
  const t = ((key: string, values: Record<string, string>) => `${key} ${JSON.stringify(values ?? {})}`) as never;

  test('are translated with their facts, unknown ones stay', () => {
    expect(translateDiagnostic('expected 1 argument(s) in call to "rate", got 2', t)).toBe(
      'diagnostic.arguments {"want":"1","name":"rate","got":"2"}',
    );
    expect(translateDiagnostic('expected type matrix in call to function "rate", got vector', t)).toBe(
      'diagnostic.type {"want":"matrix","got":"vector"}',
    );
    expect(translateDiagnostic('something new', t)).toBe('something new');
  });
});
