/** The editor's error messages in the reader's language: the checker speaks English in a fixed set of sentences. */

import type { TFunction } from 'i18next';

type Rule = readonly [pattern: RegExp, translate: (t: TFunction, parts: readonly string[]) => string];

const RULES: readonly Rule[] = [
  [/^unexpected expression$/, (t) => t('diagnostic.unexpected')],
  [/^function not defined$/, (t) => t('diagnostic.noFunction')],
  [/^expected type (.+) in (.+), got (.+)$/, (t, [want = '', , got = '']) => t('diagnostic.type', { want, got })],
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
  [/^vector selector must contain at least one non-empty matcher$/, (t) => t('diagnostic.emptySelector')],
  [/^metric name must not be set twice/, (t) => t('diagnostic.nameTwice')],
  [/^left or right expression is missing/, (t) => t('diagnostic.sideMissing')],
  [/^bool modifier can only be used/, (t) => t('diagnostic.boolOnly')],
  [/^comparisons between scalars must use BOOL/, (t) => t('diagnostic.boolNeeded')],
  [/^binary expression must contain only/, (t) => t('diagnostic.binaryTypes')],
  [/^subquery is only allowed on instant vector/, (t) => t('diagnostic.subquery')],
  [/^aggregation operator expected/, (t) => t('diagnostic.aggregation')],
  [/^unable to find the parameter/, (t) => t('diagnostic.parameter')],
  [/^offset requires a duration/, (t) => t('diagnostic.offset')],
];

/** The message translated; a sentence that we do not know stays as it is. */
export function translateDiagnostic(message: string, t: TFunction): string {
  for (const [pattern, translate] of RULES) {
    const match = pattern.exec(message);
    if (match) return translate(t, match.slice(1));
  }
  return message;
}
