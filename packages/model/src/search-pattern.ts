/** Regular expressions that are searched for in a text, with their groups: RE2 syntax, linear time whatever the text. */

import { RE2JS, RE2JSSyntaxException, type Matcher } from 're2js';
import { literalsOf, PatternError } from './pattern.ts';
import { type RestCapture, restCapture } from './rest-capture.ts';

/** Where an expression was found. Offsets are UTF-16 code units. */
export interface SearchMatch {
  readonly start: number;
  readonly end: number;
  /** Texts of the groups by number, the whole match first; `undefined` for a group that took no part. */
  readonly groups: readonly (string | undefined)[];
  /** Offset of a group's first unit, and of the unit behind its last; -1 for a group that took no part. */
  groupStart(group: number): number;
  groupEnd(group: number): number;
}

/** A compiled RE2 expression that may match anywhere in a text. */
export interface SearchPattern {
  readonly source: string;
  /** Names of the groups by number; `''` for one without, such as the whole match. */
  readonly groupNames: readonly string[];
  /** Whether the expression is found anywhere. */
  test(text: string): boolean;
  /** The first place where it is found. */
  search(text: string): SearchMatch | undefined;
  /** All places, from the left, without overlaps. */
  searchAll(text: string): SearchMatch[];
  /** Every match replaced by a text in which `$1`, `${1}` and `${name}` stand for groups, as in Go. */
  replaceAll(text: string, replacement: string): string;
}

/** Compiles an expression. @throws PatternError with the reason when it is not valid RE2. */
export function compileSearch(source: string): SearchPattern {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) throw new PatternError(source, error.message);
    throw error;
  }
  const count = compiled.groupCount();
  const groupNames = Array.from({ length: count + 1 }, () => '');
  for (const [name, group] of Object.entries(compiled.namedGroups())) groupNames[group] = name;

  const rest = restOf(source, groupNames);

  const searchAll = (text: string): SearchMatch[] => {
    const matcher = compiled.matcher(text);
    const found: SearchMatch[] = [];
    while (matcher.find()) {
      const match = matchOf(matcher, count);
      // As in Go there is no empty match right behind another one.
      if (match.end > match.start || match.start !== found.at(-1)?.end) found.push(match);
    }
    return found;
  };
  return {
    source,
    groupNames,
    test: rest?.always === true ? (text) => rest.head.test(text) : testOf(source, compiled),
    search(text) {
      if (rest !== undefined) {
        const match = searchRest(rest, text);
        if (match !== 'undecided') return match;
      }
      const matcher = compiled.matcher(text);
      return matcher.find() ? matchOf(matcher, count) : undefined;
    },
    searchAll,
    replaceAll(text, replacement) {
      let result = '';
      let end = 0;
      for (const match of searchAll(text)) {
        result += text.slice(end, match.start) + expand(replacement, match, groupNames);
        ({ end } = match);
      }
      return result + text.slice(end);
    },
  };
}

/** From about so many texts on one automaton is faster than one search after another. */
const FEW = 6;

/** Plain texts, which most expressions of queries are, are found by the machine's own search, which is many times faster. */
function testOf(source: string, compiled: RE2JS): SearchPattern['test'] {
  const isFolded = source.startsWith('(?i)');
  const literals = literalsOf(isFolded ? source.slice(4) : source);
  if (literals === undefined || literals.length > FEW) return (text) => compiled.test(text);
  if (isFolded) {
    // Beyond ASCII the two might fold letters differently.
    if (!literals.every((literal) => /^[ -~]*$/.test(literal))) return (text) => compiled.test(text);
    // Plain texts have no characters that mean something.
    const folded = new RegExp(literals.join('|'), 'iu');
    return (text) => folded.test(text);
  }
  const [only] = literals;
  if (literals.length === 1 && only !== undefined) return (text) => text.includes(only);
  return (text) => literals.some((literal) => text.includes(literal));
}

/** An expression whose last group takes what is left, so that only the head of it is searched: many times faster on long texts. */
interface RestSearch extends Omit<RestCapture, 'head'> {
  readonly head: RE2JS;
  /** Whether the rest fits whatever it is. */
  readonly always: boolean;
  /** The rest's group. */
  readonly group: number;
}

function restOf(source: string, groupNames: readonly string[]): RestSearch | undefined {
  const rest = restCapture(source);
  if (rest === undefined) return undefined;
  let head: RE2JS;
  try {
    head = RE2JS.compile(rest.head);
  } catch (error) {
    // What looked like the end was a part of something else.
    if (error instanceof RE2JSSyntaxException) return undefined;
    throw error;
  }
  const group = groupNames.length - 1;
  if (head.groupCount() !== group - 1 || groupNames[group] !== rest.name) return undefined;
  const always = !rest.nonEmpty && (rest.lineFeeds || !rest.toEnd);
  return { ...rest, head, group, always };
}

/**
 * The head's first match is the whole expression's when the rest fits behind it: of all ways to match it is the preferred one.
 * When it does not fit another way may, which the whole expression has to find.
 */
function searchRest({ head, group, lineFeeds, nonEmpty, toEnd }: RestSearch, text: string): SearchMatch | undefined | 'undecided' {
  const matcher = head.matcher(text);
  if (!matcher.find()) return undefined;
  const match = matchOf(matcher, group - 1);
  const lineEnd = lineFeeds ? -1 : text.indexOf('\n', match.end);
  const end = lineEnd === -1 ? text.length : lineEnd;
  if ((toEnd && end < text.length) || (nonEmpty && end === match.end)) return 'undecided';
  return {
    start: match.start,
    end,
    groups: [text.slice(match.start, end), ...match.groups.slice(1), text.slice(match.end, end)],
    groupStart: (asked) => (asked === group ? match.end : match.groupStart(asked)),
    groupEnd: (asked) => (asked === 0 || asked === group ? end : match.groupEnd(asked)),
  };
}

function matchOf(matcher: Matcher, count: number): SearchMatch {
  const starts: number[] = [];
  const ends: number[] = [];
  const groups: (string | undefined)[] = [];
  for (let group = 0; group <= count; group++) {
    starts.push(matcher.start(group));
    ends.push(matcher.end(group));
    groups.push(matcher.group(group) ?? undefined);
  }
  return {
    start: starts[0] as number,
    end: ends[0] as number,
    groups,
    groupStart: (group) => starts[group] ?? -1,
    groupEnd: (group) => ends[group] ?? -1,
  };
}

function expand(replacement: string, match: SearchMatch, names: readonly string[]): string {
  return replacement.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    if (whole === '$$') return '$';
    const name = braced ?? bare ?? '';
    const group = /^\d+$/.test(name) ? Number(name) : names.indexOf(name);
    return match.groups[group] ?? '';
  });
}
