/** Cuts a TraceQL text into words, however unfinished it is: what the search's form, colours and completion read. */

/** A word of the text, `[start, end)`. */
export interface TraceqlWord {
  readonly kind: 'string' | 'number' | 'attribute' | 'name' | 'symbol';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** An attribute's name goes on up to a space, a bracket, a comma or an operator. */
const NAME = String.raw`(?:"(?:[^"\\]|\\.)*"?|[^\s{}()=~!<>&|^,"\u0060])+`;
const WORD = new RegExp(
  [
    String.raw`(?<string>"(?:[^"\\]|\\.)*"?|\u0060[^\u0060]*\u0060?)`,
    String.raw`(?<attribute>(?:(?:parent\.)?(?:span|resource|event|link|instrumentation)\.|parent\.|\.(?![\d.]))(?:${NAME})?)`,
    String.raw`(?<number>(?:\d|\.\d)[\p{L}\d_.]*)`,
    String.raw`(?<name>[\p{L}_][\p{L}\p{N}_]*(?::[\p{L}_]*)?)`,
    String.raw`(?<symbol>!>>|!<<|!~|&>>|&<<|&>|&<|&~|=~|!=|!>|!<|>=|<=|>>|<<|&&|\|\||\S)`,
  ].join('|'),
  'gu',
);

/** All words in their order; spaces are left out, nothing is refused. */
export function scanTraceql(text: string): TraceqlWord[] {
  const words: TraceqlWord[] = [];
  for (const match of text.matchAll(WORD)) {
    const groups = match.groups as Record<TraceqlWord['kind'], string | undefined>;
    const kind = (Object.keys(groups) as TraceqlWord['kind'][]).find((name) => groups[name] !== undefined) as TraceqlWord['kind'];
    words.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return words;
}

/** What a string literal means. */
export function stringValue(text: string): string {
  const closed = text.length > 1 && text.endsWith(text[0] as string);
  const inner = text.slice(1, closed ? -1 : undefined);
  if (text.startsWith('`')) return inner;
  return inner.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : letter));
}

/** A text as a string literal. */
export function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}
