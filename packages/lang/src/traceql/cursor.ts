/** Walks over the tokens of a TraceQL text. */

import { TokenCursor, tooDeep, unexpectedText } from '../token-cursor.ts';
import { TraceqlError } from './error.ts';
import { describeTraceqlToken, tokenizeTraceql, type TraceqlToken, type TraceqlTokenKind } from './lexer.ts';

/** Symbols that are no operators. */
const PUNCTUATION: ReadonlySet<string> = new Set(['[', ']', ',', '.', ':']);

/** @throws TraceqlError for a text whose tree would be too deep to walk over. */
function checkDepth(tokens: readonly TraceqlToken[]): void {
  const fault = tooDeep(
    tokens,
    ({ text, kind }) => {
      if (kind !== 'symbol') return 'none';
      if (text === '(' || text === '{') return 'opens';
      if (text === ')' || text === '}') return 'closes';
      return PUNCTUATION.has(text) ? 'none' : 'operator';
    },
    (token, reason) => TraceqlError.meaning(token, reason),
  );
  if (fault !== undefined) throw fault;
}

/** A place among the tokens. */
export class TraceqlCursor extends TokenCursor<TraceqlToken> {
  constructor(text: string) {
    const tokens = tokenizeTraceql(text);
    checkDepth(tokens);
    super(text, tokens);
  }

  /** The first token from here on that is no opening parenthesis. */
  get behindParentheses(): TraceqlToken {
    let at = this.at;
    while (this.tokens[at]?.text === '(' && this.tokens[at]?.kind === 'symbol') at++;
    return this.tokens[at] as TraceqlToken;
  }

  /** The present token's text, where it is one of these symbols or words. */
  oneOf<Text extends string>(texts: readonly Text[]): Text | undefined {
    return texts.find((text) => this.is(text));
  }

  /** Takes a token of a kind that has to be there. */
  expectKind(kind: TraceqlTokenKind, name: string): TraceqlToken {
    if (this.token.kind !== kind) throw this.unexpected(name);
    return this.take();
  }

  /** The error that the present token cannot stand here. */
  unexpected(...expected: string[]): TraceqlError {
    return this.#fault(unexpectedText(describeTraceqlToken(this.token), expected));
  }

  /** The error that the present token breaks the grammar. */
  syntax(reason: string): TraceqlError {
    return this.#fault(`syntax error: ${reason}`);
  }

  #fault(reason: string): TraceqlError {
    return TraceqlError.syntax(this.text, this.token.start, this.token.end, reason);
  }

  /** Reads one way or, where that fails, the other; of two failures the one that came further tells. */
  either<A, B>(one: () => A, other: () => B): A | B {
    const before = this.at;
    try {
      return one();
    } catch (error) {
      if (!(error instanceof TraceqlError)) throw error;
      this.at = before;
      try {
        return other();
      } catch (second) {
        if (!(second instanceof TraceqlError)) throw second;
        throw second.start > error.start ? second : error;
      }
    }
  }
}
