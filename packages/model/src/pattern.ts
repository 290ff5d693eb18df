/** Regular expressions as Prometheus and Loki mean them: RE2 syntax, anchored at both ends, linear time whatever the text. */

import { RE2JS, RE2JSSyntaxException } from 're2js';

/** A compiled, fully anchored RE2 expression. */
export interface Pattern {
  readonly source: string;
  /** Whether the whole text matches. */
  matches(text: string): boolean;
  /** The text that replaces the match, with `$1`, `${1}` and `${name}` filled in; `undefined` when the whole text does not match. */
  expand(text: string, replacement: string): string | undefined;
  /** The alternatives when the expression is nothing but `a|b|c` of plain texts: such a match is a set look-up. */
  readonly literals: readonly string[] | undefined;
}

const PLAIN = /^[^\\.+*?()[\]{}^$|]*$/;

/** The plain texts that an expression is an alternation of; `undefined` when it is anything else. */
export function literalsOf(source: string): readonly string[] | undefined {
  const body = /^\((?:\?:)?([^()]*)\)$/.exec(source)?.[1] ?? source;
  const parts = body.split('|');
  return parts.every((part) => PLAIN.test(part)) ? parts : undefined;
}

/** Compiles an expression. @throws PatternError with the reason when it is not valid RE2. */
export function compilePattern(source: string): Pattern {
  const literals = literalsOf(source);
  let compiled: RE2JS;
  try {
    // The flag (?s) as in Prometheus: a dot matches a line feed too.
    compiled = RE2JS.compile(`^(?s:${source})$`);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) throw new PatternError(source, error.message);
    throw error;
  }
  const set = literals === undefined ? undefined : new Set(literals);
  return {
    source,
    literals,
    matches: set === undefined ? (text) => compiled.matches(text) : (text) => set.has(text),
    expand(text, replacement) {
      const matcher = compiled.matcher(text);
      if (!matcher.matches()) return undefined;
      const group = (name: string): string => {
        if (/^\d+$/.test(name)) return Number(name) <= matcher.groupCount() ? (matcher.group(Number(name)) ?? '') : '';
        return Object.hasOwn(compiled.namedGroups(), name) ? (matcher.group(name) ?? '') : '';
      };
      return replacement.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) =>
        whole === '$$' ? '$' : group(braced ?? bare ?? ''),
      );
    },
  };
}

/** An expression that is not valid RE2. */
export class PatternError extends Error {
  /** The expression as it was written. */
  readonly source: string;
  /** What is wrong with it, as Go's compiler says it. */
  readonly reason: string;

  constructor(source: string, reason: string) {
    super(`invalid regular expression "${source}": ${reason}`);
    this.name = 'PatternError';
    this.source = source;
    this.reason = reason;
  }
}
