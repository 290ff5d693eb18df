/** The selectors of an unfinished text, and how to ask the server about their series. */

import { isGrammarWord } from './grammar.ts';
import { quoted, scan, unquoted, type Word } from './scan.ts';

/** One matcher as written. */
export interface WrittenMatcher {
  readonly name: string;
  readonly operator: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** A selector, finished or not. */
export interface WrittenSelector {
  /** The metric's name before the braces, or quoted in them; `''` when there is none. */
  readonly metric: string;
  readonly matchers: readonly WrittenMatcher[];
  readonly start: number;
  readonly end: number;
}

const MATCH_OPERATORS = new Set(['=', '!=', '=~', '!~']);

/** Reads the selector that begins at a word: a name, or an opening brace. */
function readSelector(words: readonly Word[], first: number): { selector: WrittenSelector; next: number } {
  let at = first;
  let metric = '';
  const start = (words[at] as Word).start;
  if (words[at]?.kind === 'name') metric = (words[at++] as Word).text;
  const matchers: WrittenMatcher[] = [];
  if (words[at]?.text === '{') {
    at += 1;
    while (at < words.length && words[at]?.text !== '}') {
      const [label, operator, value] = [words[at], words[at + 1], words[at + 2]];
      if (label && operator && value?.kind === 'string' && MATCH_OPERATORS.has(operator.text)) {
        const name = label.kind === 'string' ? unquoted(label) : label.text;
        matchers.push({ name, operator: operator.text, value: unquoted(value), start: label.start, end: value.end });
        at += 3;
      } else {
        if (label?.kind === 'string' && operator?.text !== '=') metric = unquoted(label);
        at += 1;
      }
    }
    at += 1;
  }
  const end = (words[Math.min(at, words.length) - 1] as Word).end;
  return { selector: { metric, matchers, start, end }, next: at };
}

/** All selectors of a text. */
export function selectorsOf(text: string): WrittenSelector[] {
  const words = scan(text).filter((word) => word.kind !== 'comment');
  const found: WrittenSelector[] = [];
  let at = 0;
  let brackets = 0;
  while (at < words.length) {
    const word = words[at] as Word;
    if (word.text === '[') brackets += 1;
    else if (word.text === ']') brackets -= 1;
    const before = words[at - 1]?.text.toLowerCase();
    if (before !== undefined && word.text === '(' && GROUPINGS.has(before)) {
      while (at < words.length && words[at]?.text !== ')') at += 1;
      continue;
    }
    const isMetric =
      word.kind === 'name' && brackets === 0 && !isGrammarWord(word.text) && words[at + 1]?.text !== '(' && before !== 'offset';
    if (isMetric || word.text === '{') {
      const { selector, next } = readSelector(words, at);
      found.push(selector);
      at = next;
    } else at += 1;
  }
  return found;
}

/** Words before a list of labels in parentheses. */
export const GROUPINGS: ReadonlySet<string> = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);

/**
 * A selector as text for `match[]`, without the matchers that lie around `cursor`. `undefined` when nothing is left that
 * would narrow the series down: the server wants one matcher that does not match the empty text.
 */
export function matchText(selector: WrittenSelector, cursor = -1): string | undefined {
  const kept = selector.matchers.filter(({ start, end }) => cursor < start || cursor > end);
  const parts = kept.map(({ name, operator, value }) => `${labelText(name)}${operator}${quoted(value)}`);
  if (selector.metric !== '') parts.unshift(`__name__=${quoted(selector.metric)}`);
  const narrows = selector.metric !== '' || kept.some(({ operator, value }) => operator === '=' && value !== '');
  return narrows ? `{${parts.join(',')}}` : undefined;
}

/** A label's name as it is written in a selector: quoted when it is no plain identifier. */
export function labelText(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : quoted(name);
}

/** A metric's name as it is written: in braces and quotes when it is no plain identifier. */
export function metricText(name: string): string {
  return /^[A-Za-z_:][\w:]*$/.test(name) ? name : `{${quoted(name)}}`;
}
