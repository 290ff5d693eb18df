/** The error of a LogQL text that cannot be understood. */

import { lineAndColumn, TextError } from '../text-error.ts';

/**
 * Thrown by the parser and its checks. The message reads like Loki's: `parse error at line 1, col 5: syntax error: unexpected )`
 * for a text that breaks the grammar, `parse error: …` for one that means nothing, the bare reason for a stage that cannot be built.
 */
export class LogqlError extends TextError {
  override readonly name = 'LogqlError';

  /** The text breaks the grammar at `[start, end)`. */
  static syntax(text: string, start: number, end: number, reason: string): LogqlError {
    const { line, column } = lineAndColumn(text, start);
    return new LogqlError(`parse error at line ${line}, col ${column}: ${reason}`, reason, start, end);
  }

  /** The text follows the grammar, but asks for something that is not defined. */
  static meaning(start: number, end: number, reason: string): LogqlError {
    return new LogqlError(`parse error: ${reason}`, reason, start, end);
  }

  /** A stage of the pipeline cannot be built: a broken expression, pattern, path or template. */
  static stage(start: number, end: number, reason: string): LogqlError {
    return new LogqlError(reason, reason, start, end);
  }
}
