/** Walks over the tokens of a query: what the cursors of LogQL and TraceQL have in common. */

import type { TextError } from './text-error.ts';

/** A piece of a text, `[start, end)` in UTF-16 code units. The last one is of kind `end`. */
export interface Token {
  readonly kind: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Brackets inside of each other. More would exhaust the stack of those who walk over the tree. */
const DEEPEST = 500;
/** Operators of a query, which may all stand below one another in its tree. */
const MOST_OPERATORS = 2000;

/** What a token does to the depth of the tree. */
export type TokenRole = 'opens' | 'closes' | 'operator' | 'none';

/** Finds where a text's tree would become too deep to walk over, and gives what `fail` makes of it. */
export function tooDeep<AnyToken extends Token>(
  tokens: readonly AnyToken[],
  roleOf: (token: AnyToken) => TokenRole,
  fail: (token: AnyToken, reason: string) => TextError,
): TextError | undefined {
  let depth = 0;
  let operators = 0;
  for (const token of tokens) {
    const role = roleOf(token);
    if (role === 'opens') depth++;
    else if (role === 'closes') depth--;
    else if (role === 'operator') operators++;
    if (depth > DEEPEST) return fail(token, `more than ${DEEPEST} parentheses inside of each other`);
    if (operators > MOST_OPERATORS) return fail(token, `more than ${MOST_OPERATORS} operators`);
  }
  return undefined;
}

/** A place among the tokens. */
export abstract class TokenCursor<AnyToken extends Token> {
  readonly text: string;
  protected readonly tokens: readonly AnyToken[];
  protected at = 0;

  protected constructor(text: string, tokens: readonly AnyToken[]) {
    this.text = text;
    this.tokens = tokens;
  }

  /** The error that the present token cannot stand here. */
  abstract unexpected(...expected: string[]): TextError;

  get token(): AnyToken {
    return this.tokens[this.at] as AnyToken;
  }

  /** The token after the present one. */
  get next(): AnyToken {
    return this.tokens[Math.min(this.at + 1, this.tokens.length - 1)] as AnyToken;
  }

  /** Where the token before the present one ends. */
  get lastEnd(): number {
    return this.at === 0 ? 0 : (this.tokens[this.at - 1] as AnyToken).end;
  }

  /** Whether the present token is this symbol, word or function. */
  is(text: string): boolean {
    const { token } = this;
    return token.text === text && (token.kind === 'symbol' || token.kind === 'word' || token.kind === 'function');
  }

  /** Goes on to the next token and gives the one that was present. */
  take(): AnyToken {
    const { token } = this;
    if (token.kind !== 'end') this.at++;
    return token;
  }

  /** Takes the present token where it is this symbol, word or function. */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  /** Takes a symbol, word or function that has to be there. `or` names what could have stood there as well. */
  expect(text: string, ...or: string[]): AnyToken {
    if (!this.is(text)) throw this.unexpected(text, ...or);
    return this.take();
  }
}

/** What stands here, and what could have: the sentence of an error. */
export function unexpectedText(found: string, expected: readonly string[]): string {
  return `syntax error: unexpected ${found}${expected.length === 0 ? '' : `, expecting ${expected.join(' or ')}`}`;
}
