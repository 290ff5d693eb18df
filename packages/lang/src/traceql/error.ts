/** The error of a TraceQL text that cannot be understood. */

/**
 * Thrown by the parser and its checks. The message reads like Tempo's: `parse error at line 1, col 5: syntax error: unexpected …` for a text
 * that breaks the grammar, `parse error: …` for one that means nothing or asks for what is not supported.
 */
export class TraceqlError extends Error {
  /** Where the fault lies, in UTF-16 code units of the text: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** What is wrong, without the position. */
  readonly reason: string;

  private constructor(message: string, reason: string, start: number, end: number) {
    super(message);
    this.name = 'TraceqlError';
    this.reason = reason;
    this.start = start;
    this.end = end;
  }

  /** The text breaks the grammar at `[start, end)`. */
  static syntax(text: string, start: number, end: number, reason: string): TraceqlError {
    const before = text.slice(0, start);
    const line = before.split('\n').length;
    const column = start - (before.lastIndexOf('\n') + 1) + 1;
    return new TraceqlError(`parse error at line ${line}, col ${column}: ${reason}`, reason, start, end);
  }

  /** The text follows the grammar, but means nothing. */
  static meaning({ start, end }: { readonly start: number; readonly end: number }, reason: string): TraceqlError {
    return new TraceqlError(`parse error: ${reason}`, reason, start, end);
  }
}
