/** Functions of templates that look at and change texts, besides those that LogQL's templates have too. */

import { templateFunction as of, type TemplateFunction, variadicFunction as many } from '@atalaya/lang';
import { compileSearch, type SearchPattern } from '@atalaya/model';
import { printed } from './values.ts';

/** Expressions that templates have asked for; they may be made of lines. */
const SEARCHES = new Map<string, SearchPattern>();
const SEARCHES_LIMIT = 200;

function searchOf(expression: string): SearchPattern {
  let search = SEARCHES.get(expression);
  if (search === undefined) {
    search = compileSearch(expression);
    if (SEARCHES.size >= SEARCHES_LIMIT) SEARCHES.clear();
    SEARCHES.set(expression, search);
  }
  return search;
}

/** The texts between matches; at most `count` of them where that is not negative, the last one being all that is left. */
function splitBy(pattern: SearchPattern, text: string, count: number): string[] {
  const parts: string[] = [];
  let end = 0;
  for (const match of pattern.searchAll(text)) {
    if (count >= 0 && parts.length >= count - 1) break;
    // As in Go an empty match before or behind everything splits nothing.
    if (match.end === match.start && (match.start === 0 || match.start === text.length)) continue;
    parts.push(text.slice(end, match.start));
    ({ end } = match);
  }
  return count === 0 ? [] : [...parts, text.slice(end)];
}

/** Words as they are told apart by capitals, digits and anything that is neither. */
const words = (text: string): string[] => text.match(/\p{Lu}?[\p{Ll}\p{N}]+|\p{Lu}+(?!\p{Ll})/gu) ?? [];
const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
const isUpper = (character: string): boolean => character !== character.toLowerCase();

export const STRINGS: Readonly<Record<string, TemplateFunction>> = {
  regexMatch: of(['text', 'text'], (expression, text) => searchOf(expression).test(text)),
  regexFind: of(['text', 'text'], (expression, text) => searchOf(expression).search(text)?.groups[0] ?? ''),
  regexFindAll: of(['text', 'text', 'int'], (expression, text, count) => {
    const found = searchOf(expression)
      .searchAll(text)
      .map(({ groups }) => groups[0] ?? '');
    return count < 0n ? found : found.slice(0, Number(count));
  }),
  regexSplit: of(['text', 'text', 'int'], (expression, text, count) => splitBy(searchOf(expression), text, Number(count))),
  regexQuoteMeta: of(['text'], (text) => text.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)),
  untitle: of(['text'], (text) => text.replaceAll(/(?<![\p{L}\p{N}_])\p{L}/gu, (letter) => letter.toLowerCase())),
  nospace: of(['text'], (text) => text.replaceAll(/\s/g, '')),
  abbrev: of(['int', 'text'], (width, text) =>
    width < 4n || text.length <= Number(width) ? text : `${text.slice(0, Number(width) - 3)}...`,
  ),
  initials: of(['text'], (text) => (text.match(/(?<!\S)\S/gu) ?? []).join('')),
  swapcase: of(['text'], (text) => Array.from(text, (each) => (isUpper(each) ? each.toLowerCase() : each.toUpperCase())).join('')),
  snakecase: of(['text'], (text) => words(text).join('_').toLowerCase()),
  kebabcase: of(['text'], (text) => words(text).join('-').toLowerCase()),
  camelcase: of(['text'], (text) => words(text).map(capital).join('')),
  plural: of(['text', 'text', 'int'], (one, more, count) => (count === 1n ? one : more)),
  quote: many(0, (values) =>
    values
      .filter((value) => value !== null)
      .map((value) => JSON.stringify(printed(value)))
      .join(' '),
  ),
  squote: many(0, (values) =>
    values
      .filter((value) => value !== null)
      .map((value) => `'${printed(value)}'`)
      .join(' '),
  ),
  cat: many(0, (values) =>
    values
      .filter((value) => value !== null)
      .map(printed)
      .join(' '),
  ),
};
