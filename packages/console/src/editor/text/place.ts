/** What the cursor stands in: an expression, a label, a value, a duration. */

import { AGGREGATIONS } from './grammar.ts';
import { isClosed, scan, unquoted, type Word } from './scan.ts';
import { GROUPINGS, selectorsOf, type WrittenSelector } from './selectors.ts';

/** Where a word that is being typed begins, and what of it stands before the cursor. */
interface Typed {
  readonly from: number;
  readonly prefix: string;
}

/** What may stand at the cursor. */
export type Place =
  | { readonly kind: 'nothing' }
  /** A metric, a function, an aggregation, a number. `afterOperator`: the operator just before, whose modifiers may follow. */
  | ({ readonly kind: 'operand'; readonly afterOperator: string | undefined } & Typed)
  /** After an operand: an operator or a modifier. `aggregation`: `by` and `without` fit. */
  | ({ readonly kind: 'after'; readonly aggregation: boolean } & Typed)
  /** The name of a label in braces, or of a metric in quotes there when `quote` is set. */
  | ({ readonly kind: 'label'; readonly selector: WrittenSelector | undefined; readonly quote: string } & Typed)
  | ({ readonly kind: 'match-operator' } & Typed)
  /** The value of a matcher; `quote` is `''` when none is written yet, `to` where the value ends. */
  | ({
      readonly kind: 'value';
      readonly label: string;
      readonly operator: string;
      readonly selector: WrittenSelector | undefined;
      readonly quote: string;
      readonly to: number;
    } & Typed)
  /** A label in `by (…)`, `on (…)`, …; the selectors whose labels those are. */
  | ({ readonly kind: 'grouping'; readonly selectors: readonly WrittenSelector[] } & Typed)
  | ({ readonly kind: 'duration' } & Typed)
  | ({ readonly kind: 'at' } & Typed);

const MATCH_OPERATORS = new Set(['=', '!=', '=~', '!~']);
const OPERATORS = new Set(['+', '-', '*', '/', '%', '^', '==', '!=', '<', '>', '<=', '>=', 'and', 'or', 'unless', 'atan2']);

/** An open bracket: what it is for, and the word it is. */
interface Open {
  readonly role: 'call' | 'grouping' | 'braces' | 'range';
  readonly word: Word;
}

/** The place at a position of a text. */
export function placeAt(text: string, position: number): Place {
  const words = scan(text).filter((word) => word.start < position);
  const last = words.at(-1);
  if (last?.kind === 'comment' && last.end >= position) return { kind: 'nothing' };
  const touching = last !== undefined && last.end >= position && last.kind !== 'symbol' ? last : undefined;
  // Behind the closing quote a string is finished.
  const current = touching?.kind === 'string' && touching.end === position && isClosed(touching) ? undefined : touching;
  const before = (current === undefined ? words : words.slice(0, -1)).filter((word) => word.kind !== 'comment');
  const typed: Typed =
    current === undefined ? { from: position, prefix: '' } : { from: current.start, prefix: text.slice(current.start, position) };
  const open = openBracket(before);
  switch (open?.role) {
    case 'braces':
      return inBraces(text, position, before, current, typed);
    case 'range':
      return current?.kind === 'string' ? { kind: 'nothing' } : { kind: 'duration', ...typed };
    case 'grouping':
      return { kind: 'grouping', selectors: groupedSelectors(text, open.word.start), ...insideQuotes(current, typed) };
    case 'call':
    case undefined:
      return current?.kind === 'string' ? { kind: 'nothing' } : inExpression(before, current, typed);
  }
}

function openBracket(words: readonly Word[]): Open | undefined {
  const stack: Open[] = [];
  for (const [index, word] of words.entries()) {
    if (word.kind !== 'symbol') continue;
    if (word.text === '{') stack.push({ role: 'braces', word });
    else if (word.text === '[') stack.push({ role: 'range', word });
    else if (word.text === '(') {
      stack.push({ role: GROUPINGS.has(words[index - 1]?.text.toLowerCase() ?? '') ? 'grouping' : 'call', word });
    } else if (word.text === '}' || word.text === ']' || word.text === ')') stack.pop();
  }
  return stack.at(-1);
}

/** A word in quotes is completed between them. */
function insideQuotes(current: Word | undefined, typed: Typed): Typed {
  return current?.kind === 'string' ? { from: typed.from + 1, prefix: typed.prefix.slice(1) } : typed;
}

function inBraces(text: string, position: number, before: readonly Word[], current: Word | undefined, typed: Typed): Place {
  const around = selectorsOf(text).findLast(({ start }) => start < position);
  const previous = before.at(-1);
  const quote = current?.kind === 'string' ? (current.text[0] as string) : '';
  if (previous !== undefined && MATCH_OPERATORS.has(previous.text)) {
    const name = before.at(-2);
    if (name === undefined) return { kind: 'nothing' };
    return {
      kind: 'value',
      label: name.kind === 'string' ? unquoted(name) : name.text,
      operator: previous.text,
      selector: around,
      quote,
      to: current === undefined ? position : current.end - (current.kind === 'string' && isClosed(current) ? 1 : 0),
      ...insideQuotes(current, typed),
    };
  }
  if (previous?.text === '{' || previous?.text === ',') {
    return { kind: 'label', selector: around, quote, ...insideQuotes(current, typed) };
  }
  // Behind a label's name; behind a value only a comma fits.
  const valueEnds = previous?.kind === 'string' && MATCH_OPERATORS.has(before.at(-2)?.text ?? '');
  return current === undefined && !valueEnds ? { kind: 'match-operator', ...typed } : { kind: 'nothing' };
}

function inExpression(before: readonly Word[], current: Word | undefined, typed: Typed): Place {
  if (current?.kind === 'number') {
    return before.at(-1)?.text.toLowerCase() === 'offset' ? { kind: 'duration', ...typed } : { kind: 'nothing' };
  }
  const previous = before.at(-1);
  const word = previous?.text.toLowerCase() ?? '';
  if (word === 'offset') return { kind: 'duration', ...typed };
  if (word === '@') return { kind: 'at', ...typed };
  const aggregationWord = previous?.kind === 'name' && AGGREGATIONS.has(word);
  const opener = word === ')' ? openerOf(before) : undefined;
  if (opener !== undefined && GROUPINGS.has(opener)) {
    const matching = opener === 'on' || opener === 'ignoring';
    return opener === 'by' || opener === 'without'
      ? { kind: 'after', aggregation: false, ...typed }
      : { kind: 'operand', afterOperator: matching ? 'matching' : undefined, ...typed };
  }
  const isOperand =
    aggregationWord ||
    (previous !== undefined && /[)}\]]/.test(word)) ||
    previous?.kind === 'number' ||
    previous?.kind === 'string' ||
    (previous?.kind === 'name' && !OPERATORS.has(word) && word !== 'bool');
  if (isOperand) return { kind: 'after', aggregation: aggregationWord || (opener !== undefined && AGGREGATIONS.has(opener)), ...typed };
  return { kind: 'operand', afterOperator: OPERATORS.has(word) ? word : undefined, ...typed };
}

/** The word before the parentheses that the last word closes, lower case. */
function openerOf(words: readonly Word[]): string | undefined {
  let depth = 0;
  for (let at = words.length - 1; at >= 0; at -= 1) {
    const word = words[at] as Word;
    if (word.text === ')') depth += 1;
    else if (word.text === '(' && --depth === 0) return words[at - 1]?.text.toLowerCase();
  }
  return undefined;
}

/** The selectors that a list of labels is about: those of the aggregation's operand, behind the list or before it; else all. */
function groupedSelectors(text: string, parenthesis: number): WrittenSelector[] {
  const all = selectorsOf(text);
  const listEnd = text.indexOf(')', parenthesis);
  const words = scan(text).filter((word) => word.kind !== 'comment');
  const at = words.findIndex((word) => word.start === parenthesis);
  const keyword = words[at - 1]?.text.toLowerCase();
  if (keyword !== 'by' && keyword !== 'without') return all;
  const after = words.findIndex((word) => listEnd >= 0 && word.start > listEnd);
  const from = words[after]?.text === '(' ? span(words, after, 1) : undefined;
  const operand = from ?? (words[at - 2]?.text === ')' ? span(words, at - 2, -1) : undefined);
  if (operand === undefined) return all;
  return all.filter(({ start }) => start >= operand.start && start < operand.end);
}

/** The text between a parenthesis and its partner, searched for in a direction. */
function span(words: readonly Word[], first: number, direction: 1 | -1): { start: number; end: number } {
  let depth = 0;
  let at = first;
  for (; at >= 0 && at < words.length; at += direction) {
    const text = words[at]?.text;
    if (text === '(') depth += direction;
    else if (text === ')') depth -= direction;
    if (depth === 0) break;
  }
  const partner = words[Math.min(Math.max(at, 0), words.length - 1)] as Word;
  const own = words[first] as Word;
  return direction === 1 ? { start: own.start, end: partner.end } : { start: partner.start, end: own.end };
}
