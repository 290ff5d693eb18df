/** The error of a PromQL text that cannot be understood. */

import { lineAndColumn, TextError } from '../text-error.ts';

/** Thrown by the parser and the type checker. The message reads like Prometheus': `1:5: parse error: unexpected end of input`. */
export class PromqlError extends TextError {
  override readonly name = 'PromqlError';

  constructor(text: string, start: number, end: number, reason: string) {
    super(`${text === '' ? 'unknown position' : formatPlace(text, start)}: parse error: ${reason}`, reason, start, end);
  }
}

/** A position as `line:column`, both from 1. */
export function formatPlace(text: string, position: number): string {
  const { line, column } = lineAndColumn(text, position);
  return `${line}:${column}`;
}
