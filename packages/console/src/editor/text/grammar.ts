/** The words of PromQL that are neither functions nor names of metrics. */

import { AGGREGATION_OPERATORS } from '@atalaya/lang';

/** Aggregations by their words. */
export const AGGREGATIONS: ReadonlySet<string> = new Set<string>(AGGREGATION_OPERATORS);

/** Operators between two operands that are words. */
export const WORD_OPERATORS = ['and', 'or', 'unless', 'atan2'] as const;

/** Words that come with an operator, an aggregation or an operand. */
export const MODIFIERS = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'bool', 'offset'] as const;

const WORDS = new Set<string>([...WORD_OPERATORS, ...MODIFIERS, 'inf', 'nan']);

/** Whether a word is part of the language, upper or lower case; functions are not. */
export function isGrammarWord(text: string): boolean {
  const word = text.toLowerCase();
  return WORDS.has(word) || AGGREGATIONS.has(word);
}
