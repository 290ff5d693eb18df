/** The mark of a parser's error in an editor's text, told in the reader's language with the parser's own sentence below. */

import type { Diagnostic } from '@codemirror/lint';
import type { TFunction } from 'i18next';

/** What a parser says is wrong; places are UTF-16 code units of the text. */
interface ParserError {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** A sentence of a parser, and how the reader's language says it. */
export type ReasonRule = readonly [pattern: RegExp, translate: (t: TFunction) => string];

/** A reason in the reader's language, by the first rule that fits; a sentence that no rule knows stays as it is. */
export function tellReason(rules: readonly ReasonRule[], reason: string, t: TFunction): string {
  return rules.find(([pattern]) => pattern.test(reason))?.[1](t) ?? reason;
}

/** The mark. */
export function errorMark(text: string, error: ParserError, told: string): Diagnostic {
  const from = Math.min(error.start, text.length);
  const to = Math.min(Math.max(error.end, from), text.length);
  return {
    // At the end of the text the last letter carries the mark.
    from: from === to ? Math.max(0, from - 1) : from,
    to: Math.max(to, Math.min(from, text.length)),
    severity: 'error',
    message: `${told}\n${error.message}`,
    renderMessage: () => messageOf(told, error.message),
  };
}

/** The reader's words, and the parser's own below: those are what logs and other tools show. */
function messageOf(told: string, original: string): HTMLElement {
  const box = document.createElement('span');
  box.className = 'at-diagnostic';
  const first = document.createElement('span');
  first.textContent = told;
  const second = document.createElement('code');
  second.textContent = original;
  box.append(first, second);
  return box;
}
