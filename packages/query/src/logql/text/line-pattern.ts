/** Patterns of line filters: `|> "GET <_> 200"`. */

import type { PatternPart } from '@atalaya/lang';
import type { TextCondition } from '../stage.ts';

/**
 * A pattern that a line fits when its texts are found one behind the other, with something between them. What comes before a text at the
 * beginning of the pattern does not matter; a capture at its end, and only that, needs a rest.
 */
export class LinePattern implements TextCondition {
  /** The texts; `undefined` stands for a capture. */
  readonly #parts: readonly (string | undefined)[];

  constructor(parts: readonly PatternPart[]) {
    this.#parts = parts.map((part) => (part.kind === 'text' ? part.text : undefined));
  }

  holds(text: string): boolean {
    const parts = this.#parts;
    if (text === '' || parts.length === 0) return text === '' && parts.length === 0;
    let at = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i];
      if (part === undefined) continue;
      const found = text.indexOf(part, at);
      // No capture is empty.
      if (found < 0 || (i > 0 && found === at)) return false;
      at = found + part.length;
    }
    return (parts[parts.length - 1] === undefined) === at < text.length;
  }
}
