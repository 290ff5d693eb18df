/** Functions of templates that look at and change texts. */

import { compileSearch, type SearchPattern } from '@atalaya/model';
import type { TemplateFunction } from '../built-in.ts';
import { of } from './signature.ts';

/** Most characters that a function may make of few. */
const LIMIT = 4_194_304;

/** Expressions that templates have asked for; they come from queries and may be made of labels. */
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

function repeat(text: string, count: number): string {
  if (count < 0) throw new RangeError('strings: negative Repeat count');
  if (count * text.length > LIMIT) throw new RangeError(`the text would be longer than ${LIMIT} characters`);
  return text.repeat(count);
}

const withoutPrefix = (text: string, prefix: string): string => (text.startsWith(prefix) ? text.slice(prefix.length) : text);
const withoutSuffix = (text: string, suffix: string): string => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text);

function withoutLeft(text: string, characters: string): string {
  const cut = new Set(characters);
  let start = 0;
  for (const character of text) {
    if (!cut.has(character)) break;
    start += character.length;
  }
  return text.slice(start);
}

function withoutRight(text: string, characters: string): string {
  const cut = new Set(characters);
  let end = text.length;
  while (end > 0) {
    const size = end > 1 && (text.codePointAt(end - 2) as number) > 0xffff ? 2 : 1;
    if (!cut.has(text.slice(end - size, end))) break;
    end -= size;
  }
  return text.slice(0, end);
}

const withoutBoth = (text: string, characters: string): string => withoutLeft(withoutRight(text, characters), characters);

/** The first `count` occurrences replaced, all for a negative count. An empty text is found before, between and behind all characters. */
function replace(text: string, old: string, by: string, count: bigint): string {
  const parts = old === '' ? ['', ...Array.from(text), ''] : text.split(old);
  const most = count < 0n || count >= BigInt(parts.length) ? parts.length - 1 : Number(count);
  if (most * by.length > LIMIT) throw new RangeError(`the text would be longer than ${LIMIT} characters`);
  return [parts.slice(0, most + 1).join(by), ...parts.slice(most + 1)].join(old);
}

/** Characters from the left, or, for a negative count, from the right. */
function truncate(count: bigint, text: string): string {
  if (count >= 0n) {
    if (count >= BigInt(text.length)) return text;
    // A character has two units at most: of a long text only its beginning is looked at.
    return Array.from(text.slice(0, 2 * Number(count)))
      .slice(0, Number(count))
      .join('');
  }
  const characters = Array.from(text);
  const length = BigInt(characters.length);
  return length + count > 0n ? characters.slice(Number(length + count)).join('') : text;
}

function substring(start: bigint, end: bigint, text: string): string {
  const characters = Array.from(text);
  const from = Math.min(Number(start), characters.length);
  const to = Math.min(Number(end), characters.length);
  if (from < 0) return to < 0 ? '' : characters.slice(0, to).join('');
  if (to < 0) return characters.slice(from).join('');
  return from > to ? '' : characters.slice(from, to).join('');
}

function align(count: bigint, text: string, side: 'left' | 'right'): string {
  const characters = Array.from(text);
  const { length } = characters;
  if (count < 0n || count === BigInt(length)) return text;
  const pad = repeat(' ', Math.max(0, Number(count) - length));
  if (side === 'left') return pad === '' ? characters.slice(0, Number(count)).join('') : text + pad;
  return pad === '' ? characters.slice(length - Number(count)).join('') : pad + text;
}

function indent(spaces: bigint, text: string): string {
  const pad = repeat(' ', Number(spaces));
  return pad + replace(text, '\n', `\n${pad}`, -1n);
}

/** Letters behind anything but letters, digits and underscores become capitals. */
function title(text: string): string {
  return text.replaceAll(/(?<![\p{L}\p{N}_])\p{L}/gu, (letter) => letter.toUpperCase());
}

export const TEXTS: Readonly<Record<string, TemplateFunction>> = {
  ToLower: of(['text'], (text) => text.toLowerCase()),
  ToUpper: of(['text'], (text) => text.toUpperCase()),
  Replace: of(['text', 'text', 'text', 'int'], replace),
  Trim: of(['text', 'text'], withoutBoth),
  TrimLeft: of(['text', 'text'], withoutLeft),
  TrimRight: of(['text', 'text'], withoutRight),
  TrimPrefix: of(['text', 'text'], withoutPrefix),
  TrimSuffix: of(['text', 'text'], withoutSuffix),
  TrimSpace: of(['text'], (text) => text.trim()),
  lower: of(['text'], (text) => text.toLowerCase()),
  upper: of(['text'], (text) => text.toUpperCase()),
  title: of(['text'], title),
  trunc: of(['int', 'text'], truncate),
  substr: of(['int', 'int', 'text'], substring),
  contains: of(['text', 'text'], (part, text) => text.includes(part)),
  hasPrefix: of(['text', 'text'], (prefix, text) => text.startsWith(prefix)),
  hasSuffix: of(['text', 'text'], (suffix, text) => text.endsWith(suffix)),
  indent: of(['int', 'text'], indent),
  nindent: of(['int', 'text'], (spaces, text) => `\n${indent(spaces, text)}`),
  replace: of(['text', 'text', 'text'], (old, by, text) => replace(text, old, by, -1n)),
  repeat: of(['int', 'text'], (count, text) => repeat(text, Number(count))),
  trim: of(['text'], (text) => text.trim()),
  trimAll: of(['text', 'text'], (characters, text) => withoutBoth(text, characters)),
  trimPrefix: of(['text', 'text'], (prefix, text) => withoutPrefix(text, prefix)),
  trimSuffix: of(['text', 'text'], (suffix, text) => withoutSuffix(text, suffix)),
  alignLeft: of(['int', 'text'], (count, text) => align(count, text, 'left')),
  alignRight: of(['int', 'text'], (count, text) => align(count, text, 'right')),
  count: of(['text', 'text'], (expression, text) => BigInt(searchOf(expression).searchAll(text).length)),
  regexReplaceAll: of(['text', 'text', 'text'], (expression, text, by) => searchOf(expression).replaceAll(text, by)),
  regexReplaceAllLiteral: of(['text', 'text', 'text'], (expression, text, by) =>
    searchOf(expression).replaceAll(text, by.replaceAll('$', '$$$$')),
  ),
};
