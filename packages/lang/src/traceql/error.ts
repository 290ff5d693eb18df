/** The error of a TraceQL text that cannot be understood. */

import { lineAndColumn, TextError } from '../text-error.ts';

/**
 * Thrown by the parser and its checks. The message reads like Tempo's: `parse error at line 1, col 5: syntax error: unexpected …` for a text
 * that breaks the grammar, `parse error: …` for one that means nothing or asks for what is not supported.
 */
export class TraceqlError extends TextError {
  override readonly name = 'TraceqlError';

  /** The text breaks the grammar at `[start, end)`. */
  static syntax(text: string, start: number, end: number, reason: string): TraceqlError {
    const { line, column } = lineAndColumn(text, start);
    return new TraceqlError(`parse error at line ${line}, col ${column}: ${reason}`, reason, start, end);
  }

  /** The text follows the grammar, but means nothing. */
  static meaning({ start, end }: { readonly start: number; readonly end: number }, reason: string): TraceqlError {
    return new TraceqlError(`parse error: ${reason}`, reason, start, end);
  }
}
