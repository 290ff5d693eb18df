/** Reads conditions on spans: `http.route=/health, service.name=cart && name=~"GET .*"`. */

import { compileMatcher, type Matcher, PatternError } from '@atalaya/model';

/** Conditions that a span has to fulfil together. */
export type SpanConditions = readonly Matcher[];

/** A name, an operator, a value in quotes or up to what ends it; and what comes behind. */
const CONDITION = /\s*([^\s=!~"`,;&]+)\s*(=~|!~|!=|=)\s*(?:"((?:\\.|[^"\\])*)"|`([^`]*)`|((?:(?!&&)[^,;"`])*))\s*(&&|[,;]|$)/y;

/** The lists of conditions in order, separated by commas or semicolons; `undefined` when the text is none. */
export function parseSpanConditions(text: string): readonly SpanConditions[] | undefined {
  const lists: Matcher[][] = [];
  let list: Matcher[] = [];
  const condition = new RegExp(CONDITION);
  while (condition.lastIndex < text.trimEnd().length) {
    const found = condition.exec(text);
    if (found === null) return undefined;
    const [, name, operator, quoted, raw, plain, behind] = found;
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? raw ?? (plain as string).trim();
    const matcher = { name: name as string, operator: operator as Matcher['operator'], value };
    if (!isValid(matcher)) return undefined;
    list.push(matcher);
    if (behind === '&&') continue;
    lists.push(list);
    list = [];
  }
  return list.length > 0 ? undefined : lists;
}

function isValid(matcher: Matcher): boolean {
  try {
    compileMatcher(matcher);
    return true;
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}
