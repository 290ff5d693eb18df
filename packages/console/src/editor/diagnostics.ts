/** The parser's error messages in the reader's language: it speaks English in a fixed set of sentences. */

import type { TFunction } from 'i18next';

import { typeText } from './type-text.ts';

type Rule = readonly [pattern: RegExp, translate: (t: TFunction, parts: readonly string[]) => string];

const RULES: readonly Rule[] = [
  [/^unexpected end of input/, (t) => t('diagnostic.unexpectedEnd')],
  [/^unclosed left (?:parenthesis|bracket)$/, (t) => t('diagnostic.unclosed')],
  [/^unterminated /, (t) => t('diagnostic.unterminated')],
  [/^unexpected /, (t) => t('diagnostic.unexpected')],
  [/^unknown function with name "(.+)"$/, (t, [name = '']) => t('diagnostic.noFunction', { name })],
  [
    /^expected type (.+) in (.+), got (.+)$/,
    (t, [want = '', , got = '']) => t('diagnostic.type', { want: typeText(want, t), got: typeText(got, t) }),
  ],
  [
    /^expected (\d+) argument\(s\) in call to "(.+)", got (\d+)$/,
    (t, [want = '', name = '', got = '']) => t('diagnostic.arguments', { want, name, got }),
  ],
  [
    /^expected at least (\d+) argument\(s\) in call to "(.+)", got (\d+)$/,
    (t, [want = '', name = '', got = '']) => t('diagnostic.argumentsLeast', { want, name, got }),
  ],
  [
    /^expected at most (\d+) argument\(s\) in call to "(.+)", got (\d+)$/,
    (t, [want = '', name = '', got = '']) => t('diagnostic.argumentsMost', { want, name, got }),
  ],
  [/^wrong number of arguments for aggregate expression/, (t) => t('diagnostic.aggregateArguments')],
  [/^no arguments for aggregate expression/, (t) => t('diagnostic.aggregateArguments')],
  [/^vector selector must contain at least one non-empty matcher$/, (t) => t('diagnostic.emptySelector')],
  [/^metric name must not be set twice/, (t) => t('diagnostic.nameTwice')],
  [/^bool modifier can only be used/, (t) => t('diagnostic.boolOnly')],
  [/^comparisons between scalars must use BOOL/, (t) => t('diagnostic.boolNeeded')],
  [/^binary expression must contain only/, (t) => t('diagnostic.binaryTypes')],
  [/^(?:vector matching only allowed|set operator ".+" not allowed)/, (t) => t('diagnostic.vectorsOnly')],
  [/^subquery is only allowed on instant vector/, (t) => t('diagnostic.subquery')],
  [/^ranges only allowed for vector selectors$/, (t) => t('diagnostic.rangeOnly')],
  [/^duration must be greater than 0$/, (t) => t('diagnostic.durationZero')],
  [/^bad (?:number or )?duration syntax/, (t) => t('diagnostic.duration')],
  [/^no (?:offset|@) modifiers allowed before range$/, (t) => t('diagnostic.modifierBeforeRange')],
  [/^(?:offset|@) modifier must be preceded by/, (t) => t('diagnostic.modifierPlace')],
  [/^invalid regular expression "(.+)": (.+)$/s, (t, [pattern = '']) => t('diagnostic.pattern', { pattern })],
];

/** The message translated; a sentence that we do not know stays as it is. */
export function translateDiagnostic(message: string, t: TFunction): string {
  for (const [pattern, translate] of RULES) {
    const match = pattern.exec(message);
    if (match) return translate(t, match.slice(1));
  }
  return message;
}
