/** What of a line's text is shown: without colour codes, cut where it is too long, in parts that are marked or not. */

/** A part of a text. */
export interface TextPart {
  readonly text: string;
  readonly marked: boolean;
}

/** A word that is marked wherever it occurs. */
export interface Sought {
  readonly text: string;
  readonly ignoreCase: boolean;
}

const ESCAPE = '\u001B';
// Terminal sequences: colours and cursor (CSI), titles (OSC), and lone escapes.
const ANSI = new RegExp(`${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\u0007${ESCAPE}]*(?:\u0007|${ESCAPE}\\\\)?|[@-Z\\\\-_])`, 'g');

/** The text without terminal colours. */
export function withoutColours(text: string): string {
  return text.includes(ESCAPE) ? text.replaceAll(ANSI, '') : text;
}

/** Cuts a text into parts at what is sought; overlapping finds become one part. */
export function markedParts(text: string, sought: readonly Sought[]): TextPart[] {
  const spans: [number, number][] = [];
  let lower: string | undefined;
  for (const { text: word, ignoreCase } of sought) {
    const folded = (lower ??= text.toLowerCase());
    // Letters whose small form is longer would shift all places behind them.
    const inside = ignoreCase && folded.length === text.length ? folded : text;
    const wanted = inside === text ? word : word.toLowerCase();
    if (wanted === '') continue;
    for (let at = inside.indexOf(wanted); at >= 0; at = inside.indexOf(wanted, at + wanted.length)) spans.push([at, at + wanted.length]);
  }
  if (spans.length === 0) return [{ text, marked: false }];
  spans.sort(([a], [b]) => a - b);
  const parts: TextPart[] = [];
  let from = 0;
  let [start, end] = spans[0] as [number, number];
  const close = () => {
    if (start > from) parts.push({ text: text.slice(from, start), marked: false });
    parts.push({ text: text.slice(start, end), marked: true });
    from = end;
  };
  for (const [nextStart, nextEnd] of spans.slice(1)) {
    if (nextStart <= end) end = Math.max(end, nextEnd);
    else {
      close();
      [start, end] = [nextStart, nextEnd];
    }
  }
  close();
  if (from < text.length) parts.push({ text: text.slice(from), marked: false });
  return parts;
}

/** A JSON text over several lines; `undefined` when it is none. */
export function prettyJson(text: string): string | undefined {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed)) return undefined;
  try {
    return JSON.stringify(JSON.parse(trimmed), undefined, 2);
  } catch {
    return undefined;
  }
}
