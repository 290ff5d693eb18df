/** What the cursor stands in, in a TraceQL text: a condition, a value, a stage. */

import { scanTraceql, type TraceqlWord } from '../../data/traces/traceql-words.ts';

/** Where a word that is being typed begins and ends, and what of it stands before the cursor. */
interface Typed {
  readonly from: number;
  readonly to: number;
  readonly prefix: string;
}

/** What may stand at the cursor. */
export type TraceqlPlace =
  | { readonly kind: 'nothing' }
  /** The beginning: a spanset. */
  | ({ readonly kind: 'begin' } & Typed)
  /** An attribute or an intrinsic. */
  | ({ readonly kind: 'field' } & Typed)
  /** Behind a field within a spanset. */
  | ({ readonly kind: 'comparison' } & Typed)
  /** What a field is compared with; `quote` is the one that is open. */
  | ({ readonly kind: 'value'; readonly field: string; readonly quote: string } & Typed)
  /** Behind a whole condition. */
  | ({ readonly kind: 'logic' } & Typed)
  /** Behind a spanset: operators between spansets, a pipe. */
  | ({ readonly kind: 'behind' } & Typed)
  /** Behind a pipe. */
  | ({ readonly kind: 'stage' } & Typed);

const COMPARISONS = new Set(['=', '!=', '=~', '!~', '>', '>=', '<', '<=']);

/** The place at a position of a text. */
export function traceqlPlace(text: string, position: number): TraceqlPlace {
  const words = scanTraceql(text).filter((word) => word.start < position);
  const last = words.at(-1);
  const touching = last !== undefined && last.end >= position && last.kind !== 'symbol' ? last : undefined;
  const closed = touching?.kind === 'string' && touching.end === position && isClosed(touching.text);
  const current = closed ? undefined : touching;
  const before = current === undefined ? words : words.slice(0, -1);
  const typed: Typed =
    current === undefined
      ? { from: position, to: position, prefix: '' }
      : { from: current.start, to: current.end, prefix: text.slice(current.start, position) };
  const previous = before.at(-1);
  const open = openBrackets(before);
  const inside = open.some(({ text: bracket }) => bracket === '{');
  if (inside) return inSpanset(before, previous, current, typed);
  if (current?.kind === 'string' || current?.kind === 'number') return { kind: 'nothing' };
  if (open.length > 0) {
    // Arguments of by, select and the functions over time are fields.
    const call = before[before.indexOf(open.at(-1) as TraceqlWord) - 1];
    const takesFields = call?.kind === 'name' && call.text !== 'count' && call.text !== 'with';
    return takesFields && (previous?.text === '(' || previous?.text === ',') ? { kind: 'field', ...typed } : { kind: 'nothing' };
  }
  if (previous === undefined) return { kind: 'begin', ...typed };
  if (previous.text === '|') return { kind: 'stage', ...typed };
  if (previous.text === '}' || previous.text === ')') return { kind: 'behind', ...typed };
  return /^(?:[!&]?(?:>>?|<<?|~)|&&|\|\|)$/.test(previous.text) ? { kind: 'begin', ...typed } : { kind: 'nothing' };
}

function inSpanset(
  before: readonly TraceqlWord[],
  previous: TraceqlWord | undefined,
  current: TraceqlWord | undefined,
  typed: Typed,
): TraceqlPlace {
  if (previous !== undefined && COMPARISONS.has(previous.text)) {
    const field = before.at(-2)?.text ?? '';
    if (current?.kind !== 'string') return { kind: 'value', field, quote: '', ...typed };
    const end = current.end - (isClosed(current.text) ? 1 : 0);
    return { kind: 'value', field, quote: current.text[0] as string, from: current.start + 1, to: end, prefix: typed.prefix.slice(1) };
  }
  if (current?.kind === 'string' || current?.kind === 'number') return { kind: 'nothing' };
  if (previous === undefined || ['{', '(', '!', '&&', '||'].includes(previous.text)) return { kind: 'field', ...typed };
  const compared = before.at(-2);
  const isValue = previous.kind !== 'symbol' && compared !== undefined && COMPARISONS.has(compared.text);
  if (isValue || previous.text === ')') return { kind: 'logic', ...typed };
  return previous.kind === 'attribute' || previous.kind === 'name' ? { kind: 'comparison', ...typed } : { kind: 'nothing' };
}

function openBrackets(words: readonly TraceqlWord[]): TraceqlWord[] {
  const open: TraceqlWord[] = [];
  for (const word of words) {
    if (word.kind !== 'symbol') continue;
    if (word.text === '{' || word.text === '(') open.push(word);
    else if (word.text === '}' || word.text === ')') open.pop();
  }
  return open;
}

function isClosed(text: string): boolean {
  if (text.length < 2 || !text.endsWith(text[0] as string)) return false;
  return text.startsWith('`') || (/\\*$/.exec(text.slice(1, -1))?.[0].length ?? 0) % 2 === 0;
}
