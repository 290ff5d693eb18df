/** Functions of templates that change texts. */

import { compileSearch, type SearchPattern } from '@atalaya/model';
import type { TemplateFunction } from '@atalaya/lang';
import { many, of, printed } from './signature.ts';

/** The longest text that a function may make of a short one. */
const LIMIT = 1_048_576;

const PATTERNS = new Map<string, SearchPattern>();
const PATTERNS_LIMIT = 500;

function patternOf(source: string): SearchPattern {
  let pattern = PATTERNS.get(source);
  if (pattern === undefined) {
    pattern = compileSearch(source);
    if (PATTERNS.size >= PATTERNS_LIMIT) PATTERNS.clear();
    PATTERNS.set(source, pattern);
  }
  return pattern;
}

function trimLeft(text: string, cutset: string): string {
  const characters = new Set(cutset);
  const all = Array.from(text);
  const first = all.findIndex((character) => !characters.has(character));
  return first === -1 ? '' : all.slice(first).join('');
}

function trimRight(text: string, cutset: string): string {
  const characters = new Set(cutset);
  const all = Array.from(text);
  return all.slice(0, all.findLastIndex((character) => !characters.has(character)) + 1).join('');
}

const trim = (text: string, cutset: string): string => trimRight(trimLeft(text, cutset), cutset);
const withoutPrefix = (text: string, prefix: string): string => (text.startsWith(prefix) ? text.slice(prefix.length) : text);
const withoutSuffix = (text: string, suffix: string): string =>
  suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;

/** The first `count` occurrences; all for a negative count. */
function replace(text: string, old: string, by: string, count: bigint): string {
  if (count < 0n) return text.replaceAll(old, () => by);
  const parts = text.split(old);
  const kept = Number(count < BigInt(parts.length) ? count : BigInt(parts.length - 1));
  return [parts.slice(0, kept + 1).join(by), ...parts.slice(kept + 1)].join(old);
}

function repeat(count: bigint, text: string): string {
  if (count < 0n) throw new RangeError('strings: negative Repeat count');
  if (Number(count) * text.length > LIMIT) throw new RangeError(`the text would be longer than ${LIMIT} characters`);
  return text.repeat(Number(count));
}

/** Bytes, as Go counts; a character that is cut through becomes U+FFFD. */
function truncate(count: bigint, text: string): string {
  const bytes = Buffer.from(text);
  if (count < 0n) return -count < BigInt(bytes.length) ? bytes.subarray(bytes.length + Number(count)).toString() : text;
  return count < BigInt(bytes.length) ? bytes.subarray(0, Number(count)).toString() : text;
}

function substring(start: bigint, end: bigint, text: string): string {
  const bytes = Buffer.from(text);
  const from = start < 0n ? 0 : Math.min(Number(start), bytes.length);
  const to = end < 0n || end > BigInt(bytes.length) ? bytes.length : Number(end);
  return bytes.subarray(from, to).toString();
}

function indent(count: bigint, text: string): string {
  const pad = repeat(count, ' ');
  return pad + text.replaceAll('\n', `\n${pad}`);
}

const title = (text: string): string =>
  text.replaceAll(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, (_all, before: string, letter: string) => before + letter.toUpperCase());
const words = (text: string): string[] => text.match(/\p{Lu}?[\p{Ll}\p{N}]+|\p{Lu}+(?!\p{Ll})/gu) ?? [];
const quoted = (text: string): string => JSON.stringify(text);

export const STRINGS: Readonly<Record<string, TemplateFunction>> = {
  ToLower: of(['text'], (text) => text.toLowerCase()),
  ToUpper: of(['text'], (text) => text.toUpperCase()),
  Replace: of(['text', 'text', 'text', 'whole'], replace),
  Trim: of(['text', 'text'], trim),
  TrimLeft: of(['text', 'text'], trimLeft),
  TrimRight: of(['text', 'text'], trimRight),
  TrimPrefix: of(['text', 'text'], withoutPrefix),
  TrimSuffix: of(['text', 'text'], withoutSuffix),
  TrimSpace: of(['text'], (text) => text.trim()),
  regexReplaceAll: of(['text', 'text', 'text'], (expression, text, by) => patternOf(expression).replaceAll(text, by)),
  regexReplaceAllLiteral: of(['text', 'text', 'text'], (expression, text, by) =>
    patternOf(expression).replaceAll(text, by.replaceAll('$', '$$$$')),
  ),
  regexMatch: of(['text', 'text'], (expression, text) => patternOf(expression).test(text)),
  regexFind: of(['text', 'text'], (expression, text) => patternOf(expression).search(text)?.groups[0] ?? ''),
  regexFindAll: of(['text', 'text', 'whole'], (expression, text, count) => {
    const found = patternOf(expression)
      .searchAll(text)
      .map(({ groups }) => groups[0] ?? '');
    return count < 0n ? found : found.slice(0, Number(count));
  }),
  lower: of(['text'], (text) => text.toLowerCase()),
  upper: of(['text'], (text) => text.toUpperCase()),
  title: of(['text'], title),
  untitle: of(['text'], (text) =>
    text.replaceAll(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, (_all, before: string, letter: string) => before + letter.toLowerCase()),
  ),
  trim: of(['text'], (text) => text.trim()),
  trimAll: of(['text', 'text'], (cutset, text) => trim(text, cutset)),
  trimPrefix: of(['text', 'text'], (prefix, text) => withoutPrefix(text, prefix)),
  trimSuffix: of(['text', 'text'], (suffix, text) => withoutSuffix(text, suffix)),
  nospace: of(['text'], (text) => text.replaceAll(/\s/g, '')),
  replace: of(['text', 'text', 'text'], (old, by, text) => text.replaceAll(old, () => by)),
  repeat: of(['whole', 'text'], repeat),
  trunc: of(['whole', 'text'], truncate),
  substr: of(['whole', 'whole', 'text'], substring),
  abbrev: of(['whole', 'text'], (width, text) =>
    width < 4n || BigInt(text.length) <= width ? text : `${text.slice(0, Number(width) - 3)}...`,
  ),
  indent: of(['whole', 'text'], indent),
  nindent: of(['whole', 'text'], (count, text) => `\n${indent(count, text)}`),
  contains: of(['text', 'text'], (part, text) => text.includes(part)),
  hasPrefix: of(['text', 'text'], (prefix, text) => text.startsWith(prefix)),
  hasSuffix: of(['text', 'text'], (suffix, text) => text.endsWith(suffix)),
  initials: of(['text'], (text) =>
    text
      .split(/\s+/)
      .map((word) => Array.from(word)[0] ?? '')
      .join(''),
  ),
  swapcase: of(['text'], (text) =>
    Array.from(text, (character) => (character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase())).join(''),
  ),
  snakecase: of(['text'], (text) =>
    words(text)
      .map((word) => word.toLowerCase())
      .join('_'),
  ),
  kebabcase: of(['text'], (text) =>
    words(text)
      .map((word) => word.toLowerCase())
      .join('-'),
  ),
  camelcase: of(['text'], (text) =>
    words(text)
      .map((word) => title(word.toLowerCase()))
      .join(''),
  ),
  quote: many('any', 0, (values) =>
    values
      .filter((value) => value !== null)
      .map((value) => quoted(printed(value)))
      .join(' '),
  ),
  squote: many('any', 0, (values) =>
    values
      .filter((value) => value !== null)
      .map((value) => `'${printed(value)}'`)
      .join(' '),
  ),
  cat: many('any', 0, (values) =>
    values
      .filter((value) => value !== null)
      .map(printed)
      .join(' '),
  ),
  plural: of(['text', 'text', 'whole'], (one, more, count) => (count === 1n ? one : more)),
};
