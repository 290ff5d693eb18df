/** Label matchers: the conditions inside `{…}` of a selector. */

import { labelValue, type Labels } from './labels.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** How a matcher compares. */
export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition on one label, as plain data: it travels between processes. */
export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

/** A matcher made ready to be asked. An absent label is asked as `''`. */
export interface CompiledMatcher extends Matcher {
  readonly pattern: Pattern | undefined;
  matches(value: string): boolean;
}

/** Makes a matcher ready. @throws PatternError for an invalid regular expression. */
export function compileMatcher(matcher: Matcher): CompiledMatcher {
  const { name, operator, value } = matcher;
  if (operator === '=') return { name, operator, value, pattern: undefined, matches: (text) => text === value };
  if (operator === '!=') return { name, operator, value, pattern: undefined, matches: (text) => text !== value };
  const pattern = compilePattern(value);
  const matches = operator === '=~' ? (text: string) => pattern.matches(text) : (text: string) => !pattern.matches(text);
  return { name, operator, value, pattern, matches };
}

/** Whether a label set fulfils every matcher. */
export function matchesAll(labels: Labels, matchers: readonly CompiledMatcher[]): boolean {
  return matchers.every((matcher) => matcher.matches(labelValue(labels, matcher.name)));
}
