/** Cuts a PromQL text into words, however unfinished it is: completion works where a parser gives up. */

/** A word of the text, `[start, end)`. */
export interface Word {
  readonly kind: 'comment' | 'string' | 'number' | 'name' | 'symbol';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const WORD =
  /(?<comment>#[^\n]*)|(?<string>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`[^`]*`?)|(?<number>(?:\d|\.\d)[\w.]*)|(?<name>:*[A-Za-z_][\w:]*)|(?<symbol>=~|!~|==|!=|<=|>=|<\/|>\/|[^\s])/gu;

/** All words in their order; spaces are left out, nothing is refused. */
export function scan(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const groups = match.groups as Record<Word['kind'], string | undefined>;
    const kind = (Object.keys(groups) as Word['kind'][]).find((name) => groups[name] !== undefined) as Word['kind'];
    words.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return words;
}

/** Whether a string word has its closing quote. */
export function isClosed(word: Word): boolean {
  const quote = word.text[0] as string;
  if (word.text.length < 2 || !word.text.endsWith(quote)) return false;
  if (quote === '`') return true;
  // A quote behind an odd number of backslashes belongs to the text.
  const slashes = /\\*$/.exec(word.text.slice(1, -1))?.[0].length ?? 0;
  return slashes % 2 === 0;
}

/** What a string word means, as far as it is written. */
export function unquoted(word: Word): string {
  const quote = word.text[0] as string;
  const inner = word.text.slice(1, isClosed(word) ? -1 : undefined);
  if (quote === '`') return inner;
  return inner.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : letter));
}

/** A text as a double-quoted string. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
