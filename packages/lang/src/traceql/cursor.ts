/** Walks over the tokens of a TraceQL text. */

import { TraceqlError } from './error.ts';
import { describeTraceqlToken, tokenizeTraceql, type TraceqlToken, type TraceqlTokenKind } from './lexer.ts';

/** Parentheses and braces inside of each other. More would exhaust the stack of those who walk over the tree. */
const DEEPEST = 500;
/** Operators of a query, which may all stand below one another in its tree. */
const MOST_OPERATORS = 2000;
const NO_OPERATORS: ReadonlySet<string> = new Set(['{', '}', '(', ')', '[', ']', ',', '.', ':']);

/** @throws TraceqlError for a text whose tree would be too deep to walk over. */
function checkDepth(tokens: readonly TraceqlToken[]): void {
  let depth = 0;
  let operators = 0;
  for (const token of tokens) {
    if (token.kind !== 'symbol') continue;
    if (token.text === '(' || token.text === '{') depth++;
    else if (token.text === ')' || token.text === '}') depth--;
    else if (!NO_OPERATORS.has(token.text)) operators++;
    if (depth > DEEPEST) throw TraceqlError.meaning(token, `more than ${DEEPEST} parentheses inside of each other`);
    if (operators > MOST_OPERATORS) throw TraceqlError.meaning(token, `more than ${MOST_OPERATORS} operators`);
  }
}

/** A place among the tokens. */
export class TraceqlCursor {
  readonly text: string;
  readonly #tokens: readonly TraceqlToken[];
  #at = 0;

  constructor(text: string) {
    this.text = text;
    this.#tokens = tokenizeTraceql(text);
    checkDepth(this.#tokens);
  }

  get token(): TraceqlToken {
    return this.#tokens[this.#at] as TraceqlToken;
  }

  /** The token after the present one. */
  get next(): TraceqlToken {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)] as TraceqlToken;
  }

  /** The first token from here on that is no opening parenthesis. */
  get behindParentheses(): TraceqlToken {
    let at = this.#at;
    while (this.#tokens[at]?.text === '(' && this.#tokens[at]?.kind === 'symbol') at++;
    return this.#tokens[at] as TraceqlToken;
  }

  /** Where the token before the present one ends. */
  get lastEnd(): number {
    return this.#at === 0 ? 0 : (this.#tokens[this.#at - 1] as TraceqlToken).end;
  }

  /** Whether the present token is this symbol or word. */
  is(text: string): boolean {
    const { token } = this;
    return token.text === text && (token.kind === 'symbol' || token.kind === 'word');
  }

  /** The present token's text, where it is one of these symbols or words. */
  oneOf<Text extends string>(texts: readonly Text[]): Text | undefined {
    return texts.find((text) => this.is(text));
  }

  /** Goes on to the next token and gives the one that was present. */
  take(): TraceqlToken {
    const { token } = this;
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  /** Takes the present token where it is this symbol or word. */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at++;
    return true;
  }

  /** Takes a symbol or word that has to be there. `or` names what could have stood there as well. */
  expect(text: string, ...or: string[]): TraceqlToken {
    if (!this.is(text)) throw this.unexpected(text, ...or);
    return this.take();
  }

  /** Takes a token of a kind that has to be there. */
  expectKind(kind: TraceqlTokenKind, name: string): TraceqlToken {
    if (this.token.kind !== kind) throw this.unexpected(name);
    return this.take();
  }

  /** The error that the present token cannot stand here. */
  unexpected(...expected: string[]): TraceqlError {
    const instead = expected.length === 0 ? '' : `, expecting ${expected.join(' or ')}`;
    return this.syntax(`unexpected ${describeTraceqlToken(this.token)}${instead}`);
  }

  /** The error that the present token breaks the grammar. */
  syntax(reason: string): TraceqlError {
    return TraceqlError.syntax(this.text, this.token.start, this.token.end, `syntax error: ${reason}`);
  }

  /** Reads one way or, where that fails, the other; of two failures the one that came further tells. */
  either<A, B>(one: () => A, other: () => B): A | B {
    const before = this.#at;
    try {
      return one();
    } catch (error) {
      if (!(error instanceof TraceqlError)) throw error;
      this.#at = before;
      try {
        return other();
      } catch (second) {
        if (!(second instanceof TraceqlError)) throw second;
        throw second.start > error.start ? second : error;
      }
    }
  }
}
