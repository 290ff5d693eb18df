/** PromQL for the editor: the grammar that colours, closes brackets and comments lines. What is wrong is said by `check.ts`. */

import { LRLanguage } from '@codemirror/language';
import { parser } from '@prometheus-io/lezer-promql';

/** The language. */
export const promql = LRLanguage.define({
  name: 'promql',
  parser,
  languageData: {
    closeBrackets: { brackets: ['(', '[', '{', "'", '"', '`'] },
    commentTokens: { line: '#' },
  },
});
