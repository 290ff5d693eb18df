/** What the errors of all query languages have in common: where in the text the fault lies. */

/** A fault in a text. */
export abstract class TextError extends Error {
  /** Where the fault lies, in UTF-16 code units of the text: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** What is wrong, without the position. */
  readonly reason: string;

  protected constructor(message: string, reason: string, start: number, end: number) {
    super(message);
    this.reason = reason;
    this.start = start;
    this.end = end;
  }
}

/** Line and column of a position, both from 1. */
export function lineAndColumn(text: string, position: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, position);
  return { line: before.split('\n').length, column: position - (before.lastIndexOf('\n') + 1) + 1 };
}

/** What is wrong with a text that no token begins with at `start`, and where that ends. */
export function unreadable(text: string, start: number): { readonly end: number; readonly reason: string } {
  const character = String.fromCodePoint(text.codePointAt(start) as number);
  if (character === '"' || character === '`') return { end: text.length, reason: 'syntax error: literal not terminated' };
  return { end: start + character.length, reason: `syntax error: unexpected ${character}` };
}
