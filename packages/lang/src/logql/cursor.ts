/** Walks over the tokens of a LogQL text. */

import { LOGQL_OPERATORS } from './ast.ts';
import { LogqlError } from './error.ts';
import { describeLogqlToken, type LogqlToken, type LogqlTokenKind, tokenizeLogql } from './lexer.ts';

/** Kinds by the names that messages give them. */
const KIND_NAMES: Readonly<Partial<Record<LogqlTokenKind, string>>> = {
  identifier: 'IDENTIFIER',
  string: 'STRING',
  number: 'NUMBER',
  duration: 'DURATION',
};

/** Parentheses inside of parentheses. More would exhaust the stack of those who walk over the tree. */
const DEEPEST = 500;
/** Operators and comparisons of a query, which may all stand below one another in its tree. */
const MOST_OPERATORS = 2000;
const OPERATORS: ReadonlySet<string> = new Set([...LOGQL_OPERATORS, '=', '=~', '!~']);

/** @throws LogqlError for a text whose tree would be too deep to walk over. */
function checkDepth(tokens: readonly LogqlToken[]): void {
  let depth = 0;
  let operators = 0;
  for (const { text, kind, start, end } of tokens) {
    if (kind !== 'symbol' && kind !== 'word') continue;
    if (text === '(') depth++;
    else if (text === ')') depth--;
    else if (OPERATORS.has(text)) operators++;
    if (depth > DEEPEST) throw LogqlError.meaning(start, end, `more than ${DEEPEST} parentheses inside of each other`);
    if (operators > MOST_OPERATORS) throw LogqlError.meaning(start, end, `more than ${MOST_OPERATORS} operators`);
  }
}

/** A place among the tokens. */
export class TokenCursor {
  readonly text: string;
  readonly #tokens: readonly LogqlToken[];
  #at = 0;

  constructor(text: string) {
    this.text = text;
    this.#tokens = tokenizeLogql(text);
    checkDepth(this.#tokens);
  }

  get token(): LogqlToken {
    return this.#tokens[this.#at] as LogqlToken;
  }

  /** The token after the present one. */
  get next(): LogqlToken {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)] as LogqlToken;
  }

  /** Where the token before the present one ends. */
  get lastEnd(): number {
    return this.#at === 0 ? 0 : (this.#tokens[this.#at - 1] as LogqlToken).end;
  }

  /** Whether the present token is this symbol, word or function. */
  is(text: string): boolean {
    const { token } = this;
    return token.text === text && (token.kind === 'symbol' || token.kind === 'word' || token.kind === 'function');
  }

  /** Goes on to the next token and gives the one that was present. */
  take(): LogqlToken {
    const { token } = this;
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  /** Takes the present token where it is this symbol, word or function. */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at++;
    return true;
  }

  /** Takes a symbol, word or function that has to be there. `or` names what could have stood there as well. */
  expect(text: string, ...or: string[]): LogqlToken {
    if (!this.is(text)) throw this.unexpected(text, ...or);
    return this.take();
  }

  /** Takes a token of a kind that has to be there. */
  expectKind(kind: 'identifier' | 'string' | 'number' | 'duration', ...or: string[]): LogqlToken {
    if (this.token.kind !== kind) throw this.unexpected(KIND_NAMES[kind] as string, ...or);
    return this.take();
  }

  /** The error that the present token cannot stand here. */
  unexpected(...expected: string[]): LogqlError {
    const { token } = this;
    const instead = expected.length === 0 ? '' : `, expecting ${expected.join(' or ')}`;
    return LogqlError.syntax(this.text, token.start, token.end, `syntax error: unexpected ${describeLogqlToken(token)}${instead}`);
  }

  /** Runs `read`; when it gives `undefined` the cursor is back where it was. */
  attempt<T>(read: () => T | undefined): T | undefined {
    const before = this.#at;
    const result = read();
    if (result === undefined) this.#at = before;
    return result;
  }
}
