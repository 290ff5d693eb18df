/** What the cursor stands in, in a LogQL text: a selector, a pipeline, an aggregation. */

import { isClosedString, type LogqlWord, scanLogql, stringValue } from './scan.ts';

/** Where a word that is being typed begins, and what of it stands before the cursor. */
interface Typed {
  readonly from: number;
  readonly prefix: string;
}

/** What may stand at the cursor. */
export type LogqlPlace =
  | { readonly kind: 'nothing' }
  /** The beginning of an expression: a selector or a function. */
  | ({ readonly kind: 'operand' } & Typed)
  /** The name of a stream label; the labels that the selector has already. */
  | ({ readonly kind: 'label'; readonly used: readonly string[]; readonly selector: string | undefined } & Typed)
  | ({ readonly kind: 'match-operator' } & Typed)
  /** The value of a stream label, in the streams that the other matchers leave. */
  | ({
      readonly kind: 'value';
      readonly label: string;
      readonly operator: string;
      readonly quote: string;
      readonly to: number;
      readonly selector: string | undefined;
    } & Typed)
  /** Behind a selector or a stage: a filter, a pipe, a range. */
  | ({ readonly kind: 'pipeline' } & Typed)
  /** Behind a pipe: a parser, a format, or a field to compare. `query` selects the lines so far. */
  | ({ readonly kind: 'stage'; readonly query: string } & Typed)
  /** A field alone: in `unwrap`, `drop`, `keep`, `by (…)`. */
  | ({ readonly kind: 'field'; readonly query: string } & Typed)
  | ({ readonly kind: 'duration' } & Typed)
  /** Behind an operand in an expression of numbers. */
  | ({ readonly kind: 'after' } & Typed);

const MATCH_OPERATORS = new Set(['=', '!=', '=~', '!~']);
const FILTERS = new Set(['|=', '!=', '|~', '!~', '|>', '!>']);
const FIELD_WORDS = new Set(['unwrap', 'drop', 'keep', 'and', 'or', 'label_format', 'json', 'logfmt']);
const GROUPINGS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);

interface Open {
  readonly bracket: string;
  readonly at: number;
}

/** The place at a position of a text. */
export function logqlPlace(text: string, position: number): LogqlPlace {
  const words = scanLogql(text).filter((word) => word.start < position);
  const last = words.at(-1);
  if (last?.kind === 'comment' && last.end >= position) return { kind: 'nothing' };
  const touching = last !== undefined && last.end >= position && last.kind !== 'symbol' ? last : undefined;
  const current = touching?.kind === 'string' && touching.end === position && isClosedString(touching.text) ? undefined : touching;
  const before = (current === undefined ? words : words.slice(0, -1)).filter(({ kind }) => kind !== 'comment');
  const typed: Typed =
    current === undefined ? { from: position, prefix: '' } : { from: current.start, prefix: text.slice(current.start, position) };
  const open = openBracket(before);
  const previous = before.at(-1);
  if (open?.bracket === '{') return inSelector(text, position, before, current, typed, open.at);
  if (current?.kind === 'string') return { kind: 'nothing' };
  if (open?.bracket === '[' || previous?.text === 'offset') return { kind: 'duration', ...typed };
  if (current?.kind === 'number') return { kind: 'nothing' };
  const ofLines = selectionBefore(text, before);
  if (open?.bracket === '(' && GROUPINGS.has(before[open.at - 1]?.text ?? '')) {
    return { kind: 'field', query: selectionAround(text, position) ?? '', ...typed };
  }
  if (ofLines === undefined) {
    const operand =
      previous === undefined ||
      previous.text === '(' ||
      previous.text === ',' ||
      /^[-+*/%^=!<>]=?$|^(?:and|or|unless|bool)$/.test(previous.text);
    return { kind: operand ? 'operand' : 'after', ...typed };
  }
  if (previous?.text === '|') return { kind: 'stage', query: ofLines, ...typed };
  if (previous !== undefined && (FIELD_WORDS.has(previous.text) || previous.text === ',' || previous.text === '('))
    return { kind: 'field', query: ofLines, ...typed };
  // A filter wants its text, an operator its value: neither is known here.
  if (previous !== undefined && (FILTERS.has(previous.text) || /^(?:==?|[<>]=?|=~)$/.test(previous.text))) return { kind: 'nothing' };
  return { kind: 'pipeline', ...typed };
}

function openBracket(words: readonly LogqlWord[]): Open | undefined {
  const stack: Open[] = [];
  for (const [at, { kind, text }] of words.entries()) {
    if (kind !== 'symbol') continue;
    if (text === '{' || text === '(' || text === '[') stack.push({ bracket: text, at });
    else if (text === '}' || text === ')' || text === ']') stack.pop();
  }
  return stack.at(-1);
}

function inSelector(
  text: string,
  position: number,
  before: readonly LogqlWord[],
  current: LogqlWord | undefined,
  typed: Typed,
  opening: number,
): LogqlPlace {
  const previous = before.at(-1);
  const matchers = matchersOf(scanLogql(text), (before[opening] as LogqlWord).start);
  const others = matchers.filter(({ start, end }) => position < start || position > end);
  const selector = others.length === 0 ? undefined : `{${others.map(({ written }) => written).join(', ')}}`;
  if (previous !== undefined && MATCH_OPERATORS.has(previous.text)) {
    const quote = current?.kind === 'string' ? (current.text[0] as string) : '';
    const closed = current?.kind === 'string' && isClosedString(current.text);
    const inside = quote === '' ? typed : { from: typed.from + 1, prefix: typed.prefix.slice(1) };
    const to = current === undefined ? position : current.end - (closed ? 1 : 0);
    return { kind: 'value', label: before.at(-2)?.text ?? '', operator: previous.text, quote, to, selector, ...inside };
  }
  if (current?.kind === 'string') return { kind: 'nothing' };
  if (previous?.text === '{' || previous?.text === ',') return { kind: 'label', used: others.map(({ name }) => name), selector, ...typed };
  const valueEnds = previous?.kind === 'string';
  return current === undefined && !valueEnds ? { kind: 'match-operator', ...typed } : { kind: 'nothing' };
}

/** The finished matchers of the selector that opens at a position. */
function matchersOf(words: readonly LogqlWord[], opening: number) {
  const found: { name: string; written: string; start: number; end: number }[] = [];
  let at = words.findIndex(({ start }) => start === opening) + 1;
  for (; at < words.length && words[at]?.text !== '}'; at += 1) {
    const [name, operator, value] = [words[at], words[at + 1], words[at + 2]];
    if (name?.kind !== 'name' || operator === undefined || value?.kind !== 'string' || !MATCH_OPERATORS.has(operator.text)) continue;
    // A value that the server would not take narrows nothing.
    if (isClosedString(value.text) && stringValue(value.text) !== '') {
      found.push({ name: name.text, written: `${name.text}${operator.text}${value.text}`, start: name.start, end: value.end });
    }
    at += 2;
  }
  return found;
}

/** The pipeline that the cursor stands at the end of: from the last selector at this depth on; `undefined` outside of one. */
function selectionBefore(text: string, before: readonly LogqlWord[]): string | undefined {
  let depth = 0;
  for (let at = before.length - 1; at >= 0; at -= 1) {
    const word = before[at] as LogqlWord;
    if (word.text === '}' || word.text === ')' || word.text === ']') {
      depth += 1;
      // Behind a range there are no lines any more.
      if (word.text === ']' && depth === 1) return undefined;
    } else if (word.text === '{') {
      depth -= 1;
      if (depth === 0) return finished(text, word.start, before);
    } else if (word.text === '(' || word.text === '[') {
      if (
        depth === 0 &&
        word.text === '(' &&
        /^(?:[A-Za-z_]+)$/.test(before[at - 1]?.text ?? '') &&
        !FIELD_WORDS.has(before[at - 1]?.text ?? '')
      )
        return undefined;
      depth -= depth > 0 ? 1 : 0;
    }
  }
  return undefined;
}

/** The text of a pipeline up to its last finished stage. */
function finished(text: string, start: number, before: readonly LogqlWord[]): string {
  const pipe = before.findLast(({ text: word, start: at }) => word === '|' && at > start);
  return text.slice(start, pipe?.start ?? before.at(-1)?.end).trim();
}

/** The first selector of a text with its stages up to a range or the end: what labels of a grouping are labels of. */
function selectionAround(text: string, position: number): string | undefined {
  const words = scanLogql(text);
  const opening = words.find(({ text: word, start }) => word === '{' && start > position) ?? words.find(({ text: word }) => word === '{');
  if (opening === undefined) return undefined;
  const end = words.find(({ text: word, start }) => (word === '[' || word === ')') && start > opening.start);
  return text.slice(opening.start, end?.start).trim();
}
