/** Cuts a LogQL text into words, however unfinished it is: colours and completion work where a parser gives up. */

/** A word of the text, `[start, end)`. */
export interface LogqlWord {
  readonly kind: 'comment' | 'string' | 'number' | 'name' | 'symbol';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const WORD =
  /(?<comment>#[^\n]*)|(?<string>"(?:[^"\\\n]|\\.)*"?|`[^`]*`?)|(?<number>(?:\d|\.\d)[\p{L}\d_.]*)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<symbol>\|[=~>]|![=~>]|=~|==|>=|<=|--(?:strict|keep-empty)?|[^\s])/gu;

/** All words in their order; spaces are left out, nothing is refused. */
export function scanLogql(text: string): LogqlWord[] {
  const words: LogqlWord[] = [];
  for (const match of text.matchAll(WORD)) {
    const groups = match.groups as Record<LogqlWord['kind'], string | undefined>;
    const kind = (Object.keys(groups) as LogqlWord['kind'][]).find((name) => groups[name] !== undefined) as LogqlWord['kind'];
    words.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return words;
}

/** Whether a string has its closing quote. */
export function isClosedString(text: string): boolean {
  const quote = text[0];
  if (text.length < 2 || quote === undefined || !text.endsWith(quote)) return false;
  return quote === '`' || (/\\*$/.exec(text.slice(1, -1))?.[0].length ?? 0) % 2 === 0;
}

/** What a string means, as far as it is written. */
export function stringValue(text: string): string {
  const inner = text.slice(1, isClosedString(text) ? -1 : undefined);
  if (text.startsWith('`')) return inner;
  return inner.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : letter));
}
