/** What is said of a scraped text that cannot be read. */

const SHOWN = 120;

/** A body that is not what its format allows. The whole scrape fails with it. */
export class ExpositionError extends Error {
  /** Line of the body, from 1. */
  readonly line: number;

  constructor(line: number, text: string, reason: string) {
    super(`line ${line}: ${reason}: ${JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)}`);
    this.name = 'ExpositionError';
    this.line = line;
  }
}

/** The error for the line of `bytes` that begins at `lineStart`. */
export function expositionError(bytes: Buffer, lineStart: number, reason: string): ExpositionError {
  let line = 1;
  for (let at = bytes.indexOf(10); at !== -1 && at < lineStart; at = bytes.indexOf(10, at + 1)) line++;
  const end = bytes.indexOf(10, lineStart);
  return new ExpositionError(line, bytes.toString('utf8', lineStart, end === -1 ? bytes.length : end).slice(0, SHOWN * 2), reason);
}
