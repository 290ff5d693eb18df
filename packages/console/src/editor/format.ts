/** Formatting a query: the pretty form that the API's `format_query` gives, with the cursor at the same word. */

import { parsePromql, prettyPromql, PromqlError } from '@atalaya/lang';

import { scan } from './text/scan.ts';

/** Whether a text can be formatted, and why not. */
export type FormatState = 'ready' | 'formatted' | 'empty' | 'wrong' | 'comments';

/** What formatting a text gives; the formatted text only where the state is `ready`. */
export interface Formatted {
  readonly state: FormatState;
  readonly formatted?: string;
}

/** A PromQL text formatted. */
export function formatQuery(text: string): Formatted {
  if (text.trim() === '') return { state: 'empty' };
  let formatted: string;
  try {
    formatted = prettyPromql(parsePromql(text));
  } catch (error) {
    if (error instanceof PromqlError) return { state: 'wrong' };
    throw error;
  }
  // The syntax tree knows no comments: formatting would lose them.
  if (scan(text).some(({ kind }) => kind === 'comment')) return { state: 'comments' };
  return formatted === text ? { state: 'formatted' } : { state: 'ready', formatted };
}

/** Where the cursor belongs in the formatted text: at the same place of the same word, counted among its equals. */
export function movedCursor(before: string, cursor: number, after: string): number {
  const words = scan(before);
  const index = words.findIndex(({ start, end }) => start <= cursor && cursor <= end);
  const word = words[index];
  if (word === undefined) return Math.min(cursor, after.length);
  const nth = words.slice(0, index).filter(({ text }) => text === word.text).length;
  const same = scan(after).filter(({ text }) => text === word.text);
  const partner = same[Math.min(nth, same.length - 1)];
  return partner === undefined ? Math.min(cursor, after.length) : partner.start + cursor - word.start;
}
