/** Walks over the tokens of a LogQL text. */

import { TokenCursor, tooDeep, unexpectedText } from '../token-cursor.ts';
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

/** Operators and comparisons. */
const OPERATORS: ReadonlySet<string> = new Set([...LOGQL_OPERATORS, '=', '=~', '!~']);

/** @throws LogqlError for a text whose tree would be too deep to walk over. */
function checkDepth(tokens: readonly LogqlToken[]): void {
  const fault = tooDeep(
    tokens,
    ({ text, kind }) => {
      if (kind !== 'symbol' && kind !== 'word') return 'none';
      if (text === '(') return 'opens';
      if (text === ')') return 'closes';
      return OPERATORS.has(text) ? 'operator' : 'none';
    },
    ({ start, end }, reason) => LogqlError.meaning(start, end, reason),
  );
  if (fault !== undefined) throw fault;
}

/** A place among the tokens. */
export class LogqlCursor extends TokenCursor<LogqlToken> {
  constructor(text: string) {
    const tokens = tokenizeLogql(text);
    checkDepth(tokens);
    super(text, tokens);
  }

  /** Takes a token of a kind that has to be there. */
  expectKind(kind: 'identifier' | 'string' | 'number' | 'duration', ...or: string[]): LogqlToken {
    if (this.token.kind !== kind) throw this.unexpected(KIND_NAMES[kind] as string, ...or);
    return this.take();
  }

  /** The error that the present token cannot stand here. */
  unexpected(...expected: string[]): LogqlError {
    const { token } = this;
    return LogqlError.syntax(this.text, token.start, token.end, unexpectedText(describeLogqlToken(token), expected));
  }

  /** Runs `read`; when it gives `undefined` the cursor is back where it was. */
  attempt<T>(read: () => T | undefined): T | undefined {
    const before = this.at;
    const result = read();
    if (result === undefined) this.at = before;
    return result;
  }
}
