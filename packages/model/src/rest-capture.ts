/** Expressions that end by capturing all that is left, as those for log lines do: what is before that is searched, the rest is taken as it is. */

/** An expression without its end. */
export interface RestCapture {
  /** What stands before the last group. */
  readonly head: string;
  /** Name of the group that takes the rest; `''` for none. */
  readonly name: string;
  /** Whether the rest may hold line feeds. */
  readonly lineFeeds: boolean;
  /** Whether there must be something left. */
  readonly nonEmpty: boolean;
  /** Whether the rest goes to the end of the text (`$`). */
  readonly toEnd: boolean;
}

const ENDING = /\((?:\?P?<(\w+)>)?(\(\?s:)?\.([*+])\)?\)(\$?)$/;
/** Flags for all that follows; other ones than these change what the end means. */
const LEADING_FLAGS = /^\^?\(\?([is]+)\)/;
const FLAGS = /\(\?[A-Za-z-]+\)/;

/**
 * Takes an expression apart that ends in `(.*)`, `(?P<rest>(?s:.*))$` and the like; `undefined` for any other, and where the end could mean
 * something else. Whoever uses it has to see that the head is an expression by itself.
 */
export function restCapture(source: string): RestCapture | undefined {
  const match = ENDING.exec(source);
  if (match === null) return undefined;
  const [whole, name = '', scope, quantifier, end] = match;
  // One closing parenthesis for the group, another for `(?s:`.
  if (whole.replace(/\$$/, '').endsWith('))') !== (scope !== undefined)) return undefined;
  const head = source.slice(0, match.index);
  // Quoted texts and named classes would need a real parser; flags set in the middle may hold for the end or not.
  if (head.includes(String.raw`\Q`) || head.includes('[:') || hasAlternatives(head)) return undefined;
  const flags = LEADING_FLAGS.exec(head)?.[1] ?? '';
  if (FLAGS.test(head.replace(LEADING_FLAGS, ''))) return undefined;
  const lineFeeds = scope !== undefined || flags.includes('s');
  return { head, name, lineFeeds, nonEmpty: quantifier === '+', toEnd: end === '$' };
}

/** Whether an expression has alternatives outside of groups. */
function hasAlternatives(source: string): boolean {
  let depth = 0;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === '\\') at++;
    else if (character === '[') {
      // A closing bracket that comes first is one of the characters.
      at += source[at + 1] === '^' ? 2 : 1;
      while (at + 1 < source.length && source[at + 1] !== ']') at += source[at + 1] === '\\' ? 2 : 1;
      at++;
    } else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) return true;
  }
  return false;
}
