/** The error of a PromQL text that cannot be understood. */

/** Thrown by the parser and the type checker. The message reads like Prometheus': `1:5: parse error: unexpected end of input`. */
export class PromqlError extends Error {
  /** Where the fault lies, in UTF-16 code units of the text: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** What is wrong, without the position. */
  readonly reason: string;

  constructor(text: string, start: number, end: number, reason: string) {
    super(`${text === '' ? 'unknown position' : lineAndColumn(text, start)}: parse error: ${reason}`);
    this.name = 'PromqlError';
    this.start = start;
    this.end = end;
    this.reason = reason;
  }
}

/** A position as `line:column`, both from 1. */
export function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  return `${line}:${position - (before.lastIndexOf('\n') + 1) + 1}`;
}
